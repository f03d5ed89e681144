"""Part II, Named: what an ISP makes of an address and a time, and what a name is then worth."""

from traceblock.isp import replay
from traceblock.isp.attribution import VERDICTS, attribute, score, verdicts
from traceblock.isp.clocks import by_error, misattribution, misread, shown
from traceblock.isp.disclosure import STATES, Disclosure, Response, disclose
from traceblock.isp.escalation import escalate
from traceblock.isp.household import USERS, Use, downloads, shares, subscriber_did
from traceblock.isp.settlement import STAGES, Terms, answers, balances, ledger, settle
from traceblock.isp.working import working

__all__ = [
    "STAGES",
    "STATES",
    "USERS",
    "VERDICTS",
    "Disclosure",
    "Response",
    "Terms",
    "Use",
    "answers",
    "attribute",
    "balances",
    "by_error",
    "disclose",
    "downloads",
    "escalate",
    "ledger",
    "misattribution",
    "misread",
    "replay",
    "score",
    "settle",
    "shares",
    "shown",
    "subscriber_did",
    "verdicts",
    "working",
]
