"""A table of cases, all but two seen in BIND 9.18, and the draft's precedence by chance; all asked twice."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.blocking import policies
from tests.blocking.policies import rpz
from traceblock.blocking.authority import Zones
from traceblock.blocking.policy_zone import Rules
from traceblock.blocking.resolver import Cache, Resolver, resolve

WORLD = Zones.from_text(*policies.world())
CASES = policies.cases()
ZONES = {name: Rules.from_rpz(policies.zone_file(name), name) for case in CASES for name in case["zones"]}
ALIAS = ("alias.alpha.example.", "CNAME", "www.beta.example.")
TARGET = ("www.beta.example.", "A", "240.0.2.1")


def seen(answer):
    """Return of an answer what a stub can tell, records sorted, and what the policy did."""
    return answer.verdict, answer.rcode, sorted(answer.records)


def load(drawn):
    """Return drawn policies as rules."""
    return [Rules.from_rpz(rpz(policy, f"policy-{i}.test")) for i, policy in enumerate(drawn)]


def ask(rules, name="www.alpha.example", qtype="A", client=None, tcp=False, cache=None, zones=WORLD):
    return resolve(name, qtype, Resolver("isp", rules, cache), zones, client, tcp)


# the table


def test_the_table_has_every_kind_of_trigger_every_verdict_and_no_case_twice():
    assert len(CASES) >= 60
    assert len({case["case"] for case in CASES}) == len(CASES)
    assert len(
        {(case["name"], case["qtype"], case["client"], case["tcp"], *case["zones"]) for case in CASES}
    ) == len(CASES)
    assert {case["verdict"] for case in CASES} == {
        "passed",
        "nxdomain",
        "nodata",
        "redirected",
        "dropped",
        "tcp-only",
    }
    assert {path.stem for path in (policies.FOLDER / "policy").glob("*.zone")} == set(ZONES)
    assert all(re.match(r"rpz \d(\.\d){0,2}\b|RFC \d{4} \d", case["clause"]) for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_the_table_holds_at_both_askings(case):
    rules = [ZONES[name] for name in case["zones"]]
    expected = (case["verdict"], case["rcode"], case["records"])
    cache = Cache()
    for remembered in (cache, cache, None):
        answer = ask(rules, case["name"], case["qtype"], case["client"], case["tcp"], remembered)
        assert seen(answer) == expected
        assert answer.steps[0].question == f"{answer.steps[0].question.split()[0].lower()} {case['qtype']}"


@pytest.mark.parametrize("order", [1, -1])
def test_the_table_holds_with_one_cache_for_all_cases(order):
    cache = Cache()
    for case in CASES[::order]:
        rules = [ZONES[name] for name in case["zones"]]
        answer = ask(rules, case["name"], case["qtype"], case["client"], case["tcp"], cache)
        assert seen(answer) == (case["verdict"], case["rcode"], case["records"]), case["case"]


# precedence by chance


@settings(max_examples=250)
@given(st.data())
def test_the_draft_s_precedence_decides_among_random_policies(data):
    each = tuple(policies.KINDS)
    kinds = data.draw(st.sampled_from([each, each, *((kind,) for kind in each)]))
    drawn = data.draw(st.lists(policies.zones(kinds=kinds), min_size=1, max_size=3))
    rules, cache = load(drawn), Cache()
    client, tcp, other = data.draw(
        st.tuples(policies.CLIENTS, st.booleans(), st.sampled_from(policies.TYPES))
    )
    for name in policies.ASKED:
        for qtype in dict.fromkeys(["A", other]):
            question = (name, qtype, client, tcp)
            expected = policies.decide(drawn, *question)
            for remembered in (cache, cache, None):
                assert seen(ask(rules, *question, cache=remembered)) == expected, question


@settings(max_examples=80)
@given(st.lists(policies.zones(), max_size=2), policies.QUESTIONS)
def test_zones_after_the_one_that_decides_on_the_name_asked_for_change_nothing(drawn, question):
    assume(not any(policies.find(question[0], "CNAME")[2]))  # §5.1: a later zone may know an earlier name
    before = ask(load(drawn), *question)
    assume(before.verdict != "passed")
    more = load([*drawn, [("qname", "*", "page"), ("client-ip", "198.18.0.0/16", "nxdomain")]])
    assert seen(ask(more, *question)) == seen(before)


@settings(max_examples=80)
@given(st.lists(policies.zones(), min_size=1, max_size=2), policies.QUESTIONS)
def test_passthru_wins_over_all_that_is_below_its_rank(drawn, question):
    """By the asker's address, in the first zone and with the longest prefix, it is above all."""
    name, qtype, _, tcp = question
    first = [("client-ip", "198.18.0.9/32", "passed")] + [rule for rule in drawn[0] if rule[0] != "client-ip"]
    rules = load([first, *drawn[1:]])
    assert seen(ask(rules, name, qtype, "198.18.0.9", tcp)) == seen(ask([], name, qtype))
    above = load([[("client-ip", "198.18.0.9/32", "nxdomain")], first])
    assert ask(above, name, qtype, "198.18.0.9", tcp).verdict == "nxdomain"


