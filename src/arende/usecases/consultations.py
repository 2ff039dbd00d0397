"""Use cases on consultations: a party's position, its withdrawal, more time, and the end of a round."""

from __future__ import annotations

from datetime import date, timedelta
from difflib import get_close_matches

from arende import actors, models, workdays
from arende.actors import Actor
from arende.casetypes import TaskEffect
from arende.commands import AnswerConsultation, CloseConsultation, ExtendAnswer, WithdrawAnswer
from arende.errors import Invalid, NotFound, Refused, Sentence
from arende.prepared import Row
from arende.usecases import deadlines, effects, mails, rounds, steps
from arende.usecases.facts import demand, demand_awake, persons_of, standing
from arende.usecases.fields import clean_note, clean_text
from arende.work import Work

MAY_REGISTER = ("registrar", "case_officer", "secretary", "external")
"""Positions come from minutes and notes (secretary), by post and mail (registrar), or from the party itself."""


def answer_consultation(w: Work, cmd: AnswerConsultation) -> None:
    """File a party's position: the first, a late one or a revised one. Always filed, never lost; joined once."""
    w.open_case(cmd.register_no)
    round_ = rounds.current(w, cmd.key)
    party, row = _party(w, round_, cmd.party)
    behalf = _may_file(w, party)
    late = round_["state"] != "open"
    before, first = rounds.in_force(row), row["revision"] == 0
    now = cmd.stance if cmd.stance != "will_return" else None
    comment = clean_note(cmd.comment)
    values = {
        "stance": cmd.stance,
        "body": _line(cmd.body, 200, "organ", "body"),
        "decided_on": cmd.decided_on,
        "section": _line(cmd.section, 32, "paragraf", "section"),
        "party_ref": _line(cmd.party_ref, 64, "diarienummer", "diary number"),
        "comment": comment,
        "documents": list(_documents(w, cmd.documents)),
    }
    revision = row["revision"] + (1 if now else 0)
    state = _state(row, now, late=late)
    w.change(models.answers, row, **values, state=state, revision=revision, received_at=w.at, late=late)
    payload = {"consultation": round_["key"], "round": round_["round"], "party": party.key, "revision": revision}
    payload |= {"late": late, **values}
    if before not in (None, cmd.stance):
        payload["before"] = before
    seq = w.event("answer:received", payload, on_behalf_of=behalf)
    mails.answer_receipt(w, party, row, round_, f"{seq}.0.receipt")
    if not late:
        steps.join(w, round_)
    elif first:
        effects.open_task(w, TaskEffect(of="case_officer", act="late_answer"), seq, 0)
    elif before != now:
        _position_changed(w, round_, party, before, now, comment, seq)


def _state(row: Row, now: str | None, *, late: bool) -> str:
    """Where the party's answer stands: a word that it will return is no position, and is still waited for."""
    if now:
        return "revised" if row["revision"] else "accepted"
    if late:
        return "no_response"
    return "extension_granted" if row["extension"] else "acknowledged"


def withdraw_answer(w: Work, cmd: WithdrawAnswer) -> None:
    """A party takes its support back – also long after the round, without breaking the case."""
    w.open_case(cmd.register_no)
    round_ = rounds.current(w, cmd.key)
    party, row = _party(w, round_, cmd.party)
    behalf = _may_file(w, party)
    before = rounds.in_force(row)
    if before is None:
        raise Refused(
            Sentence(
                f"{party.name} har inget gällande svar att ta tillbaka.",
                f"{party.name} has no answer in force to take back.",
            )
        )
    w.change(models.answers, row, state="withdrawn", revision=row["revision"] + 1, received_at=w.at)
    payload = {"consultation": round_["key"], "round": round_["round"], "party": party.key, "before": before}
    comment = clean_note(cmd.comment)
    payload |= {"comment": comment}
    payload |= {"documents": list(_documents(w, cmd.documents))}
    seq = w.event("answer:withdrawn", payload, on_behalf_of=behalf)
    mails.answer_receipt(w, party, row, round_, f"{seq}.0.receipt")
    if round_["state"] != "open":
        _position_changed(w, round_, party, before, None, comment, seq)


def extend_answer(w: Work, cmd: ExtendAnswer) -> None:
    """Grant a party a later last day; the round waits for it, and nobody is reminded before."""
    w.open_case(cmd.register_no)
    what = Sentence("Du kan inte bevilja anstånd.", "You cannot grant more time.")
    behalf = demand(w, standing(w), ("case_officer",), what)
    demand_awake(w)
    round_ = rounds.current(w, cmd.key)
    party, row = _party(w, round_, cmd.party)
    _check_extension(w, round_, row, party, cmd.until)
    until = workdays.end_of_day(cmd.until)
    w.change(models.answers, row, state="extension_granted", due_at=until, extension={"until": cmd.until.isoformat()})
    note = clean_note(cmd.note)
    payload = {"consultation": round_["key"], "party": party.key, "until": cmd.until, "note": note}
    seq = w.event("answer:extended", payload, on_behalf_of=behalf)
    if until > round_["due_at"]:
        w.change(models.consultations, round_, due_at=until)
        deadlines.postpone(w, f"consultation:{round_['key']}", cmd.until)
    mails.extension(w, party, row, cmd.until, f"{seq}.0.extension", note)


