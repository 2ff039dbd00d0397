"""Use cases on a round: a party's position put in force, taken back, or missing; and the end of the round."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from arende import actors, models, workdays
from arende.actors import Actor
from arende.answercommands import RecordPositions
from arende.commands import AnswerConsultation, CloseConsultation, WithdrawAnswer
from arende.effecttypes import Due, TaskEffect
from arende.errors import Invalid, NotFound, Refused, Sentence
from arende.prepared import Row
from arende.terms import Text
from arende.timeguards import no_legal_force
from arende.usecases import answerrows, compiling, deadlines, effects, referralmails, rounds, steps
from arende.usecases.answerrows import may_file, party_of, round_meant
from arende.usecases.facts import demand, demand_awake, persons_of, standing
from arende.usecases.fields import clean_note, clean_text
from arende.work import Work

_MAIL = select(models.inbound.c.case_id, models.inbound.c.received_at)


def answer_consultation(w: Work, cmd: AnswerConsultation) -> None:
    """File a party's position: the first, a late one or a revised one. Always filed, never lost; joined once."""
    w.open_case(cmd.register_no)
    round_ = round_meant(w, cmd.key, cmd.party)
    party, row = party_of(w, round_, cmd.party)
    behalf = may_file(w, party)
    given = position(w, cmd)
    came = w.at
    if cmd.mail is not None:
        came, records = _of_mail(w, cmd.mail)
        given["documents"] = sorted({*given["documents"], *records})
    elif (unread := row["pending"]) and not unread.get("stance"):  # a mail or a letter that waited to be read
        came = datetime.fromisoformat(unread["came"])
        given["documents"] = sorted({*given["documents"], *unread["documents"]})
    more: Row = {} if cmd.mail is None else {"mail": cmd.mail}
    put_in_force(w, round_, party, row, given, came=came, behalf=behalf, more=more)


def record_positions(w: Work, cmd: RecordPositions) -> None:
    """Many positions from one forum's notes. A party that is named twice, or was not asked, refuses them all."""
    w.open_case(cmd.register_no)
    if not cmd.positions:
        raise Invalid(Sentence("Anteckningarna har inga ställningstaganden.", "The notes have no positions."))
    keys = [p.party for p in cmd.positions]
    if twice := sorted({k for k in keys if keys.count(k) > 1}):
        listed = ", ".join(twice)
        raise Refused(
            Sentence(
                f"{listed} står mer än en gång. Behåll det ställningstagande som gäller.",
                f"{listed} stands more than once. Keep the position that holds.",
            )
        )
    source = clean_text(cmd.source)
    for one in cmd.positions:
        round_ = round_meant(w, cmd.key, one.party)
        party, row = party_of(w, round_, one.party)
        given, in_hand = position(w, one) | {"documents": list(_documents(w, cmd.documents))}, row["pending"]
        seq = put_in_force(w, round_, party, row, given, behalf=may_file(w, party), more={"source": source})
        if in_hand:
            _to_be_weighed(w, party, seq)


def _to_be_weighed(w: Work, party: Actor, seq: int) -> None:
    """What the party itself has sent in was not read yet, and the notes now count: somebody holds them together."""
    title = Text(
        sv=f"Jämför svaret som {party.name} själv har lämnat med anteckningarnas, och rätta om de skiljer sig",
        en=f"Hold the answer that {party.name} itself has sent against the notes'; correct it if they differ",
    )
    due = Due(days=2, unit="working")
    effects.open_task(w, TaskEffect(of="registrar", act="weigh_answer", title=title, due=due), seq, 1)


def position(w: Work, said: Any) -> Row:
    """A position as it is stored: stance, body, day, section, the party's own number, comment and records."""
    if said.decided_on is not None and said.decided_on > w.today:
        day = workdays.full_date
        raise Invalid(
            Sentence(
                f"Beslutsdagen {day(said.decided_on)} har inte varit än. Skriv dagen då parten beslutade, eller för in "
                "svaret när det är beslutat.",
                f"The day of the decision, {day(said.decided_on, 'en')}, has not come yet. Give the day when the party "
                "decided, or enter the answer once it has.",
            )
        )
    final: date | None = getattr(said, "legal_force_on", None)
    if final is not None and said.decided_on is None:
        raise Invalid(
            Sentence(
                "Ange också dagen då parten beslutade: laga kraft räknas från beslutet (13 kap. 5 § kommunallagen).",
                "Give the day of the decision too: legal force is counted from it (KL 13:5).",
            )
        )
    if final is not None and (wrong := no_legal_force(said.decided_on, final, w.today)):
        raise Invalid(wrong)
    return {
        **({"legal_force_on": final} if final is not None else {}),
        "stance": said.stance,
        "body": _line(said.body, 200, "organ", "body"),
        "decided_on": said.decided_on,
        "section": _line(said.section, 32, "paragraf", "section"),
        "party_ref": _line(said.party_ref, 64, "diarienummer", "diary number"),
        "comment": clean_note(said.comment),
        "documents": list(_documents(w, getattr(said, "documents", ()))),
    }


