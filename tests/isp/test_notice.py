"""A notice says the same before and after the post, and what could mean another subscriber is refused."""

import datetime
import tracemalloc
from dataclasses import MISSING, FrozenInstanceError, fields, replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceblock.isp import acns_reader
from traceblock.isp.notice import (
    NAMESPACE,
    AlsoSeen,
    Asset,
    AssetId,
    Case,
    ContentMatched,
    Declaration,
    Detection,
    EarlierNotice,
    Hash,
    Item,
    Login,
    Notice,
    NoticeType,
    Party,
    Source,
    SubType,
    Verification,
    VerificationLevel,
    WatermarkMatched,
    from_xml,
    observed,
    to_xml,
)

PARTS = (
    AlsoSeen,
    Asset,
    AssetId,
    Case,
    ContentMatched,
    Declaration,
    Detection,
    EarlierNotice,
    Hash,
    Item,
    Login,
    Notice,
    NoticeType,
    Party,
    Source,
    SubType,
    Verification,
    VerificationLevel,
    WatermarkMatched,
)
GOLDEN = """<?xml version='1.0' encoding='UTF-8'?>
<Infringement xmlns="http://www.acns.net/ACNS">
  <Case>
    <ID>2010-0007</ID>
    <Ref_URL>https://monitor.example/cases/2010-0007</Ref_URL>
    <Status>Open</Status>
    <Severity>Normal</Severity>
  </Case>
  <Complainant>
    <Entity>Example Films &amp; Söhne</Entity>
    <Contact>The &lt;notice&gt; desk</Contact>
    <Address>1 Example Street
Example Town</Address>
    <Phone>555-0100</Phone>
    <Email>notices@films.example</Email>
  </Complainant>
  <Service_Provider>
    <Entity>Example Cable</Entity>
    <Email>abuse@cable.example</Email>
  </Service_Provider>
  <Source>
    <TimeStamp>2010-05-28T12:00:00Z</TimeStamp>
    <IP_Address>198.18.3.7</IP_Address>
    <Port>51413</Port>
    <DNS_Name>line-7.cable.example</DNS_Name>
    <MAC_Address>00-00-5E-00-53-01</MAC_Address>
    <IP_Block>198.18.0.0/16</IP_Block>
    <Type>BitTorrent</Type>
    <SubType BaseType="P2P" Protocol="BITTORRENT"/>
    <URL_Base>ftp://line-7.cable.example/</URL_Base>
    <UserName>seven</UserName>
    <Login Username="seven" Password="&quot;7&quot; &amp; more"/>
    <Number_Files>2</Number_Files>
    <Deja_Vu>No</Deja_Vu>
  </Source>
  <Content>
    <Item>
      <TimeStamp>2010-05-28T11:59:58Z</TimeStamp>
      <Title>An Invented Film</Title>
      <Artist>A. N. Example</Artist>
      <FileName>an.invented.film.avi</FileName>
      <FileSize>8482935848</FileSize>
      <URL>ftp://line-7.cable.example/an.invented.film.avi</URL>
      <Type>Movie</Type>
      <Hash Type="SHA1">0123456789abcdef0123456789abcdef01234567</Hash>
    </Item>
    <Item>
      <TimeStamp>2010-05-28T12:00:00Z</TimeStamp>
      <FileName>readme.txt</FileName>
    </Item>
  </Content>
  <History>
    <Notice ID="2010-0003" TimeStamp="2010-05-20T08:30:00Z">first notice</Notice>
    <Notice/>
  </History>
  <Notes>None.</Notes>
</Infringement>
"""
ZONED = "2010-05-28T12:00:00Z"
FILMS = Party(entity="Example Films", email="notices@films.example")
CABLE = Party(entity="Example Cable", email="abuse@cable.example")
SOURCE = Source(time=ZONED, address=0xC6120307, port=51413, type="BitTorrent")
ITEM = Item(time=ZONED, file_name="an.invented.film.avi")
PLAIN = Notice(
    case=Case(id="7"), complainant=FILMS, service_provider=CABLE, source=SOURCE, content=[ITEM], notes="-"
)
FULL = Notice(
    case=Case(
        id="2010-0007",
        ref_url="https://monitor.example/cases/2010-0007",
        status="Open",
        severity="Normal",
    ),
    complainant=Party(
        entity="Example Films & Söhne",
        contact="The <notice> desk",
        address="1 Example Street\nExample Town",
        phone="555-0100",
        email="notices@films.example",
    ),
    service_provider=CABLE,
    source=Source(
        time=pd.Timestamp("2010-05-28 12:00", tz="UTC"),
        address=np.uint32(0xC6120307),
        port=np.uint16(51413),
        dns_name="line-7.cable.example",
        mac_address="00-00-5E-00-53-01",
        ip_block="198.18.0.0/16",
        type="BitTorrent",
        sub_type=SubType(base_type="P2P", protocol="BITTORRENT"),
        url_base="ftp://line-7.cable.example/",
        user_name="seven",
        login=Login(username="seven", password='"7" & more'),
        number_files=2,
        deja_vu="No",
    ),
    content=[
        Item(
            time="2010-05-28T11:59:58Z",
            title="An Invented Film",
            artist="A. N. Example",
            file_name="an.invented.film.avi",
            file_size=8_482_935_848,  # more than a 32-bit number holds
            url="ftp://line-7.cable.example/an.invented.film.avi",
            type="Movie",
            hash=Hash(type="SHA1", value="0123456789abcdef0123456789abcdef01234567"),
        ),
        Item(time=ZONED, file_name="readme.txt"),
    ],
    history=[
        EarlierNotice(id="2010-0003", time="2010-05-20T08:30:00Z", text="first notice"),
        EarlierNotice(),
    ],
    notes="None.",
)


