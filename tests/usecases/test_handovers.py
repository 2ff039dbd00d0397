"""What waits for a body that ends passes to its successor on its day, each case by itself; the rest is listed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from scenarios import Player, scenarios
from sqlalchemy import update
from story import SNAPSHOTS, Story, told, untouched

from arende import db, models
from arende.commands import CompleteTask, RegisterCase
from arende.errors import Forbidden, Invalid, Refused
from arende.organisationcommands import TASK, HandOver
from arende.usecases import audit, people, promises
from arende.workdays import STOCKHOLM

KEY = "organisation_change"


MADE = "organisation change"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def story(request: pytest.FixtureRequest) -> Story:
    """Told on both kinds of database; on SQLite from what others have played."""
    told: Story = request.getfixturevalue("story" if request.param == "sqlite" else "story_on_postgres")
    return told


def change(story: Story, *, whole: bool = False) -> Story:
    """A change of organisation that is being carried out: its registrar has the task to move cases.

    Played once and then copied, without the files of its documents; ``whole`` plays it here.
    """
    if MADE in SNAPSHOTS and not whole and story._is_as_loaded():
        story._restore(MADE)
        story.clock.now = datetime(2022, 3, 3, 9, tzinfo=STOCKHOLM)
        return story
    first = scenarios(KEY)[0]
    steps = [step for n, step in enumerate(first.steps) if n or "day" not in step]
    at = next(n for n, step in enumerate(steps) if "other" in step)
    player = Player(story.app, story.clock)
    player.play(first, KEY, until=at)
    story.no = player.no
    if not story.changed_people and story.app.engine.dialect.name == "sqlite":
        story._keep(MADE)
    return story


def gathering(story: Story, body: str, day: str = "2022-12-20") -> str:
    """An event of the body: its secretary organises it."""
    given = {"body": body, "event_date": day, "invited": "municipality_hylte"}
    return str(story.do(RegisterCase(actor="officer", type="event", title="Dialog", fields=given)).register_no)


def hand_over(story: Story, who: str = "registrar", successor: str = "rs", **more: Any) -> Any:
    return story.on_case(HandOver, who, successor=successor, **more).data


def the_day(story: Story, day: str = "2023-01-01") -> None:
    """The clock comes to the day after the boards' last."""
    story.on_the(day)
    while promises.keep(story.app)[0]:
        pass


def on(story: Story, number: str) -> Story:
    story.no = number
    return story


def open_acts(story: Story) -> set[str]:
    return {t["act"] for t in story.tasks() if t["state"] == "open"}


def test_a_case_of_a_body_that_ends_passes_to_the_successor_on_the_day_after_and_says_why(story: Story) -> None:
    number, other = change(story, whole=True).no, gathering(story, "ln_hylte")
    assert hand_over(story) == {"moved": [], "planned": [other], "on": "2023-01-01", "remains": []}
    the_day(story, "2022-12-31")
    assert on(story, other).case["fields"]["body"] == "ln_hylte"
    the_day(story)
    assert open_acts(on(story, number)).isdisjoint({TASK})
    assert on(story, other).case["fields"]["body"] == "rs"
    (event,) = story.events("case:handed_over")
    assert event["payload"] == {
        "from": number, "to": "rs", "fields": {"body": "rs"},
        "bodies": [f"ln_{t}" for t in ("falkenberg", "halmstad", "hylte", "kungsbacka", "laholm", "varberg")],
    }  # fmt: skip
    assert event["authority"] == f"Regionfullmäktige 2022-03-02 § 30, {number}"
    assert "read_handover" in open_acts(story)
    assert all((t["office"] or "").partition("@")[2] not in event["payload"]["bodies"] for t in story.tasks())
    assert audit.verify(story.app)[2] == []


def test_a_hand_over_after_the_day_takes_effect_at_once(story: Story) -> None:
    number, other = change(story).no, gathering(story, "ln_hylte")
    story.on_the("2023-01-02")
    assert hand_over(on(story, number)) == {"moved": [other], "planned": [], "on": None, "remains": []}
    assert on(story, other).case["fields"]["body"] == "rs"


def test_a_case_that_came_after_the_hand_over_was_ordered_passes_too(story: Story) -> None:
    change(story)
    assert hand_over(story)["planned"] == []
    other = gathering(story, "ln_hylte")
    the_day(story)
    assert on(story, other).case["fields"]["body"] == "rs"


