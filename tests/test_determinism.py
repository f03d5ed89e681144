"""The same tables and pictures in any time zone, locale and order of hashing."""

import os
import subprocess
import sys

import pytest

DIGEST = """
import hashlib, pandas as pd
from traceblock import blocking, cases, charts, exercises, explore, isp, network, swarm
tables = [cases.facts(), cases.timeline(), cases.actors(), cases.sources(), cases.compared()]
for lesson in range(13):
    for variant in (0, 7):
        values = exercises.lesson(lesson, variant).data.values()
        tables += [value for value in values if isinstance(value, pd.DataFrame)]
isps = [network.Isp("A", 50, "198.18.0.0/24", renumbering="exponential")]
isps.append(network.Isp("B", 50, "198.18.1.0/24", sharing=16))
connected = network.build(isps, "2010-01-01", days=3, seed=0)
peers = swarm.simulate(connected, swarm.Release(60, 1, 3, 2, 0.6, 2, leak_share=0.3, release_day=1), 0)
watch = swarm.Monitor("1h", 5, injected=0.2, clock_error="37s", stale="1h", reachable=0.6, pieces=0.5)
log = swarm.observe(peers, watch, 0, connected)
tables += [connected.subscribers, connected.leases, peers, log, swarm.strongest(log)]
tables += [swarm.by_day(peers, log)]
tables += [swarm.tally(log), swarm.recaptures(log, "1h"), swarm.exchange("rarest", 20, 5, 0), swarm.ladder()]
named = isp.attribute(log, connected.leases, "-37s", use_port=False)
slow = isp.Response(contests=True, names_a_month=5, retention="2D")
asked = isp.disclose(named, isp.Disclosure(otherwise=slow, upheld=0.5, objections=0.2), 0)
local = isp.misread(log["time"], "Europe/Dublin")
tables += [named, asked, isp.escalate(named), isp.downloads(connected.subscribers, 50, 0)]
tables += [isp.settle(asked, isp.Terms(paid=(0.1, 0.3)), 0), local.to_frame()]
tables += [isp.working(log.iloc[9], connected.leases), isp.replay.fall(0).observations]
web = blocking.build_web(300, 20, seed=0)
aimed = web.loc[~web["lawful"], "name"]
order = blocking.Order(aimed, ["isp", "isp:north", "resolver"], "IT", "2022-07-11")
rules = blocking.apply(order, "dns", web, subdomains=True)
users = blocking.population({"IT": 0.5, "FR": 0.5}, {"north": 1.0}, public=0.2, vpn=0.1, search=0.3)
reached = blocking.access(web, users, rules)
tables += [web, blocking.tenants(web), rules, reached.by_user(), reached.by_site(), reached.table()]
zone = blocking.Rules.from_rpz(blocking.policy(rules, "north"))
north, known = blocking.Resolver("north", zone), blocking.zones(web)
tables += [blocking.resolve(f"www.{name}", "A", north, known).table() for name in web["name"][:50]]
chase, regime = blocking.Chase(closes="300D"), blocking.Regime("list", wrong=0.1)
tables += [names := blocking.mirrors(chase, regime, 0), blocking.daily(names, chase)]
seen = blocking.panel(blocking.Study(units=30), 0)
tables += [seen, blocking.event_study(seen).round(9), cases.estimates()]
texts = [table.to_csv(index=False) for table in tables]
texts += [zone.to_rpz(), str(blocking.outcome(names, chase))]
record = charts.record
drawn = [record.timeline(cases.timeline()), record.requests(cases.actors())]
drawn += [record.compared(cases.compared()), record.by_status(cases.facts())]
texts += [chart.to_json() for chart in drawn]
explorers = [getattr(explore, name)() for name in explore.__all__]
texts += [str(explorer.spec) + explorer.sentence for explorer in explorers]
print(hashlib.sha256("".join(texts).encode()).hexdigest())
"""


def _digest(**environment):
    done = subprocess.run(
        [sys.executable, "-c", DIGEST],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return done.stdout


@pytest.fixture(scope="module")
def here():
    return _digest(TZ="UTC", LC_ALL="C.UTF-8", PYTHONHASHSEED="0")


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "2"},
    ],
    ids=str,
)
def test_nothing_depends_on_where_it_runs(here, environment):
    assert _digest(**environment) == here
