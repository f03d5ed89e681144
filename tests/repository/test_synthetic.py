"""Nothing real but the record: no address, host or link that could reach or name somebody."""

import json

import pytest

from . import synthetic
from .tree import ROOT, files

REQUIREMENTS = {"requirements.txt", "requirements-dev.txt"}  # held to stricter rules by test_lock.py


def quad(*numbers):
    """Write an address that may not stand in this file."""
    return ".".join(map(str, numbers))


EIGHTS = quad(8, 8, 8, 8)
REAL = "example" + ".com"
PROPERTY = "edge" + ".top"  # of an element, where it is code


def found(folder, name, content):
    """Return the faults of a file of that name and content."""
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return [fault for text in synthetic.texts(path) for fault in synthetic.faults(text)]


def _name(path):
    return path.relative_to(ROOT).as_posix()


def test_everything_in_the_repository_is_synthetic():
    held = synthetic.record(ROOT / "data")
    wrong = [
        f"{path.relative_to(ROOT)}: {fault}"
        for path in files()
        if path.relative_to(ROOT).as_posix() not in REQUIREMENTS
        for text in synthetic.texts(path)
        for fault in synthetic.faults(text, held, of_a_diagnosis=synthetic.is_of_a_diagnosis(_name(path)))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    [
        EIGHTS,
        f"from {EIGHTS}:53, twice",
        f"v{EIGHTS}",
        rf"first line\n{EIGHTS}",
        EIGHTS.replace(".", r"\."),
        f"{EIGHTS}/32",
        quad(10, 0, 0, 1),
        quad(192, 168, 1, 1),
        quad(172, 16, 0, 1),
        quad(198, 17, 255, 255),
        quad(198, 18, 0, 0) + "/14",  # wider than what is allowed
        quad(192, 0, 2, 0) + "/23",
        quad(0, 0, 0, 0) + "/0",
        quad(4, 3, 2, 1) + ".in-addr.arpa",
        "32." + quad(8, 8, 8, 8) + ".rpz-ip",
        "2606:4700" + "::1111",
        r"first line\n2606:4700" + "::1111",
        "[fe80" + "::1]:80",
        "2001:db9" + ":0:0:0:0:0:1",
    ],
)
def test_a_real_address_is_found(text):
    assert [fault.split()[0] for fault in synthetic.faults(text)] == ["address"]


PRIVATE = [quad(10, 10, 34, 35), quad(172, 31, 0, 1), quad(192, 168, 1, 1), "fd12:3456" + "::1"]


@pytest.mark.parametrize("text", PRIVATE)
def test_a_private_address_may_be_an_answer_in_a_diagnosis(text):
    assert synthetic.faults(text) == [f"address {text}"]
    assert not synthetic.faults(text, of_a_diagnosis=True)


@pytest.mark.parametrize(
    "text", [EIGHTS, quad(11, 0, 0, 1), quad(172, 32, 0, 1), quad(169, 254, 0, 1), "fe80" + "::1"]
)
def test_no_other_address_may(text):
    assert synthetic.faults(text, of_a_diagnosis=True) == [f"address {text}"]


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("src/traceblock/blocking/diagnosis.py", True),
        ("tests/blocking/test_diagnosis_ts017.py", True),
        ("tests/blocking/test_web.py", False),
        ("data/web.csv", False),
        ("notebooks/08_name_to_nowhere.ipynb", False),
    ],
)
def test_only_what_is_about_a_diagnosis_has_such_answers(path, is_one):
    assert synthetic.is_of_a_diagnosis(path) == is_one


@pytest.mark.parametrize(
    "text",
    [
        "198.19.255.255 241.0.0.1 100.64.0.1 192.0.2.7 198.51.100.1/32 203.0.113.0/24 127.0.0.1:8888",
        "2001:db8::1 2001:DB8:0:0::/64 ::1",
        "24.0.2.0.192.rpz-ip and 7.2.0.192.in-addr.arpa",
        "ipywidgets 8.1.9, Chromium 120.0.6099.109, section " + quad(1, 2, 3, 4) + ".5",
        "rows[1::2], rows[::-1], 12:30:45, 2026-11-21T18:00:00, ECLI:EU:C:2021:492, sha256:0a1b::",
        "DOI 10.1145/1868447.1868451, No. 24-3978, 901 F.3d 1142",
    ],
)
def test_what_is_synthetic_or_no_address_passes(text):
    assert not synthetic.faults(text)


@pytest.mark.parametrize(
    "text",
    [
        f"see {REAL}.",
        f"`{REAL}`",
        f"someone@{REAL}",
        f"www.{REAL}(mirror)",
        f"http://site.example and {REAL.upper()}",
        "mirror-2.some-site" + ".to",
        "il-sito" + ".pro/qui",
        "bücher" + ".de",
    ],
)
def test_a_real_host_is_found(text):
    assert [fault.split()[0] for fault in synthetic.faults(text)] == ["host"]


