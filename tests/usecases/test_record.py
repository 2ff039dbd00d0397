"""A history is never changed: corrections are new events, removal leaves the chain whole, and tampering is found."""

from typing import Any

import pytest
from sqlalchemy import select, update
from story import Story, told, untouched

from arende import commands, db, events, models, queries
from arende.errors import Forbidden, NotFound, Refused

SECRET = "Nilsson bor på Storgatan"


def faults(story: Story) -> list[events.Broken]:
    with db.reading(story.app.engine) as conn:
        return events.verify(queries.sealed(conn, story.case["id"], story.no), story.case["head"])


def remove(story: Story, seq: int, who: str = "registrar", decision: str = "RS 2020-10-01 § 4") -> None:
    story.on_case(commands.RemovePayload, who, seq=seq, decision=decision)


def everywhere(story: Story) -> list[str]:
    """The tables that still have the secret in any column of any row."""
    with db.reading(story.app.engine) as conn:
        tables = models.metadata.sorted_tables
        return [t.name for t in tables for row in conn.execute(select(t)).mappings() if SECRET in repr(dict(row))]


def on_return(story: Story) -> None:
    story.at("awaiting_rsau").decide("rsau_chair", "agenda_clearance", "return", SECRET)


def on_answer(story: Story) -> None:
    story.at("municipal_consultation").answer("hylte", comment=SECRET, section=SECRET[:20])


def on_withdrawal(story: Story) -> None:
    story.at("compiling").withdraw("hylte", comment=SECRET)


def on_closing(story: Story) -> None:
    story.at("municipal_consultation").close_round(reason=SECRET)


def on_task(story: Story) -> None:
    story.at("manager_review")
    task = story.tasks(state="open")[0]["id"]
    story.do(commands.CompleteTask(actor="manager", task=task, comment=SECRET))


def on_step(story: Story) -> None:
    story.at("manager_review").step("manager", "send_back", SECRET)


def on_relation(story: Story) -> None:
    story.at("draft").relate(other=SECRET)


def on_document(story: Story) -> None:
    story.at("draft").add("officer", "other", "x", name=f"{SECRET}.pdf")


@pytest.mark.parametrize(
    "said", [on_return, on_answer, on_withdrawal, on_closing, on_task, on_step, on_relation, on_document]
)
def test_what_an_event_said_is_gone_from_every_table_and_the_chain_is_whole(story: Story, said: Any) -> None:
    said(story)
    state = story.state
    story.deliver()
    for seq in [e["seq"] for e in story.events() if SECRET in str(e["payload"])]:
        remove(story, seq)
    assert everywhere(story) == []
    assert faults(story) == []
    assert story.state == state
    last = story.last()
    assert (last["kind"], last["payload"]["decision"]) == ("case:payload:removed", "RS 2020-10-01 § 4")


def test_removal_is_for_the_registrar_once_and_of_something(story: Story) -> None:
    story.at("manager_review").deliver()
    with untouched(story), told(Forbidden, "Du kan inte ta bort", "registrator"):
        remove(story, 1, "officer")
    with untouched(story), told(NotFound, "ingen händelse 99"):
        remove(story, 99)
    remove(story, 2)
    with untouched(story), told(Refused, "redan tömd"):
        remove(story, 2)
    with untouched(story), told(Refused, "måste finnas kvar"):
        remove(story, story.case["seq"])


def test_a_mail_on_its_way_is_waited_for(story: Story) -> None:
    story.at("manager_review").step("manager", "send_back", SECRET)
    with untouched(story), told(Refused, "inte levererat än"):
        remove(story, story.last()["seq"])


def test_after_the_removal_of_a_step_its_doer_counts_for_every_step(story: Story) -> None:
    """Who asked for review can no longer be told, so whoever did it is kept from sending on: fail closed."""
    office = "  - {person: officer, office: manager, body: regionkontoret, from: 2019-01-01, ordinal: 2}\n"
    story.people(lambda t: t.replace("offices:\n", f"offices:\n{office}"))
    story.at("manager_review").add("officer", "official_statement")
    story.deliver()
    remove(story, story.events("case:step:taken")[0]["seq"])
    with untouched(story), told(Refused, "får inte också"):
        story.step("officer", "submit", rsau_date="2020-08-18")