#: A blocking rule for each kind, and two that let pass: one of a longer prefix or an exact name, and one of
#: a shorter or a wildcard, that cover the same question.
RANKS = [
    ("client-ip", "198.18.0.0/24", "198.18.0.9/32", "198.18.0.0/16"),
    ("qname", "*.alpha.example", "www.alpha.example", "*.example"),
    ("ip", "240.0.0.0/16", "240.0.0.1/32", "240.0.0.0/8"),
    ("nsdname", "*.alpha.example", "ns1.alpha.example", "*.example"),
    ("nsip", "192.0.2.8/29", "192.0.2.11/32", "192.0.2.0/24"),
]


@pytest.mark.parametrize(("kind", "rule", "closer", "wider"), RANKS, ids=policies.KINDS)
def test_passthru_wins_where_it_is_closer_and_loses_where_it_is_wider(kind, rule, closer, wider):
    block, near, far = (kind, rule, "nxdomain"), (kind, closer, "passed"), (kind, wider, "passed")
    for policy, verdict in [
        ([block], "nxdomain"),
        ([block, near], "passed"),
        ([block, far], "nxdomain"),
        ([block, near, far], "passed"),
    ]:
        assert ask(load([policy]), client="198.18.0.9").verdict == verdict
    assert ask(load([[far], [block]]), client="198.18.0.9").verdict == "passed"
    assert ask(load([[block], [near]]), client="198.18.0.9").verdict == "nxdomain"


@pytest.mark.parametrize("i", range(len(RANKS)), ids=policies.KINDS)
def test_passthru_of_one_kind_wins_over_later_kinds_and_loses_to_earlier(i):
    kind, rule, closer, _ = RANKS[i]
    for j, (other, blocked, exact, _) in enumerate(RANKS):
        if i != j:
            policy = [(kind, closer, "passed"), (other, exact, "nodata"), (other, blocked, "nodata")]
            verdict = "passed" if i < j else "nodata"
            assert ask(load([policy]), client="198.18.0.9").verdict == verdict
            policy = [(kind, rule, "passed"), (other, exact, "nodata")]
            assert ask(load([policy]), client="198.18.0.9").verdict == verdict


@settings(max_examples=250)
@given(
    st.lists(policies.zones(), min_size=1, max_size=2),
    policies.rules(policies.STOPS),
    st.integers(0, 1),
    st.lists(policies.QUESTIONS, min_size=6, max_size=6),
)
def test_one_more_block_never_unblocks_unless_it_ends_a_wildcard(drawn, rule, place, questions):
    """Adding NXDOMAIN, NODATA or DROP to a policy lets no question pass that was blocked, in these cases.

    The new rule's trigger is an address: always. It is a name, or a wildcard: if no wildcard of its zone and
    kind covered that name. (A rule makes its name exist, and the names above it; a wildcard that covered
    them ends there, RFC 4592 §3.3.1. So `b.site.example` beside `*.site.example` gives up what is below it.)
    """
    policy = drawn[place % len(drawn)]
    kind, trigger, _ = rule
    assume(all(each[:2] != rule[:2] for each in policy))
    if kind in ("qname", "nsdname"):
        owners = {owner for each, owner, _ in policy if each == kind}
        name = trigger.removeprefix("*").removeprefix(".")
        covered = policies.covering(owners, name) if name else None
        assume(covered is None or not covered.startswith("*"))
    before = load(drawn)
    after = load([[*each, rule] if each is policy else each for each in drawn])
    for question in questions:
        if ask(before, *question).verdict != "passed":
            assert ask(after, *question).verdict != "passed", question


