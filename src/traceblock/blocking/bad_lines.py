"""What is wrong with a document, line by line: the first lines are shown, the others counted."""

_SHOWN = 20
_LONGEST, _LONGEST_FILE = 4_000, 60  # bytes of UTF-8: of all lines together, of what their file is called


class BadLines:
    """The bad lines of one file or of several, in their order.

    However many there are, and however long, the message has at most 4,096 bytes.
    """

    def __init__(self) -> None:
        self._first: list[str] = []
        self._number = 0

    def __len__(self) -> int:
        """Return how many were noted."""
        return self._number

    def note(self, file: str, line: int, reason: str) -> None:
        """Note what is wrong with a line."""
        self._number += 1
        if len(self._first) < _SHOWN:
            where = f"{_cut(file, _LONGEST_FILE)}:{line}: "
            self._first.append(where + " ".join(_cut(reason, _LONGEST).split()))

    def refuse(self) -> None:
        """Raise a ValueError with the first 20, as ``file:line: reason``, and how many more there are."""
        if self._number:
            shown = [_cut(line, _LONGEST // len(self._first) - 1) for line in self._first]
            more = self._number - len(shown)
            raise ValueError("\n".join([*shown, *([f"and {more:,} more bad lines"] if more else [])]))


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text that is longer than so many bytes."""
    beginning = text[:most].encode(errors="backslashreplace")
    if len(beginning) == len(text):
        return text
    return beginning[: most - 3].decode(errors="ignore") + "…"
