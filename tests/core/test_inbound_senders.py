"""Who sent a mail: the one plain address of From, and what the site's own server says about it. In doubt, nobody."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inbound import mail

from arende.mailread import authresults, headers
from arende.mailread.authresults import Trust, parse, verdict
from arende.mailread.inmail import read

ME = "mx.region.example"
PASSED = f"{ME}; dmarc=pass (p=reject dis=none) header.from=region.example"


def sender(line: str) -> str | None:
    return read(f"From: {line}\r\nTo: a@b.example\r\n\r\nx".encode()).sender


@pytest.mark.parametrize(
    "line",
    [
        "alice@evil.test]asa@region.test",
        "alice@evil.test)asa@region.test",
        "asa@region.test <evil@evil.test>",
        "asa@region.test, evil@evil.test",
        "asa@region.test(<evil@evil.test>)",
        "asa@region.test (Åsa)",
        "(c) asa@region.test",
        "asa@region.test\r\nFrom: evil@evil.test",
        "asa@region.test\r\nfrom : evil@evil.test",
        "<asa@region.test> evil@evil.test",
        "<asa@region.test> Åsa",
        "<<asa@region.test>>",
        "Grupp: asa@region.test;",
        "=?utf-8?q?asa=40region.test?=",
        "<=?utf-8?q?asa?=@region.test>",
        "asa@region.test\r\n\tevil@evil.test",
        "asa @region.test",
        "asa@@region.test",
        "asa@region..test",
        ".asa@region.test",
        "asa@region.test.",
        "asa@-region.test",
        "åsa@region.test",
        '"asa"@region.test',
        '"asa@region.test" "x <evil@evil.test>',
        "asa@[127.0.0.1]",
        "asa",
        "",
        "<>",
        "asa@region.test\0",
        "a" * 3000 + "@region.test",
    ],
)
def test_an_odd_from_line_has_no_sender(line: str) -> None:
    assert sender(line) is None


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("asa@region.test", "asa@region.test"),
        ("<asa@region.test>", "asa@region.test"),
        ("Åsa Öberg <Asa@Region.TEST>", "Asa@region.test"),
        ('"Öberg, Åsa" <asa@region.test>', "asa@region.test"),
        ('"asa@region.test" <evil@evil.test>', "evil@evil.test"),
        ("=?utf-8?q?=C3=85sa_=C3=96berg=2C_ordf?= <asa@region.test>", "asa@region.test"),
        ("=?utf-8?q?asa=40region=2Etest?= <evil@evil.test>", "evil@evil.test"),
        ("Åsa\r\n Öberg\r\n <asa@region.test>", "asa@region.test"),
    ],
)
def test_a_plain_from_line_has_one(line: str, address: str) -> None:
    assert sender(line) == address


@pytest.mark.parametrize("line", ["From: a@b.example\rBcc: c@d.example", "From: a@b.example\r\nno header\r\nX: y"])
def test_a_message_whose_headers_are_broken_has_no_sender(line: str) -> None:
    assert read(f"{line}\r\n\r\nx".encode()).sender is None


# ---------------------------------------------------------------- Authentication-Results


def judged(
    *results: str, name: str | None = ME, domain: str | None = "region.example", more: tuple[str, ...] = ()
) -> Trust:
    lines = [*(f"Authentication-Results: {r}" for r in results), *more]
    found = verdict(read(mail("x", *lines)).headers, name, domain)
    assert found.passed == (found.reason is Trust.PASSED)
    return found.reason


@pytest.mark.parametrize(
    "header",
    [
        PASSED,
        f"{ME.upper()} 1; DMARC=Pass header.From=Region.Example",
        f'"{ME}"; dmarc = pass (a (nested) comment; dmarc=fail) header.from = region.example;',
        f"(note) {ME}; spf=pass smtp.mailfrom=a@region.example; dkim=pass header.d=region.example header.b=\"x;=\"; dmarc/1=pass reason=\"ok; fine\" header.from=region.example",
        f"{ME};\r\n\tspf=fail;\r\n\tdmarc=pass\r\n\t header.from=region.example",
    ],
)  # fmt: skip
def test_a_pass_for_the_domain_of_from_is_believed(header: str) -> None:
    assert judged(header) is Trust.PASSED


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (f"{ME}; dmarc=fail header.from=region.example", Trust.FAILED),
        (f"{ME}; dmarc=none header.from=region.example", Trust.UNDECIDED),
        (f"{ME}; dmarc=temperror header.from=region.example", Trust.UNDECIDED),
        (f"{ME}; dmarc=bestguesspass header.from=region.example", Trust.UNDECIDED),
        (f"{ME}; dmarc=pass header.from=evil.example", Trust.OTHER_DOMAIN),
        (f"{ME}; dmarc=pass header.from=sub.region.example", Trust.OTHER_DOMAIN),
        (f"{ME}; dmarc=pass", Trust.OTHER_DOMAIN),
        (f"{ME}; dmarc=pass header.from=region.example header.from=evil.example", Trust.SEVERAL),
        (f"{ME}; dmarc=fail; dmarc=pass header.from=region.example", Trust.SEVERAL),
        (f"{ME}; spf=pass smtp.mailfrom=region.example; dkim=pass header.d=region.example", Trust.NO_RESULT),
        (f"{ME}; none", Trust.NO_RESULT),
        (ME, Trust.NO_RESULT),
        (f"{ME} 2; dmarc=pass header.from=region.example", Trust.MALFORMED),
        (f"{ME} x; dmarc=pass header.from=region.example", Trust.MALFORMED),
        (f"{ME}; dmarc=pass (header.from=region.example", Trust.MALFORMED),
        (f"{ME}; dmarc=pass header.from=region.example )", Trust.MALFORMED),
        (f"{ME}; spf=fail (dmarc=pass header.from=region.example)", Trust.NO_RESULT),
        (f'{ME}; spf=fail reason="; dmarc=pass header.from=region.example"', Trust.NO_RESULT),
        (f"{ME}; dmarc=pass header.from=region.example " + "(" * 5000, Trust.MALFORMED),
        (f"{ME}; dmarc=pass header.from=region.example; x=" + "y" * 20_000, Trust.MALFORMED),
        ("evil.example; dmarc=pass header.from=region.example", Trust.NO_RESULT),
        (f"evil.example; {PASSED}", Trust.NO_RESULT),
        (f"{ME}.evil.example; dmarc=pass header.from=region.example", Trust.NO_RESULT),
        ("spf=pass smtp.mailfrom=x; dmarc=pass header.from=region.example", Trust.NO_RESULT),
    ],
)
def test_anything_else_is_not_believed(header: str, reason: Trust) -> None:
    assert judged(header) is reason


def test_without_a_configured_name_nothing_is_believed() -> None:
    assert judged(PASSED, name=None) is Trust.NOT_CONFIGURED
    assert judged(PASSED, name=" ") is Trust.NOT_CONFIGURED


def test_two_headers_of_the_configured_name_are_one_too_many() -> None:
    forged = f"{ME}; dmarc=pass header.from=region.example"
    assert judged(PASSED, forged) is Trust.SEVERAL
    assert judged(f"{ME}; dmarc=fail header.from=region.example", forged) is Trust.SEVERAL
    assert judged(f"{ME}; dmarc=pass (", PASSED) is Trust.SEVERAL


def test_headers_of_other_servers_are_passed_over() -> None:
    assert judged("other.example; dmarc=fail header.from=region.example", PASSED, "((((") is Trust.PASSED


def test_without_a_sender_nothing_is_believed() -> None:
    assert judged(PASSED, domain=None) is Trust.OTHER_DOMAIN
    assert judged(f"{ME}; dmarc=pass header.from=\"\"", domain="") is Trust.OTHER_DOMAIN  # fmt: skip


M365 = (
    "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=region.example; dkim=pass (signature was verified)\r\n"
    " header.d=region.example;dmarc=pass action=none\r\n header.from=region.example;compauth=pass reason=100"
)


def test_microsoft_365_writes_no_name() -> None:
    assert judged(M365, name=authresults.UNNAMED) is Trust.PASSED
    assert judged(M365) is Trust.NO_RESULT
    assert judged(M365, PASSED, name=authresults.UNNAMED) is Trust.SEVERAL
    assert judged(PASSED, name=authresults.UNNAMED) is Trust.MALFORMED
    assert parse(M365).results[2].properties == (("action", "none"), ("header.from", "region.example"))


def test_a_signature_of_the_beginning_only_is_not_believed() -> None:
    whole = "DKIM-Signature: v=1; a=rsa-sha256; d=region.example; s=l; h=from:to; bh=l=; b=abc"
    partly = "DKIM-Signature: v=1; a=rsa-sha256; d=region.example;\r\n\tl = 20; h=from; bh=x; b=abc"
    assert judged(PASSED, more=(whole,)) is Trust.PASSED
    assert judged(PASSED, more=(whole, partly)) is Trust.PARTLY_SIGNED


@given(st.text(alphabet='mx.region.example;=pasdmrcheofl(")\\ \t/1', max_size=200))
def test_no_header_makes_the_reader_fail(text: str) -> None:
    verdict([("Authentication-Results", text), ("Authentication-Results", f"{ME}{text}")], ME, "region.example")
    verdict([("authentication-results", text)], authresults.UNNAMED, "region.example")


# ---------------------------------------------------------------- other headers


def test_encoded_words_are_read() -> None:
    assert headers.words("=?utf-8?b?w4U=?= =?utf-8?q?sa_=C3?=\r\n =?utf-8?q?=96berg?= (x)") == "Åsa Öberg (x)"
    assert headers.words("=?iso-8859-1?q?=96_x?=") == "– x"
    assert headers.words("=?x-none?q?=C3=85?= =?utf-8*sv?q?y?=") == "Åy"
    assert headers.words("a\u202eb\r\n\0c") == "ab c"


def test_a_long_file_name_in_sections_is_read() -> None:
    value = "attachment; filename*1*=%85.pdf; filename*0*=utf-8'sv'Tj%C3%A4nst%C3; size=1"
    assert headers.parameters(value)[1]["filename"] == "TjänstÅ.pdf"


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\y.pdf", "y.pdf"), (".bashrc", "bashrc"), ("a\u202efdp.exe", "afdp.exe"), ("", "")],
)  # fmt: skip
def test_the_name_of_a_file_is_safe_to_show_and_save(name: str, safe: str) -> None:
    quoted = name.replace("\\", "\\\\")
    found = read(mail("x", f'Content-Disposition: attachment; filename="{quoted}"', kind="application/pdf")).attachments
    assert [a.name for a in found] == [safe]


def test_recipients_are_the_deliveries_first_then_to_and_cc() -> None:
    found = read(
        b"Delivered-To: beslut+K7@region.example\r\nX-Original-To: <beslut@region.example>\r\n"
        b'To: "A, B" <a@b.example>, c@d.example (d@e.example), Grupp: x@y.example, z@y.example;\r\nCc: a@b.example\r\n\r\nx'
    )
    assert found.delivered_to == ("beslut+K7@region.example", "beslut@region.example")
    assert found.recipients[2:] == ("a@b.example", "c@d.example", "x@y.example", "z@y.example")


def test_the_same_message_on_another_way_has_the_same_body() -> None:
    one = mail("GODKÄNN\n", "Received: from a", "Delivered-To: x@y.example")
    other = mail("GODKÄNN\n").replace(b"\r\n", b"\n") + b"\n"
    assert read(one).body_sha256 == read(other).body_sha256
    assert read(one).sha256 != read(other).sha256


def test_the_hash_of_a_long_body_is_that_of_its_even_text() -> None:
    body = b"x" * 999_999 + b"\r\ny\rz\r\n" + b"w" * 1_000_001 + b" \r\n\r\n"
    even = b"x" * 999_999 + b"\ny\nz\n" + b"w" * 1_000_001
    assert read(b"X: y\r\n\r\n" + body).body_sha256 == hashlib.sha256(even).hexdigest()


def test_the_null_sender_is_told_from_an_unknown_one() -> None:
    assert read(b"Return-Path: <>\r\n\r\nx").return_path == ""
    assert read(b"Return-Path: <a@B.example>\r\n\r\nx").return_path == "a@b.example"
    assert read(b"\r\nx").return_path is None