def changed(old, new, document=GOLDEN):
    """Return the document with one thing changed, and the line that it stood in."""
    assert document.count(old) == 1
    return document.replace(old, new), document[: document.index(old)].count("\n") + 1


def test_the_golden_document_is_written_and_read():
    assert to_xml(FULL) == GOLDEN
    assert from_xml(GOLDEN) == FULL


def test_times_and_numbers_are_plain():
    source = from_xml(GOLDEN).source
    assert source == FULL.source
    for each in (source, FULL.source):
        assert [type(each.address), type(each.port), type(each.number_files)] == [int, int, int]
        assert (each.time.unit, str(each.time.tz)) == ("s", "UTC")
    with pytest.raises(FrozenInstanceError):
        source.port = 80


def test_another_parser_finds_what_was_written():
    root = ElementTree.fromstring(to_xml(FULL))
    space = {"": NAMESPACE}
    assert root.tag == f"{{{NAMESPACE}}}Infringement"
    assert root.find("Source/Port", space).text == "51413"
    assert root.find("Source/IP_Address", space).text == "198.18.3.7"
    assert root.find("Complainant/Entity", space).text == "Example Films & Söhne"
    assert root.find("Source/Login", space).get("Password") == '"7" & more'
    assert len(root.findall("Content/Item", space)) == 2


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=["\ufffe", "\uffff"])).map(
    lambda text: "".join(each for each in text if each >= " " or each in "\t\n\r")
)
names = texts.filter(str.strip)
SECONDS = st.integers(-62_135_596_800, 253_402_300_799)
#: In units of a second's parts: whole ones as often as finer ones, and some on the edge of the second.
PARTS_OF_A_SECOND = st.sampled_from([0, 0, 0, 1, 500_000, 990_000, 999_999])


def at(second, part):
    """Return a time in seconds and microseconds since 1970, as fine as it is."""
    time = pd.Timestamp("1970-01-01", tz="UTC").as_unit("s") + pd.Timedelta(second, "s").as_unit("s")
    return time.as_unit("us") + pd.Timedelta(part, "us") if part else time


times = st.builds(at, SECONDS, PARTS_OF_A_SECOND)
NUMBERS = {
    "address": 2**32 - 1,
    "port": 65_535,
    "protocol": 254,
    "file_size": 2**63 - 1,
    "match_threshold": 100,
}
NEEDED = {"id", "entity", "email", "base_type", "file_name", "type", "name", "verification_id", "value"}
WORDS = {"severity": ["Normal", "Low", "High"], "deja_vu": ["Yes", "No"]}


def values(part, each):
    """Return a strategy for the field of a part, from its name and type."""
    kind = str(each.type)
    if each.metadata["part"] and each.metadata["many"]:
        return st.lists(parts(each.metadata["part"]), min_size=int(each.name == "content"), max_size=2)
    if each.metadata["part"]:
        return parts(each.metadata["part"])
    if "Timestamp" in kind:
        return times
    if "int" in kind:
        return st.integers(0, NUMBERS.get(each.name, 2**31 - 1))
    if each.name in WORDS:
        return st.sampled_from(WORDS[each.name])
    if kind in ("bool", "bool | None"):
        return st.booleans()
    return names if each.name in NEEDED or each.name == "explicit_type" else texts


def parts(part):
    """Return a strategy for a part, each optional field there or not."""
    strategies = {
        each.name: st.none() | values(part, each) if each.default is None else values(part, each)
        for each in fields(part)
        if each.metadata["place"]
    }
    return st.builds(part, **strategies)


notices = parts(Notice)


@given(notices)
def test_a_notice_comes_back_as_it_went(notice):
    assert from_xml(to_xml(notice)) == notice


def test_a_part_has_at_most_one_field_for_a_place():
    for part in PARTS:
        places = [each.metadata["place"] for each in fields(part) if each.metadata["place"]]
        assert len(set(places)) == len(places)


# What documents may look like


def test_a_prefix_will_do():
    document = GOLDEN.replace("<", "<a:").replace("<a:/", "</a:").replace("<a:?", "<?")
    document = document.replace("xmlns=", "xmlns:a=")
    assert from_xml(document) == FULL


