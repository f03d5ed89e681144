"""Why a command cannot do what it was asked for, and the exit status that says so."""


class CommandError(Exception):
    """It cannot be done here; the message says why and what to do."""

    status = 1


class RequestError(CommandError):
    """What was asked for is not there, or cannot be."""

    status = 2
