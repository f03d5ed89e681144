"""Readers stay linear: twice the lines are twice the work, whatever they hold, and the memory is bounded."""

import sys
import tracemalloc

import pytest

from traceblock import network
from traceblock.blocking import master_file
from traceblock.blocking.authority import Zones
from traceblock.blocking.policy_zone import Rules

HEAD = "$ORIGIN policy.test.\n$TTL 60\n@ SOA ns.rpz.test. h.rpz.test. 1 2 3 4 5\n@ NS ns.rpz.test.\n"
LINES = 600


def address(i):
    return network.to_text([0xF1000000 + i])[0]


def reverse(i):
    return ".".join(reversed(address(i).split(".")))


#: A line of each kind by its number; the first is the simple case.
KINDS = {
    "CNAME": lambda i: f"{'*.' if i % 2 else ''}site-{i:07}.example CNAME .",
    "addresses": lambda i: f"32.{reverse(i)}.rpz-ip CNAME .",
    "IPv6 addresses": lambda i: f"128.{i % 65535 + 1:x}.{i // 65535 + 1:x}.zz.db8.2001.rpz-nsip CNAME .",
    "distinct A": lambda i: f"site-{i:07}.example A {address(i)}",
    "distinct AAAA": lambda i: f"site-{i:07}.example AAAA 2001:db8::{i // 65535 + 1:x}:{i % 65535 + 1:x}",
    "distinct targets": lambda i: f"site-{i:07}.example CNAME site-{i}.garden.test.",
    "distinct texts": lambda i: f'site-{i:07}.example TXT "order {i}; blocked"',
    "one owner": lambda i: f"site.example A {address(i)}",
    "one block": lambda i: f"24.0.113.0.203.rpz-ip A {address(i)}",
    "one owner of two types": lambda i: f"site.example {('A', 'PTR')[i % 2]} {address(i)}",
    "apex": lambda i: f'@ TXT "order {i:07}"',
    "two an owner": lambda i: f"site-{i // 2:07}.example {'A 203.0.113.1' if i % 2 else 'AAAA 2001:db8::1'}",
    "owner left out": lambda i: f"{'' if i % 2 else f'site-{i}.example'} A {address(i)}",
    "the same again": lambda i: "site.example CNAME .",
    "origins": lambda i: f"$ORIGIN x{i}.policy.test." if i % 2 else "site CNAME .",
    "times": lambda i: f"$TTL {i}" if i % 2 else f"site-{i}.example A 203.0.113.1",
    "comments": lambda i: f"site-{i:07}.example CNAME . ; order {i} ( of",
    "bad": lambda i: f"site-{i}..example CNAME .",
    "second CNAME": lambda i: f"site.example CNAME site-{i}.garden.test.",
    "open parentheses": lambda i: "site.example CNAME (",
    "names below each other": lambda i: f"{'a.' * (i % 9)}site-{i}.example CNAME .",
}
READERS = {"policy zone": Rules.from_rpz, "zone": Zones.from_text}


def zone(kind, number):
    return HEAD + "".join(f"{KINDS[kind](i)}\n" for i in range(number))


def work(read, text, monkeypatch):
    """Count the functions called, generators resumed, and records hashed or compared."""
    count = 0

    def called(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    class Counted(master_file.Data):
        def __hash__(self):
            return super().__hash__()

        def __eq__(self, other):
            return super().__eq__(other)

    monkeypatch.setattr(master_file, "Data", Counted)
    sys.setprofile(called)
    try:
        read(text)
    except ValueError:
        pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reader", READERS)
def test_twice_the_lines_are_twice_the_work(reader, kind, monkeypatch):
    read = READERS[reader]
    work(read, zone(kind, 50), monkeypatch)  # what is done once
    some, twice = (work(read, zone(kind, number), monkeypatch) for number in (LINES, 2 * LINES))
    assert twice < 2.2 * some
    assert some > LINES


PLAIN = [kind for kind in KINDS if kind not in ("bad", "second CNAME", "open parentheses")]


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize("reader", READERS)
def test_no_kind_of_line_takes_a_tokenizer(reader, kind, monkeypatch):
    """With one, a line takes over a hundred calls; the simple case takes ten."""
    read = READERS[reader]
    some, more = (work(read, zone(kind, number), monkeypatch) for number in (200, 200 + LINES))
    assert (more - some) / LINES < 40


@pytest.mark.parametrize("kind", ["CNAME", "addresses", "distinct A", "distinct texts", "one owner", "bad"])
@pytest.mark.parametrize("reader", READERS)
def test_memory_is_within_ten_times_the_file(reader, kind):
    text = zone(kind, 10_000)
    tracemalloc.start()
    try:
        held = READERS[reader](text)
    except ValueError as error:
        held = error
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held
    assert peak < 10 * len(text)


@pytest.mark.parametrize("reader", READERS)
def test_names_that_only_others_make_exist_are_bounded_in_number(reader):
    deep = "".join(f"*.{'.'.join(f'{i}-{j}' for j in range(25))} CNAME .\n" for i in range(1_000))
    with pytest.raises(ValueError, match=r"more than \d{2},\d{3} names.*; split the zone"):
        READERS[reader](f"{HEAD}* CNAME *.\n{deep}")


def test_a_zone_in_between_of_a_reverse_tree_is_read():
    nibbles = ["".join(f"{i * 7919 % 16**8:08x}"[::-1]) for i in range(500)]
    tree = "".join(f"{'.'.join(each)}.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR site.example.\n" for each in nibbles)
    assert Zones.from_text(HEAD + tree)