def put_in_force(
    w: Work,
    round_: Row,
    party: Actor,
    row: Row,
    given: Row,
    *,
    came: datetime | None = None,
    behalf: Actor | None = None,
    more: Row | None = None,
) -> int:
    """The one way in which a position comes to count, from whichever door. ``came``: when it came in (None = now).

    Returns the number of its event.

    An answer to a round that is over, or of a party that is asked no more, moves nothing: it is filed and told of.
    """
    _demand_of_this_text(w, round_, given["decided_on"])
    over, came = round_["state"] != "open", came or w.at
    late = over and came >= round_["ended_at"]
    before, first = rounds.in_force(row), row["revision"] == 0
    came_with = {*given["documents"], *(row["pending"] or {}).get("documents", ())}
    now = given["stance"] if given["stance"] != "will_return" else None
    answerrows.settle_in_hand(w, row)
    payload = {"consultation": round_["key"], "round": round_["round"], "party": party.key}
    if released := answerrows.release(w, row, came_with):
        payload["not_of"] = released
    revision, state = row["revision"] + (1 if now else 0), _state(row, now, over=over)
    w.change(models.answers, row, **given, state=state, revision=revision, received_at=came, late=late)
    payload |= {"revision": revision, "late": late, **given, **(more or {})}
    if state == "removed":
        payload["removed"] = True
    if before not in (None, given["stance"]):
        payload["before"] = before
    seq = w.event("answer:received", payload, on_behalf_of=behalf)
    referralmails.answer_receipt(w, party, row, round_, f"{seq}.0.receipt")
    _join_or_tell(w, round_, party, row, seq, first=first, before=before, now=now)
    compiling.renew(w, round_)
    return seq


def _join_or_tell(
    w: Work, round_: Row, party: Actor, row: Row, seq: int, *, first: bool, before: str | None, now: str | None
) -> None:
    """While the round is open it may now be complete; afterwards those whom it concerns are told."""
    if row["state"] == "removed":
        title = Text(
            sv=f"{party.name} tillfrågas inte längre men har svarat: ta ställning till vad svaret betyder",
            en=f"{party.name} is not asked any more but has answered: consider what the answer means",
        )
        effects.open_task(w, TaskEffect(of="case_officer", act="late_answer", title=title), seq, 0)
    elif round_["state"] == "open":
        go_on(w, round_)
    elif first:
        effects.open_task(w, TaskEffect(of="case_officer", act="late_answer"), seq, 0)
    elif before != now:
        _position_changed(w, round_, party, before, now, row["comment"], seq)


def _demand_of_this_text(w: Work, round_: Row, decided: date | None) -> None:
    """Refuse a decision that is older than the words that the party was asked to decide on."""
    if round_["kind"] != "decision" or decided is None:
        return
    kinds = {key for key, d in w.rules.documents.items() if d.is_text}
    text = [d for d in w.rows(models.documents) if d["key"] in kinds and d["added_seq"] <= round_["seq"]]
    newest = {d["key"]: d["sha256"] for d in sorted(text, key=lambda d: d["version"])}
    first = [min(d["added_at"] for d in text if (d["key"], d["sha256"]) == one) for one in newest.items()]
    since = max(map(workdays.local_day, first), default=decided)
    if decided < since:
        day = workdays.full_date
        raise Refused(
            Sentence(
                f"Beslutet den {day(decided)} är äldre än texten, som fick sin lydelse den {day(since)}. Ett beslut om "
                "en annan lydelse är inget likalydande beslut: kontrollera dagen, eller be parten besluta om den här "
                "texten.",
                f"The decision of {day(decided, 'en')} is older than the text, which got its words on "
                f"{day(since, 'en')}. A decision on other words is not the same decision: check the day, or ask the "
                "party to decide on this text.",
            )
        )


def _state(row: Row, now: str | None, *, over: bool) -> str:
    """Where the party's answer stands: a word that it will return is no position, and is still waited for.

    What a party says after it was removed is on record and counts nowhere.
    """
    if row["state"] == "removed":
        return "removed"
    if now:
        return "revised" if row["revision"] else "accepted"
    if over:
        return "no_response"
    return "extension_granted" if row["extension"] else "acknowledged"