def test_a_block_can_unblock_what_a_wildcard_covered():
    wide, name = ("qname", "*.deep.alpha.example", "nxdomain"), "x.b.deep.alpha.example"
    assert ask(load([[wide]]), name).verdict == "nxdomain"
    assert ask(load([[wide, ("qname", "b.deep.alpha.example", "dropped")]]), name).verdict == "passed"
    servers = [("nsdname", "*.test", "nxdomain")]
    assert ask(load([servers]), "www.beta.example").verdict == "nxdomain"
    assert (
        ask(load([[*servers, ("nsdname", "x.host.test", "nxdomain")]]), "www.beta.example").verdict
        == "passed"
    )


# what the stub is told


@pytest.mark.parametrize("ede", [15, 16, 17])
@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("nxdomain", "own"),
        ("nodata", "own"),
        ("page", 4),
        ("moved", 4),
        ("tcp-only", "own"),
        ("passed", None),
        ("dropped", None),
    ],
)
def test_the_extended_error_is_the_zone_s_or_forged(ede, action, expected):
    rules = Rules.from_rpz(rpz([("qname", "www.alpha.example", action)]), ede=ede)
    assert ask(rules).ede == (ede if expected == "own" else expected)
    assert ask(rules, "mail.alpha.example").ede is None


def test_the_extended_error_is_that_of_the_zone_that_decided():
    own = Rules.from_rpz(rpz([("qname", "www.beta.example", "nxdomain")]))
    court = Rules.from_rpz(rpz([("qname", "*.alpha.example", "nxdomain")]), ede=16)
    assert ask([own, court], "www.alpha.example").ede == 16
    assert ask([own, court], "www.beta.example").ede == 15
    assert ask([own, court], "alias.alpha.example").ede == 16
    assert ask([own, court], "nowhere.gamma.example").ede is None


@given(st.data())
def test_case_final_dot_and_unicode_of_the_question_do_not_count(data):
    name = data.draw(st.sampled_from(["www.alpha.example", "alias.alpha.example", "bücher.example"]))
    plain = name.encode("idna").decode()
    spelled = data.draw(st.sampled_from([name, plain, name.replace(".", "。", 1)]))
    spelled = "".join(c.upper() if data.draw(st.booleans()) else c for c in spelled)
    spelled += data.draw(st.sampled_from(["", "."]))
    rules = load([[("qname", "www.beta.example", "page")]])
    answer = ask(rules, spelled, data.draw(st.sampled_from(["A", "a"])))
    assert answer[:4] == ask(rules, plain)[:4]
    assert all(owner == owner.lower() and owner.endswith(".") for owner, _, _ in answer.records)


def test_records_come_in_the_order_of_the_chain():
    records = [("twice.alpha.example.", "CNAME", "alias.alpha.example."), ALIAS, TARGET]
    assert list(ask([], "twice.alpha.example").records) == records
    moved = load([[("qname", "www.beta.example", "moved")]])
    lane = [
        ("www.beta.example.", "CNAME", "lane.garden.test."),
        policies.LANE,
        ("garden.test.", "A", "203.0.113.80"),
    ]
    assert list(ask(moved, "twice.alpha.example").records) == records[:2] + lane


def test_one_policy_zone_or_several_or_none():
    rules = ZONES["target"]
    for given_rules in (rules, [rules], (rules,), iter([rules])):
        assert ask(given_rules, "www.beta.example").verdict == "nxdomain"
    assert ask((), "www.beta.example").verdict == "passed"
    assert seen(resolve("www.beta.example", "A", Resolver("open"), WORLD)) == ("passed", "NOERROR", [TARGET])


# steps and cache