def test_a_successor_that_begins_later_receives_on_its_first_day(story: Story) -> None:
    change(story)
    other = gathering(story, "ln_hylte")
    story.people(lambda text: text.replace("kind: preparatory_body, parent: rs, from: 2023-01-01",
                                           "kind: preparatory_body, parent: rs, from: 2023-02-01"))  # fmt: skip
    assert hand_over(story, successor="rs_bsh")["on"] == "2023-02-01"
    the_day(story, "2023-01-31")
    assert on(story, other).case["fields"]["body"] == "ln_hylte"
    the_day(story, "2023-02-01")
    assert on(story, other).case["fields"]["body"] == "rs_bsh"


def test_a_last_day_that_is_moved_moves_the_hand_over(story: Story) -> None:
    change(story)
    other = gathering(story, "ln_hylte")
    hand_over(story)
    story.people(lambda text: text.replace("to: 2022-12-31", "to: 2023-01-31"))
    the_day(story)
    assert on(story, other).case["fields"]["body"] == "ln_hylte"
    the_day(story, "2023-02-01")
    assert on(story, other).case["fields"]["body"] == "rs"


def test_another_successor_named_in_time_replaces_the_first(story: Story) -> None:
    change(story)
    other = gathering(story, "ln_hylte")
    number = hand_over(story) and story.no
    hand_over(story, successor="tu")
    the_day(story)
    assert on(story, other).case["fields"]["body"] == "ln_hylte", "tu has no secretary: the registrar is told"
    assert TASK in open_acts(on(story, number))
    (event,) = story.events("organisation:handed_over")
    assert (event["payload"]["to"], event["payload"]["moved"]) == ("tu", [])
    assert "Ingen har uppdraget secretary i Tillväxtutskottet" in event["payload"]["remains"][0]["sv"]


def test_a_body_without_a_last_day_is_not_handed_over(story: Story) -> None:
    change(story)
    story.people(lambda text: text.replace(", to: 2022-12-31", ""))
    with untouched(story), told(Refused, "har ingen sista dag i personfilen", "3 kap. 4 § kommunallagen"):
        hand_over(story)


def test_a_case_of_another_body_stays_where_it_is(story: Story) -> None:
    change(story)
    other = gathering(story, "tu")
    assert hand_over(story)["planned"] == []
    the_day(story)
    assert on(story, other).case["fields"]["body"] == "tu"


def test_a_meeting_of_the_body_is_listed_and_the_checklist_stays_open(story: Story) -> None:
    number = change(story).no
    fields = {"body": "ln_hylte", "meeting_date": "2022-12-14"}
    held = story.do(RegisterCase(actor="registrar", type="meeting", title="Sammanträde", fields=fields)).register_no
    (left,) = hand_over(on(story, number))["remains"]
    assert (left["register_no"], left["sv"]) == (
        held,
        "Det är ett sammanträde med organet. Håll det eller ställ in det.",
    )
    the_day(story)
    assert TASK in open_acts(on(story, number))


def test_handing_over_twice_moves_nothing_twice(story: Story) -> None:
    number = change(story).no
    other = gathering(story, "ln_hylte")
    hand_over(story)
    hand_over(story)
    the_day(story)
    assert len(on(story, other).events("case:handed_over")) == 1
    assert len(on(story, number).events("organisation:handed_over")) == 1
    with untouched(story), told(Refused, "ingen öppen uppgift"):
        hand_over(story)
    assert promises.keep(story.app) == (0, 0)


@pytest.mark.parametrize(
    ("who", "successor", "error", "words"),
    [
        ("officer", "rs", Forbidden, "väntar inte på dig"),
        ("registrar", "nowhere", Invalid, "finns inte i personfilen"),
        ("registrar", "ln_hylte", Refused, "upphör självt"),
    ],
)
def test_a_hand_over_that_makes_no_sense_changes_nothing(
    story: Story, who: str, successor: str, error: type[Exception], words: str
) -> None:
    change(story)
    with untouched(story), told(error, words):
        hand_over(story, who, successor)


def test_a_successor_that_ends_before_the_day_cannot_take_over(story: Story) -> None:
    change(story)
    story.people(lambda text: text.replace("short: TU, kind: committee, parent: rs",
                                           "short: TU, kind: committee, parent: rs, to: 2022-12-30"))  # fmt: skip
    with untouched(story), told(Refused, "finns till och med den 2022-12-30", "3 kap. 3–4 §§ kommunallagen"):
        hand_over(story, successor="tu")


def test_a_case_that_ends_no_body_has_nothing_to_hand_over(story: Story) -> None:
    story.register()
    with untouched(story), told(Refused, "ingen öppen uppgift"):
        hand_over(story)


def test_whoever_has_done_it_by_hand_reports_the_task_as_before(story: Story) -> None:
    change(story)
    other = gathering(story, "ln_hylte")
    number = hand_over(story) and story.no
    (task,) = (t for t in story.tasks() if t["act"] == TASK)
    story.do(CompleteTask(actor="registrar", task=task["id"]))
    the_day(story)
    assert on(story, number).events("organisation:handed_over") == []
    assert on(story, other).case["fields"]["body"] == "ln_hylte"


