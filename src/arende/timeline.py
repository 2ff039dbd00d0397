"""The history in words: one event becomes one sentence for people, and its particulars become labels and values.

Everything is derived from the event and the definition the case is pinned to; nothing is looked up, so the page, the
command line and an export tell the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from arende import answertimeline, meetingtimeline, plantimeline, registertimeline
from arende.casetypes import CaseType
from arende.casewords import (
    LABELS,
    Names,
    act_done,
    act_noun,
    check_words,
    day_words,
    deadline_words,
    document_words,
    field_words,
    low,
    mail_words,
    relation_words,
    stance,
    value_words,
)  # fmt: skip
from arende.errors import Sentence

Event = Mapping[str, Any]


class Particular(NamedTuple):
    """One thing that the event carries besides its sentence: "Beslutets paragraf" – "§ 12"."""

    label: Sentence
    value: Sentence


SECRET = Sentence("sekretess", "under secrecy")
"""In place of the value of a secret field."""


def told(event: Event, rules: CaseType, names: Names) -> Sentence:
    """What happened, as a whole sentence.

    ``event`` has kind, actor, on_behalf_of and payload (None once removed), and actor_name where the reader wants
    today's name; ``names`` gives the names of persons, parties and bodies by key.
    """
    teller = _TELLERS.get(event["kind"])
    payload = event.get("payload")
    if teller is None or payload is None:
        return _untold(event, names)
    return teller(_Told(event, payload, rules, names))


def mentioned(event: Event) -> set[str]:
    """The keys of persons, parties and bodies (and other short words) that the event's payload names."""
    payload = event.get("payload") or {}
    return keys_among([*payload.values(), *(payload.get("fields") or {}).values()])


def keys_among(values: Iterable[object]) -> set[str]:
    """What may be somebody's key among the values, and in the lists among them."""
    listed = [v for value in values for v in (value if isinstance(value, list | tuple) else (value,))]
    return {v for v in listed if isinstance(v, str) and len(v) <= 64 and v.isidentifier()}


def particulars(event: Event, rules: CaseType, names: Names) -> list[Particular]:
    """What the event carries besides the sentence: fields in words, notes, body, date, section, record numbers."""
    payload = event.get("payload")
    return list(_particulars(_Told(event, payload, rules, names))) if payload else []


class _Told:
    """One event being told: who acted, and words for what its payload names."""

    def __init__(self, event: Event, payload: Event, rules: CaseType, names: Names) -> None:
        self.event, self.payload, self.rules, self.names = event, payload, rules, names

    @property
    def who(self) -> Sentence:
        return _who(self.event, self.names)

    def name(self, key: str) -> str:
        return self.names.get(key, key)

    def deadline(self, key: str) -> Sentence:
        return deadline_words(self.rules, key, self.names)

    def trigger(self) -> Sentence:
        way = {k: self.payload.get(of) for k, of in (("source", "from"), ("dest", "to"), ("way", "way"))}
        return Sentence(*(self.rules.trigger_title(str(self.payload["trigger"]), lang, **way) for lang in ("sv", "en")))

    def state(self, of: str) -> Sentence:
        key = str(self.payload[of])
        return Sentence(self.rules.state_title(key), self.rules.state_title(key, "en"))

    def stance(self, of: str) -> Sentence | None:
        given = self.payload.get(of)
        return stance(self.rules, str(self.payload.get("consultation")), given) if given else None


def _who(event: Event, names: Names) -> Sentence:
    actor = str(event["actor"])
    if actor == "system":
        return Sentence("Systemet", "The system")
    name = event.get("actor_name") or names.get(actor, actor)
    behalf = event.get("on_behalf_of")
    if not behalf:
        return Sentence(name, name)
    other = event.get("on_behalf_of_name") or names.get(behalf, behalf)
    return Sentence(f"{name} (för {other})", f"{name} (for {other})")


def _untold(event: Event, names: Names) -> Sentence:
    who = _who(event, names)
    if event.get("payload") is None:
        return Sentence(
            f"Vad {who.sv} gjorde här är borttaget genom ett beslut; händelsen själv står kvar.",
            f"What {who.en} did here has been removed by a decision; the event itself remains.",
        )
    return Sentence(f"{who.sv}: {event['kind']}.", f"{who.en}: {event['kind']}.")