def test_the_steps_lead_from_the_stub_down_from_the_root():
    answer = ask([], "alias.alpha.example")
    way = [(step.asker, step.asked) for step in answer.steps]
    assert way == [
        ("stub", "isp"),
        ("isp", "root"),
        ("isp", "example."),
        ("isp", "alpha.example."),
        ("isp", "example."),
        ("isp", "beta.example."),
    ]
    assert [step.question for step in answer.steps] == ["alias.alpha.example. A"] * 4 + [
        "www.beta.example. A"
    ] * 2
    assert [step.answer for step in answer.steps[1:3]] == [
        "referral to example.",
        "referral to alpha.example.",
    ]
    assert "ns1.alpha.example." in answer.steps[2].note
    assert answer.steps[-1].answer == "A 240.0.2.1"
    table = answer.table()
    assert list(table.columns) == ["asker", "asked", "question", "answer", "note"]
    assert len(table) == len(answer.steps)


def test_a_rule_that_needs_no_answer_asks_nobody_and_is_named_in_the_steps():
    answer = ask(load([[("qname", "www.alpha.example", "nxdomain")]]))
    assert len(answer.steps) == 1
    assert "www.alpha.example" in answer.steps[0].note
    assert "policy-0.test" in answer.steps[0].note


def test_a_cache_answers_the_second_time_and_until_its_time_is_over():
    cache = Cache()
    fresh = [ask([], "alias.alpha.example", cache=cache) for _ in range(2)]
    assert fresh[0][:4] == fresh[1][:4]
    assert {step.asked for step in fresh[1].steps[1:]} == {"cache"}
    cache.wait("59min")
    assert {step.asked for step in ask([], "alias.alpha.example", cache=cache).steps[1:]} == {"cache"}
    cache.wait("1min")
    assert "cache" not in {step.asked for step in ask([], "alias.alpha.example", cache=cache).steps}
    assert len(cache) == 2


def test_who_serves_a_zone_is_remembered_as_well():
    cache = Cache()
    ways = {"www": ["isp", "root", "example.", "alpha.example."], "mail": ["isp", "alpha.example."]}
    for name, way in ways.items():
        assert [step.asked for step in ask([], f"{name}.alpha.example", cache=cache).steps] == way
    cache.wait("1h")
    for name, way in zip(["mail", "four"], ways.values(), strict=True):
        assert [step.asked for step in ask([], f"{name}.alpha.example", cache=cache).steps] == way


def test_what_is_not_there_is_remembered_for_the_soa_s_minimum():
    cache = Cache()
    for wait, asked in [(0, "alpha.example."), (59, "cache"), (1, "alpha.example.")]:
        cache.wait(f"{wait}s")
        answer = ask([], "nowhere.alpha.example", cache=cache)
        assert (answer.rcode, answer.steps[-1].asked) == ("NXDOMAIN", asked)


def test_the_policy_is_applied_to_what_is_in_the_cache_and_never_kept_there():
    cache = Cache()
    blocked = load([[("ip", "240.0.2.1/32", "nxdomain")]])
    for _ in range(2):
        assert ask([], "alias.alpha.example", cache=cache).verdict == "passed"
        assert ask(blocked, "alias.alpha.example", cache=cache).verdict == "nxdomain"
    assert seen(ask([], "alias.alpha.example", cache=cache)) == ("passed", "NOERROR", [ALIAS, TARGET])


def test_without_a_cache_every_question_goes_to_the_root():
    assert ask([], "www.beta.example").steps == ask([], "www.beta.example").steps
    assert len(ask([], "www.beta.example").steps) == 4


# chains that do not end


def chained(*links):
    lines = "".join(f"{owner} CNAME {target}\n" for owner, target in links)
    head = "$ORIGIN loop.example.\n$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.9\nend A 240.0.0.1\n"
    return Zones.from_text(head + lines)


@pytest.mark.parametrize(
    "links", [[("a", "a")], [("a", "b"), ("b", "a")], [("a", "b"), ("b", "c"), ("c", "b")]]
)
def test_a_loop_of_aliases_ends_in_servfail(links):
    answer = ask([], "a.loop.example", zones=chained(*links))
    assert (answer.rcode, answer.verdict) == ("SERVFAIL", "passed")
    asked = ask([], "a.loop.example", "CNAME", zones=chained(*links))
    assert (asked.rcode, len(asked.records)) == ("NOERROR", 1)