def go_on(w: Work, round_: Row) -> None:
    """After an answer, or a party that is asked no more: the round is complete, or the next in line is asked."""
    steps.join(w, round_)
    in_line = rounds.rule_of(round_).order == "sequence" and not w.rules.states[w.case["state"]].hold
    if round_["state"] != "open" or not in_line:
        return
    for a in rounds.answers_of(w, round_):
        if a["state"] in (*rounds.ANSWERED, *rounds.IN_HAND, "withdrawn", "removed"):
            deadlines.end(w, rounds.line_key(round_, w.ask(actors.by_id, a["party_id"])))
    if not rounds.ask_next(w, round_, f"{w.case['seq']}.next"):
        expire(w, round_)


def withdraw_answer(w: Work, cmd: WithdrawAnswer) -> None:
    """A party takes its support back – also long after the round, without breaking the case."""
    w.open_case(cmd.register_no)
    round_ = round_meant(w, cmd.key, cmd.party)
    party, row = party_of(w, round_, cmd.party)
    behalf = may_file(w, party)
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
    referralmails.answer_receipt(w, party, row, round_, f"{seq}.0.receipt")
    if round_["state"] != "open":
        _position_changed(w, round_, party, before, None, comment, seq)
    else:
        effects.open_task(w, _taken_back(party), seq, 0, of_state=w.case["state"], note=comment)
    compiling.renew(w, round_)


def _taken_back(party: Actor) -> TaskEffect:
    """While the round is open the party may still answer anew; nobody but the case officer would ask."""
    title = Text(
        sv=f"{party.name} har tagit tillbaka sitt svar: hör om ett nytt kommer före sista dagen",
        en=f"{party.name} has taken its answer back: ask whether a new one comes before the last day",
    )
    return TaskEffect(of="case_officer", act="answer_withdrawn", title=title, due=Due(days=2, unit="working"))


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
    compiling.renew(w, round_)
    steps.lead(w, rule.complete, note=reason, on_behalf_of=behalf, by_itself=False)


def pass_by(w: Work, name: str) -> None:
    """In a sequence a party's day has passed: it is silent so far, and the next is asked."""
    round_, party_id = rounds.named(w, name)
    if round_["state"] != "open":
        return
    for a in rounds.answers_of(w, round_):
        if a["party_id"] == party_id and a["state"] in rounds.WAITING:
            w.change(models.answers, a, state="no_response")
    if not rounds.ask_next(w, round_, f"{w.case['seq']}.next"):
        expire(w, round_)


def expire(w: Work, round_: Row) -> None:
    """The last day has passed: whoever has not answered is named, and the case goes on."""
    rule = rounds.rule_of(round_)
    answers = [a for a in rounds.answers_of(w, round_) if a["state"] not in ("removed", "created")]
    silent = [w.ask(actors.by_id, a["party_id"]) for a in answers if a["state"] in (*rounds.WAITING, "no_response")]
    rounds.end_round(w, round_, "expired")
    compiling.renew(w, round_)
    for n, officer in enumerate(persons_of(w, "case_officer")):
        counts = (len(answers), len(answers) - len(silent))
        referralmails.round_expired(w, officer, round_, silent, counts, f"{w.case['seq']}.{n}.expired")
    steps.lead(w, rule.expired or rule.complete)


def _position_changed(
    w: Work, round_: Row, party: Actor, before: str | None, now: str | None, comment: str | None, seq: int
) -> None:
    """After the round: the state stands, and those whom the definition names are told (domain 6.1)."""
    told = {"party": party.name, "kind": round_["kind"], "before": before, "now": now, "comment": comment}
    w.changed_position = told
    for n, effect in enumerate(rounds.rule_of(round_).on_change):
        effects.apply(w, effect, seq, n)


def _of_mail(w: Work, number: int) -> tuple[datetime, list[int]]:
    """When an inbound mail of this case came in, and its records. Raises NotFound when it is on another case."""
    found = w.conn.execute(_MAIL.where(models.inbound.c.id == number)).mappings().first()
    if found is None or found["case_id"] != w.case["id"]:
        no = w.case["register_no"]
        raise NotFound(
            Sentence(
                f"Mejl {number} är inte registrerat på {no}. Lägg det på ärendet först: arende tray file.",
                f"Mail {number} is not on {no}. File it on the case first: arende tray file.",
            )
        )
    answerrows.close_reading(w, number)
    return found["received_at"], [d["record_no"] for d in w.rows(models.documents) if d.get("inbound_id") == number]


def _documents(w: Work, numbers: tuple[int, ...]) -> tuple[int, ...]:
    known = {d["record_no"] for d in w.rows(models.documents)}
    for n in numbers:
        if n not in known:
            raise NotFound(Sentence(f"Ärendet har ingen handling {n}.", f"The case has no record {n}."))
    return numbers


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