# ---------------------------------------------------------------- the case


def _registered(t: _Told) -> Sentence:
    sv, en = t.rules.name(), t.rules.name("en")
    officer = t.payload.get("officer")
    more = (f" Handläggare är {t.name(officer)}.", f" The case officer is {t.name(officer)}.") if officer else ("", "")
    return Sentence(
        f"{t.who.sv} registrerade ärendet ({low(sv)}).{more[0]}",
        f"{t.who.en} registered the case ({low(en)}).{more[1]}",
    )


def _step_taken(t: _Told) -> Sentence:
    step, old, new = t.trigger(), t.state("from"), t.state("to")
    if t.payload.get("by_itself"):
        sv, en = f"Steget ”{step.sv}” togs av sig självt", f"The step “{step.en}” was taken by itself"
        if t.payload["from"] == t.payload["to"]:
            return Sentence(f"{sv}.", f"{en}.")
        return Sentence(f"{sv}: från {old.sv} till {new.sv}.", f"{en}: from {old.en} to {new.en}.")
    if t.payload["from"] == t.payload["to"]:
        return Sentence(f"{t.who.sv} tog steget ”{step.sv}”.", f"{t.who.en} took the step “{step.en}”.")
    if t.payload["trigger"] == "auto":
        return Sentence(
            f"Ärendet gick av sig självt från {old.sv} till {new.sv}.",
            f"The case went by itself from {old.en} to {new.en}.",
        )
    return Sentence(
        f"{t.who.sv} tog steget ”{step.sv}”. Ärendet gick från {old.sv} till {new.sv}.",
        f"{t.who.en} took the step “{step.en}”. The case went from {old.en} to {new.en}.",
    )


def _step_seconded(t: _Told) -> Sentence:
    step = t.trigger()
    return Sentence(
        f"{t.who.sv} ställde sig bakom steget ”{step.sv}”. Fler behövs innan ärendet går vidare.",
        f"{t.who.en} backed the step “{step.en}”. More are needed before the case goes on.",
    )


def _assigned(t: _Told) -> Sentence:
    officer = t.name(t.payload["officer"])
    if t.payload["officer"] == t.event["actor"]:
        return Sentence(f"{t.who.sv} tog hand om ärendet.", f"{t.who.en} took on the case.")
    return Sentence(f"{t.who.sv} gav ärendet till {officer}.", f"{t.who.en} gave the case to {officer}.")


def _reminded(t: _Told) -> Sentence:
    return Sentence(
        f"{t.who.sv} påminde dem som ärendet väntar på.", f"{t.who.en} reminded those whom the case waits for."
    )


def _corrected(t: _Told) -> Sentence:
    n = t.payload["corrects"]
    return Sentence(f"{t.who.sv} rättade händelse {n}.", f"{t.who.en} corrected event {n}.")


def _retitled(t: _Told) -> Sentence:
    now = t.payload["to"]
    return Sentence(f"Rubriken är nu ”{now}”.", f'The title is now "{now}".')


def _payload_removed(t: _Told) -> Sentence:
    n = t.payload["removed"]
    return Sentence(
        f"{t.who.sv} tog bort innehållet i händelse {n} med stöd av ett beslut.",
        f"{t.who.en} removed the content of event {n} by a decision.",
    )


def _document_added(t: _Told) -> Sentence:
    what, version, n = document_words(t.rules, t.payload["document"]), t.payload["version"], t.payload["record_no"]
    sv, en = f"{low(what.sv)} (handling {n})", f"{low(what.en)} (record {n})"
    if t.payload["direction"] == "incoming" and version == 1:
        return Sentence(
            f"{t.who.sv} registrerade en inkommen handling: {sv}.", f"{t.who.en} filed an incoming record: {en}."
        )
    if "template" in t.payload:
        return Sentence(f"Skrevs ut: {sv}, version {version}.", f"Written: {en}, version {version}.")
    if version > 1:
        return Sentence(
            f"{t.who.sv} lade till version {version} av {sv}.", f"{t.who.en} added version {version} of {en}."
        )
    return Sentence(f"{t.who.sv} lade till en handling: {sv}.", f"{t.who.en} added a record: {en}.")


