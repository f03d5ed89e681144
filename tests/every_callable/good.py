"""A good call, small, of every public callable: what it is called with, by the names of its arguments."""

import inspect
from functools import cache

import numpy as np
import pandas as pd

from tests.charts import test_blocked, test_named, test_record, test_traced
from traceblock import blocking, cases, charts, exercises, explore, isp, network, swarm

POLICY = """$TTL 300
$ORIGIN rpz.example.
@ SOA ns.example. hostmaster.example. 1 3600 600 86400 300
@ NS ns.example.
a.example CNAME .
"""
ZONE = """$TTL 300
$ORIGIN site.example.
@ SOA ns.site.example. hostmaster.site.example. 1 3600 600 86400 300
@ NS ns.site.example.
ns A 192.0.2.7
@ A 240.1.2.3
"""
NO_ARGUMENTS = [
    *(cases.timeline, cases.actors, cases.sources, cases.procedures, cases.stages, cases.estimates),
    *(swarm.ladder, charts.theme.legend, blocking.Cache),
    *(getattr(explore, name) for name in explore.__all__),
]


@cache
def connected():
    isps = [network.Isp("North", 40, "198.18.0.0/26"), network.Isp("South", 20, "198.18.1.0/28", sharing=4)]
    return network.build(isps, "2010-06-01", 4, 1)


@cache
def peers():
    return swarm.simulate(connected(), swarm.Release(12, 2, 4, 6, 0.6), 1)


@cache
def log():
    watch = swarm.Monitor("6h", injected=0.2, stale="1h", reachable=0.8, pieces=0.6)
    return swarm.observe(peers(), watch, 1, connected())


@cache
def attributed():
    return isp.attribute(log(), connected().leases)


@cache
def truth():
    of_peer = peers().drop_duplicates("peer").set_index("peer")["subscriber"].astype("Int64")
    return log()["peer"].map(of_peer).astype("Int64")


@cache
def disclosed():
    return isp.disclose(attributed(), isp.Disclosure(), 1)


TERMS = isp.Terms(paid=0.2)


@cache
def settled():
    return isp.settle(disclosed(), TERMS, 1)


@cache
def web():
    return blocking.build_web(30, 4, 3.0, seed=1, platform_share=0)


@cache
def order():
    names = web().loc[~web()["lawful"], "name"].tolist()
    return blocking.Order(names, ["isp:north"], "IT", "2024-01-01")


@cache
def users():
    return blocking.population({"IT": 1.0}, {"north": 0.5, "south": 0.5}, public=0.2, vpn=0.1)


@cache
def rules():
    return blocking.apply(order(), "dns", web())


@cache
def reached():
    return blocking.access(web(), users(), rules())


CHASE, REGIME, STUDY = blocking.Chase(2, 100), blocking.Regime(wrong=0.2), blocking.Study(units=12)


@cache
def names():
    return blocking.mirrors(CHASE, REGIME, 1)


@cache
def panel():
    return blocking.panel(STUDY, 1)


def measurement(**changes):
    return blocking.Measurement("http://site.example/", **changes)


