"""Check the tables in data/ against datapackage.json, then write their sizes and hashes into it.

A table that breaks the schema (a wrong type, an unknown source, a key twice) stops it with a list of what is
wrong, and nothing is written.
"""

import hashlib
import json
import sys
from pathlib import Path

from frictionless import Package

ROOT = Path(__file__).resolve().parents[1]


def problems(package: Path) -> list[str]:
    """Return what is wrong with a data package, hashes included; empty if it is valid."""
    report = Package(str(package)).validate()
    of_tables = [f"{task.place}: {error.message}" for task in report.tasks for error in task.errors]
    return of_tables + [f"{package.name}: {error.message}" for error in report.errors]


def main(root: Path = ROOT) -> None:
    package = root / "data" / "datapackage.json"
    before = package.read_text("utf-8")
    described = json.loads(before)
    for resource in described["resources"]:
        content = (package.parent / resource["path"]).read_bytes()
        resource["bytes"] = len(content)
        resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    package.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if found := problems(package):
        package.write_text(before, "utf-8")
        sys.exit("\n".join([*found, "datapackage.json was left as it was"]))
    print(f"{package.relative_to(root)}: {len(described['resources'])} tables are valid, hashes written")


if __name__ == "__main__":
    main()
