"""A notice says the same before and after the post, and what could mean another subscriber is refused."""

import datetime
from dataclasses import MISSING, FrozenInstanceError, fields, replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from traceblock.isp import notice as module
from traceblock.isp.notice import (
    NAMESPACE,
    Case,
    EarlierNotice,
    Hash,
    Item,
    Login,
    Notice,
    Party,
    Source,
    SubType,
    from_xml,
    observed,
    to_xml,
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
    <Notice></Notice>
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
times = st.integers(-62_135_596_800, 253_402_300_799).map(
    lambda seconds: (
        pd.Timestamp("1970-01-01", tz="UTC").as_unit("s") + pd.Timedelta(seconds, "s").as_unit("s")
    )
)


def parts(part, **strategies):
    """Return a strategy for a part, each optional field there or not."""
    assert set(strategies) == {each.name for each in fields(part)}
    optional = {
        each.name: st.none() | strategies.pop(each.name) for each in fields(part) if each.default is None
    }
    return st.builds(part, **strategies, **optional)


parties = parts(Party, entity=names, contact=texts, address=texts, phone=texts, email=names)
notices = parts(
    Notice,
    case=parts(
        Case, id=names, ref_url=texts, status=texts, severity=st.sampled_from(["Normal", "Low", "High"])
    ),
    complainant=parties,
    service_provider=parties,
    source=parts(
        Source,
        time=times,
        address=st.integers(0, 2**32 - 1),
        port=st.integers(0, 65_535),
        dns_name=texts,
        mac_address=texts,
        ip_block=texts,
        type=names,
        sub_type=parts(SubType, base_type=names, protocol=texts),
        url_base=texts,
        user_name=texts,
        login=parts(Login, username=texts, password=texts),
        number_files=st.integers(0, 2**31 - 1),
        deja_vu=st.sampled_from(["Yes", "No"]),
    ),
    content=st.lists(
        parts(
            Item,
            time=times,
            title=texts,
            artist=texts,
            file_name=names,
            file_size=st.integers(0, 2**63 - 1),
            url=texts,
            type=texts,
            hash=parts(Hash, type=names, value=names),
        ),
        min_size=1,
        max_size=2,
    ),
    history=st.lists(parts(EarlierNotice, id=texts, time=times, text=texts), max_size=2),
    notes=texts,
)


@given(notices)
def test_a_notice_comes_back_as_it_went(notice):
    assert from_xml(to_xml(notice)) == notice


def test_a_part_has_at_most_one_field_for_a_place():
    for part in (Case, Party, SubType, Login, Source, Hash, Item, EarlierNotice, Notice):
        places = [each.metadata["place"] for each in fields(part)]
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
    "2010-05-28T12:00:00.5Z",
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
    with pytest.raises(ValueError, match=r"zone, Z or a numeric offset, such as .*02:00") as error:
        from_xml(document)
    assert str(error.value).startswith(f"line {line}, Infringement/Content/Item/TimeStamp={written!r} is not")
    with pytest.raises(ValueError, match=r"^time=.*zone, Z or a numeric offset, such as"):
        replace(ITEM, time=written)


@pytest.mark.parametrize(
    "time",
    [
        pd.Timestamp("2010-05-28 12:00"),
        datetime.datetime(2010, 5, 28, 12),
        np.datetime64("2010-05-28T12:00"),
        pd.Timestamp("2010-05-28 12:00:00.5", tz="UTC"),
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
        (SOURCE, "type", None, "a text that is not blank"),
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


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
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
        (">Normal<", ">urgent<", "Case/Severity='urgent' is not accepted; give one of Normal, Low, High"),
        (">BitTorrent<", "> <", "Source/Type=' ' is not accepted; give a text that is not blank"),
        ('BaseType="P2P"', 'BaseType=""', "Source/SubType@BaseType='' is not accepted; give a text"),
        ("2010-05-20T08:30:00Z", "May", "History/Notice@TimeStamp='May' is not accepted; give a time"),
    ],
)
def test_a_wrong_value_in_a_document_is_named_with_its_line(old, new, says):
    document, line = changed(old, new)
    with pytest.raises(ValueError, match="is not accepted") as error:
        from_xml(document)
    assert str(error.value).startswith(f"line {line}, Infringement/{says}")
    assert "\n" not in str(error.value)


def part(name):
    """Return an element of the golden document, as written."""
    return GOLDEN[GOLDEN.index(f"<{name}>") : GOLDEN.index(f"</{name}>") + len(f"</{name}>")]


#: What a notice needs, as written; what is in its line, or begins its element; and how an error names it.
MISSING_PARTS = [
    ("<ID>2010-0007</ID>", "<Case>", "/Case has no ID"),
    ("<Entity>Example Cable</Entity>", "<Service_Provider>", "/Service_Provider has no Entity"),
    ("<Email>notices@films.example</Email>", "<Complainant>", "/Complainant has no Email"),
    ("<TimeStamp>2010-05-28T11:59:58Z</TimeStamp>", "<Item>\n      <Time", "/Content/Item has no TimeStamp"),
    ("<IP_Address>198.18.3.7</IP_Address>", "<Source>", "/Source has no IP_Address"),
    ("<Type>BitTorrent</Type>", "<Source>", "/Source has no Type"),
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
def test_what_a_notice_needs_must_be_there(written, within, says):
    document, _ = changed(written, "")
    line = GOLDEN[: GOLDEN.index(within)].count("\n") + 1
    with pytest.raises(ValueError, match="a notice needs it") as error:
        from_xml(document)
    assert str(error.value) == f"line {line}, Infringement{says}; a notice needs it"


def test_all_that_is_needed_was_tried():
    parts = (Case, Party, SubType, Login, Source, Hash, Item, Notice)
    needed = {each.metadata["place"] for part in parts for each in fields(part) if each.default is MISSING}
    tried = {says.rpartition(" ")[2] for _, _, says in MISSING_PARTS}
    assert {place.lstrip("@") for place in needed} - tried == {"."}  # a text is always there, if blank


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "<Number_Files>",
            "<Destination_Port>80</Destination_Port><Number_Files>",
            "Source/Destination_Port: the",
        ),
        (
            "<Notes>",
            "<Seal xmlns='http://seal.example/'/><Notes>",
            "Seal: the element {http://seal.example/}Seal is",
        ),
        ("<Notes>", "<Notes xmlns=''/><Notes>", "Notes: the element Notes is unknown here"),
        ("51413", "51413<b>0</b>", "Source/Port/b: the element"),
        ("first notice", "first<b/> notice", "History/Notice/b: the element"),
        ("<History>", "<History><Item/>", "History/Item: the element"),
        ("<Port>", "<Port>1</Port><Port>", "Source/Port comes a second time"),
        ("<Notes>", "<Content/><Notes>", "Content comes a second time"),
        ("<Port>", "<Port kind='udp'>", "Source/Port has the attribute kind"),
        ("<Source>", "<Source nil='true'>", "Source has the attribute nil"),
        ("<Content>", "<Content n='2'>", "Content has the attribute n"),
        ("<Source>", "<Source>not", "Source holds the text 'not' between elements"),
        (
            "<Source>\n    <TimeStamp>2010-05-28T12:00:00Z</TimeStamp>",
            "<Source><TimeStamp>2010-05-28T12:00:00Z</TimeStamp> or 80 ",
            "Source holds the text 'or 80' between elements",
        ),
        ("<History>", "<History>one", "History holds the text 'one' between elements"),
        ('Protocol="BITTORRENT"/>', 'Protocol="X">b</SubType>', "Source/SubType holds the text 'b' between"),
    ],
)
def test_what_a_notice_has_no_place_for_is_refused(old, new, says):
    document, line = changed(old, new)
    with pytest.raises(ValueError, match="a notice has no place for it") as error:
        from_xml(document)
    first = str(error.value).splitlines()[0].removeprefix(f"line {line}, Infringement").removeprefix("/")
    assert first.startswith(says)