def test_the_address_of_a_schema_is_passed_over():
    document, _ = changed(
        "<Infringement ",
        '<Infringement xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://schema.example/ACNS http://schema.example/acns.xsd" ',
    )
    assert from_xml(document) == FULL


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("encoding='UTF-8'", "encoding='iso-8859-1'"),
        ("<?xml version='1.0' encoding='UTF-8'?>\n", ""),
        ("<?xml version='1.0' encoding='UTF-8'?>\n", "\ufeff"),
        ("<Source>", "<Source><!-- where --><?seen it?>"),
        ("51413", "514<!-- a comment does not end a number -->13"),
        ("51413", " 51413\n"),
        ("51413", "+051413"),
        ("198.18.3.7", "\t198.18.3.7 "),
        ("2010-05-28T11:59:58Z", " 2010-05-28T11:59:58Z "),
        ("An Invented Film", "<![CDATA[An Invented Film]]>"),
        ("Söhne", "S&#xF6;hne"),
        ("    <Port>51413</Port>\n  ", "  "),  # and once more below
    ],
)
def test_the_same_can_be_written_otherwise(old, new):
    document, _ = changed(old, new)
    if "<Port>" in old:
        document, _ = changed("</Deja_Vu>", "</Deja_Vu><Port>51413</Port>", document)
    assert from_xml(document) == FULL


def test_a_port_may_be_missing():
    document, _ = changed("<Port>51413</Port>", "")
    assert from_xml(document) == replace(FULL, source=replace(FULL.source, port=None))


# Times


@pytest.mark.parametrize(
    "written",
    [
        "2010-05-28T14:00:00+02:00",
        "2010-05-28T07:00:00-05:00",
        "2010-05-29T02:00:00+14:00",
        "2010-05-28T17:30:00+05:30",
        "2010-05-28T12:00:00.000Z",
        "2010-05-28T12:00:00-00:00",
    ],
)
def test_an_offset_is_converted(written):
    document, _ = changed(
        "<TimeStamp>2010-05-28T12:00:00Z</TimeStamp>\n    <IP", f"<TimeStamp>{written}</TimeStamp><IP"
    )
    assert from_xml(document).source.time == pd.Timestamp(ZONED)
    assert replace(SOURCE, time=written) == SOURCE


UNZONED = [
    "2010-05-28T12:00:00",
    "2010-05-28 12:00:00",
    "2010-05-28",
    "2010-05-28T12:00:00 EST",
    "2010-05-28T12:00:00EST",
    "2010-05-28T12:00:00 CET",
    "2010-05-28T12:00:00 UTC",
    "2010-05-28T12:00:00 GMT+2",
    "2010-05-28T12:00:00[Europe/Paris]",
    "2010-05-28T12:00:00z",
    "2010-05-28T12:00:00+02",
    "2010-05-28T12:00:00+0200",
    "2010-05-28T12:00:00+15:00",
    "2010-05-28T12:00:00+14:01",
    "2010-05-28T12:00:00+02:60",
    "2010-05-28 12:00:00Z",
    "2010-05-28T12:00Z",
    "2010-02-30T12:00:00Z",
    "2010-05-28T24:00:00Z",
    "2010-05-28T12:00:60Z",
    "28/05/2010 12:00:00Z",
    "1275048000",
    "٢010-05-28T12:00:00Z",
    "9999-12-31T23:59:59-01:00",
    "0001-01-01T00:00:00+01:00",
    "now",
    "",
]


@pytest.mark.parametrize("written", UNZONED)
def test_a_time_that_says_no_instant_is_refused(written):
    document, line = changed("2010-05-28T11:59:58Z", written)
    (aside,) = from_xml(document).aside
    assert aside[:3] == (line, "Infringement/Content/Item/TimeStamp", written)
    assert str(aside).startswith(f"line {line}, Infringement/Content/Item/TimeStamp: {written!r} is not acc")
    document, line = changed("2010-05-28T12:00:00Z</TimeStamp>\n    <IP", f"{written}</TimeStamp>\n    <IP")
    with pytest.raises(ValueError, match=r"zone, Z or a numeric offset, such as .*02:00") as error:
        from_xml(document)
    assert str(error.value).startswith(f"line {line}, Infringement/Source/TimeStamp={written!r} is not")
    with pytest.raises(ValueError, match=r"^time=.*zone, Z or a numeric offset, such as"):
        replace(ITEM, time=written)


@pytest.mark.parametrize(
    "time",
    [
        pd.Timestamp("2010-05-28 12:00"),
        datetime.datetime(2010, 5, 28, 12),
        np.datetime64("2010-05-28T12:00"),
        pd.NaT,
        None,
        1_275_048_000,
        datetime.time(12, tzinfo=datetime.UTC),
    ],
)
def test_so_is_one_of_python(time):
    with pytest.raises(ValueError, match=r"^time=.*zone, Z or a numeric offset, such as"):
        replace(SOURCE, time=time)


def test_a_zone_by_its_rules_is_known():
    assert replace(SOURCE, time=pd.Timestamp("2010-05-28 14:00", tz="Europe/Paris")) == SOURCE
    paris = datetime.timezone(datetime.timedelta(hours=2))
    assert replace(SOURCE, time=datetime.datetime(2010, 5, 28, 14, tzinfo=paris)) == SOURCE


# What is refused


