"""Make the path in the editable install's path file relative to it: `python -S tools/path_file.py .venv`.

Python reads that file when it starts, up to 3.12 in the locale's encoding: with LC_ALL=C it does not even
start where the folder of the course has a letter in its name that ASCII lacks. From a venv within that folder
the relative path has none.
"""

import os
import sys
from pathlib import Path


def main(venv: str) -> None:
    """Write the path to `src`, here, into the path file of a venv."""
    for file in Path(venv).glob("lib/python*/site-packages/*traceblock.pth"):
        file.write_bytes(os.fsencode(os.path.relpath("src", file.parent)))


if __name__ == "__main__":
    main(*sys.argv[1:])
