"""The synthetic web: what every one of them is, the crowd on an address, and the record."""

import inspect
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traceblock import cases
from traceblock.blocking import build_web, neighbours, tenants
from traceblock.blocking import web as web_module

COLUMNS = ["site", "name", "address", "host", "cdn", "lawful", "visits"]
NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(example|test)")
WEBS = st.builds(
    build_web,
    st.integers(1, 60),
    st.just(0),
    st.floats(1, 20),
    st.floats(0, 1),
    st.integers(0, 10**6),
    tail=st.floats(0.1, 5),
    platform_share=st.floats(0, 0.5),
    cdns=st.integers(1, 3),
    hosts=st.integers(1, 4),
)


def by_hand(**columns):
    web = {
        "site": [0, 1, 2, 2, 3],
        "name": ["a.example", "b.example", "c.example", "c.test", "d.test"],
        "address": np.array([9, 9, 9, 9, 7], dtype=np.uint32),
        "host": ["host-1"] * 4 + ["host-2"],
        "cdn": False,
        "lawful": [True, True, False, False, True],
        "visits": [1, 2, 3, 4, 5],
    }
    return pd.DataFrame(web | columns)


# what a web is


def test_columns_and_their_types():
    web = build_web(200, 10, 5, 0.3, 1)
    assert list(web)[:7] == COLUMNS
    types = {"site": "int64", "name": "str", "address": "uint32", "host": "str", "cdn": "bool"}
    types |= {"lawful": "bool", "visits": "int64", "origin": "str", "https": "bool", "ech": "bool"}
    assert web.dtypes.astype(str).to_dict() == types
    assert web["site"].tolist() == list(range(200))


def test_same_arguments_same_web_and_another_seed_another():
    given = build_web(300, 20, 6, 0.2, 7)
    again = build_web(sites=300, infringing=20, sites_per_address=6, cdn_share=0.2, seed=7)
    pd.testing.assert_frame_equal(given, again)
    # without platforms, which may not infringe: else their places alone would move the others
    given, other = (build_web(300, 20, 6, 0.2, seed, platform_share=0, ech_share=0.5) for seed in (7, 8))
    for column in set(given) - {"site"}:
        assert not given[column].equals(other[column]), column


def test_what_is_asked_of_one_column_leaves_the_others():
    given, other = (
        build_web(300, infringing, https_share=share) for infringing, share in ((9, 0.9), (90, 0))
    )
    kept = ["site", "name", "address", "host", "cdn", "visits", "origin", "ech"]
    pd.testing.assert_frame_equal(given[kept], other[kept])


@given(WEBS)
@settings(max_examples=60)
def test_names_are_nobodys_and_one_sites_and_addresses_are_one_hosts(web):
    assert all(NAME.fullmatch(name) for name in web["name"])
    assert web["name"].is_unique
    assert (web["address"].to_numpy() >> 24 == 240).all()
    assert (web.groupby("address")[["host", "cdn"]].nunique() == 1).all(axis=None)
    assert (web["host"].str.startswith("cdn-") == web["cdn"]).all()
    assert (web["host"] == web["origin"])[~web["cdn"]].all()
    assert web["origin"].str.startswith("host-").all()
    assert (web["visits"] >= 1).all()


def test_names_stay_unique_beyond_the_pairs_of_words():
    names = build_web(5_000, 0)["name"]
    assert names.is_unique
    assert all(NAME.fullmatch(name) for name in names)
    assert set(names.str.rpartition(".")[2]) == {"example", "test"}