@pytest.mark.parametrize(
    ("part", "field", "value", "says"),
    [
        (SOURCE, "port", 65_536, "a whole number, 0 to 65,535"),
        (SOURCE, "port", -1, "a whole number, 0 to 65,535"),
        (SOURCE, "port", "80", "a whole number, 0 to 65,535"),
        (SOURCE, "port", float("nan"), "a whole number, 0 to 65,535"),
        (SOURCE, "address", 2**32, "a whole number, 0 to 4,294,967,295"),
        (SOURCE, "address", "198.18.3.7", "a whole number, 0 to 4,294,967,295"),
        (SOURCE, "number_files", 2**31, "a whole number, 0 to 2,147,483,647"),
        (SOURCE, "deja_vu", "yes", "one of Yes, No"),
        (SOURCE, "type", "", "a text that is not blank"),
        (SOURCE, "is_source", "true", "True or False"),
        (SOURCE, "protocol", 255, "a whole number, 0 to 254"),
        (SOURCE, "time_fraction", pd.Timedelta("1s"), "a Timedelta above 0 and below 1 s"),
        (PLAIN, "aside", ["line 1"], "a tuple of Aside"),
        (SOURCE, "login", "seven", "one Login"),
        (SOURCE, "dns_name", 7, "a text"),
        (PLAIN.case, "severity", "Urgent", "one of Normal, Low, High"),
        (PLAIN.case, "id", " \n", "a text that is not blank"),
        (ITEM, "file_size", -1, "a whole number, 0 to 9,223"),
        (PLAIN, "source", ITEM, "one Source"),
        (PLAIN, "source", None, "one Source"),
        (PLAIN, "content", [], "a list of Item, 1 or more"),
        (PLAIN, "content", ITEM, "a list of Item, 1 or more"),
        (PLAIN, "content", [ITEM, SOURCE], "a list of Item, 1 or more"),
        (PLAIN, "history", None, "a list of EarlierNotice, 0 or more"),
    ],
)
def test_a_wrong_value_is_refused(part, field, value, says):
    with pytest.raises(ValueError, match=f"^{field}=") as error:
        replace(part, **{field: value})
    assert f"is not accepted; give {says}" in str(error.value)


