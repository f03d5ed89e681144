"""Part III, Blocked: what a block covers, and what it does."""

from traceblock.blocking.orders import Order, apply, policy
from traceblock.blocking.reach import Access, access, population, scope
from traceblock.blocking.web import build_web, neighbours, tenants

__all__ = [
    "Access",
    "Order",
    "access",
    "apply",
    "build_web",
    "neighbours",
    "policy",
    "population",
    "scope",
    "tenants",
]
