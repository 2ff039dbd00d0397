"""Use cases on more time: a party asks for it, the case officer grants or refuses it. There is no right to it."""

from __future__ import annotations

from datetime import date, timedelta

from arende import models, workdays
from arende.actors import Actor
from arende.answercommands import AskExtension, RefuseExtension
from arende.commands import ExtendAnswer
from arende.effecttypes import Due, ExtendBefore, TaskEffect
from arende.errors import Refused, Sentence
from arende.guards import field_title
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import answertokens, deadlines, effects, keptplans, referralmails, rounds
from arende.usecases.answerrows import close_tasks, may_file, party_of
from arende.usecases.facts import demand, demand_awake, standing
from arende.usecases.fields import clean_note, clean_text
from arende.work import Work

LONGEST = timedelta(days=400)
"""How far ahead a last day may be set: beyond it is a slip of the pen."""


def ask_extension(w: Work, cmd: AskExtension) -> None:
    """A party asks for more time: it is on record, the clock goes on, and the case officer answers within two days."""
    w.open_case(cmd.register_no)
    demand_awake(w)
    round_ = rounds.current(w, cmd.key)
    party, row = party_of(w, round_, cmd.party)
    behalf = may_file(w, party, Sentence("Du kan inte begära anstånd för parten.", "You cannot ask for its time."))
    if cmd.token_sha256:
        answertokens.demand(w, cmd.token_sha256, row)
    _check_wish(w, round_, row, party)
    _check_day(w, round_, row, party, cmd.until)
    reason = clean_note(cmd.reason)
    payload = {"consultation": round_["key"], "round": round_["round"], "party": party.key}
    payload |= {"until": cmd.until, "reason": reason}
    seq = w.event("answer:extension:asked", payload, on_behalf_of=behalf)
    wish = {"until": cmd.until.isoformat(), "reason": reason, "was": row["state"], "seq": seq}
    w.change(models.answers, row, state="extension_requested", wish=wish)
    day = workdays.spoken_date(cmd.until)
    title = Text(
        sv=f"Svara {party.name} om anstånd till {day}",
        en=f"Answer {party.name} on more time, until {workdays.spoken_date(cmd.until, 'en')}",
    )
    due = Due(days=2, unit="working")
    effects.open_task(w, TaskEffect(of="case_officer", act="answer_extension", title=title, due=due), seq, 0)


def refuse_extension(w: Work, cmd: RefuseExtension) -> None:
    """No more time: the day stands, and the party is told why."""
    w.open_case(cmd.register_no)
    behalf = _officer(w)
    round_ = rounds.current(w, cmd.key)
    party, row = party_of(w, round_, cmd.party)
    if not row["wish"]:
        raise Refused(
            Sentence(f"{party.name} har inte begärt anstånd.", f"{party.name} has not asked for more time."),
        )
    wish, reason = row["wish"], clean_text(cmd.reason)
    close_tasks(w, wish["seq"])
    state = wish["was"] if row["state"] == "extension_requested" else row["state"]
    w.change(models.answers, row, state=state, wish=None)
    payload = {"consultation": round_["key"], "round": round_["round"], "party": party.key, "reason": reason}
    seq = w.event("answer:extension:refused", payload, on_behalf_of=behalf)
    referralmails.extension_refused(w, party, row, reason, f"{seq}.0.extension")


def extend_answer(w: Work, cmd: ExtendAnswer) -> None:
    """Grant a party a later last day; the round waits for it, and nobody is reminded before."""
    w.open_case(cmd.register_no)
    behalf = _officer(w)
    demand_awake(w)
    round_ = rounds.current(w, cmd.key)
    party, row = party_of(w, round_, cmd.party)
    _check_day(w, round_, row, party, cmd.until)
    warning = _beyond(w, round_, cmd.until)
    if row["wish"]:
        close_tasks(w, row["wish"]["seq"])
    extension: Row = {"until": cmd.until.isoformat()}
    note = clean_note(cmd.note)
    payload = {"consultation": round_["key"], "party": party.key, "until": cmd.until, "note": note}
    if warning is not None:
        payload["warning"] = extension["warning"] = list(warning)
        w.data.setdefault("warnings", []).append(list(warning))
    until = workdays.end_of_day(cmd.until)
    w.change(models.answers, row, state="extension_granted", due_at=until, extension=extension, wish=None)
    seq = w.event("answer:extended", payload, on_behalf_of=behalf)
    _move(w, round_, party, cmd.until)
    referralmails.extension(w, party, row, cmd.until, f"{seq}.0.extension", note, warning=warning)


