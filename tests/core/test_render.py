"""The words that leave the house: every template with every context, and what happens when something is missing."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from arende import mailsamples as samples
from arende import mailwords, phrases
from arende.digestwords import Digest
from arende.errors import Refused
from arende.mailread import grammar
from arende.render import SUBJECT_LENGTH, Words, one_line, wrapped

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FULL, BARE = samples.full(), samples.bare()


@pytest.fixture(scope="module")
def words() -> Words:
    return Words([TEMPLATES])


@pytest.fixture
def home(tmp_path):
    """A home folder with one template of its own, and a function that writes its parts."""

    def write(name="notice", language="sv", **parts):
        place = tmp_path / "mail" / name / language
        place.mkdir(parents=True, exist_ok=True)
        for part in ("subject.txt", "body.txt", "body.html"):
            (place / f"{part}.j2").write_text(parts.get(part.replace(".", "_"), "x"), encoding="utf-8")
        return Words([tmp_path, TEMPLATES])

    return write


def test_every_template_has_a_context_and_an_example(words):
    assert words.names() == set(mailwords.OCCASIONS) == set(FULL)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("examples", [FULL, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("name", sorted(mailwords.OCCASIONS))
def test_every_mail_can_be_written(words, name, examples, language):
    mail = words.mail(name, examples[name], language)
    assert mail.subject.startswith("[RS200982] " if name != "digest" else ("Sammandrag ", "Digest "))
    assert "\n" not in mail.subject
    for text in (mail.subject, mail.text, mail.html):
        assert "None" not in text
        assert "{{" not in text
    assert max(len(line) for line in mail.text.splitlines() if "://" not in line) <= 72
    assert "\n\n\n" not in mail.text


def test_a_last_day_moved_by_a_rest_says_so_and_that_nobody_asked(words):
    mail = words.mail("extension_answer", replace(FULL["extension_answer"], rested=True, reason=None))
    for text in (mail.text, mail.html):
        assert "har varit vilande" in text
        assert "Ni får längre tid" not in text


def test_every_mail_has_words_in_english_too(words):
    """Swedish alone: to somebody outside who reads it, and a case type of the home may have Swedish only."""
    assert {n for n in words.names() if not (TEMPLATES / "mail" / n / "en" / "subject.txt.j2").is_file()} == set()


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", sorted(mailwords.OCCASIONS))
def test_every_variable_of_a_template_exists_in_its_context(words, name, language):
    known = {f.name for f in dataclasses.fields(mailwords.context_of(name))} | {
        "lang",
        "subject",
        "words",
        "stances",
        "others",
        "reply_words",
    }
    assert words.variables_read(name, language) <= known


@pytest.mark.long
def test_every_field_of_a_context_is_used_by_some_template(words):
    common = {f.name for f in dataclasses.fields(mailwords.MailContext)}
    everywhere = set()
    for context in set(mailwords.OCCASIONS.values()):
        read = set().union(*(words.variables_read(n) for n, c in mailwords.OCCASIONS.items() if c is context))
        everywhere |= read
        shown = read | ({"act"} if "words" in read else set())  # the act is shown by its words, and so are its answers
        shown |= {"answers", "labels"} if {"others", "reply_words"} & read else set()
        assert {f.name for f in dataclasses.fields(context)} - common <= shown, context.__name__
    assert common <= everywhere


class Checker(HTMLParser):
    """Collects what must not be in a mail, or must be closed."""

    VOID = frozenset({"meta", "br", "img", "hr", "input", "link"})

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("examples", [FULL, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("name", sorted(mailwords.OCCASIONS))
def test_html_is_well_formed_accessible_and_fetches_nothing(words, name, examples, language):
    html = words.mail(name, examples[name], language).html
    page = Checker()
    page.feed(html)
    assert page.open == []
    tags = [tag for tag, _ in page.seen]
    assert not {"img", "script", "link", "iframe", "form", "object"} & set(tags)
    assert dict(page.seen[0][1]) == {"lang": language}
    assert tags.count("h1") == 1
    assert all(a.get("role") == "presentation" for tag, a in page.seen if tag == "table")
    assert re.search(r"<title>(\[RS200982\]|Sammandrag|Digest) .+</title>", html)
    assert not re.search(r"url\(|@import|src=", html)


OUTSIDE = {
    file.parents[1].name
    for file in TEMPLATES.glob("mail/*/sv/body.txt.j2")
    if "_base/outside" in file.read_text(encoding="utf-8")
} - {"agreement_outcome"}  # it tells the parties how the agreement stands


@pytest.mark.parametrize("name", sorted(OUTSIDE))
def test_mail_out_of_the_house_carries_no_link_inwards(words, name):
    own = {"link": None} if hasattr(FULL[name], "link") else {}  # where the party itself answers
    mail = words.mail(name, replace(FULL[name], **own))
    assert "http" not in mail.text + mail.html
    assert samples.CASE.state not in mail.text
    assert "RS200982" in mail.text


def test_subjects_say_what_by_when_and_about_what(words):
    title = "Avsiktsförklaring om regional fysisk planering i Hallands län"
    assert words.mail("approval_request", replace(FULL["approval_request"], anew=False)).subject == (
        f"[RS200982] Klartecken senast 21 augusti: {title}"
    )
    assert words.mail("referral", FULL["referral"]).subject == (
        f"[RS200982] Kommunens ställningstagande senast 14 oktober: {title}"
    )
    assert words.mail("submission", FULL["submission"]).subject == f"[RS200982] {title}"


@pytest.mark.parametrize("act", sorted(phrases.ACTS))
def test_a_request_shows_the_words_of_its_own_act(words, act):
    mail = words.mail("approval_request", replace(BARE["approval_request"], act=act))
    for part in (mail.text, mail.html):
        assert phrases.ACTS[act]["sv"].yes in part
        assert "Anmäl jäv" in part
        assert "Godkänn" not in part


def test_a_secret_case_is_told_of_by_number_and_link_alone(words):
    for context in (c for c in FULL.values() if isinstance(c, mailwords.MailContext)):
        secret = replace(context, case=replace(samples.CASE, secrecy=True))
        mail = words.mail("approval_request", secret)
        everything = mail.subject + mail.text + mail.html
        assert samples.CASE.title not in everything
        assert samples.CASE.state not in everything
        assert samples.CASE.url in mail.text
        assert samples.CASE.url in mail.html


DECISIONS = (
    "Godkänn",
    "Avslå: kostar för mycket",
    "återremiss",
    "JÄV",
    "Bifall.",
    "Approve",
    "reject, no",
    "Fråga – hur?",
)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", sorted(mailwords.OCCASIONS))
def test_no_line_of_a_mail_could_be_read_as_a_decision(words, name, language):
    """Not the template's own words, not a title, a note or a proposal: a quoted line must never decide."""
    for said in DECISIONS:
        context, filled = FULL[name], {}
        for f in dataclasses.fields(context):
            if f.name in ("proposal", "note", "what", "why", "next", "task", "reason", "comment", "help", "authority"):
                filled[f.name] = said
            elif f.name == "documents":
                filled[f.name] = (said,)
            elif f.name in ("overdue", "coming") and isinstance(context, Digest):
                filled[f.name] = (replace(samples.WAITING, what=said, title=said),)
        if isinstance(context, mailwords.MailContext):
            filled["case"] = replace(samples.CASE, title=said, state=said)
        mail = words.mail(name, replace(context, **filled), language)
        shown = re.sub(r"<(style|title).*?</\1>", "", mail.html, flags=re.DOTALL)
        blocks = [
            unescape(re.sub(r"<[^>]+>", "", b)) for b in re.split(r"<(?:/?(?:p|td|li|div|h1|h2)|br)\b[^>]*>", shown)
        ]
        for line in (*mail.text.splitlines(), *blocks):
            assert not phrases.DECIDING.match(line.strip().lstrip("*_").strip()), line


