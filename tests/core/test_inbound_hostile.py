"""No mail can hang or break the reader, and none decides without its word first."""

from __future__ import annotations

import os
import string
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from inbound import HEADERS, QUOTED, html, mail, multipart, part

from arende.mailread import grammar, trimmer
from arende.mailread.inmail import read
from arende.mailread.parts import Limits, Unread
from arende.mailread.understanding import Understood, understand
from effort import examples

SLOWEST = 0.5
"""Seconds for a mail of a megabyte; processor time, since other tests run at the same time."""
FULL = 990_000
EXAMPLES = int(os.environ.get("ARENDE_FUZZ", examples(120)))
REPLIES = sorted((Path(__file__).resolve().parents[1] / "data" / "replies").glob("*.eml"))


def understood_in_time(raw: bytes) -> Understood:
    start = time.process_time()
    found = understand(raw)
    taken = time.process_time() - start
    if taken > SLOWEST:  # the machine may have been busy: the better of two counts
        start = time.process_time()
        understand(raw)
        taken = min(taken, time.process_time() - start)
    assert taken <= SLOWEST
    return found


def filled(piece: str) -> str:
    return piece * (FULL // len(piece.encode()))


TEXTS = [
    "Den 1 skrev ", "On ", "Den 1111 ", " ", "\n", "\r", "From: a\n", "> ", ">\n", ">" * 1000 + "\n", "_" * 12 + "\n", "_", "*", "- ", "-",
    "Den 12 sep 2026 kl 10:15 skrev x <a@b.example>\n", "Den 12 sep 2026 kl 10:15 skrev x <a@b.example>:\n", "skrev: (", "GODKÄNN ",
    "GODKÄNN\n", "varning ", "[EXTERN ", "Skickat från ", "Detta meddelande ", "Från: x\nSkickat: y\n", "Behandling ", "a'", "\ufffd",
    "\u0301", "\u0301\u0323", "a" + "\u0301\u0323" * 14, "\u200d", "\u202e", "på semester ", "Tack för ditt ", "är tillbaka ", "aå",
]  # fmt: skip
TAGS = [
    "<div>", "<b>", "<", "<blockquote>", "<table><tr><td>", "<p>", "<a href='", "<!--", "<![CDATA[", "<?", "<b><p>", "</div>", "&amp", "&",
    "<style>display:none</style>x", "<style>/*", "<p style='color:white'>x", "<p style='" + "color:" * 300 + "'>", "<p style='" + "/*" * 900 + "'>",
    "<p class='" + "a " * 900 + "'>", "<p " + " ".join(f"a{i}=1" for i in range(99)) + ">", "<font color='#fff'>x</font>", "<b> </b>", "\u0301",
    "<div class=gmail_signature>", "<p style='background:" + "url(" * 40 + "'>x", "<select><option>", "<svg><math>", "<style>" + " " * 900,
]  # fmt: skip


@pytest.mark.parametrize("piece", TEXTS, ids=range(len(TEXTS)))
def test_a_text_built_to_hang_a_reader_does_not(piece: str) -> None:
    assert understood_in_time(mail(filled(piece))[:1_000_000]).decision is None


@pytest.mark.parametrize("piece", TAGS, ids=range(len(TAGS)))
def test_html_built_to_hang_a_reader_does_not(piece: str) -> None:
    assert understood_in_time(mail(filled(piece), kind="text/html; charset=utf-8")[:1_000_000]).decision is None


NAMES = (
    "Subject",
    "From",
    "To",
    "Content-Type",
    "Content-Disposition",
    "References",
    "Authentication-Results",
    "Date",
    "Auto-Submitted",
)
VALUES = (
    "=?utf-8?q?a?= ", "=?a?q?", "=?", '"', '\\"', "(", "()", "<", "<a@b.example>,", "a@b.example,", ",", ":", "; a=b", "; a*0*=b", '; a="', " ",
    "@", "\\", "1 ", 'a (b "c" <d@', "\u0301\u0323",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", VALUES)
def test_a_header_built_to_hang_a_reader_does_not(name: str, value: str) -> None:
    line = filled(value)
    folded = "\r\n ".join(line[i : i + 900] for i in range(0, len(line), 900))
    for header in (line, folded):
        check_decision(understood_in_time(f"{name}: {header}\r\n".encode() + mail("GODKÄNN.")))


@pytest.mark.parametrize("name", ["To", "Delivered-To", "From", "Authentication-Results", "X-Autoreply"])
def test_many_headers_do_not_hang_it(name: str) -> None:
    line = f"{name}: {',a@b.example' * 70}\r\n".encode()
    assert understood_in_time(line * 980 + mail("GODKÄNN?")).decision is None


def nested(depth: int, inner: bytes) -> bytes:
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(depth))
    return head + b"\r\n" + inner


STRUCTURES = {
    "nine deep": nested(9, b"y\r\n" * 300_000),
    "five thousand deep": nested(5000, b"y"),
    "only boundaries": mail("--b\r\n" * 190_000, kind="multipart/mixed; boundary=b"),
    "a boundary of dashes": mail("-" * FULL, kind='multipart/mixed; boundary="-----------"'),
    "the same boundary everywhere": mail(
        "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 18_000, kind="multipart/mixed; boundary=b"
    ),
    "many pieces of HTML": mail(
        multipart(*[part("<div>" * 1900, "text/html")] * 95), kind='multipart/mixed; boundary="=_b1"'
    ),
    "many hidden pieces": mail(
        multipart(*[part("<p style='color:white'>x" * 400, "text/html")] * 95),
        kind='multipart/alternative; boundary="=_b1"',
    ),
    "base64": mail("A" * FULL, encoding="8bit").replace(b"Encoding: 8bit", b"Encoding: base64"),
    "base64 of other signs": mail("*A=" * 330_000).replace(b"Encoding: 8bit", b"Encoding: base64"),
    "soft line ends": mail("=\n" * 330_000).replace(b"Encoding: 8bit", b"Encoding: quoted-printable"),
    "equal signs": mail("=" * FULL).replace(b"Encoding: 8bit", b"Encoding: quoted-printable"),
    "blanks at the end of a line": mail(" " * FULL + "x").replace(b"Encoding: 8bit", b"Encoding: quoted-printable"),
    "flowed text": mail("\n " * 490_000, kind="text/plain; format=flowed"),
    "a report of blank lines": mail(
        "--b\nContent-Type: message/delivery-status\n\n" + "\n" * 900_000, kind="multipart/report; boundary=b"
    ),
    "a report of one recipient": mail(
        "--b\nContent-Type: message/delivery-status\n\n" + "Final-Recipient: ;\n x\n" * 45_000,
        kind="multipart/report; boundary=b",
    ),
    "a calendar of methods": mail("METHOD;" * 140_000, kind="text/calendar"),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_built_to_hang_a_reader_does_not(name: str) -> None:
    assert understood_in_time(STRUCTURES[name][:1_000_000]).decision is None


@pytest.mark.parametrize(
    "charset",
    [
        "punycode",
        "idna",
        "utf-7",
        "unicode_escape",
        "rot13",
        "zlib",
        "hz",
        "undefined",
        "iso-2022-jp",
        "x" * 9999,
        "a\0b",
        "åäö",
    ],
)
def test_no_charset_makes_it_fail(charset: str) -> None:
    raw = mail(b"xn--a-\xe5\x1b$B" * 90_000, kind=f'text/plain; charset="{charset}"')
    assert understood_in_time(raw).decision is None


# ---------------------------------------------------------------- limits


def test_a_mail_above_the_limit_keeps_its_headers_and_is_not_taken_apart() -> None:
    found = understand(mail("GODKÄNN\n" + "x" * 10_000_001))
    assert (found.mail.unread, found.kind, found.held_reason) == (Unread.TOO_LARGE, "other", "too_large")
    assert (found.mail.sender, found.mail.message_id) == ("chair@region.example", "<1@client.region.example>")
    assert found.mail.written == ()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (nested(11, b"x"), Unread.TOO_DEEP),
        (mail(multipart(*["\nx"] * 101), kind='multipart/mixed; boundary="=_b1"'), Unread.TOO_MANY_PARTS),
        (b"X: y\r\n" * 1001 + b"\r\nAPPROVE", Unread.TOO_MANY_HEADERS),
        (b"X: y\r\n " + b"a\r\n " * 1001 + b"b\r\n\r\nAPPROVE", Unread.TOO_MANY_HEADERS),
    ],
)  # fmt: skip
def test_what_is_beyond_the_limits_is_told_and_decides_nothing(raw: bytes, reason: Unread) -> None:
    found = understand(raw)
    assert (found.mail.unread, found.kind, found.decision) == (reason, "other", None)


