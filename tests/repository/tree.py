"""The files that belong to the repository."""

import shutil
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


def copied(root: Path, *parts: str) -> Path:
    """Copy the repository's files as they are now, all or those in some folders, into an empty folder."""
    for path in files():
        name = path.relative_to(ROOT)
        if not parts or name.parts[0] in parts:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, root / name)
    return root


def kept(root: Path) -> Path:
    """Let git keep all that is in a folder."""
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.test", "-c", "core.autocrlf=false")
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "so far"]):
        subprocess.run(["git", "-C", str(root), *who, *command], check=True, capture_output=True)
    return root


def _made(part: str) -> bool:
    return part in _NOT_OURS or part.endswith(("_cache", ".egg-info"))
