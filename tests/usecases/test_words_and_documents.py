"""What people type and hand in: hostile names and titles become harmless, and nothing is lost."""

import io
from pathlib import Path

import pytest
from story import Story, told, untouched

from arende import commands, models
from arende.errors import Forbidden, Invalid, NotFound
from arende.storage import Storage


def title_of(story: Story, title: str) -> str:
    story.register(title=title)
    return str(story.case["title"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Regional\nfysisk\r\nplanering", "Regional fysisk planering"),
        ("Plan\r\nBcc: alla@region.example", "Plan Bcc: alla@region.example"),
        ("Plan\x00\x1b[31m röd", "Plan [31m röd"),
        ("abc\u202edcba\u202c\u2066x\u2069", "abc dcba x"),
        ("Grönt 🌲👩‍🌾 område", "Grönt 🌲👩‍🌾 område"),
        ("  två   blanksteg ", "två blanksteg"),
        ("Å" + "a\u030a", "Åå"),
        ("{{ 7*7 }} <script>alert(1)</script>", "{{ 7*7 }} <script>alert(1)</script>"),
        ("x" * 300, "x" * 300),
    ],
)
def test_a_title_is_one_harmless_line(story: Story, given: str, kept: str) -> None:
    assert title_of(story, given) == kept


@pytest.mark.parametrize("given", ["", "  \n ", "\u202e\u200b", "\u200d", "\x00"])
def test_an_empty_title_is_refused(story: Story, given: str) -> None:
    with untouched(story), told(Invalid, "Rubriken är tom"):
        story.register(title=given)


def test_a_title_of_ten_thousand_characters_is_told_its_limit(story: Story) -> None:
    with untouched(story), told(Invalid, "Rubriken är 10000 tecken; högst 300 får plats"):
        story.register(title="x" * 10_000)


@pytest.mark.parametrize("title", ["Plan\r\nBcc: x@y.example", "🌲 <b>fet</b> & {{ case }}", "\u202eabc", "x" * 300])
def test_mails_carry_hostile_titles_as_text(story: Story, title: str) -> None:
    story.register("registrar", title=title, officer="officer")
    mail = story.mails("task_assigned")[0]
    assert "\n" not in mail["subject"]
    assert "\r" not in mail["subject"]
    assert "\u202e" not in mail["subject"] + mail["text"] + mail["html"]
    assert "<b>" not in mail["html"]


@pytest.mark.parametrize(
    "note", ["nul \x00 byte", "\u202ebak\u202c", "<script>", "{{ case.fields }}", "rad\nbrytning", "🌲" * 1000]
)
def test_notes_are_kept_on_each_database(story_on_each: Story, note: str) -> None:
    story = story_on_each.at("manager_review")
    story.step("manager", "send_back", note)
    kept = story.events("case:step:taken")[-1]["payload"]["note"]
    assert kept
    assert "\x00" not in kept
    assert "\u202e" not in kept
    story.on_case(commands.DeclareConflict, "region_director", reason=note)
    story.on_case(commands.AssignCase, "registrar", officer="officer2", note=note)
    story.on_case(commands.AddNote, "officer2", text=note)


def test_a_note_that_does_not_fit_is_refused(story: Story) -> None:
    story.at("manager_review")
    with untouched(story), told(Invalid, "högst 20000 får plats"):
        story.step("manager", "send_back", "x" * 20_001)


def test_a_value_no_database_can_store_is_a_sentence(story_on_each: Story) -> None:
    story = story_on_each.at("draft")
    with untouched(story), pytest.raises((NotFound, Invalid)):
        story.relate("a\x00b")


# ---------------------------------------------------------------- documents


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\avsikt.pdf", "avsikt.pdf"),
        ("avsikt\r\nX-Header: y.pdf", "avsiktX-Header_ y.pdf"),
        ("avsikt\u202efdp.exe", "avsiktfdp.exe"),
        ("a<b>c|d?.pdf", "a_b_c_d_.pdf"),
        ("  .dold.pdf. ", "dold.pdf"),
        ("räksmörgås 🌲.pdf", "räksmörgås 🌲.pdf"),
        ("x" * 400 + ".pdf", "x" * 180 + ".pdf"),
    ],
)
def test_a_hostile_file_name_becomes_a_plain_one(story: Story, given: str, kept: str) -> None:
    story.at("draft").add("officer", "declaration", name=given)
    assert story.rows(models.documents)[-1]["name"] == kept


@pytest.mark.parametrize("name", ["", "...", "/", "\x00", "CON.txt", "nul", "\u202e"])
def test_a_file_name_that_is_none_is_refused(story: Story, name: str) -> None:
    story.at("draft")
    with untouched(story), told(Invalid, "Döp om filen"):
        story.add("officer", "declaration", name=name)


def test_versions_are_kept_and_numbered_in_the_case(story: Story) -> None:
    story.at("draft")
    one = story.add("officer", "declaration", "ett").data
    two = story.add("officer", "official_statement", "två").data
    three = story.add("officer", "declaration", "tre").data
    assert [(d["version"], d["record_no"]) for d in (one, two, three)] == [(1, 1), (1, 2), (2, 3)]
    assert len({r["sha256"] for r in story.rows(models.documents)}) == 3


def test_the_same_bytes_twice_are_stored_once(story: Story, tmp_path: Path) -> None:
    storage = Storage(tmp_path / "blobs", 1_000_000)
    sha256, _ = storage.put(io.BytesIO(b"samma"))
    assert storage.put(io.BytesIO(b"samma")) == (sha256, 5)
    assert list(storage.held()) == [sha256]


def test_an_empty_document_and_one_too_large_leave_nothing(tmp_path: Path) -> None:
    storage = Storage(tmp_path / "blobs", 1_000_000)
    with told(Invalid, "Handlingen är tom (0 byte)"):
        storage.put(io.BytesIO(b""))
    with told(Invalid, "större än 1 MB"):
        storage.put(Endless(200_000_000))
    assert not [f for f in (tmp_path / "blobs").rglob("*") if f.is_file()]


class Endless(io.RawIOBase):
    """So many bytes, made as they are read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return b"x" * size


def test_a_party_hands_in_what_comes_with_its_answer_and_nothing_else(story: Story) -> None:
    story.at("municipal_consultation").add("municipality_hylte", "position", direction="incoming")
    with untouched(story), told(Forbidden, "inget uppdrag här"):
        story.add("municipality_hylte", "position")