def _mechanisms():
    transfers = swarm.exchange("rarest", 5, 3, 1)
    observed, leases = log(), connected().leases
    resolver, zones = blocking.Resolver("isp"), blocking.zones(web())
    rules_of_zone = blocking.Rules.from_rpz(POLICY)
    asked = {"because": ("one",), "verdict": "dns"}
    times = observed["time"]
    yield cases.facts, {"case": "fall"}
    yield cases.fact, {"case": "fall", "fact": "addresses_in_subpoena", "status": "reported"}
    yield cases.compared, {"case": "fall"}
    yield cases.number, {"value": "29", "unit": "addresses"}

    yield (
        network.Isp,
        {
            "name": "North",
            "subscribers": 40,
            "pool": "198.18.0.0/26",
            "lease": "24h",
            "renumbering": "periodic",
            "sharing": 1,
            "reuse": "0s",
            "household": 2.5,
            "open_wifi": 0.05,
        },
    )
    isps = [network.Isp("North", 40, "198.18.0.0/26")]
    yield network.build, {"isps": isps, "start": "2010-06-01", "days": 4.0, "seed": 1}
    yield connected().lease_at, {"subscribers": np.array([0, 1]), "times": np.array([1_275_400_000] * 2)}
    yield network.ports, {"leases": leases.head(2), "share": np.array([0.0, 0.5])}
    yield network.epoch, {"times": times}
    yield network.instants, {"seconds": np.array([0, 1])}
    yield network.to_text, {"addresses": np.array([0, 1], "uint32")}
    yield network.from_text, {"texts": ["198.18.0.1", "198.18.0.2"]}

    yield swarm.Monitor, vars(swarm.Monitor(contacts=3))
    yield swarm.Release, vars(swarm.Release(12, 2, 4, 6, 0.6))
    release = swarm.Release(12, 2, 4, 6, 0.6)
    yield swarm.sessions, {"release": release, "seed": 1, "start": "2010-01-01"}
    yield swarm.present, {"sessions": peers(), "start": "2010-06-01", "every": "1h", "days": 4.0}
    yield swarm.counts, {"release": release, "every": "6h", "seed": 1, "start": "2010-01-01"}
    yield swarm.simulate, {"network": connected(), "release": release, "seed": 1}
    watch = swarm.Monitor("6h", injected=0.2)
    yield swarm.observe, {"peers": peers(), "monitor": watch, "seed": 1, "network": connected()}
    yield swarm.strongest, {"log": observed}
    yield swarm.tally, {"records": observed}
    yield swarm.by_day, {"peers": peers(), "log": observed}
    yield swarm.recaptures, {"log": observed, "gap": "6h"}
    yield swarm.estimate_size, {"first": 10, "second": 10, "both": 5}
    yield swarm.coverage, {"k": 5, "n": 10, "draws": 3}
    yield swarm.coincidences, {"records": 10, "pool": 100}
    yield swarm.precision, {"prior": 0.1, "sensitivity": 0.9, "false_positive_rate": 0.1}
    yield (
        swarm.exchange,
        {
            "order": "rarest",
            "pieces": 5,
            "leechers": 3,
            "seed": 1,
            "others": "random",
            "seeds": 1,
            "slots": 4,
            "others_have": 0.2,
        },
    )
    yield swarm.arrivals, {"transfers": transfers, "pieces": 5, "peer": 0}
    yield swarm.progress, {"transfers": transfers, "pieces": 5, "peer": 0}

    yield (
        isp.attribute,
        {"observations": observed, "leases": leases, "clock_correction": "0s", "use_port": True},
    )
    yield isp.score, {"attributed": attributed(), "truth": truth()}
    yield isp.verdicts, {"attributed": attributed(), "truth": truth()}
    yield isp.shown, {"times": times, "error": "1min", "drift": "1s", "since": "2010-06-01"}
    yield isp.misread, {"times": times, "shown_in": "Europe/Paris", "read_as": "UTC", "fold": 0}
    yield (
        isp.misattribution,
        {"error": "1h", "lease": "24h", "renumbering": "periodic", "reassigned": 1.0},
    )
    yield (
        isp.by_error,
        {
            "observations": observed,
            "leases": leases,
            "truth": truth(),
            "errors": ["0s", "1h"],
            "use_port": True,
        },
    )
    yield isp.Response, vars(isp.Response(names_a_month=20, retention="90D"))
    disclosure = isp.Disclosure(filed="2010-07-01", filings=3, upheld=0.5, deadline="120D")
    yield isp.Disclosure, {**vars(disclosure), "responses": {"North": isp.Response()}}
    yield isp.disclose, {"attributed": attributed(), "disclosure": isp.Disclosure(), "seed": 1}
    yield isp.escalate, {"attributed": attributed(), "procedure": "france-graduated", "grace": "0D"}
    yield isp.Use, vars(isp.Use())
    yield isp.shares, {"people": 3, "open_wifi": 0.1, "use": isp.Use()}
    yield isp.subscriber_did, {"people": 3, "open_wifi": 0.1, "use": isp.Use()}
    subscribers = connected().subscribers
    yield isp.downloads, {"subscribers": subscribers, "number": 5, "seed": 1, "use": isp.Use()}
    known = isp.Terms(paid=(0.1, 0.2), addresses_a_case=1, monitoring=1.0, look_up=2.0, letter=0.5)
    yield isp.Terms, vars(known)
    right = disclosed()["subscriber"].notna()
    yield isp.settle, {"disclosed": disclosed(), "terms": TERMS, "seed": 1, "right": right, "draws": 10}
    yield isp.ledger, {"settled": settled(), "terms": TERMS}
    yield isp.balances, {"entries": isp.ledger(settled(), TERMS)}
    chances = {"sued": 0.1, "lost": 0.5}
    yield isp.answers, {"offer": 1000.0, **chances, "award": 750.0, "defence": 5000.0, "costs": 0.0}
    record = observed[["time", "address", "port"]].iloc[0]
    yield (
        isp.working,
        {
            "observation": record,
            "leases": leases,
            "clock_correction": "0s",
            "use_port": True,
            "around": "24h",
        },
    )
    yield isp.replay.hurt_locker, {"seed": 1, "days": 10, "lease": "168h"}
    yield isp.replay.fall, {"seed": 1, "days": 10, "lease": "168h"}
    yield (
        isp.replay.made_up,
        {"sizes": {"North": 5}, "until": "2011-05-01", "days": 5, "seed": 1, "lease": "24h"},
    )

    yield (
        blocking.build_web,
        {
            "sites": 30,
            "infringing": 4,
            "sites_per_address": 3.0,
            "cdn_share": 0.2,
            "seed": 1,
            "tail": 0.9,
            "platform_share": 0.05,
            "https_share": 0.9,
            "ech_share": 1.0,
            "cdns": 2,
            "cdn_addresses": 4,
            "hosts": 3,
            "mean_visits": 1000.0,
        },
    )
    yield blocking.tenants, {"web": web()}
    yield blocking.neighbours, {"web": web()}
    yield (
        blocking.Order,
        {
            "sites": ["bold-river.example"],
            "addressees": ["isp:north"],
            "country": "IT",
            "start": "2024-01-01",
            "end": "2025-01-01",
            "dynamic": False,
            "worldwide": False,
        },
    )
    yield (
        blocking.apply,
        {
            "order": order(),
            "measure": "dns",
            "web": web(),
            "answer": "nxdomain",
            "subdomains": True,
            "intercept": False,
        },
    )
    yield blocking.policy, {"rules": rules(), "addressee": "isp:north", "page": "203.0.113.80"}
    yield blocking.access, {"web": web(), "users": users(), "rules": rules()}
    yield reached().table, {"users": [0], "sites": [1]}
    yield reached().by_user, {}
    yield reached().by_site, {}
    yield blocking.scope, {"access": reached()}
    yield (
        blocking.population,
        {
            "countries": {"IT": 0.9, "FR": 0.1},
            "isps": {"north": 1.0},
            "public": 0.1,
            "encrypted": 0.1,
            "vpn": 0.1,
            "ech": 0.1,
            "search": 0.1,
        },
    )
    yield blocking.Chase, vars(blocking.Chase(2, 100, closes="50D"))
    yield blocking.Regime, vars(blocking.Regime(hearings="7D"))
    yield blocking.recovery, {"days": np.array([0.0, 1.0]), "half_life": "7D"}
    yield blocking.reaction, {"regime": REGIME}
    yield blocking.mirrors, {"chase": CHASE, "regime": REGIME, "seed": 1}
    yield blocking.outcome, {"names": names(), "chase": CHASE}
    yield blocking.daily, {"names": names(), "chase": CHASE, "every": 10.0}
    yield blocking.Study, vars(STUDY)
    yield blocking.displacement, {"share": 0.5, "fall": 0.8, "diversion": 0.5}
    yield blocking.panel, {"study": STUDY, "seed": 1}
    yield blocking.difference_in_differences, {"table": panel()}
    yield blocking.event_study, {"table": panel()}
    addresses = ("240.1.2.3",)
    met = {"addresses": addresses, "tcp": {"240.1.2.3": True}, "status": 200, "body_length": 10}
    known = {"networks": ("AS64500",), "headers": ("Server",), "title": "Welcome", "tls": True}
    whole = measurement(**met, **known, final_url="https://site.example/")
    yield blocking.Measurement, {**vars(whole), "tcp": {"240.1.2.3": True}}
    yield blocking.diagnose, {"measurement": whole, "control": whole}
    yield (
        blocking.measured,
        {
            "url": "http://site.example/",
            "addresses": ["240.1.2.3"],
            "stopped_by": "dns",
            "rcode": "NOERROR",
            "records": [("site.example.", "A", "240.1.2.3")],
            "networks": {"240.1.2.3": "AS64500"},
        },
    )
    yield blocking.Diagnosis(**asked).table, {}
    yield blocking.zones, {"web": web()}
    yield blocking.Zones.from_text, {"*master_files": [ZONE]}
    yield blocking.Rules.from_rpz, {"text": POLICY, "file": "a.rpz", "ede": 15}
    yield rules_of_zone.to_rpz, {}
    yield rules_of_zone.match, {"names": ["a.example", "b.example."]}
    yield blocking.Cache().wait, {"duration": "1h"}
    yield blocking.Resolver, {"name": "isp", "rules": [rules_of_zone], "cache": blocking.Cache()}
    answer = {"name": web()["name"].iloc[0], "qtype": "A", "resolver": resolver, "zones": zones}
    yield blocking.resolve, {**answer, "client": "198.18.0.1", "tcp": False}
    yield blocking.resolve(**answer).table, {}

    yield from _questions()
    yield exercises.lesson, {"no": 0, "variant": 0}


