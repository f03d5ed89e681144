"""Check the tables in data/ against datapackage.json, then write their sizes and hashes into it.

A table that breaks the schema (a wrong type, an unknown source, a key twice) stops it with a list of what is
wrong, and nothing is written. Sizes and hashes are those of the tables with LF line ends, as they are
published; a table may have CRLF here.
"""

import json
import sys
from pathlib import Path

from frictionless import Checklist, Package

from traceblock.files import published_hash, with_lf

ROOT = Path(__file__).resolve().parents[1]


def problems(package: Path) -> list[str]:
    """Return what is wrong with a data package, hashes included; empty if it is valid."""
    described = Package(str(package))
    report = described.validate(Checklist(skip_errors=["byte-count", "hash-count"]))
    of_tables = [f"{task.place}: {error.message}" for task in report.tasks for error in task.errors]
    of_package = [f"{package.name}: {error.message}" for error in report.errors]
    return (
        of_tables
        + of_package
        + [
            f"{resource.path}: its size or its hash is not that in {package.name}"
            for resource in described.resources
            if (resource.bytes, resource.hash) != _measured(package.parent / str(resource.path))
        ]
    )


def _measured(table: Path) -> tuple[int, str]:
    content = table.read_bytes()
    return len(with_lf(content)), published_hash(content)


def main(root: Path = ROOT) -> None:
    package = root / "data" / "datapackage.json"
    before = package.read_bytes()
    described = json.loads(before)
    for resource in described["resources"]:
        resource["bytes"], resource["hash"] = _measured(package.parent / resource["path"])
    package.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", "utf-8", newline="\n")
    if found := problems(package):
        package.write_bytes(before)
        sys.exit("\n".join([*found, "datapackage.json was left as it was"]))
    print(f"{package.relative_to(root)}: {len(described['resources'])} tables are valid, hashes written")


if __name__ == "__main__":
    main()