def test_a_case_that_names_no_body_that_ends_hands_nothing_over(story: Story) -> None:
    number, other = change(story).no, gathering(story, "ln_hylte")
    fields = story.case["fields"]
    keep(story, number, {k: v for k, v in fields.items() if k != "abolished"})  # as a type of one's own might leave it
    with pytest.raises(Refused, match="inget organ som upphör"):
        hand_over(story)
    keep(story, number, fields)
    assert on(story, other).events("case:handed_over") == []


# ---------------------------------------------------------------- series, seats, names


def with_series(text: str) -> str:
    """The local board of Hylte has cases of its own, in the series LNH, and those who sit in it."""
    seats = {"chair": "rs_m1", "vice_chair": "rs_m2", "member": "rs_m3", "secretary": "rs_secretary"}
    more = "".join(
        f"  - {{person: {who}, office: {office}, body: ln_hylte, from: 2019-01-01}}\n" for office, who in seats.items()
    )
    named = text.replace("en: Local Board of Hylte}, kind", "en: Local Board of Hylte}, short: LNH, kind")
    return named.replace("offices:\n", f"offices:\n{more}", 1)


@pytest.fixture
def boards_own(story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A case type of the local board of Hylte: events, in its own series."""
    change(story)
    story.people(with_series)
    found = story.app.types.current("event")
    monkeypatch.setattr(story.app.types, "current", lambda key, known=story.app.types.current: (
        found.model_copy(update={"register_": "LNH"}) if key == "event" else known(key)))  # fmt: skip
    return story


def test_new_cases_come_into_the_successors_series_from_the_day_and_old_numbers_stay(boards_own: Story) -> None:
    story, number = boards_own, boards_own.no
    old = gathering(story, "ln_hylte")
    assert old.startswith("LNH")
    hand_over(on(story, number))
    story.on_the("2022-12-31")
    assert gathering(story, "rs").startswith("LNH")
    the_day(story)
    assert on(story, old).case["register_no"] == old
    assert gathering(story, "rs").startswith("RS23")


def test_a_successor_without_a_series_is_in_that_of_the_body_above_it(boards_own: Story) -> None:
    hand_over(boards_own, successor="rs_bsh")
    the_day(boards_own)
    assert gathering(boards_own, "rs_bsh").startswith("RS23")


def test_no_case_is_opened_in_the_series_of_a_body_that_has_ended_and_that_nobody_follows(boards_own: Story) -> None:
    boards_own.on_the("2023-01-02")
    with untouched(boards_own), told(Refused, "ingen har tagit över diarieserien LNH", "5 kap. 1 § OSL"):
        gathering(boards_own, "rs")


def seats_of(story: Story, body: str, day: str) -> set[tuple[str, str]]:
    listed = people.listing(story.app, date.fromisoformat(day))
    return {(x.actor.key, o.partition("@")[0]) for x in listed for o in x.offices if o.endswith(f"@{body}")}


def test_those_who_sit_in_the_body_sit_in_the_successor_when_the_assembly_has_elected_them(story: Story) -> None:
    change(story)
    story.people(with_series)
    hand_over(story, successor="rs_bsh", members=True)
    assert seats_of(story, "rs_bsh", "2023-01-02") == {("rs_secretary", "secretary")}
    the_day(story)
    led = {("rs_m1", "member"), ("rs_m2", "member"), ("rs_m3", "member")}
    assert seats_of(story, "rs_bsh", "2023-01-02") == led | {("rs_secretary", "secretary")}
    assert seats_of(story, "ln_hylte", "2023-01-02") == set()
    assert seats_of(story, "rs_bsh", "2026-12-31") == led | {("rs_secretary", "secretary")}
    assert seats_of(story, "rs_bsh", "2027-01-01") == {("rs_secretary", "secretary")}, "they were elected to 2026"
    story.people(with_series)  # the file knows nothing of it, and takes nothing away
    assert seats_of(story, "rs_bsh", "2023-01-03") == led | {("rs_secretary", "secretary")}


def test_nobody_sits_in_the_successor_because_a_body_has_ended(story: Story) -> None:
    change(story)
    story.people(with_series)
    hand_over(story, successor="rs_bsh")
    the_day(story)
    assert seats_of(story, "rs_bsh", "2023-01-02") == {("rs_secretary", "secretary")}


def keep(story: Story, number: str, fields: dict[str, Any]) -> None:
    """Write the fields past the program."""
    with db.writing(story.app.engine) as conn:
        conn.execute(update(models.cases).where(models.cases.c.register_no == number).values(fields=fields))
