"""A folder on a disk that is read-only: by a mount, since root is not bound by the modes of files."""

import functools
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

WAYS = (["unshare", "-m"], ["unshare", "-r", "-m"], ["sudo", "-n", "unshare", "-m"])
MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


def run(folder: Path, command: Sequence[str], environment: Mapping[str, object]) -> str:
    """Run a command that sees this folder read-only, and return what it prints."""
    way = _way()
    if way is None:
        says = "no folder can be mounted read-only here: unshare is missing or forbidden"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(says)
    variables = [f"{name}={value}" for name, value in environment.items()]
    words = [*way, "sh", "-c", MOUNT, str(folder), "env", *variables, *command]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@functools.cache
def _way() -> list[str] | None:
    for way in WAYS:
        words = [*way, "sh", "-c", MOUNT, tempfile.gettempdir(), "true"]
        try:
            if subprocess.run(words, capture_output=True, check=False).returncode == 0:
                return way
        except OSError:
            continue
    return None
