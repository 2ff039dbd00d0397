"""The table of answers: what it says, when it is written anew; and two rounds of history, replayed."""

from datetime import datetime
from pathlib import Path

import pytest
from remiss import on, remiss
from story import TOWNS, Story, letter_of, party, told, untouched

from arende import answercommands as a
from arende import models
from arende.errors import Forbidden, Refused
from arende.markdown import words
from handclock import STOCKHOLM


@pytest.fixture
def out(story: Story, tmp_path: Path) -> Story:
    played = remiss(story, tmp_path)
    played.step("officer", "send")
    return played


def compiled(story: Story, who: str = "officer") -> None:
    story.do(a.CompileAnswers(actor=who, register_no=story.no))


def pages(story: Story, key: str = "compilation") -> list[str]:
    rows = story.rows(models.documents, key=key)
    return [letter_of(story, d).plain() for d in rows if d["source"]]


def test_the_table_has_every_party_its_answer_and_our_reply_and_names_the_silent(out: Story) -> None:
    out.answer("hylte", "supports_with_comments", body="Kommunstyrelsen", section="§ 12", comment="Tydligare ansvar.")
    on(out, a.ReplyToAnswer, "hylte", "officer", reply="Avsnitt 4 är förtydligat.")
    compiled(out)
    for word in ("Hylte kommun", "tillstyrker med synpunkter", "Kommunstyrelsen", "§ 12", "Tydligare ansvar",
                 "Avsnitt 4 är förtydligat", "Inväntas: ", "Varbergs kommun"):  # fmt: skip
        assert word in pages(out)[0], word
    assert "nget svar" not in pages(out)[0], "nobody is silent as long as there is time"
    out.on_the("2020-09-15")
    assert "Inget svar: " in pages(out)[-1]
    assert "nväntas" not in pages(out)[-1]
    assert out.round()["compiled"]["record_no"] == out.rows(models.documents)[-1]["record_no"]


def test_it_is_written_anew_when_an_answer_changes_and_not_otherwise(out: Story) -> None:
    out.answer("hylte")
    assert not pages(out)
    compiled(out)
    with untouched_documents(out):
        compiled(out)
    out.answer("laholm", "opposes", comment="Nej.")
    out.withdraw("hylte")
    on(out, a.RemoveParty, "varberg", "officer", reason="Berörs inte.")
    found = pages(out)
    assert len(found) == 4
    assert "avstyrker: 1" in found[-1]
    assert "Taget tillbaka (tillstyrker)" in found[-1]
    assert "Tillfrågas inte längre" in found[-1]
    assert [d["version"] for d in out.rows(models.documents, key="compilation")] == [1, 2, 3, 4]


class untouched_documents:  # noqa: N801 – reads as a sentence in a with statement
    """No document is added in the block."""

    def __init__(self, story: Story) -> None:
        self.story = story

    def __enter__(self) -> None:
        self.before = len(self.story.rows(models.documents))

    def __exit__(self, *_: object) -> None:
        assert len(self.story.rows(models.documents)) == self.before


def test_what_others_have_written_is_no_markup_in_it(out: Story) -> None:
    out.answer("hylte", "opposes", body="A|B", comment="<script>x</script> [länk](http://x.example) | rad")
    compiled(out)
    (table,) = (b for b in letter_of(out, out.rows(models.documents)[-1]).blocks if b["t"] == "table")
    (row,) = (r for r in table["rows"] if words(r[0]) == "Hylte kommun")
    assert (words(row[2]), words(row[5])) == ("A|B", "<script>x</script> [länk](http://x.example) | rad")
    assert {x["t"] for cell in row for x in cell} == {"text"}