def close_consultation(w: Work, cmd: CloseConsultation) -> None:
    """End a round before it is complete; the silent are named, and the case goes on."""
    w.open_case(cmd.register_no)
    round_ = rounds.current(w, cmd.key)
    rule = rounds.rule_of(round_)
    if round_["state"] != "open":
        raise Refused(Sentence("Omgången är redan avslutad.", "The round is over already."))
    if rule.close_early is None:
        raise Refused(
            Sentence(
                "Omgången får inte avslutas i förtid: den väntar på alla svar eller sista dagen.",
                "The round may not be closed early: it waits for every answer or the last day.",
            )
        )
    what = Sentence("Du kan inte avsluta omgången.", "You cannot close the round.")
    behalf = demand(w, standing(w), rule.close_early.by, what)
    demand_awake(w)
    reason = clean_text(cmd.reason)
    rounds.end_round(w, round_, "closed_early", reason, on_behalf_of=behalf)
    steps.lead(w, rule.complete, note=reason, on_behalf_of=behalf, by_itself=False)


def expire(w: Work, round_: Row) -> None:
    """The last day has passed: whoever has not answered is named, and the case goes on."""
    rule = rounds.rule_of(round_)
    answers = rounds.answers_of(w, round_)
    silent = [w.ask(actors.by_id, a["party_id"]) for a in answers if a["state"] in rounds.WAITING]
    rounds.end_round(w, round_, "expired")
    for n, officer in enumerate(persons_of(w, "case_officer")):
        counts = (len(answers), len(answers) - len(silent))
        mails.round_expired(w, officer, round_, silent, counts, f"{w.case['seq']}.{n}.expired")
    steps.lead(w, rule.expired or rule.complete)


def _position_changed(
    w: Work, round_: Row, party: Actor, before: str | None, now: str | None, comment: str | None, seq: int
) -> None:
    """After the round: the state stands, and those whom the definition names are told (domain 6.1)."""
    told = {"party": party.name, "kind": round_["kind"], "before": before, "now": now, "comment": comment}
    w.changed_position = told
    for n, effect in enumerate(rounds.rule_of(round_).on_change):
        effects.apply(w, effect, seq, n)


def _party(w: Work, round_: Row, key: str) -> tuple[Actor, Row]:
    """The party and its row in the round; raises NotFound naming those who were asked."""
    answers = rounds.answers_of(w, round_)
    keys = actors.keys_of(w.conn, (a["party_id"] for a in answers))
    asked = {keys[a["party_id"]]: a for a in answers}
    if key in asked:
        return w.ask(actors.by_id, asked[key]["party_id"]), asked[key]
    near = get_close_matches(key, asked, 1, 0.4)
    sv, en = (f" Menade du {near[0]}?", f" Did you mean {near[0]}?") if near else ("", "")
    listed = ", ".join(asked)
    raise NotFound(
        Sentence(
            f"”{key}” är inte tillfrågad i omgången.{sv} Tillfrågade: {listed}.",
            f'"{key}" has not been asked in this round.{en} Asked: {listed}.',
        )
    )


def _may_file(w: Work, party: Actor) -> Actor | None:
    if w.actor.id == party.id:
        return None
    held = standing(w)
    if w.actor.kind == "party":
        held = type(held)(frozenset(), {})  # a party may answer for itself only
    return demand(
        w, held, MAY_REGISTER, Sentence("Du kan inte registrera partens svar.", "You cannot file the party's answer.")
    )


def _documents(w: Work, numbers: tuple[int, ...]) -> tuple[int, ...]:
    known = {d["record_no"] for d in w.rows(models.documents)}
    for n in numbers:
        if n not in known:
            raise NotFound(Sentence(f"Ärendet har ingen handling {n}.", f"The case has no record {n}."))
    return numbers


def _check_extension(w: Work, round_: Row, row: Row, party: Actor, until: date) -> None:
    if round_["state"] != "open" or row["state"] not in rounds.WAITING:
        raise Refused(Sentence(f"{party.name} väntas inte svara längre.", f"{party.name} is no longer awaited."))
    if not w.today < until <= w.today + timedelta(days=400):
        raise Refused(Sentence("Den nya sista dagen måste ligga framåt i tiden.", "The new last day must lie ahead."))
    if workdays.end_of_day(until) <= row["due_at"]:
        raise Refused(
            Sentence("Den nya sista dagen är inte senare än den gamla.", "The new last day is not later than the old.")
        )


def _line(text: str | None, limit: int, sv: str, en: str) -> str | None:
    line = " ".join(clean_text(text).split()) if text else ""
    if len(line) > limit:
        raise Invalid(
            Sentence(
                f"Partens {sv} är {len(line)} tecken; högst {limit} får plats. Skriv resten som synpunkt.",
                f"The party's {en} has {len(line)} characters; at most {limit} fit. Write the rest as a comment.",
            )
        )
    return line or None