def test_what_is_at_the_limits_is_read() -> None:
    assert read(nested(10, b"x")).unread is None
    assert read(mail(multipart(*["\nx"] * 100), kind='multipart/mixed; boundary="=_b1"')).unread is None
    assert read(b"X: y\r\n" * 1000 + b"\r\nx").unread is None
    assert read(b"12345678901", limits=Limits(size=10)).unread is Unread.TOO_LARGE


# ---------------------------------------------------------------- properties

WORDS = {w for words in (*grammar.WORDS.values(), grammar.QUESTION) for w in words}
FRAGMENTS = st.sampled_from(
    [*WORDS, *(w.upper() for w in WORDS), "inte", "men", "not", "punkt 3", ".", ",", ":", "!", "?", "-", "–", "*", ">", "> ", "-- ", "\n", "\n\n", " ",
     "Skickat från min iPhone", "Den 12 sep. 2026 kl. 10:15 skrev x <a@b.example>:", "Från: x\nSkickat: y", "-----Ursprungligt meddelande-----",
     "________________", "Varning: externt mejl", "Detta meddelande är konfidentiellt", "\u00a0", "\ufeff", "\u202e", "\ufffd", "a\u030a"]
)  # fmt: skip
TEXT = st.lists(FRAGMENTS | st.text(max_size=8), max_size=14).map("".join)