@pytest.mark.parametrize(
    ("sites", "mean", "cdn"), [(1_900, 19, 0), (1_000, 8, 0.2), (300, 1, 0), (40, 100, 0)]
)
def test_sites_per_address_is_met_exactly(sites, mean, cdn):
    web = build_web(sites, 0, mean, cdn, 3)
    own = web[~web["cdn"]]
    assert len(own) == sites - sites * cdn
    assert own["address"].nunique() == max(1, len(own) // mean)
    if mean == 1:
        assert own["address"].is_unique


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_a_cdn_has_many_names_on_few_addresses(share):
    web = build_web(400, 0, cdn_share=share, cdns=3, cdn_addresses=2, seed=5)
    behind = web[web["cdn"]]
    assert len(behind) == 400 * share
    assert set(behind["host"]) == ({"cdn-1", "cdn-2", "cdn-3"} if share else set())
    assert behind["address"].nunique() == (6 if share else 0)
    assert not behind["address"].isin(web.loc[~web["cdn"], "address"]).any()


def test_the_first_addresses_are_the_cdns_alone():
    web = build_web(20_000, 0, 1, 0.1)
    assert ((web["address"] < 0xF0010000) == web["cdn"]).all()


@pytest.mark.parametrize("infringing", [0, 1, 30, 97])
def test_as_many_infringe_as_asked_and_no_platform_does(infringing):
    web = build_web(100, infringing, platform_share=0.52 if infringing < 97 else 0.05)
    assert (~web["lawful"]).sum() == infringing
    above = web["name"].str.replace(r"^[^.]+\.", "", regex=True)
    platforms = web["name"].isin(above)
    assert platforms.sum() == (2 if infringing < 97 else 1)
    assert web.loc[platforms, "lawful"].all()


@pytest.mark.parametrize(("share", "under", "platforms"), [(0, 0, 0), (0.1, 100, 2), (0.102, 102, 3)])
def test_platforms_have_their_share_of_names_below_theirs(share, under, platforms):
    names = build_web(1_000, 0, platform_share=share)["name"]
    deep = names[names.str.count(r"\.") > 1]
    homes = deep.str.replace(r"^[^.]+\.", "", regex=True)
    assert len(deep) == under
    assert homes.nunique() == platforms
    assert homes.isin(names).all()
    if platforms:
        assert homes.value_counts().between(under // platforms, -(-under // platforms)).all()


def test_shares_of_tls_and_ech_are_drawn():
    web = build_web(10_000, 0, https_share=0.7, ech_share=0.2)
    for column, share in (("https", 0.7), ("ech", 0.2)):
        assert web[column].mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 10_000))
    assert build_web(50, 0, https_share=0)["https"].sum() == 0
    assert build_web(50, 0, ech_share=1)["ech"].all()


def test_visits_follow_zipfs_law():
    visits = np.sort(build_web(2_000, 0, mean_visits=5_000)["visits"])[::-1]
    assert visits.mean() == pytest.approx(5_000, rel=1e-3)
    np.testing.assert_allclose(visits, visits[0] / np.arange(1, 2_001), atol=0.6)
    assert build_web(2_000, 0, mean_visits=1)["visits"].min() == 1  # of which Zipf's law gives most a part


# the crowd on an address


def test_neighbours_and_tenants_worked_by_hand():
    web = by_hand().set_index(pd.Index([5, 5, 3, 1, 0]))
    assert neighbours(web).to_list() == [2, 2, 2, 2, 0]  # a site of two names is one site
    assert neighbours(web).index.equals(web.index)
    counted = tenants(web)
    assert list(counted) == ["address", "host", "cdn", "sites", "infringing", "visits"]
    assert counted.to_numpy().tolist() == [[9, "host-1", False, 3, 1, 10], [7, "host-2", False, 1, 0, 5]]


@given(WEBS)
@settings(max_examples=60)
def test_the_mean_of_neighbours_is_size_biased(web):
    counted, of_site = tenants(web), neighbours(web)
    k = counted["sites"]
    assert k.sum() == len(web)
    assert of_site.mean() == pytest.approx((k**2).mean() / k.mean() - 1)
    assert of_site.mean() == pytest.approx(k.mean() - 1 + k.var(ddof=0) / k.mean())
    alone = {address: list(web["address"]).count(address) - 1 for address in set(web["address"])}
    assert of_site.tolist() == [alone[address] for address in web["address"]]
    assert k.is_monotonic_decreasing
    assert counted["visits"].sum() == web["visits"].sum()


def test_a_site_meets_a_larger_crowd_than_a_server_has():
    web = build_web(20_000, 0, 19, 0.0, 2)
    assert neighbours(web).mean() > 10 * (tenants(web)["sites"].mean() - 1)


