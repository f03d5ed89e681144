"""Whether an installed package has all its files, by the list that came with it."""

import base64
import csv
import hashlib
from importlib import metadata
from pathlib import Path


def faults(name: str, hashes: bool = False) -> list[str]:
    """Return which files of an installed package are missing or damaged, in words.

    Parameters
    ----------
    name : str
        The package, as it is installed.
    hashes : bool
        Whether to compare hashes too, not only sizes.

    Raises
    ------
    PackageNotFoundError
        If the package is not installed.
    """
    distribution = metadata.distribution(name)
    # Not `distribution.files`: from Python 3.12 on it leaves out what is missing.
    record = distribution.read_text("RECORD")
    if record is None:
        return [f"{name} has no list of its files"]
    found = []
    for path, published, size in csv.reader(record.splitlines()):
        if published:  # what is made on installing, such as compiled modules, has no hash
            fault = _fault(Path(str(distribution.locate_file(path))), published if hashes else "", size)
            found += [f"{path} {fault}"] if fault else []
    return found


def _fault(path: Path, published: str, size: str) -> str:
    try:
        there = path.stat()
        if size and there.st_size != int(size):
            return "has another size"
        if published:
            kind, _, due = published.partition("=")
            digest = hashlib.new(kind, path.read_bytes()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != due:
                return "is not what was installed"
    except OSError as error:
        return "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read, {error.strerror}"
    return ""