def _move(w: Work, round_: Row, party: Actor, until: date) -> None:
    """The last day of the round, or of the one whose turn it is, is never before a party's."""
    in_line = rounds.rule_of(round_).order == "sequence"
    moved = workdays.end_of_day(until)
    if moved > round_["due_at"]:
        w.change(models.consultations, round_, due_at=moved)
        key = rounds.line_key(round_, party) if in_line else f"consultation:{round_['key']}"
        deadlines.postpone(w, key, until)


def _officer(w: Work) -> Actor | None:
    what = Sentence("Du kan inte bevilja anstånd.", "You cannot grant more time.")
    return demand(w, standing(w), ("case_officer",), what)


def _check_wish(w: Work, round_: Row, row: Row, party: Actor) -> None:
    """A party asks once, and while it is awaited; the case officer may always give more."""
    if not rounds.rule_of(round_).extendable:
        raise Refused(
            Sentence(
                "I den här omgången ges inte anstånd. Svara senast den sista dagen.",
                "No more time is given in this round. Answer by the last day.",
            )
        )
    if row["state"] in ("extension_requested", "extension_granted"):
        raise Refused(
            Sentence(
                f"{party.name} har redan begärt eller fått anstånd. Kontakta handläggaren om det inte räcker.",
                f"{party.name} has asked for or been given more time. Contact the case officer if it is not enough.",
            )
        )
    if workdays.local_day(row["due_at"]) < w.today:
        raise Refused(
            Sentence(
                "Anstånd begärs före den sista dagen. Svara ändå: svaret registreras.",
                "More time is asked for before the last day. Answer all the same: it is put on record.",
            )
        )


def _check_day(w: Work, round_: Row, row: Row, party: Actor, until: date) -> None:
    if round_["state"] != "open" or row["state"] not in rounds.WAITING:
        raise Refused(Sentence(f"{party.name} väntas inte svara längre.", f"{party.name} is no longer awaited."))
    if not w.today < until <= w.today + LONGEST:
        raise Refused(Sentence("Den nya sista dagen måste ligga framåt i tiden.", "The new last day must lie ahead."))
    if workdays.end_of_day(until) <= row["due_at"]:
        raise Refused(
            Sentence("Den nya sista dagen är inte senare än den gamla.", "The new last day is not later than the old.")
        )


def _beyond(w: Work, round_: Row, until: date) -> Sentence | None:
    """Whether the day lies after the papers of the deciding meeting are due: refused, or a warning, as declared.

    The meeting is the one that the case names, or else the one in its plan.

    A day on which the decision has been made already is refused however it is declared.
    """
    limit = rounds.rule_of(round_).extend_before
    if limit is None:
        return None
    value = w.case["fields"].get(limit.date)
    day = date.fromisoformat(value) if value else keptplans.day_of(w, limit.date)
    if day is None:
        w.data.setdefault("warnings", []).append(list(_no_day(w, limit)))
        return None
    last = workdays.add_working_days(day, -limit.days) if limit.days else day
    if until <= last:
        return None
    told = _papers(w, limit, day, last, until)
    if limit.past == "warn" and until < day:
        return told
    raise Refused(
        Sentence(
            f"{told.sv} Välj en tidigare dag. Går det inte, flytta först sammanträdet eller dagen i ärendet.",
            f"{told.en} Choose an earlier day. If that cannot be, first move the meeting or the day in the case.",
        )
    )


def _no_day(w: Work, limit: ExtendBefore) -> Sentence:
    sv, en = (field_title(w.rules, limit.date, lang) for lang in ("sv", "en"))
    return Sentence(
        f"”{sv}” är inte bestämd än, så anståndet prövas inte mot den. Se till att svaret hinner med.",
        f"“{en}” is not settled yet, so the time given is not judged by it. See that the answer comes in time.",
    )


def _papers(w: Work, limit: ExtendBefore, day: date, last: date, until: date) -> Sentence:
    """For what the answer is needed, by when, and that the day asked for is later."""
    spoken, title = workdays.spoken_date, Sentence(*(field_title(w.rules, limit.date, x) for x in ("sv", "en")))
    if any(s.at_meeting and s.at_meeting.date == limit.date for s in w.rules.states.values()):
        sv = f"Handlingarna till sammanträdet {spoken(day)} ska vara klara {spoken(last)}, och"
        en = f"The papers for the meeting on {spoken(day, 'en')} are due on {spoken(last, 'en')}, and"
    else:
        sv = f"”{title.sv}” är {spoken(day)}. Svaret behövs {spoken(last)};"
        en = f"“{title.en}” is {spoken(day, 'en')}. The answer is needed on {spoken(last, 'en')};"
    return Sentence(f"{sv} {spoken(until)} är senare.", f"{en} {spoken(until, 'en')} is later.")
