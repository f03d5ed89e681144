"""The files that belong to the repository."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {".git", ".venv", "build", "dist", "__pycache__", ".ipynb_checkpoints", ".hypothesis"}


def files(root: Path = ROOT) -> list[Path]:
    """Return what git tracks or would add; without git, everything outside folders that are made by tools."""
    listing = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(listing, capture_output=True, check=True, text=True).stdout.split("\0")
        paths = {root / name for name in names if name}
    except (OSError, subprocess.CalledProcessError):
        paths = set(root.rglob("*"))
        paths = {path for path in paths if not any(_made(part) for part in path.relative_to(root).parts)}
    return sorted(path for path in paths if path.is_file())


def _made(part: str) -> bool:
    return part in _NOT_OURS or part.endswith(("_cache", ".egg-info"))