def _relation_added(t: _Told) -> Sentence:
    other, kind = t.payload["other"], relation_words(t.payload["kind"])
    return Sentence(
        f"{t.who.sv} kopplade ärendet till {other} ({low(kind.sv)}).",
        f"{t.who.en} related the case to {other} ({low(kind.en)}).",
    )


def _conflict(t: _Told) -> Sentence:
    more = _void_answers(t)
    return Sentence(
        f"{t.who.sv} anmälde jäv och deltar inte i ärendet.{more.sv}",
        f"{t.who.en} declared a conflict of interest and takes no part in the case.{more.en}",
    )


def _void_answers(t: _Told) -> Sentence:
    """The yes that whoever has stepped aside had given before."""
    nouns = [act_noun(t.rules, str(key)) for key in t.payload.get("void", ())]
    if not nouns:
        return Sentence("", "")
    return Sentence(
        f" Det tidigare svaret räknas inte längre: {', '.join(low(n.sv) for n in nouns)}.",
        f" The answer given before no longer counts: {', '.join(low(n.en) for n in nouns)}.",
    )


# ---------------------------------------------------------------- work


def _task_completed(t: _Told) -> Sentence:
    title = t.payload.get("title") or {}
    sv = title.get("sv") or str(t.payload["act"])
    en = title.get("en") or sv
    return Sentence(f"{t.who.sv} blev klar med uppgiften ”{sv}”.", f"{t.who.en} completed the task “{en}”.")


def _approval_decided(t: _Told) -> Sentence:
    decision = str(t.payload["decision"])
    did, more = act_done(str(t.payload["act"]), decision, t.rules), _void_answers(t)
    sv, en = (t.rules.role_title(str(t.payload["role"]), language) for language in ("sv", "en"))
    if low(t.who.sv).removesuffix("en") == low(sv).removesuffix("en"):  # "Regiondirektören, regiondirektör, …"
        return Sentence(f"{t.who.sv} {did.sv}.{more.sv}", f"{t.who.en} {did.en}.{more.en}")
    return Sentence(f"{t.who.sv}, {sv}, {did.sv}.{more.sv}", f"{t.who.en}, {en}, {did.en}.{more.en}")


def _approval_superseded(t: _Told) -> Sentence:
    noun = act_noun(t.rules, str(t.payload["approval"]))
    return Sentence(
        f"Texten ändrades. Begäran om {low(noun.sv)} gäller inte längre, och en ny har gått ut.",
        f"The text was changed. The request for {low(noun.en)} no longer applies, and a new one has been sent.",
    )


def _approval_withdrawn(t: _Told) -> Sentence:
    noun = act_noun(t.rules, str(t.payload["approval"]))
    return Sentence(f"{t.who.sv} tog tillbaka sitt svar: {low(noun.sv)}.", f"{t.who.en} took back: {low(noun.en)}.")


def _question_asked(t: _Told) -> Sentence:
    return Sentence(f"{t.who.sv} ställde en fråga till handläggaren.", f"{t.who.en} asked the case officer a question.")


def _question_answered(t: _Told) -> Sentence:
    to = t.name(str(t.payload["asked_by"]))
    return Sentence(f"{t.who.sv} svarade på frågan från {to}.", f"{t.who.en} answered the question from {to}.")


def _approval_handed_over(t: _Told) -> Sentence:
    noun = act_noun(t.rules, str(t.payload["approval"]))
    before, now = t.name(t.payload["from_person"]), t.name(t.payload["to_person"])
    return Sentence(
        f"Sista dagen gick utan svar. Begäran om {low(noun.sv)} gick över från {before} till {now}.",
        f"The last day passed without an answer. The request for {low(noun.en)} passed from {before} to {now}.",
    )


# ---------------------------------------------------------------- the clock and the post


def _deadline_fired(t: _Told) -> Sentence:
    what, day = t.deadline(t.payload["deadline"]), day_words(t.payload["due_on"]) or Sentence("", "")
    return {
        "remind": Sentence(f"Påminnelse gick ut: {what.sv}.", f"A reminder was sent: {what.en}."),
        "due": Sentence(f"Sista dagen har gått: {what.sv}.", f"The last day has passed: {what.en}."),
        "hand_over": Sentence(f"Tiden är ute: {what.sv}.", f"The time is out: {what.en}."),
        "escalate": Sentence(
            f"Sista dagen är passerad och nästa chef har fått veta det: {what.sv}.",
            f"The last day has passed and the next superior has been told: {what.en}.",
        ),
    }.get(str(t.payload["step"]), Sentence(f"En frist föll ut {day.sv}.", f"A deadline fired {day.en}."))


