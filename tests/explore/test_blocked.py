"""Explorers of Part III: what their sentences and tables say is what the mechanisms give."""

import pandas as pd
import pytest

from traceblock import blocking, cases, explore


@pytest.fixture
def fresh(request):
    return getattr(explore, request.param)()


def _shares(groups):
    visits = groups.pivot(index="group", columns="class", values="visits")
    return visits.div(visits.sum(axis=1), axis=0)


@pytest.mark.parametrize("fresh", ["look_up"], indirect=True)
def test_a_public_resolver_follows_no_rule_of_the_isp(fresh):
    ordered = fresh.controls["name"].options[0]
    fresh.set(name=ordered, rule="no such name", resolver="the ISP's resolver")
    assert fresh.result.answer.verdict == "nxdomain"
    assert fresh.result.diagnosis.verdict == "dns"
    assert "with the extended error 16" in fresh.sentence
    fresh.set(resolver="a public resolver")
    assert fresh.result.answer.verdict == "passed"
    assert fresh.result.diagnosis.verdict == "accessible"


@pytest.mark.parametrize("fresh", ["look_up"], indirect=True)
def test_an_exact_rule_leaves_the_subdomain_and_its_neighbour_alone(fresh):
    ordered, www, neighbour, absent = fresh.controls["name"].options
    assert www == f"www.{ordered}"
    verdicts = {}
    for rule in ("no such name", "no such name, subdomains too"):
        for name in (ordered, www, neighbour, absent):
            fresh.set(name=name, rule=rule)
            verdicts[rule, name] = fresh.result.answer.verdict
    assert verdicts["no such name", www] == "passed"  # its alias is a name of the CDN's
    assert verdicts["no such name, subdomains too", www] == "nxdomain"
    assert {verdicts[rule, ordered] for rule, _ in verdicts} == {"nxdomain"}
    assert {verdicts[rule, each] for rule, _ in verdicts for each in (neighbour, absent)} == {"passed"}


@pytest.mark.parametrize("fresh", ["look_up"], indirect=True)
def test_the_neighbour_is_at_the_same_address(fresh):
    ordered, _, neighbour, _ = fresh.controls["name"].options
    found = []
    for name in (ordered, neighbour):
        fresh.set(name=name, rule="no rule")
        found.append([value for _, kind, value in fresh.result.answer.records if kind == "A"])
    assert found[0] == found[1] != []


@pytest.mark.parametrize("fresh", ["look_up"], indirect=True)
def test_a_block_page_shows_as_another_network(fresh):
    for https in (True, False):
        fresh.set(name=fresh.controls["name"].options[0], rule="a block page", https=https)
        assert fresh.result.diagnosis.verdict == "dns"


@pytest.mark.parametrize("fresh", ["look_up"], indirect=True)
def test_a_name_that_nobody_has_is_not_called_blocked(fresh):
    fresh.set(name=fresh.controls["name"].options[-1], rule="no rule")
    assert fresh.result.answer.rcode == "NXDOMAIN"
    assert fresh.result.diagnosis.verdict == "down"


@pytest.mark.parametrize("fresh", ["coverage"], indirect=True)
def test_whom_an_order_to_isps_reaches(fresh):
    fresh.set(who="the ISPs", worldwide=False, public=0.2, vpn=0.1)
    shares = _shares(fresh.result.groups)
    assert shares.loc["with their ISP's resolver", "blocked"] == 1
    assert shares.loc["with a public resolver", "missed"] == 1
    assert shares.loc["through a VPN", "missed"] == 1
    assert shares.loc["abroad", "untouched"] == 1
    assert shares.loc["everybody in Italy", "blocked"] == pytest.approx(0.8 * 0.9)
    fresh.set(who="ISPs that intercept")
    assert _shares(fresh.result.groups).loc["everybody in Italy", "blocked"] == pytest.approx(0.9)


@pytest.mark.parametrize("fresh", ["coverage"], indirect=True)
def test_a_resolver_that_blocks_for_everyone_blocks_abroad_too(fresh):
    fresh.set(who="a public resolver", worldwide=False, public=0.2, vpn=0.1)
    assert _shares(fresh.result.groups).loc["abroad", "over_blocked"] == 0
    fresh.set(worldwide=True)
    assert _shares(fresh.result.groups).loc["abroad", "over_blocked"] == pytest.approx(0.2)
    assert "20% of those from abroad" in fresh.sentence