def test_a_chain_of_eight_aliases_is_followed():
    links = [(f"a{i}", f"a{i + 1}") for i in range(7)] + [("a7", "end")]
    answer = ask([], "a0.loop.example", zones=chained(*links))
    assert answer.records[-1] == ("end.loop.example.", "A", "240.0.0.1")
    assert len(answer.records) == 9


def test_local_data_that_leads_into_a_loop_or_back_to_itself_ends():
    zones = chained(("a", "b"), ("b", "a"), ("back", "x"))
    for target, rcode in [("a", "SERVFAIL"), ("back", "NXDOMAIN")]:
        text = f"$ORIGIN p.test.\n@ 60 SOA ns h 1 2 3 4 5\nx.loop.example CNAME {target}.loop.example.\n"
        answer = ask(Rules.from_rpz(text), "x.loop.example", zones=zones)
        assert (answer.verdict, answer.rcode) == ("redirected", rcode)


def test_a_logged_name_that_gets_too_long_is_yxdomain():
    long = ".".join(["a" * 60] * 3)
    rules = Rules.from_rpz(
        f"$ORIGIN p.test.\n@ 60 SOA ns h 1 2 3 4 5\n*.deep.alpha.example CNAME *.{'g' * 60}.garden.test.\n"
    )
    answer = ask(rules, f"{long}.deep.alpha.example")
    assert (answer.verdict, answer.rcode, answer.records) == ("redirected", "YXDOMAIN", ())


# bad arguments


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "name=''"),
        ({"name": "a..example"}, "name='a..example'"),
        ({"name": None}, "name=None"),
        ({"name": "a" * 64 + ".example"}, "name="),
        ({"name": "www alpha.example"}, "name='www alpha.example'"),
        ({"qtype": "ADDRESS"}, "qtype='ADDRESS'"),
        ({"qtype": ""}, "qtype=''"),
        ({"qtype": None}, "qtype=None"),
        ({"qtype": "AXFR"}, "qtype='AXFR'"),
        ({"qtype": "OPT"}, "qtype='OPT'"),
        ({"resolver": "isp"}, "resolver='isp'"),
        ({"resolver": None}, "resolver=None"),
        ({"zones": "world"}, "zones='world'"),
        ({"zones": None}, "zones=None"),
        ({"client": "somebody"}, "client='somebody'"),
        ({"client": ""}, "client=''"),
        ({"client": "198.18.0.256"}, "client='198.18.0.256'"),
        ({"client": "198.18.0.0/24"}, "client='198.18.0.0/24'"),
        ({"client": 3_323_068_416}, "client=3323068416"),
        ({"tcp": "no"}, "tcp='no'"),
        ({"tcp": None}, "tcp=None"),
    ],
    ids=str,
)
def test_a_bad_argument_is_named_with_what_is_accepted(change, message):
    good = {"name": "www.alpha.example", "qtype": "A", "resolver": Resolver("isp"), "zones": WORLD}
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}.* is not accepted; give "):
        resolve(**{**good, **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "name=''"),
        ({"name": "  "}, "name='  '"),
        ({"name": 3}, "name=3"),
        ({"rules": "policy.test"}, "rules="),
        ({"rules": None}, "rules=None"),
        ({"rules": [ZONES["target"], "more"]}, "rules="),
        ({"rules": 3}, "rules=3"),
        ({"cache": {}}, "cache={}"),
        ({"cache": True}, "cache=True"),
    ],
    ids=str,
)
def test_no_resolver_is_made_of_bad_arguments(change, message):
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}.* is not accepted; give "):
        Resolver(**{"name": "isp", **change})


@pytest.mark.parametrize("duration", [-1, 5, "-1s", "soon", None, "0.5s"])
def test_a_cache_waits_for_whole_seconds_and_never_back(duration):
    cache = Cache()
    with pytest.raises(ValueError, match=r"^duration=.* is not accepted; give a duration"):
        cache.wait(duration)
    assert cache.now == 0