def _deadline_recounted(t: _Told) -> Sentence:
    moved = []
    for d in t.payload["deadlines"]:
        what, was, now = t.deadline(d["deadline"]), day_words(d["from"]), day_words(d["to"])
        if was and now:
            moved.append(Sentence(f"{what.sv}, från {was.sv} till {now.sv}", f"{what.en}, from {was.en} to {now.en}"))
    if not moved:
        return Sentence("Sammanträdet som ärendet siktar på ändrades.", "The meeting that the case aims at changed.")
    sv, en = "; ".join(m.sv for m in moved), "; ".join(m.en for m in moved)
    return Sentence(f"Sista dagen räknades om: {sv}.", f"The last day was counted anew: {en}.")


def _delivery_failed(t: _Told) -> Sentence:
    to = t.payload.get("recipient") or "?"
    return Sentence(f"Mejlet till {to} gick inte att leverera.", f"The mail to {to} could not be delivered.")


def _delivery_retried(t: _Told) -> Sentence:
    to, new = t.payload.get("recipient") or "?", bool(t.payload.get("new_address"))
    sv, en = (" till en ny adress", ", at a new address") if new else ("", "")
    return Sentence(f"Mejlet till {to} sänds på nytt{sv}.", f"The mail to {to} is sent again{en}.")


def _mail_received(t: _Told) -> Sentence:
    party = t.payload.get("party")
    return mail_words(t.payload, t.name(party) if party else str(t.payload.get("from") or "?"))


def _record_checked(t: _Told) -> Sentence:
    return check_words(t.payload, t.who)


_TELLERS: dict[str, Callable[[_Told], Sentence]] = {
    "case:registered": _registered,
    "case:step:taken": _step_taken,
    "case:step:seconded": _step_seconded,
    "case:assigned": _assigned,
    "case:reminded": _reminded,
    "case:corrected": _corrected,
    "case:retitled": _retitled,
    "case:payload:removed": _payload_removed,
    "document:added": _document_added,
    "relation:added": _relation_added,
    "conflict:declared": _conflict,
    "task:completed": _task_completed,
    "approval:decided": _approval_decided,
    "approval:superseded": _approval_superseded,
    "approval:withdrawn": _approval_withdrawn,
    "approval:question:asked": _question_asked,
    "approval:question:answered": _question_answered,
    "approval:handed_over": _approval_handed_over,
    "deadline:fired": _deadline_fired,
    "deadline:recounted": _deadline_recounted,
    "delivery:failed": _delivery_failed,
    "delivery:retried": _delivery_retried,
    "mail:received": _mail_received,
    "record:checked": _record_checked,
    **answertimeline.TELLERS,
    **meetingtimeline.TELLERS,
    **plantimeline.TELLERS,
    **registertimeline.TELLERS,
}
"""How each kind of event is told; a test holds that none is missing."""

# ---------------------------------------------------------------- particulars

_DAYS = frozenset({"decided_on", "due_on"})
_NO_LAST_DAY = ("remind", "escalate")
"""Steps of a deadline whose own day is another than its last one."""
_ONLY_IN = {"title": "case:registered", "decision": "case:payload:removed", "name": "document:added"}
"""Names that mean something else in other kinds of event."""


def _particulars(t: _Told) -> Iterator[Particular]:
    for key, value in (t.payload.get("fields") or {}).items():
        secret = key in t.rules.fields and t.rules.fields[key].secret
        yield Particular(field_words(t.rules, key), SECRET if secret else value_words(t.rules, key, value, t.names))
    for key, label in LABELS.items():
        value = t.payload.get(key)
        if key == "due_on" and t.payload.get("step") in _NO_LAST_DAY:
            continue
        if value and _ONLY_IN.get(key, t.event["kind"]) == t.event["kind"]:
            yield Particular(label, _plain(key, value))


def _plain(key: str, value: Any) -> Sentence:
    if key in _DAYS and (day := day_words(value)):
        return day
    if key == "told":
        return Sentence(" ".join(sv for sv, _ in value), " ".join(en for _, en in value))
    shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return Sentence(shown, shown)