def test_the_table_is_the_house_s_to_write_and_stands_when_the_case_has_ended(out: Story) -> None:
    with untouched(out), told(Forbidden):
        compiled(out, "rs_chair")
    out.answer("hylte")
    compiled(out)
    for town in TOWNS[:]:
        out.answer(town)
    out.deliver()
    out.step("officer", "close")
    before = len(pages(out))
    out.answer("hylte", "opposes")
    assert len(pages(out)) == before
    with untouched(out), told(Refused, "ligger fast"):
        compiled(out)


# ---------------------------------------------------------------- history


JOINT = (
    ("falkenberg", "2016-09-27", "Kommunstyrelsens arbetsutskott, på delegation"),
    ("varberg", "2016-09-27", "Kommunstyrelsen"),
    ("laholm", "2016-10-03", "Kommunstyrelsen"),
    ("kungsbacka", "2016-10-04", "Kommunstyrelsen"),
    ("hylte", "2016-10-04", "Kommunstyrelsen"),
    ("ext_region_halland", "2016-10-04", "RSAU, på delegation av regionstyrelsen"),
)
"""The joint answer on the regional division in 2016: each with another body and day. Halmstad is not in the list."""


def test_the_joint_answer_of_2016_with_halmstad_silent(story: Story, tmp_path: Path) -> None:
    """Agreed in the Kommunberedning on 28 September, then decided by each; the answer was due on 6 October 2016."""
    region = "  ext_region_halland: {name: Region Halland, kind: agency, email: region@region-halland.example}\n"
    story.clock.now = datetime(2016, 9, 1, 9, tzinfo=STOCKHOLM)
    story.people(lambda t: t.replace("2019-01-01", "2015-01-01").replace("parties:\n", f"parties:\n{region}", 1))
    joint = remiss(story, tmp_path, "[municipalities, ext_region_halland]", due="{at: board_date}", join="deadline")
    joint.step("officer", "send", board_date="2016-10-06")
    for town, day, body in JOINT:
        joint.on_the(day)
        joint.answer(town, "opposes", body=body, decided_on=day)
    joint.on_the("2016-10-06", hour=23)
    assert joint.state == "out"
    joint.on_the("2016-10-07")
    assert joint.state == "answered"
    ended = joint.events("consultation:ended")[0]["payload"]
    assert (ended["how"], ended["silent"]) == ("expired", [party("halmstad")])
    compiled(joint)
    source = pages(joint)[0]
    assert "Inget svar: Halmstads kommun." in source
    for _, day, body in JOINT:
        assert f"{body}, {day}" in source
    answered = {t: (x["body"], str(x["decided_on"])) for t, x in joint.round()["answers"].items() if x["stance"]}
    assert answered == {t: (body, day) for t, day, body in JOINT}
    assert len(joint.mails("referral_reminder", to="halmstad")) == 2
    assert len(joint.mails("referral_reminder", to="varberg")) == 1


def test_the_three_withdrawals_of_2021_leave_the_submitted_declaration_where_it_is(story: Story) -> None:
    """Sent to the ministry in autumn 2020; in spring 2021 three municipalities withdrew their support."""
    story.at("awaiting_reply")
    days = {"laholm": "2021-03-23", "hylte": "2021-04-13", "falkenberg": "2021-04-27"}
    for town, day in days.items():
        story.on_the(day)
        story.withdraw(town, comment="Kommunstyrelsen står inte längre bakom avsikten.")
    assert story.state == "awaiting_reply"
    assert [story.stances()[t] for t in TOWNS] == [
        "withdrawn" if t in days else "accepted" for t in TOWNS
    ]  # fmt: skip
    taken_back = [
        (e["payload"]["party"], e["occurred_at"].date().isoformat()) for e in story.events("answer:withdrawn")
    ]
    assert taken_back == [(party(t), day) for t, day in days.items()]
    assert len(story.mails("position_changed", to="rs_chair")) == 3
    assert len(story.tasks(act="consider_position", state="open")) == 3
    assert len(story.events("consultation:ended")) == 1
    compiled(story)
    assert pages(story)[-1].count("Taget tillbaka (ställer sig bakom)") == 3
