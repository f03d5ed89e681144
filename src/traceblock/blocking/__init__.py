"""Part III, Blocked: what a block covers, and what it does."""

from traceblock.blocking.authority import Zones, zones
from traceblock.blocking.diagnosis import Diagnosis, Measurement, diagnose, measured
from traceblock.blocking.effect import (
    Difference,
    Study,
    difference_in_differences,
    displacement,
    event_study,
    panel,
)
from traceblock.blocking.orders import Order, apply, policy
from traceblock.blocking.policy_zone import Rules
from traceblock.blocking.reach import Access, access, population, scope
from traceblock.blocking.resolver import Answer, Cache, Resolver, Step, resolve
from traceblock.blocking.succession import Chase, Regime, daily, mirrors, outcome, reaction, recovery
from traceblock.blocking.web import build_web, neighbours, tenants

__all__ = [
    "Access",
    "Answer",
    "Cache",
    "Chase",
    "Diagnosis",
    "Difference",
    "Measurement",
    "Order",
    "Regime",
    "Resolver",
    "Rules",
    "Step",
    "Study",
    "Zones",
    "access",
    "apply",
    "build_web",
    "daily",
    "diagnose",
    "difference_in_differences",
    "displacement",
    "event_study",
    "measured",
    "mirrors",
    "neighbours",
    "outcome",
    "panel",
    "policy",
    "population",
    "reaction",
    "recovery",
    "resolve",
    "scope",
    "tenants",
    "zones",
]