@pytest.mark.parametrize(
    "text",
    [
        f"https://{REAL}/page",
        f"[here](http://user@{REAL}:80)",
        "udp:" + "//tracker.unknown-ending:1337",
        f"http://{REAL.replace('.', chr(92) + '.')}/",
    ],
)
def test_a_link_to_a_real_host_is_found(text):
    assert {fault.split()[0] for fault in synthetic.faults(text)} == {"host", "link"}


@pytest.mark.parametrize(
    "text",
    [
        "site-1.example, www.site-2.test. https://site.example/a.html http://localhost:8888/lab",
        "cases.py README.md postBuild.sh data/facts.csv requirements.txt traceblock.cases traceblock.live",
        "`alt.Chart`, np.to(x), frame.at[0], pd.NA, i.e. and e.g. the U.S. one, v. Gonzales",
        "https://vega.github.io/schema/vega-lite/v5.json",
        "http://{host}:{port}/lab http://127.0.0.1:8888/lab http://[::1]:80/",
    ],
)
def test_what_is_synthetic_or_no_host_passes(text):
    assert not synthetic.faults(text)


def test_what_the_record_holds_may_be_named_but_not_linked(tmp_path):
    one, site = quad(1, 1, 1, 1), "torrents" + ".to"
    (tmp_path / "facts.csv").write_text(f"fact,value,note\nresolver,{one},\nsite,{site},{REAL}\n")
    (tmp_path / "sources.csv").write_text("source,locator,read_as\na,No. 1,copy at read-as" + ".org\n")
    held = synthetic.record(tmp_path)
    assert held == {one, site, "read-as" + ".org"}
    assert not synthetic.faults(f"{one} and {site}, read at read-as" + ".org", held)
    assert synthetic.faults(f"http://{site}", held) == [f"link to {site}"]
    assert synthetic.faults(f"[site]({site})", held) == [f"link to {site}"]
    assert synthetic.faults(f'<a href="{site}">', held) == [f"link to {site}"]
    assert synthetic.faults(f"sub.{site}", held) == [f"host sub.{site}"]
    assert [synthetic.faults(text, held) for text in synthetic.texts(tmp_path / "facts.csv")][-1]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("web.csv", f"site,value\n1,{REAL}\n"),
        ("package.json", json.dumps({"resources": [{REAL: 1}]})),
        ("lesson.md", f"# {REAL}\n"),
        ("code.py", f"a = 1  # {REAL}\n"),
        ("code.py", f'a = f"{{b}} {REAL}"\n'),
        ("code.py", f'a = """\n{REAL}\n"""\n'),
        ("half.py", f"a = ({REAL}\n"),
    ],
)
def test_a_real_host_is_found_in_every_kind_of_file(tmp_path, name, content):
    assert found(tmp_path, name, content) == [f"host {REAL}"]


def test_code_is_no_host(tmp_path):
    assert not found(tmp_path, "code.py", f"a = {REAL} + f'{{{REAL}}} {{a}}'\n")


@pytest.mark.parametrize("place", ["source", "text", "spec", "metadata"])
def test_a_real_host_is_found_everywhere_in_a_notebook(tmp_path, place):
    text = {"source": "x", "text": "x", "spec": "x", "metadata": "x"} | {place: f"'{REAL}'"}
    data = {
        "text/plain": ["a\n", text["text"]],
        "application/vnd.vegalite.v5+json": {"data": [{"site": text["spec"]}]},
    }
    cell = {
        "cell_type": "code",
        "source": [f"{REAL}\n", text["source"]],  # the first as code, which is no host
        "metadata": {"tags": [text["metadata"]]},
        "outputs": [{"data": data}],
    }
    assert found(tmp_path, "lesson.ipynb", json.dumps({"cells": [cell]})) == [f"host {REAL}"]


def test_a_binary_file_is_not_read(tmp_path):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0" + EIGHTS.encode())
    assert not list(synthetic.texts(tmp_path / "picture.png"))


@pytest.mark.parametrize(
    ("script", "seen"),
    [
        (f"{PROPERTY} < 3", False),
        (f'fetch("{REAL}")', True),
        (f"// see {REAL}", True),
        (f"`${{{PROPERTY}}} and {REAL}`", True),
        (f"`${{{PROPERTY}}} pixels`", False),
        (f"'{EIGHTS}'", True),
    ],
)
def test_javascript_is_read_as_such(tmp_path, script, seen):
    assert bool(found(tmp_path, "script.js", script)) == seen
