"""Every refusal is a sentence that says why and what to do, and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from story import PEOPLE, Story, told, untouched

from arende import commands
from arende.errors import ArendeError, Forbidden, Invalid, NotFound, Refused, Stale

Act = Callable[[Story], object]


def step(who: str, trigger: str, note: str | None = None, **fields: Any) -> Act:
    return lambda s: s.step(who, trigger, note, **fields)


CASES: list[tuple[str, str, Act, type[ArendeError], tuple[str, ...]]] = [
    (
        "wrong role",
        "manager_review",
        step("officer2", "submit", rsau_date="2020-08-18"),
        Refused,
        ("chef på regionkontoret", "Du har inte den rollen", "You do not hold that role"),
    ),
    (
        "missing document",
        "draft",
        step("officer", "request_review"),
        Refused,
        ("”Avsiktsförklaring” saknas", "Sambandet ”underlag” saknas"),
    ),
    (
        "missing field",
        "rsau_aligned",
        step("officer", "consult"),
        Refused,
        ("”KRF:s möte” (krf_date) saknas", '"Meeting of the KRF" (krf_date) is missing'),
    ),
    ("missing comment", "compiling", step("officer", "revise"), Refused, ("Skriv en motivering.", "Give a reason.")),
    ("blank comment", "compiling", step("officer", "revise", " \n "), Refused, ("Skriv en motivering.",)),
    (
        "no clearance",
        "awaiting_rsau",
        step("rsau_secretary", "record_alignment", rsau_date="2020-08-03", rsau_note="x"),
        Refused,
        ("Klartecken saknas",),
    ),
    (
        "neither § nor note",
        "awaiting_rsau",
        step("rsau_secretary", "record_alignment", rsau_date="2020-08-03"),
        Refused,
        ("Ange ”RSAU:s paragraf” (rsau_section) eller",),
    ),
    (
        "meeting to come",
        "awaiting_rsau",
        step("rsau_secretary", "record_alignment", rsau_date="2020-08-18", rsau_note="x"),
        Refused,
        ("2020-08-18 har inte hållits än",),
    ),
    (
        "unknown trigger",
        "draft",
        step("officer", "requst_review"),
        NotFound,
        ("”requst_review” finns inte", "Menade du request_review?", "request_review"),
    ),
    ("not awaited", "draft", step("officer", "close"), Refused, ("väntas inte i läget ”Utkast”", "request_review")),
    (
        "final state",
        "closed",
        step("officer", "put_on_hold", "x", review_on="2021-01-01"),
        Refused,
        ("Ärendet är avslutat",),
    ),
    (
        "unknown field",
        "rsau_aligned",
        step("officer", "consult", krf_dat="2020-09-02"),
        Refused,
        ("”krf_dat” finns inte", "Menade du krf_date?"),
    ),
    (
        "field of another step",
        "rsau_aligned",
        step("officer", "consult", krf_date="2020-09-02", outcome="no_task"),
        Refused,
        ("”Utfall” anges inte i det här steget",),
    ),
    (
        "no date",
        "rsau_aligned",
        step("officer", "consult", krf_date="i september"),
        Refused,
        ("”i september” duger inte", "2020-09-02"),
    ),
    (
        "date of no calendar",
        "rsau_aligned",
        step("officer", "consult", krf_date="9999-12-31"),
        Refused,
        ("”9999-12-31” duger inte",),
    ),
    (
        "no choice",
        "awaiting_reply",
        step("registrar", "conclude", outcome="kanske"),
        Refused,
        ("”kanske” duger inte", "task_given_by_law"),
    ),
    (
        "not a §",
        "awaiting_rsau",
        step("rsau_secretary", "record_alignment", rsau_section="paragraf tolv"),
        Refused,
        ("”paragraf tolv” duger inte",),
    ),
    (
        "unknown party in a field",
        "signed",
        step("registrar", "submit_to_ministry", ministry="ext_finansdepartement"),
        NotFound,
        ("ext_finansdepartement finns inte", "ext_finansdepartementet"),
    ),
    (
        "person as party",
        "signed",
        step("registrar", "submit_to_ministry", ministry="officer"),
        NotFound,
        ("officer finns inte",),
    ),
    (
        "open round",
        "municipal_consultation",
        step("officer", "complete_consultation"),
        Refused,
        ("Omgången pågår ännu",),
    ),
    ("open tasks", "concluded", step("officer", "close"), Refused, ("utskick är inte levererade",)),
    ("two signatures", "decided", step("rs_chair", "sign"), Refused, ("2 väntar", "2 waiting")),
    ("unknown user", "draft", step("oficer", "request_review"), NotFound, ("Användaren oficer finns inte", "officer")),
    (
        "unknown task",
        "draft",
        lambda s: s.do(commands.CompleteTask(actor="officer", task=99_999)),
        NotFound,
        ("ingen uppgift 99999",),
    ),
    (
        "unknown request",
        "draft",
        lambda s: s.do(commands.DecideApproval(actor="officer", approval=99_999, decision="approve")),
        NotFound,
        ("ingen begäran 99999",),
    ),
    (
        "unknown deadline",
        "draft",
        lambda s: s.do(commands.FireDeadline(actor="system", deadline=99_999)),
        NotFound,
        ("Fristen finns inte",),
    ),
    (
        "unknown mail",
        "draft",
        lambda s: s.do(commands.ReportDelivery(actor="system", outbox=99_999, reply="550")),
        NotFound,
        ("Utskicket finns inte",),
    ),
    ("no round yet", "draft", lambda s: s.answer("hylte"), NotFound, ("ingen sådan remiss",)),
    (
        "unknown document",
        "draft",
        lambda s: s.add("officer", "declaratoin"),
        Refused,
        ("”declaratoin”", "Menade du declaration?"),
    ),
    (
        "bytes not stored",
        "draft",
        lambda s: s.add("officer", "declaration", sha256="0" * 64),
        NotFound,
        ("saknas i lagret",),
    ),
    (
        "a case whose draft was to be ready",
        "draft",
        lambda s: s.register(fields={"draft_due": "2020-08-02"}),
        Refused,
        ("”Utkastet klart senast” är den 2 augusti 2020, som redan har varit", "Choose today or a later day"),
    ),
    (
        "an event of another century",
        "draft",
        lambda s: s.register(
            "rs_secretary", "event", fields={"body": "rs", "event_date": "2001-05-02", "invited": "municipalities"}
        ),
        Refused,
        ("”Dag” är den 2 maj 2001, för mer än ett år sedan. Rätta årtalet.",),
    ),
    ("relation twice", "manager_review", lambda s: s.relate(), Refused, ("Relationen finns redan",)),
    ("relation of no kind", "draft", lambda s: s.relate(kind="två ord\x07"), Invalid, ("slag av relation",)),
    (
        "outsider adds",
        "draft",
        lambda s: s.add("municipality_hylte", "declaration"),
        Forbidden,
        ("Hylte kommun har inget uppdrag här",),
    ),
    (
        "outsider assigns",
        "draft",
        lambda s: s.on_case(commands.AssignCase, "municipality_hylte", officer="officer2"),
        Forbidden,
        ("Du kan inte fördela",),
    ),
    (
        "case to an outsider",
        "draft",
        lambda s: s.on_case(commands.AssignCase, "officer", officer="municipality_hylte"),
        Refused,
        ("inget uppdrag här i dag",),
    ),
    (
        "case to nobody",
        "draft",
        lambda s: s.on_case(commands.AssignCase, "officer", officer="oficer2"),
        NotFound,
        ("oficer2 finns inte",),
    ),
    (
        "task of others",
        "manager_review",
        lambda s: s.complete("officer2", "submit"),
        Forbidden,
        ("väntar på chef på regionkontoret",),
    ),
    (
        "correct nothing",
        "draft",
        lambda s: s.on_case(commands.CorrectEvent, "officer", seq=77, text="x"),
        NotFound,
        ("ingen händelse 77",),
    ),
    (
        "note when closed",
        "closed",
        lambda s: s.on_case(commands.AddNote, "officer", text="x"),
        Refused,
        ("Ärendet är avslutat",),
    ),
    (
        "document when closed",
        "closed",
        lambda s: s.add("officer", "declaration", "ny"),
        Refused,
        ("Ärendet är avslutat",),
    ),
    (
        "stale click",
        "manager_review",
        lambda s: s.do(s.asked("officer", "take_back", "x").model_copy(update={"expected_version": 1})),
        Stale,
        ("har ändrats av någon annan",),
    ),
]


@pytest.mark.parametrize(("state", "act", "kind", "words"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_is_not_allowed_is_refused_in_a_sentence(
    story: Story, state: str, act: Act, kind: type[ArendeError], words: tuple[str, ...]
) -> None:
    story.at(state)
    with untouched(story), told(kind, *words):
        act(story)


@pytest.mark.parametrize(("number", "kind"), [("RS200099", NotFound), ("tjugo", Invalid), ("", Invalid)])
def test_an_unknown_diary_number_is_told(story: Story, number: str, kind: type[ArendeError]) -> None:
    story.register()
    with untouched(story), pytest.raises(kind):
        story.do(story.asked("officer", "request_review").model_copy(update={"register_no": number}))


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"who": "municipality_hylte"}, Forbidden, "Du kan inte registrera"),
        ({"who": "rs_chair"}, Forbidden, "handläggare, registrator"),
        ({"who": "nobody_at_all"}, NotFound, "nobody_at_all finns inte"),
        ({"type_": "declaration_of_inten"}, NotFound, "Menade du declaration_of_intent?"),
        ({"type_": "zzz"}, NotFound, "De som finns: agreement"),
        ({"fields": {"outcome": "no_task"}}, Refused, "anges inte i det här steget"),
        ({"officer": "municipality_hylte"}, Refused, "inget uppdrag här i dag"),
        ({"officer": "rs_chairr"}, NotFound, "rs_chairr finns inte"),
    ],
)
def test_a_registration_that_cannot_be_is_refused_and_takes_no_number(
    story: Story, given: dict[str, Any], kind: type[ArendeError], words: str
) -> None:
    with untouched(story), told(kind, words):
        story.register(**given)
    assert story.register().register_no == "RS200001"


# ---------------------------------------------------------------- four eyes


def both(text: str) -> str:
    """The officer is manager as well."""
    office = "  - {person: officer, office: manager, body: regionkontoret, from: 2019-01-01, ordinal: 2}\n"
    return text.replace("offices:\n", f"offices:\n{office}")


def test_whoever_asked_for_review_may_not_send_on(story: Story) -> None:
    story.people(both)
    story.at("manager_review").add("officer", "official_statement")
    with untouched(story), told(Refused, "Den som gjorde ”Lämna till granskning” får inte också"):
        story.step("officer", "submit", rsau_date="2020-08-18")
    story.step("manager", "submit", rsau_date="2020-08-18")


def test_the_author_may_not_send_on_as_a_substitute_either(story: Story) -> None:
    story.substitute("manager", "officer")
    story.at("manager_review").add("officer", "official_statement")
    with untouched(story), told(Refused, "Den som gjorde ”Lämna till granskning” får inte också"):
        story.step("officer", "submit", rsau_date="2020-08-18")


def test_the_one_represented_by_the_author_may_not_send_on_either(story: Story) -> None:
    """The manager's text, handed in by a substitute on the manager's behalf, is still the manager's text."""
    story.people(lambda t: both(t).replace("person: officer, office: manager", "person: officer2, office: manager"))
    text = PEOPLE.replace(
        "substitutes: []", "substitutes:\n  - {for: officer, by: manager, from: 2019-01-01, to: 2030-01-01}"
    )
    story.people(lambda _: text)
    story.register()
    story.add("officer", "declaration")
    story.relate()
    story.step("manager", "request_review")
    assert story.last()["on_behalf_of"] == "officer"
    story.add("officer", "official_statement")
    with untouched(story), told(Refused, "får inte också"):
        story.step("manager", "submit", rsau_date="2020-08-18")