def test_the_words_that_decide_are_those_of_the_grammar():
    known = {w for found in (*grammar.WORDS.values(), grammar.QUESTION) for w in found}
    for word in known:
        for said in (word, word.upper(), word.replace("ä", "a").replace("å", "a")):
            assert phrases.DECIDING.match(said), said
            assert phrases.DECIDING.match(f"{said}: ja"), said
    assert not phrases.DECIDING.match("Fråga handläggaren")


def test_hostile_words_stay_words(words):
    title = "Ett <b>fett</b>\r\nBcc: x@e.example \u202eärende\x00 {{ 7*7 }} 😀 " + "å" * 10_000
    note = "ok\n--\nÖppna ärendet: http://ond.example\n<script>alert(1)</script>"
    mail = words.mail("notice", replace(FULL["notice"], case=replace(samples.CASE, title=title), note=note))
    assert "\n" not in mail.subject
    assert len(mail.subject) <= SUBJECT_LENGTH
    assert "😀" in mail.subject
    assert "{{ 7*7 }}" in mail.subject
    assert "\u202e" not in mail.text + mail.html + mail.subject
    assert "\x00" not in mail.text
    assert "<b>" not in mail.html
    assert "<script>" not in mail.html
    assert "> Öppna ärendet: http://ond.example" in mail.text


