"""The records of each owner, gathered as they come (RFC 2181 §5)."""

import gc
from collections import defaultdict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from traceblock.blocking.master_file import Data, Records

_FEW = 8  # records that are compared one by one
_KEPT = 1 << 10  # tuples that are remembered


class _Many(NamedTuple):
    """Where the many records of an owner belong, and they by type and value."""

    table: dict[Any, Records]
    by_type: dict[str, dict[str, Data]]


class RRsets:
    """Puts a record beside those that its owner has in a table; equal tuples of a few are one object.

    Owners of many records are kept aside until `close`, so that each record is looked at once.
    """

    def __init__(self) -> None:
        self._known: dict[Records, Records] = {}
        self._many: dict[tuple[int, Hashable], _Many] = {}

    def join(self, table: dict[Any, Records], owner: Hashable, data: Data) -> None:
        """Add a record to those that an owner of a table has already; the same record twice is one.

        Raises
        ------
        ValueError
            If it is a second CNAME, or a CNAME beside other data (RFC 2181 §10.1, RFC 1034 §3.6.2).
        """
        held = table[owner]
        if "CNAME" in (held[0].type, data.type):
            if data[1:] == held[0][1:]:
                return
            both = held[0].type == data.type
            raise ValueError("a second CNAME for this owner" if both else "a CNAME beside other data")
        if many := self._many.get((id(table), owner)):
            many.by_type[data.type].setdefault(data.value, data)
        elif all(data[1:] != each[1:] for each in held):
            if len(held) < _FEW:
                records = (*held, data)
                if len(self._known) >= _KEPT:
                    self._known.clear()
                table[owner] = self._known.setdefault(records, records)
            else:
                many = self._many[id(table), owner] = _Many(table, defaultdict(dict))
                for each in (*held, data):
                    many.by_type[each.type][each.value] = each

    def close(self) -> None:
        """Give every owner what it has; call it after the last record."""
        for (_, owner), (table, by_type) in self._many.items():
            table[owner] = tuple(data for records in by_type.values() for data in records.values())


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep Python from looking for cycles: records have none, and with millions it takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
