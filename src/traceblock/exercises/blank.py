"""Tell a function that nobody has written yet from one that returns something."""

import dis
from types import CodeType, FunctionType


def is_stub(value: object) -> bool:
    """Return whether a value is a function whose body is nothing but a docstring, ``pass`` or ``...``."""
    return type(value) is FunctionType and _instructions(value.__code__) in _STUBS


def _instructions(code: CodeType) -> list[tuple[str, object]]:
    # Arguments of instructions come resolved (the constant itself, not its number), so that a docstring
    # makes no difference and `return 0` does.
    return [(step.opname, step.argval) for step in dis.get_instructions(code) if step.opname != "NOP"]


def _bare() -> None: ...


_STUBS = [_instructions(_bare.__code__), _instructions((lambda: ...).__code__)]