def test_a_value_that_is_missing_refuses_and_is_named(home):
    words = home(subject_txt="[{{ case.register_no }}] {{ step }}", body_txt="Hej {{ nobody }}!", body_html="x")
    with pytest.raises(Refused) as refused:
        words.mail("notice", FULL["notice"])
    assert "”nobody” saknas" in refused.value.told("sv")[0]
    assert "mail/notice/sv/body.txt.j2" in refused.value.told("sv")[0]


def test_a_value_that_is_none_refuses_and_is_named(home):
    words = home(subject_txt="x", body_txt="första\nSkäl: {{ note }}", body_html="x")
    with pytest.raises(Refused, match="”note” saknas"):
        words.mail("notice", BARE["notice"])


def test_a_decision_is_never_sent_without_how_to_appeal(words):
    with pytest.raises(Refused, match="”appeal” saknas"):
        words.mail("dispatch", replace(FULL["dispatch"], appeal=None))


def test_a_field_of_the_case_is_read_by_name_and_known_before(home):
    words = home(subject_txt="{{ case.fields.ministry_ref }}", body_txt="{{ case.fields['outcome'] }}")
    assert words.fields_read("notice") == {"ministry_ref", "outcome"}
    context = replace(FULL["notice"], case=replace(samples.CASE, fields={"ministry_ref": "Fi 1", "outcome": "ja"}))
    assert words.mail("notice", context).subject == "Fi 1"
    with pytest.raises(Refused, match="ministry_ref"):
        words.mail("notice", FULL["notice"])


def test_no_shipped_mail_reads_a_field_of_one_case_type(words):
    assert {field for name in words.names() for field in words.fields_read(name)} == set()


def test_a_home_template_may_build_on_the_one_it_replaces(home):
    words = home(
        subject_txt='{% extends "shipped:mail/notice/sv/subject.txt.j2" %}',
        body_txt='{% extends "shipped:mail/notice/sv/body.txt.j2" %}'
        "{% block body %}{{ super() }}\nTillagt.{% endblock %}",
        body_html='{% extends "shipped:mail/notice/sv/body.html.j2" %}',
    )
    shipped = Words([TEMPLATES]).mail("notice", FULL["notice"])
    own = words.mail("notice", FULL["notice"])
    assert own.subject == shipped.subject
    assert own.html == shipped.html
    assert "Tillagt." in own.text
    assert own.template_sha256 != shipped.template_sha256


def test_a_new_template_of_the_home_gets_the_context_of_a_step(home):
    words = home(name="thanks", subject_txt="{{ step }}")
    assert "thanks" in words.names()
    assert words.mail("thanks", FULL["notice"]).subject == "För in utfallet"


@pytest.mark.parametrize("trick", ["{{ case.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ given.append(1) }}"])
def test_a_home_template_runs_in_the_sandbox(home, trick):
    with pytest.raises(Refused):
        home(subject_txt="x", body_txt=trick).mail("notice", FULL["notice"])


@pytest.mark.parametrize("wrong", ["{{ 1 / 0 }}", "{{ 'a' * 9999999 }}", "{% for a in range(9999999) %}{% endfor %}"])
def test_a_mail_that_cannot_be_worked_out_is_refused_with_its_line(home, wrong):
    with pytest.raises(Refused, match="rad 2"):
        home(subject_txt="x", body_txt=f"a\n{wrong}").mail("notice", FULL["notice"])


def test_a_malformed_template_is_refused_with_its_line(home):
    with pytest.raises(Refused, match="rad 2"):
        home(subject_txt="x", body_txt="a\n{% if %}").mail("notice", FULL["notice"])


def test_an_unknown_mail_is_refused_by_name(words):
    with pytest.raises(Refused, match="mail/no_such/sv"):
        words.mail("no_such", FULL["notice"])


def test_a_language_without_words_of_its_own_gets_swedish(words):
    assert words.mail("notice", FULL["notice"], "fi").text == words.mail("notice", FULL["notice"]).text


def test_long_lines_wrap_and_addresses_stay_whole():
    url = "https://arende.region.example/" + "x" * 90
    assert wrapped(f"se {url} nu\n\n\n\n- " + "ord " * 30) == (
        f"se\n{url}\nnu\n\n- " + "ord " * 16 + "ord\n  " + "ord " * 12 + "ord\n"
    )
    assert one_line("  a \n b ") == "a b"