def test_the_defaults_fit_what_was_counted():
    """On a web of the size of the study, where one giant server no longer moves every mean."""
    known = {
        name: cases.fact("literature", name, "established").value
        for name in (
            "sites_counted_2012",
            "sites_per_address_2012",
            "sites_per_address_trimmed_2012",
            "names_sharing_2012",
            "names_sharing_2003_low",
            "names_sharing_with_fifty_2003_low",
        )
    }
    defaults = {
        name: parameter.default for name, parameter in inspect.signature(build_web).parameters.items()
    }
    mean, tail = defaults["sites_per_address"], defaults["tail"]
    assert mean == known["sites_per_address_2012"]
    sites = known["sites_counted_2012"]
    address, _ = web_module._servers(sites, mean, tail, 1, np.random.default_rng(2012))
    k = np.unique(address, return_counts=True)[1]
    assert k.mean() == pytest.approx(mean, rel=1e-4)
    # Four standard errors of one web of this size: 0.3 sites, 0.07 of a hundred.
    assert k[k <= 1_000].mean() == pytest.approx(known["sites_per_address_trimmed_2012"], abs=1.2)
    assert 100 * k[k > 1].sum() / sites == pytest.approx(known["names_sharing_2012"], abs=1)
    assert 100 * k[k > 1].sum() / sites > known["names_sharing_2003_low"]
    assert 100 * k[k > 50].sum() / sites > known["names_sharing_with_fifty_2003_low"]


def test_a_lighter_tail_makes_a_smaller_crowd():
    crowd = [neighbours(build_web(20_000, 0, 19, 0.0, 4, tail=tail)).mean() for tail in (0.7, 2, 50)]
    assert crowd == sorted(crowd, reverse=True)
    # Exponential parts of the rest, a server has one more: E[k²]/E[k] − 1 with E[k] = 19, 18 of them shared.
    assert crowd[-1] == pytest.approx(18 + (18 + 18**2) / 19, rel=0.1)


# what is refused


@pytest.mark.parametrize(
    ("argument", "value", "accepted"),
    [
        ("sites", 0, "a whole number, 1 to"),
        ("sites", 2.0, "a whole number"),
        ("infringing", -1, "a whole number, 0 to 100"),
        ("infringing", 101, "a whole number, 0 to 100"),
        ("infringing", 100, "at most 99: 1 of the sites are platforms"),
        ("sites_per_address", 0.5, "at least 1"),
        ("sites_per_address", float("nan"), "a number"),
        ("cdn_share", 1.1, "at least 0 and at most 1"),
        ("cdn_share", "0.5", "a number"),
        ("seed", -1, "a whole number"),
        ("seed", None, "a whole number"),
        ("tail", 0, "at least 0.1"),
        ("platform_share", 1, "none is a platform"),
        ("platform_share", -0.1, "at least 0"),
        ("https_share", 2, "at most 1"),
        ("ech_share", -1, "at least 0"),
        ("cdns", 0, "1 to 250"),
        ("cdn_addresses", 251, "1 to 250"),
        ("hosts", 0, "1 to 100,000"),
        ("mean_visits", 0.5, "at least 1"),
        ("mean_visits", float("inf"), "at most 1e+09"),
    ],
)
def test_bad_arguments_are_named_with_what_is_accepted(argument, value, accepted):
    with pytest.raises(ValueError, match=re.escape(f"{argument}={value!r}")) as refusal:
        build_web(**{"sites": 100, "infringing": 10, argument: value})
    assert accepted in str(refusal.value)


@pytest.mark.parametrize("of_web", [tenants, neighbours])
@pytest.mark.parametrize(
    ("web", "message"),
    [
        (None, "web is a NoneType; give a DataFrame with site, name"),
        (by_hand().drop(columns="cdn"), "web has no column cdn"),
        (by_hand(name=["a.example", None, "c.example", "c.test", "d.test"]), "web: 1 of 5 rows lack a value"),
        (by_hand(origin=[None] * 5), "web: 5 of 5 rows lack a value"),
        (by_hand(name=["a.example"] * 5), "web: 4 of 5 rows have a name that another row has"),
        (by_hand(address=["240.1.0.1"] * 5), "network.from_text makes numbers of dotted text"),
        (by_hand(address=-1), "address out of range"),
        (by_hand(cdn="no"), "web: cdn is of the type str; give True or False"),
        (by_hand(https=[1, 0, 1, 0, 1]), "web: https is of the type int64; give True or False"),
        (by_hand(visits=-1), "web: 5 of 5 rows have a visits that is no number of 0 or more"),
        (by_hand(visits=np.inf), "web: 5 of 5 rows have a visits"),
        (by_hand(visits="many"), "web: visits is of the type str; give numbers"),
    ],
)
def test_a_table_that_is_no_web_is_refused(of_web, web, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        of_web(web)