def _questions():
    shared = {"minutes": 3, "hints": ["Look.", "Count."], "objective": 1, "why": "So.", "stretch": False}
    shared["mistakes"] = [exercises.Mistake(lambda data: 3, "One too many.")]
    table = {"sort_by": ["a"], "ordered": False, "tolerance": 0.1, "decimals": {"a": 2}}
    right = {"A": "this", "B": "that"}
    yield exercises.Number, {"name": "n", **shared, "tolerance": 0.1, "decimals": 2, "unit": "peers"}
    yield exercises.Table, {"name": "n", **shared, **table}
    yield exercises.Text, {"name": "n", **shared}
    yield exercises.Choice, {"name": "n", **shared, "options": right, "because": {"B": "no"}}
    yield exercises.Function, {"name": "n", **shared, "cases": lambda data: [(1,)], **table}
    asked = exercises.lesson(1, 0)
    question, function = asked[0], next(each for each in asked if isinstance(each, exercises.Function))
    yield exercises.Lesson, {"no": 1, "questions": list(asked), "answers": asked.answers}
    yield question.bound, {"answers": asked.answers}
    yield question.check, {"value": 29}
    yield question.outcome, {"value": 29}
    yield question.hint, {}
    yield question.solution, {}
    yield function.arguments, {"number": 1}