def test_every_fault_has_a_line():
    document, first = changed("<ID>2010-0007</ID>", "")
    document, second = changed(">51413<", ">65536<", document)
    document, third = changed("2010-05-28T11:59:58Z", "2010-05-28T11:59:58", document)
    document, fourth = changed("<Artist>", "<Singer/><Artist>", document)
    with pytest.raises(ValueError, match="has no ID") as error:
        from_xml(document)
    lines = [each.split(",")[0] for each in str(error.value).splitlines()]
    assert sorted(lines) == sorted(f"line {line}" for line in (first - 1, second, third, fourth))


@pytest.mark.parametrize(
    "root",
    [GOLDEN.replace(NAMESPACE, "http://other.example/ACNS"), GOLDEN.replace(f' xmlns="{NAMESPACE}"', "")],
)
def test_another_namespace_is_refused(root):
    with pytest.raises(
        ValueError, match=r"^line 2, the outermost element=.*Infringement' is not accepted; give"
    ):
        from_xml(root)


@pytest.mark.parametrize(
    ("document", "line", "says"),
    [
        (changed("</Port>", "</Prt>")[0], 24, "Opening and ending tag mismatch: Port line 24 and Prt"),
        (changed("Söhne", "Söhne & Co")[0], 10, "xmlParseEntityRef"),
        (changed("Söhne", "Söhne &nbsp;")[0], 10, "Entity 'nbsp' not defined"),
        (changed("Söhne", "S\x0bhne")[0], 10, "PCDATA invalid Char value 11"),
        (changed("Söhne", "S\ud800hne")[0], 10, "Invalid bytes"),
        (GOLDEN + "more", 58, "Extra content at the end"),
        (GOLDEN[:100], 4, "Premature end of data"),
        (" " + GOLDEN, 1, "XML declaration allowed only at the start"),
        ("", 1, "Document is empty"),
        ("Dear Sir or Madam", 1, "Start tag expected"),
        ("<a>" * 300, 1, "Excessive depth"),
    ],
)
def test_malformed_xml_is_refused_with_line_and_column(document, line, says):
    with pytest.raises(
        ValueError, match=f"^text is not well-formed XML:\nline {line}, column \\d+: "
    ) as error:
        from_xml(document)
    assert says in str(error.value)


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


@pytest.mark.parametrize("kind", ["file", "parameter", "subset", "laughs", "plain", "bare"])
def test_a_document_type_is_refused_unread(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(module, "_parse", None)  # so it does not get that far
    document = GOLDEN.replace("<Infringement", f"{hostile(tmp_path)[kind]}\n<Infringement")
    document = document.replace("An Invented Film", "&it;" if kind != "bare" else "An Invented Film")
    with pytest.raises(
        ValueError, match=r"^line 2: <!DOCTYPE declares a document type; give a notice without it$"
    ):
        from_xml(document)


OUTSIDE = [
    (kind, place) for kind in ("file", "parameter", "subset") for place in ("An Invented Film", 'P2P"')
]


@pytest.mark.parametrize(("kind", "place"), [*OUTSIDE, ("laughs", "An Invented Film"), ("laughs", 'P2P"')])
def test_the_parser_alone_would_not_follow_it_either(tmp_path, kind, place):
    document, _ = changed(place, "&it;" + place)
    document = document.replace("<Infringement", f"{hostile(tmp_path)[kind]}\n<Infringement")
    try:
        read = etree.tostring(module._parse(document), encoding="unicode", with_tail=False)
    except ValueError as error:
        read = str(error)
    assert "hunter2" not in read


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