def test_a_substitute_is_recorded_with_whom_they_stand_in_for(story: Story) -> None:
    story.substitute("manager", "region_director")
    story.at("manager_review").add("officer", "official_statement")
    story.step("region_director", "submit", rsau_date="2020-08-18")
    taken = story.events("case:step:taken")[-1]
    assert (taken["actor"], taken["on_behalf_of"]) == ("region_director", "manager")


def test_somebody_with_a_conflict_of_interest_takes_no_step(story: Story) -> None:
    story.at("manager_review").on_case(commands.DeclareConflict, "manager", reason="Min bror.")
    for act in (
        lambda: story.step("manager", "send_back", "x"),
        lambda: story.complete("manager", "submit"),
        lambda: story.on_case(commands.AssignCase, "manager", officer="officer2"),
        lambda: story.on_case(commands.DeclareConflict, "manager"),
    ):
        with untouched(story), pytest.raises((Refused, Forbidden), match="jäv"):
            act()


def test_somebody_whose_time_is_over_cannot_act(story: Story) -> None:
    story.register()
    without = "\n".join(line for line in PEOPLE.splitlines() if "officer2" not in line)
    story.people(lambda _: without)
    story.clock.advance(days=2)
    with untouched(story), told(Forbidden, "har inte längre något uppdrag här"):
        story.add("officer2", "declaration")


def test_several_reasons_are_told_at_once(story: Story) -> None:
    story.register()
    with pytest.raises(Refused) as refused:
        story.step("manager", "request_review")
    assert len(refused.value.sentences) == 3