@pytest.mark.parametrize(
    "character", ["\0", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\ud800", "\ufffe", "\uffff"]
)
def test_a_character_that_xml_forbids_is_refused(character):
    for part, field in ((ITEM, "title"), (ITEM, "file_name"), (PLAIN, "notes")):
        with pytest.raises(
            ValueError, match=f"without U\\+{ord(character):04X}, a character that XML 1.0 cannot"
        ):
            replace(part, **{field: f"a{character}b"})


WRONG = [
    (">51413<", ">65536<", "Source/Port=65536 is not accepted; give a whole number, 0 to 65,535"),
    (">51413<", ">-1<", "Source/Port='-1' is not accepted; give a whole number, 0 to 65,535"),
    (">51413<", ">5_1<", "Source/Port='5_1' is not"),
    (">51413<", ">٥١<", "Source/Port='٥١' is not"),
    (">51413<", "><", "Source/Port='' is not"),
    (">51413<", f">{'9' * 5_000}<", "Source/Port='9999"),
    (
        ">198.18.3.7<",
        ">198.18.3<",
        "Source/IP_Address='198.18.3' is not accepted; give an IPv4 address such as",
    ),
    (">198.18.3.7<", ">198.18.3.007<", "Source/IP_Address='198.18.3.007' is not"),
    (">198.18.3.7<", ">2001:db8::7<", "Source/IP_Address='2001:db8::7' is not"),
    (">198.18.3.7<", "><", "Source/IP_Address='' is not"),
    ("<Port>", "<Port>1</Port><Port>", "Source/Port comes a second time; a notice has no place for it"),
    ("51413", "51413<b>0</b>", "Source/Port/b: the element b is unknown here; a notice has no place for it"),
    ("<Content>", "<Source/><Content>", "Source comes a second time; a notice has no place for it"),
    ("<IP_Address>198.18.3.7</IP_Address>", "", "Source has no IP_Address; a notice needs it"),
    (
        "<TimeStamp>2010-05-28T12:00:00Z</TimeStamp>\n    <IP",
        "<IP",
        "Source has no TimeStamp; a notice needs",
    ),
]


@pytest.mark.parametrize(("old", "new", "says"), WRONG)
def test_what_decides_who_is_found_must_be_plain(old, new, says):
    document, line = changed(old, new)
    line -= "needs" in says and 1 + ("IP_" in says)  # is said of the element around
    with pytest.raises(ValueError, match=r"is not accepted|no place for it|needs it") as error:
        from_xml(document)
    assert str(error.value).startswith(f"line {line}, Infringement/{says}")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 4_096


@pytest.mark.parametrize(
    ("old", "new", "place", "text", "why"),
    [
        (">Normal<", ">urgent<", "Case/Severity", "urgent", "'urgent' is not accepted; give one of Normal"),
        (">BitTorrent<", "> <", "Source/Type", " ", "' ' is not accepted; give a text that is not blank"),
        (">2</Number", ">two</Number", "Source/Number_Files", "two", "'two' is not accepted; give a whole"),
        ('BaseType="P2P"', 'BaseType=""', "Source/SubType@BaseType", "", "'' is not accepted; give a text"),
        (
            "2010-05-20T08:30:00Z",
            "May",
            "History/Notice@TimeStamp",
            "May",
            "'May' is not accepted; give a time",
        ),
    ],
)
def test_another_wrong_value_is_kept_aside_and_said(old, new, place, text, why):
    document, line = changed(old, new)
    notice = from_xml(document)
    (aside,) = notice.aside
    assert aside[:3] == (line, f"Infringement/{place}", text)
    assert aside.why.startswith(why)
    assert str(aside) == f"line {line}, Infringement/{place}: {aside.why}"
    assert notice.source.port == 51413
    assert agrees(notice, FULL)


def agrees(found, full):
    """Say whether a part is another, but for what is missing in it and kept aside."""
    if isinstance(full, tuple):
        return len(found) == len(full) and all(map(agrees, found, full))
    if not hasattr(full, "__dataclass_fields__"):
        return found in (full, None)
    return all(
        agrees(getattr(found, each.name), getattr(full, each.name)) or each.name == "aside"
        for each in fields(full)
    )


def part(name):
    """Return an element of the golden document, as written."""
    return GOLDEN[GOLDEN.index(f"<{name}>") : GOLDEN.index(f"</{name}>") + len(f"</{name}>")]


#: What a notice needs, as written; what is in its line, or begins its element; and how an error names it.
MISSING_PARTS = [
    ("<ID>2010-0007</ID>", "<Case>", "/Case has no ID"),
    ("<Entity>Example Cable</Entity>", "<Service_Provider>", "/Service_Provider has no Entity"),
    ("<Email>notices@films.example</Email>", "<Complainant>", "/Complainant has no Email"),
    ("<IP_Address>198.18.3.7</IP_Address>", "<Source>", "/Source has no IP_Address"),
    ("<FileName>an.invented.film.avi</FileName>", "<Item>", "/Content/Item has no FileName"),
    (' BaseType="P2P"', "<SubType", "/Source/SubType has no BaseType"),
    (' Username="seven"', "<Login", "/Source/Login has no Username"),
    (' Password="&quot;7&quot; &amp; more"', "<Login", "/Source/Login has no Password"),
    (' Type="SHA1"', "<Hash", "/Content/Item/Hash has no Type"),
    (part("Case"), "<Infringement", " has no Case"),
    (part("Complainant"), "<Infringement", " has no Complainant"),
    (part("Service_Provider"), "<Infringement", " has no Service_Provider"),
    (part("Source"), "<Infringement", " has no Source"),
    (part("Content"), "<Infringement", " has no Content/Item"),
    (part("Content").removeprefix("<Content>").removesuffix("</Content>"), "<Infr", " has no Content/Item"),
]


@pytest.mark.parametrize(("written", "within", "says"), MISSING_PARTS)
def test_what_a_notice_needs_and_lacks_is_said_and_fatal_only_where_it_decides(written, within, says):
    document, _ = changed(written, "")
    line = GOLDEN[: GOLDEN.index(within)].count("\n") + 1
    if says in ("/Source has no IP_Address", " has no Source"):
        with pytest.raises(ValueError, match="a notice needs it") as error:
            from_xml(document)
        assert str(error.value) == f"line {line}, Infringement{says}; a notice needs it"
        return
    notice = from_xml(document)
    (aside,) = notice.aside
    where, _, what = says.rpartition(" has no ")
    assert aside == (line, f"Infringement{where}", "", f"has no {what}; a notice needs it")
    assert notice.source == (FULL.source if "Source" not in where else notice.source)
    assert from_xml(to_xml(notice)).source == notice.source


def test_all_that_is_needed_was_tried():
    parts = (Case, Party, SubType, Login, Hash, Item, Notice)
    needed = {each.metadata["place"] for part in parts for each in fields(part) if each.default is MISSING}
    tried = {says.rpartition(" ")[2] for _, _, says in MISSING_PARTS}
    assert {place.lstrip("@") for place in needed} - tried == {"."}  # a text is always there, if blank


UNKNOWN = "is unknown here; a notice has no place for it"


@pytest.mark.parametrize(
    ("old", "new", "asides"),
    [
        ("<Deja", "<To>80</To><Deja", [("Source/To", "", f"element To {UNKNOWN}"), ("Source/To", "80", "")]),
        ("<Notes>", "<Seal xmlns='http://seal.example/'/><Notes>", [("Seal", "", f"}}Seal {UNKNOWN}")]),
        ("<Notes>", "<Notes xmlns=''/><Notes>", [("Notes", "", f"Notes {UNKNOWN}")]),
        ("first notice", "first notice<b/>", [("History/Notice/b", "", f"element b {UNKNOWN}")]),
        ("<History>", "<History><Item/>", [("History/Item", "", f"Item {UNKNOWN}")]),
        (
            "<Notes>",
            "<Content><Item><Title>T</Title></Item></Content><Notes>",
            [("Content", "", "comes a second time; a notice"), ("Content/Item/Title", "T", "")],
        ),
        ("<Port>", "<Port kind='udp'>", [("Source/Port@kind", "udp", "has the attribute kind; a notice")]),
        ("<Source>", "<Source nil='true'>", [("Source@nil", "true", "has the attribute nil")]),
        ("<Content>", "<Content n='2'>", [("Content@n", "2", "has the attribute n")]),
        ("<Source>", "<Source>not", [("Source", "not\n    ", "holds a text between elements")]),
        ("<History>", "<History>one", [("History", "one\n    ", "holds a text between elements")]),
        (
            "<Notes>",
            "<InternalTracking><Mapping MappedPort='6881'><By>us</By></Mapping></InternalTracking><Notes>",
            [
                ("InternalTracking", "", f"InternalTracking {UNKNOWN}"),
                ("InternalTracking/Mapping@MappedPort", "6881", ""),
                ("InternalTracking/Mapping/By", "us", ""),
            ],
        ),
    ],
)
def test_what_a_notice_has_no_place_for_is_kept_aside_and_said(old, new, asides):
    document, line = changed(old, new)
    notice = from_xml(document)
    assert replace(notice, aside=()) == FULL
    assert [(aside.line, aside.place, aside.text) for aside in notice.aside] == [
        (line, f"Infringement/{place}", text) for place, text, _ in asides
    ]
    for aside, (_, _, why) in zip(notice.aside, asides, strict=True):
        assert why in aside.why
        assert "a notice has no place for it" in aside.why


def test_every_fault_has_a_line_and_comes_before_what_is_said():
    document, _ = changed("<ID>2010-0007</ID>", "")
    document, first = changed(">51413<", ">65536<", document)
    document, _ = changed("2010-05-28T11:59:58Z", "2010-05-28T11:59:58", document)
    document, second = changed(">198.18.3.7<", ">198.18.3<", document)
    document, _ = changed("<Artist>", "<Singer/><Artist>", document)
    with pytest.raises(ValueError, match="IP_Address") as error:
        from_xml(document)
    lines = [each.split(",")[0] for each in str(error.value).splitlines()]
    assert sorted(lines) == sorted(f"line {line}" for line in (first, second))
    notice = from_xml(document.replace(">65536<", ">51413<").replace(">198.18.3<", ">198.18.3.7<"))
    assert notice.source == FULL.source
    assert [aside.why.split(";")[0] for aside in notice.aside] == [
        "has no ID",
        "'2010-05-28T11:59:58' is not accepted",
        "the element Singer is unknown here",
    ]


# Revisions


CASES = Path(__file__).with_name("cases")


def test_a_notice_as_it_comes():
    document = (CASES / "notice.xml").read_text(encoding="utf-8")
    notice = from_xml(document)
    source = Source(time="2026-11-01T20:02:41Z", address=0xC6120709, port=39671, type="P2P")
    assert notice.source == source
    assert notice.aside == ()
    for ending in ("\r\n", "\r"):
        assert from_xml(document.replace("\n", ending)) == notice
    finer = from_xml(document.replace("41Z", "41.99Z"))
    assert finer.source == replace(source, time_fraction=pd.Timedelta("990ms"))
    assert "<TimeStamp>2026-11-01T20:02:41.99Z</TimeStamp>" in to_xml(finer)
    before = from_xml(document.replace("2026-11-01T20:02:41Z", "1969-12-31T23:59:59.25Z")).source
    assert (before.time.timestamp(), before.time_fraction) == (-1, pd.Timedelta("250ms"))


LATER = """
  <Type Retraction="false" Comments="to inform">INFO</Type>
  <Detection>
    <Asset>
      <OriginalAssetName>An Invented Film</OriginalAssetName>
      <OriginalAssetID type="ISAN">0000-0000-0000</OriginalAssetID>
    </Asset>
    <ContentMatched Audio="true" MatchThreshold="90" Human="0"/>
    <HashMatched>true</HashMatched>
    <VerificationID>Matcher 2.7</VerificationID>
  </Detection>
  <Verification>
    <VerificationLevel Type="own">2</VerificationLevel>
    <Notes>seen</Notes>
  </Verification>
  <TextNotice><![CDATA[<!DOCTYPE html><p>Dear ISP &nbsp;</p>]]></TextNotice>
  <VerifiedData>AAEC</VerifiedData>
  <Declarations><Type>good faith</Type><Body>We believe it.</Body></Declarations>
  <Declarations><LinkToBody>https://films.example/it</LinkToBody></Declarations>
</Infringement>"""
SEEN = '<AlsoSeen Start="2010-05-28T11:00:00Z" End="2010-05-28T11:30:00.5Z"/>'
REVISED = (
    ("</Deja_Vu>", "</Deja_Vu><IsSource>true</IsSource>"),
    ("<Port>51413</Port>", "<Port>51413</Port><Protocol>6</Protocol>"),
    ('Protocol="BITTORRENT"/>', 'Protocol="BITTORRENT" Application="Leech 1">a client</SubType>'),
    ("<Title>", f"{SEEN}{SEEN}<Title>"),
    ("<Hash ", "<ExplicitType>Movie</ExplicitType><Hash "),
    ("</Infringement>", LATER),
    ("<Email>abuse@", "<ContactURL>https://cable.example/</ContactURL><Email>abuse@"),
)


@pytest.mark.parametrize(
    "version", ['schemaVersion="1.2"', 'acns:schemaVersion="1.2" xmlns:acns="NAMESPACE"']
)
@pytest.mark.parametrize("namespace", [NAMESPACE, "http://www.movielabs.com/ACNS", ""])
def test_later_revisions_and_earlier_namespaces_are_read(version, namespace):
    document = GOLDEN
    for old, new in REVISED:
        document, _ = changed(old, new, document)
    if "acns:" in version and not namespace:
        version = ""
    document, _ = changed(f' xmlns="{NAMESPACE}"', f" xmlns='{namespace}' {version}", document)
    notice = from_xml(document.replace("NAMESPACE", namespace))
    seen = AlsoSeen(start="2010-05-28T11:00:00Z", end="2010-05-28T11:30:00.5Z")
    assert seen.end_fraction == pd.Timedelta("500ms")
    expected = replace(
        FULL,
        schema_version="1.2" if version else None,
        service_provider=replace(CABLE, contact_url="https://cable.example/"),
        source=replace(
            FULL.source,
            is_source=True,
            protocol=6,
            sub_type=replace(FULL.source.sub_type, application="Leech 1", text="a client"),
        ),
        content=[replace(FULL.content[0], also_seen=[seen, seen], explicit_type="Movie"), FULL.content[1]],
        type=NoticeType(value="INFO", retraction=False, comments="to inform"),
        detection=Detection(
            asset=Asset(name="An Invented Film", id=AssetId(type="ISAN", value="0000-0000-0000")),
            content_matched=ContentMatched(audio=True, match_threshold=90, human=False),
            hash_matched=True,
            verification_id="Matcher 2.7",
        ),
        verification=Verification(level=VerificationLevel(type="own", value=2), notes="seen"),
        text_notice="<!DOCTYPE html><p>Dear ISP &nbsp;</p>",
        verified_data="AAEC",
        declarations=[
            Declaration(type="good faith", body="We believe it."),
            Declaration(body_url="https://films.example/it"),
        ],
    )
    assert notice == expected
    assert from_xml(to_xml(notice)) == notice


# Large documents, and those that are none


def large(**more):
    """Return a golden document with many items and earlier notices, and what else is asked for."""
    item = "<Item><TimeStamp>2010-05-28T12:{:02}:{:02}Z</TimeStamp><FileName>{}</FileName></Item>\n"
    items = "".join(item.format(i // 60 % 60, i % 60, i) for i in range(more.get("items", 0)))
    document = GOLDEN.replace("<Content>", f"<Content>{items}")
    return document.replace("<History>", "<History>" + "<Notice/>" * more.get("history", 0))


@pytest.mark.parametrize(("kind", "number"), [("items", 20_000), ("history", 200_000)])
def test_a_large_notice_takes_less_than_ten_times_its_memory(kind, number):
    from_xml(GOLDEN)
    document = large(**{kind: number})
    tracemalloc.start()
    try:
        notice = from_xml(document)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(notice.content) + len(notice.history) == number + 4
    assert (peak + len(document)) / len(document) < 10


BAD = {
    "a port twice": large().replace("<Port>", "<Port>1</Port>" * 300_000 + "<Port>"),
    "unknown": large().replace("<Port>", "<a/>" * 300_000 + "<Port>"),
    "unknown attributes": large().replace(
        "<Port>", "<Port " + " ".join(f"a{i}=''" for i in range(20_000)) + ">"
    ),
    "a long tag": large().replace("<Port>", "<Port a='" + "x" * 3_000_000 + "'>"),
    "a long comment": large().replace("<Port>", "<!--" + "x" * 3_000_000 + "--><Port>"),
    "a long name": "<" + "x" * 3_000_000 + "/>",
    "a long text": large().replace("None.", "x" * 11_000_000),
    "a long time": large().replace(
        "2010-05-28T12:00:00Z</TimeStamp>\n    <IP", "x" * 999_999 + "</TimeStamp><IP"
    ),
    "a long time of wide characters": large().replace(
        "12:00:00Z</TimeStamp>\n    <IP", "\U0001f600" * 9_999 + "</TimeStamp><IP"
    ),
    "wide characters": "\U0001f600" * 9_999,
    "a wide name": "<\U000e0041" + "\U0001d400" * 9_999 + "/>",
    "deep": large().replace("<Port>", "<a>" * 300_000 + "<Port>"),
    "deep from the first": "<a>" * 300_000,
    "no document": "x" * 3_000_000,
    "a zone": "@ IN SOA . . 1 2 3 4 5\n" * 100_000,
    "longer than all": "<" + " " * acns_reader.LONGEST,
}


@pytest.mark.parametrize("kind", list(BAD))
def test_what_is_no_notice_is_given_up_with_a_short_error(kind):
    document = BAD[kind]
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"^(line|text|more)") as error:
            from_xml(document)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(str(error.value).encode()) <= 4_096
    assert len(str(error.value).splitlines()) <= 22
    assert peak < 5 * len(document) + 10_000_000  # what may be kept aside at most


def test_many_faults_are_counted():
    document, _ = changed("<Port>", "<Port>x</Port>" * 30 + "<Port>")
    with pytest.raises(ValueError, match="comes a second time") as error:
        from_xml(document)
    lines = str(error.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "… and 11 more"  # the first is no number, each of the others comes again


def test_a_document_in_pieces_says_the_same(monkeypatch):
    whole = from_xml(large(items=50, history=5))
    wrong, line = changed(">51413<", ">65536<", large(items=50))
    for length in (1, 7, 1_000):
        monkeypatch.setattr(acns_reader, "_PIECE", length)
        assert from_xml(large(items=50, history=5)) == whole
        with pytest.raises(ValueError, match=rf"^line {line}, Infringement/Source/Port=65536"):
            from_xml(wrong)


@pytest.mark.parametrize(
    "root",
    [GOLDEN.replace(NAMESPACE, "http://other.example/ACNS"), GOLDEN.replace("Infringement", "NoticeAck")],
)
def test_another_namespace_is_refused(root):
    with pytest.raises(
        ValueError, match=r"^line 2, the outermost element=.*(Infringement|NoticeAck)' is not accepted; give"
    ):
        from_xml(root)


@pytest.mark.parametrize(
    ("document", "line", "says"),
    [
        (changed("</Port>", "</Prt>")[0], 24, "mismatched tag"),
        (changed("Söhne", "Söhne & Co")[0], 10, "not well-formed (invalid token)"),
        (changed("Söhne", "Söhne &nbsp;")[0], 10, "undefined entity"),
        (changed("Söhne", "S\x0bhne")[0], 10, "not well-formed (invalid token)"),
        (changed("Söhne", "S\ud800hne")[0], 10, "U+D800 is half a character"),
        (GOLDEN + "more", 58, "junk after document element"),
        (GOLDEN[:100], 4, "no element found"),
        (" " + GOLDEN, 1, "XML or text declaration not at start of entity"),
    ],
)
def test_malformed_xml_is_refused_with_line_and_column(document, line, says):
    with pytest.raises(
        ValueError, match=f"^text is not well-formed XML:\nline {line}(, column \\d+)?: "
    ) as error:
        from_xml(document)
    assert says in str(error.value)


@pytest.mark.parametrize("text", ["", "Dear Sir or Madam", "notice.xml", " \n"])
def test_what_does_not_begin_with_an_element_is_no_document(text):
    with pytest.raises(ValueError, match=r"^text begins with .*, not with an element; give the document"):
        from_xml(text)


@pytest.mark.parametrize("wrong", [None, b"<Infringement/>", 7])
def test_only_text_is_read(wrong):
    with pytest.raises(ValueError, match=f"text is a {type(wrong).__name__}; give the document as str"):
        from_xml(wrong)
    with pytest.raises(ValueError, match="is not accepted; give a Notice"):
        to_xml(wrong)


# What a document could do to its reader


def hostile(folder):
    """Return document types that reach for a file, or swell; each is used as &it;."""
    secret, subset = folder / "secret.txt", folder / "subset.dtd"
    secret.write_text("hunter2", encoding="utf-8")
    subset.write_text('<!ENTITY it "hunter2">', encoding="utf-8")
    laughs = '<!ENTITY l0 "hunter2">' + "".join(
        f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10)
    )
    return {
        "file": f'<!DOCTYPE Infringement [<!ENTITY it SYSTEM "{secret.as_uri()}">]>',
        "parameter": f'<!DOCTYPE Infringement [<!ENTITY % p SYSTEM "{subset.as_uri()}"> %p;]>',
        "subset": f'<!DOCTYPE Infringement SYSTEM "{subset.as_uri()}">',
        "laughs": f'<!DOCTYPE Infringement [{laughs}<!ENTITY it "&l9;">]>',
        "plain": '<!DOCTYPE Infringement [<!ENTITY it "hunter2">]>',
        "bare": "<!DOCTYPE Infringement>",
    }


@pytest.mark.parametrize("place", ["An Invented Film", "P2P"])
@pytest.mark.parametrize("kind", ["file", "parameter", "subset", "laughs", "plain", "bare"])
def test_a_document_type_is_refused_unread(tmp_path, kind, place):
    document = GOLDEN.replace("<Infringement", f"{hostile(tmp_path)[kind]}\n<Infringement")
    document = document.replace(place, "&it;" if kind != "bare" else place)
    with pytest.raises(
        ValueError, match=r"^line 2: <!DOCTYPE declares a document type; give a notice without it$"
    ):
        from_xml(document)


# From a monitor's log


def test_a_row_becomes_a_notice():
    log = pd.DataFrame(
        {
            "time": pd.to_datetime([ZONED, "2010-05-28T12:00:05Z"]),
            "address": np.array([0xC6120307, 0xC6120308], np.uint32),
            "port": np.array([51413, 6881], np.uint16),
            "peer": [3, 4],
        }
    )
    item = {"title": "An Invented Film", "file_name": "an.invented.film.avi"}
    notice = observed(log.iloc[0], id="7", complainant=FILMS, service_provider=CABLE, **item)
    assert notice.source == replace(SOURCE, sub_type=SubType(base_type="P2P", protocol="BITTORRENT"))
    assert notice.content == (replace(ITEM, title="An Invented Film"),)
    assert from_xml(to_xml(notice)) == notice

    no_port = observed(
        log.drop(columns="port").iloc[1], id="7", complainant=FILMS, service_provider=CABLE, **item
    )
    assert (no_port.source.address, no_port.source.port) == (0xC6120308, None)

    log["time"] = log["time"].dt.tz_localize(None)
    with pytest.raises(ValueError, match=r"^time=.*zone, Z or a numeric offset"):
        observed(log.iloc[0], id="7", complainant=FILMS, service_provider=CABLE, **item)