def _charts():
    """Take the calls that the charts' own tests draw with."""
    drawn = {}
    parts = (test_blocked, test_named, test_record, test_traced)
    for tested in parts:
        module = getattr(charts, tested.__name__.rpartition("test_")[2])
        functions = {
            name: value
            for name, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
        }

        def recorder(function):
            def call(*given, **named):
                drawn[function] = inspect.signature(function).bind(*given, **named)
                drawn[function].apply_defaults()
                return function(*given, **named)

            return call

        for name, function in functions.items():
            setattr(module, name, recorder(function))
        try:
            for draw in tested.CHARTS.values():
                draw()
        finally:
            for name, function in functions.items():
                setattr(module, name, function)
    for function, bound in drawn.items():
        yield function, _small(bound.arguments)
    chart = test_record.CHARTS["by_status"]
    finish = {"title": "What?", "description": "Bars.", "height": 100.0}
    yield charts.theme.finish, {"chart": chart(), **finish}
    yield charts.theme.lines_up, {"share": 0.5, "gap": 1}
    yield charts.theme.render, {"spec": chart().to_dict()}


def _small(given):
    return {name: value.copy() if isinstance(value, pd.DataFrame) else value for name, value in given.items()}


def name_of(function):
    """Return the name by which a callable is public, such as ``swarm.observe``."""
    package, *module = function.__module__.removeprefix("traceblock.").split(".")
    exported = module[:1] if package == "charts" or module == ["replay"] else []
    return ".".join([package, *exported, function.__qualname__])


@cache
def calls():
    """Return callables with their good arguments, by name."""
    found = {name_of(function): (function, {}) for function in NO_ARGUMENTS}
    for function, given in (*_mechanisms(), *_charts()):
        found[name_of(function)] = function, given
    return found


#: Records that functions give, and that nobody makes by hand; what they hold was checked when it was made.
RECORDS = {
    *("cases.Fact", "network.Network", "swarm.Size", "isp.replay.Replay", "blocking.Difference"),
    *("blocking.Answer", "blocking.Step", "blocking.Diagnosis", "blocking.Access", "blocking.Rules"),
    *("blocking.Zones", "exercises.Outcome", "exercises.Mistake"),
    *("charts.theme.Chart", "charts.theme.LayerChart"),
}
#: Methods that the package's own modules call with what they have checked, a million times a second.
INNER = {
    *("blocking.Cache.get", "blocking.Cache.keep", "blocking.Rules.by_question", "blocking.Rules.by_answer"),
    *("blocking.Zones.zone_of", "blocking.Zones.server_addresses"),
}
#: Errors are raised and the base of all questions is derived from: neither is called.
ERRORS = {"cases.RecordError", "exercises.SolutionError", "exercises.Question"}