def check_decision(found: Understood) -> None:
    """A decision has its word first in what the writer wrote, and never a reason to be held."""
    assert (found.decision is None) == (found.held_reason is not None)
    if found.decision is None:
        return
    first = "".join(c if c.isalpha() else " " for c in found.text.casefold()).split()[0]
    spellings = {s for w in grammar.WORDS[found.decision] for s in (w, w.translate(str.maketrans("åäö", "aao")))}
    assert first in spellings
    assert found.kind == "reply"


@given(TEXT)
@settings(max_examples=EXAMPLES, deadline=None)
@example("GODKÄNN")
def test_no_text_decides_without_its_word_first(text: str) -> None:
    check_decision(understand(mail(text)))


@given(TEXT)
@settings(max_examples=EXAMPLES, deadline=None)
def test_no_html_decides_without_its_word_first(text: str) -> None:
    check_decision(understand(mail(html(text.replace("\n", "<br>")), kind="text/html; charset=utf-8")))


@given(TEXT)
@settings(max_examples=EXAMPLES, deadline=None)
def test_quoted_words_never_decide(text: str) -> None:
    quoted = "\n".join(f"> {line}" for line in text.replace("\r", "\n").split("\n"))
    assert understand(mail(f"{quoted}\n{QUOTED}")).decision is None


@given(TEXT)
@settings(max_examples=EXAMPLES, deadline=None)
def test_trimming_only_takes_away(text: str) -> None:
    found = trimmer.trim(text)
    kept = [line for piece in found[:3] for line in piece.split("\n") if line]  # type: ignore[union-attr]  # the three texts
    assert len(kept) <= text.count("\n") + 1


@given(st.binary(max_size=400))
@settings(max_examples=EXAMPLES, deadline=None)
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    check_decision(understand(raw))
    check_decision(understand("\r\n".join(HEADERS).encode() + b"\r\n" + raw))


@given(st.sampled_from(REPLIES), st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_damaged_reply_does_not_make_it_fail(file: Path, data: st.DataObject) -> None:
    raw = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        what = data.draw(st.sampled_from(["flip", "cut", "double", "insert"]))
        if what == "flip":
            raw[at] = data.draw(st.integers(0, 255))
        elif what == "cut":
            del raw[at : at + data.draw(st.integers(1, 60))]
        elif what == "double":
            raw[at:at] = raw[at : at + 200]
        else:
            raw[at:at] = data.draw(
                st.sampled_from(
                    [
                        b"\r\n",
                        b"\r",
                        b"\0",
                        b"--",
                        b"GODK\xc3\x84NN",
                        b"=?utf-8?q?",
                        b'"',
                        b"Content-Type: multipart/mixed",
                    ]
                )
            )
        if not raw:
            raw = bytearray(b"x")
    check_decision(understand(bytes(raw)))


KINDS = st.sampled_from(
    ["text/plain", "text/html", "text/plain; charset=utf-16", "multipart/mixed; boundary=b", "multipart/alternative; boundary=b", "multipart/related; boundary=b",
     "multipart/report; report-type=delivery-status; boundary=b", "message/rfc822", "message/delivery-status", "text/calendar", "application/pdf", "x", ""]
)  # fmt: skip
ENCODINGS = st.sampled_from(["7bit", "8bit", "base64", "quoted-printable", "x-uuencode", ""])


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> str:
    head = f"Content-Type: {draw(KINDS)}\nContent-Transfer-Encoding: {draw(ENCODINGS)}\n\n"
    if depth == 0 or not draw(st.booleans()):
        return head + draw(TEXT)
    inner = draw(st.lists(trees(depth=depth - 1), max_size=3))
    return head + "".join(f"\n--b\n{one}" for one in inner) + draw(st.sampled_from(["", "\n--b--", "\n--b--\nGODKÄNN"]))


@given(trees())
@settings(max_examples=EXAMPLES, deadline=None)
def test_no_tree_of_parts_makes_it_fail(tree: str) -> None:
    check_decision(understand("\n".join(HEADERS).encode() + b"\n" + tree.encode("utf-8", "replace")))


def test_every_printable_sign_after_the_word_is_a_comment_or_held() -> None:
    for sign in string.punctuation:
        found = understand(mail(f"GODKÄNN{sign}"))
        check_decision(found)
        assert (found.decision == "approve") == (sign in "!,-.:*_")
