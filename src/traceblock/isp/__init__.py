"""Part II, Named: what an ISP makes of an address and a time, and what a name is then worth."""

from traceblock.isp.attribution import VERDICTS, attribute, score, verdicts
from traceblock.isp.clocks import by_error, misattribution, misread, shown
from traceblock.isp.household import USERS, Use, downloads, subscriber_did
from traceblock.isp.working import working

__all__ = [
    "USERS",
    "VERDICTS",
    "Use",
    "attribute",
    "by_error",
    "downloads",
    "misattribution",
    "misread",
    "score",
    "shown",
    "subscriber_did",
    "verdicts",
    "working",
]