def test_a_correction_is_a_new_event_and_leaves_the_old_one(story: Story) -> None:
    story.at("manager_review")
    before = story.events()
    story.on_case(commands.CorrectEvent, "officer", seq=2, text="Rätt namn är Strukturbild Halland 2020.")
    assert story.events()[:-1] == before
    assert story.last()["payload"] == {"corrects": 2, "text": "Rätt namn är Strukturbild Halland 2020."}


def test_a_relation_that_was_a_mistake_is_corrected_and_no_step_rests_on_it(story: Story) -> None:
    story.at("draft").relate(other="Fel underlag")
    wrong = story.last()
    story.add("officer", "declaration")
    story.on_case(commands.CorrectEvent, "officer", seq=wrong["seq"], text="Det hör till ett annat ärende.")
    assert story.rows(models.relations) == []
    assert wrong in story.events()
    with untouched(story), told(Refused, "saknas"):
        story.step("officer", "request_review")
    story.relate(other="Strukturbild Halland")
    story.step("officer", "request_review")


TAMPERED: dict[str, Any] = {
    "seq": 40,
    "command_id": "00000000-0000-7000-8000-000000000000",
    "n": 40,
    "kind": "case:corrected",
    "actor_id": 9,
    "on_behalf_of_id": 9,
    "authority": "KL 6:39",
    "channel": "mail",
    "occurred_at": "moved",
    "recorded_at": "moved",
    "payload": {"trigger": "dismiss"},
    "salt": "0" * 32,
    "payload_sha256": "0" * 64,
    "previous": "0" * 64,
    "hash": "0" * 64,
    "case_id": "other",
}


def test_every_column_of_an_event_is_tried() -> None:
    assert set(TAMPERED) == {c.name for c in models.events.columns} - {"id"}


@pytest.mark.parametrize("column", TAMPERED)
def test_tampering_with_an_event_is_found(story: Story, column: str) -> None:
    story.register()
    other = story.case["id"]
    story.no = str(story.register().register_no)
    story.on_to("manager_review")
    value = TAMPERED[column]
    if value == "moved":
        value = story.events()[1][column].replace(year=2019)
    if value == "other":
        value = other
    e = models.events
    where = (e.c.case_id == story.case["id"], e.c.seq == 3)
    with db.reading(story.app.engine) as conn:
        kept = conn.execute(select(e).where(*where)).mappings().one()
    with db.writing(story.app.engine) as c:
        c.execute(update(e).where(e.c.id == kept["id"]).values({column: value}))
    assert faults(story)
    with db.writing(story.app.engine) as c:
        c.execute(update(e).where(e.c.id == kept["id"]).values({column: kept[column]}))
    assert faults(story) == []


def test_a_payload_emptied_without_a_decision_is_found(story: Story) -> None:
    story.at("manager_review")
    e = models.events
    with db.reading(story.app.engine) as conn:
        kept = conn.execute(select(e).where(e.c.seq == 2)).mappings().one()
    with db.writing(story.app.engine) as c:
        c.execute(update(e).where(e.c.seq == 2).values(payload=None, salt=None))
    assert faults(story) == [events.Broken(2, "payload")]
    with db.writing(story.app.engine) as c:
        c.execute(update(e).where(e.c.seq == 2).values(payload=kept["payload"], salt=kept["salt"]))


def test_a_last_event_that_was_cut_off_is_found(story: Story) -> None:
    story.at("manager_review")
    with db.reading(story.app.engine) as conn:
        chain = queries.sealed(conn, story.case["id"], story.no)
    assert events.verify(chain[:-1], story.case["head"]) == [events.Broken(len(chain) - 1, "head")]
    assert events.verify(chain[1:], story.case["head"])


def test_the_same_words_have_another_digest_each_time() -> None:
    assert events.payload_digest({"a": 1}, "x") != events.payload_digest({"a": 1}, "y")