@pytest.mark.parametrize("fresh", ["coverage"], indirect=True)
def test_a_cdn_can_block_only_what_it_serves(fresh):
    fresh.set(who="the CDN", worldwide=True)
    missed = _shares(fresh.result.groups).loc["everybody in Italy", "missed"]
    assert 0 < missed < 1
    fresh.set(who="the hosting companies")
    assert _shares(fresh.result.groups).loc["everybody in Italy", "missed"] == 0


def test_as_many_sites_are_ordered_as_in_milan():
    result = explore.coverage().result
    assert cases.fact("cloudflare-milan", "sites_ordered").value == 3
    assert result.groups["visits"].gt(0).any()


@pytest.mark.parametrize("fresh", ["reach"], indirect=True)
def test_only_an_address_takes_neighbours_along(fresh):
    for measure in ("dns", "url", "sni", "edge", "closure"):
        fresh.set(measure=measure)
        assert not fresh.result.sites["class"].eq("over_blocked").any()
    fresh.set(measure="address")
    sites = fresh.result.sites
    aimed = sites.loc[sites["ordered"], "address"]
    assert sites["class"].eq("over_blocked").sum() == sites["address"].isin(aimed).sum() - 12
    fresh.set(sharing=1.0, cdn=0.0)
    assert fresh.result.sites["class"].eq("over_blocked").sum() == 0


@pytest.mark.parametrize("fresh", ["reach"], indirect=True)
def test_the_edge_reaches_what_is_behind_it_and_a_url_filter_what_is_not_encrypted(fresh):
    fresh.set(measure="edge", ordered=30)
    ordered = fresh.result.sites[fresh.result.sites["ordered"]]
    assert (ordered["class"].eq("blocked") == ordered["cdn"]).all()
    fresh.set(measure="url")
    ordered = fresh.result.sites[fresh.result.sites["ordered"]]
    assert (ordered["class"].eq("blocked") == ~ordered["https"]).all()


@pytest.mark.parametrize("fresh", ["succession"], indirect=True)
def test_the_sentence_counts_what_is_blocked_by_the_day(fresh):
    fresh.set(decided_by="list", decision=1, day=180)
    names = fresh.result.names
    stopped = names[names["blocked"] <= 180]
    assert f"{(~stopped['wrong']).sum()} names of 4 sites are blocked" in fresh.sentence
    assert f"and {stopped['wrong'].sum()} lawful ones by mistake" in fresh.sentence
    days = blocking.daily(names, fresh.result.chase).query("day <= 180")["audience"].sum()
    assert f"for {days:.0f} of 180 days" in fresh.sentence


@pytest.mark.parametrize("fresh", ["succession"], indirect=True)
def test_a_faster_decision_costs_the_sites_audience(fresh):
    kept = []
    for decision in (60, 7, 0):
        fresh.set(decided_by="list", decision=decision, day=365)
        kept.append(fresh.result.so_far["audience"])
    assert kept == sorted(kept, reverse=True)


@pytest.mark.parametrize("fresh", ["effect"], indirect=True)
def test_the_truth_is_the_displacement_and_a_trend_of_its_own_misleads(fresh):
    for diversion in (0.0, 0.5, 1.0):
        fresh.set(diversion=diversion, trend=0.0, noise=1.0, units=600)
        study = fresh.result.study
        change = blocking.displacement(study.share, study.fall, diversion) * study.visits
        assert fresh.result.truth == pytest.approx(change, rel=0.1, abs=1e-9)
        assert fresh.result.found.low <= fresh.result.truth <= fresh.result.found.high
    fresh.set(trend=-0.1)
    assert fresh.result.found.high < fresh.result.truth
    assert "taken for an effect" in fresh.sentence


def test_the_means_of_the_effect_are_those_of_the_panel():
    result = explore.effect().result
    users = blocking.panel(result.study, 1)
    covered = users[users["treated"]].groupby("period")["outcome"].mean()
    drawn = result.means[result.means["group"].str.contains("covers")].set_index("period")["outcome"]
    pd.testing.assert_series_equal(drawn, covered)


def test_the_clock_moves_the_day():
    explorer = explore.succession()
    (play,) = [each for each in explorer.children[0].children if type(each).__name__ == "Play"]
    assert play.max == len(explorer.controls["day"].options) - 1
    play.value = 2
    assert explorer.controls["day"].value == 90
    assert "By day 90, " in explorer.sentence
    explorer.set(day=365)
    assert play.value == play.max
