"""In the room: motions, votes, dissents, and what became of each item – also when minutes are kept elsewhere."""

from __future__ import annotations

from arende import actors, meetinglaw, models
from arende.actors import Actor
from arende.errors import Invalid, Refused, Sentence
from arende.meetingcommands import ItemOutcome, RecordDissent, RecordMotion, RecordOutcomes, RecordVote
from arende.meetingguards import no_quorum
from arende.meetingtables import agenda_cases, agenda_items, attendance, dissents, motions, votes
from arende.meetingtimeline import OUTCOMES
from arende.prepared import Row
from arende.usecases import assignments, minutes
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_note, clean_text
from arende.usecases.meetingfacts import item_of, members_of, presiding_at, the_meeting, voters
from arende.work import Work

MAY = ("meeting_secretary",)
_NOT_YOURS = Sentence("Protokollet förs av sekreteraren.", "The minutes are kept by the secretary.")
IN_THE_ROOM = ("in_progress",)
PAUSED = ("suspended",)
"""Nothing is decided now, but what is left may be put off."""
FROM_MINUTES = ("planned", "cases_closed", "agenda_draft", "agenda_approved", "summoned", "held", "minutes_draft")


def _begin(w: Work, register_no: str) -> tuple[Row, Actor | None]:
    w.open_case(register_no)
    return the_meeting(w), demand(w, standing(w), MAY, _NOT_YOURS)


def _in_the_room(w: Work) -> None:
    if w.case["state"] not in IN_THE_ROOM:
        raise Refused(
            Sentence(
                "Det här görs medan sammanträdet pågår. Öppna det först.",
                "This is done while the meeting is in progress. Open it first.",
            )
        )


def _taking_part(w: Work, item: Row, person: Actor) -> None:
    """Refuse somebody who is not in the room with a vote at the item."""
    if person.id not in voters(w, item):
        raise Refused(
            Sentence(
                f"{person.name} deltar inte i beslutet på punkt {item['item']}: inte närvarande, utan rösträtt eller "
                "jävig.",
                f"{person.name} takes no part in item {item['item']}: not present, without a vote, or with a conflict "
                "of interest.",
            )
        )


def record_motion(w: Work, cmd: RecordMotion) -> None:
    """Enter what somebody moves."""
    _, behalf = _begin(w, cmd.register_no)
    _in_the_room(w)
    item, person = item_of(w, cmd.item), w.ask(actors.actor, cmd.person)
    _unsettled(item)
    _taking_part(w, item, person)
    n = 1 + sum(m["item"] == cmd.item for m in w.rows(motions))
    text = clean_text(cmd.text)
    payload = {"item": cmd.item, "n": n, "person": person.key, "kind": cmd.kind, "text": text}
    seq = w.event("motion:recorded", payload, on_behalf_of=behalf)
    w.insert(motions, item=cmd.item, n=n, actor_id=person.id, kind=cmd.kind, text=text, seq=seq)


def record_vote(w: Work, cmd: RecordVote) -> None:
    """Count an open vote; a tie goes as the one who presides votes."""
    meeting, behalf = _begin(w, cmd.register_no)
    _in_the_room(w)
    item = item_of(w, cmd.item)
    _unsettled(item)
    _decides(w, meeting, item)
    for key in cmd.ballots:
        _taking_part(w, item, w.ask(actors.actor, key))
    presiding = presiding_at(w, item)
    chair = w.ask(actors.by_id, presiding).key if presiding is not None else ""
    counted = meetinglaw.count(cmd.ballots, chair, lot=cmd.lot)
    if counted.result is None:
        raise Refused(
            Sentence(
                f"Det står {counted.yes} mot {counted.no}. Ordföranden ska rösta när det behövs och har utslagsröst "
                "(KL 4:25, 5:54, 6:33); vid val avgör lotten. För in ordförandens röst, eller lottens utfall.",
                f"The vote stands {counted.yes} to {counted.no}. The chair votes when needed and has the casting vote "
                "(KL 4:25, 5:54, 6:33); in an election the lot settles it. Enter the chair's vote, or the lot.",
            )
        )
    if cmd.lot is not None and counted.by != "lot":
        raise Refused(
            Sentence(
                f"Det står {counted.yes} mot {counted.no}, så lotten avgör inget. Den dras bara när rösterna är lika "
                "vid val (KL 5:54). Ta bort lotten.",
                f"The vote stands {counted.yes} to {counted.no}, so the lot settles nothing. It is drawn only at a tie "
                "in an election (KL 5:54). Leave the lot out.",
            )
        )
    n = 1 + sum(v["item"] == cmd.item for v in w.rows(votes))
    values = {"question": {"yes": clean_text(cmd.yes_means), "no": clean_text(cmd.no_means)},
              "ballots": dict(cmd.ballots), "yes": counted.yes, "no": counted.no, "abstain": counted.abstain,
              "result": counted.result, "settled_by": counted.by}  # fmt: skip
    seq = w.event("vote:recorded", {"item": cmd.item, "n": n, **values}, on_behalf_of=behalf)
    w.insert(votes, item=cmd.item, n=n, seq=seq, **values)
    w.data.update({"result": counted.result, "yes": counted.yes, "no": counted.no, "settled_by": counted.by})


def record_dissent(w: Work, cmd: RecordDissent) -> None:
    """Enter a dissent: by somebody who took part in deciding, before the meeting ends (KL 4:27)."""
    _, behalf = _begin(w, cmd.register_no)
    if w.case["state"] not in ("in_progress", "suspended"):
        raise Refused(
            Sentence(
                "En reservation anmäls innan sammanträdet avslutas (KL 4:27). Nu är det för sent.",
                "A dissent is notified before the meeting ends (KL 4:27). Now it is too late.",
            )
        )
    item, person = item_of(w, cmd.item), w.ask(actors.actor, cmd.person)
    if item["outcome"] not in meetinglaw.DECISIONS:
        raise Refused(
            Sentence("Punkten har inget beslut att reservera sig mot.", "The item has no decision to dissent from.")
        )
    _taking_part(w, item, person)
    if any(d["item"] == cmd.item and d["actor_id"] == person.id for d in w.rows(dissents)):
        raise Refused(Sentence("Reservationen är redan antecknad.", "The dissent is noted already."))
    text = clean_note(cmd.text)
    seq = w.event("dissent:recorded", {"item": cmd.item, "person": person.key, "text": text}, on_behalf_of=behalf)
    w.insert(dissents, item=cmd.item, actor_id=person.id, text=text, seq=seq)


def record_outcomes(w: Work, cmd: RecordOutcomes) -> None:
    """Enter what became of items. Nothing is led on by it: that happens when the minutes are approved."""
    meeting, behalf = _begin(w, cmd.register_no)
    state = w.case["state"]
    live = state in (*IN_THE_ROOM, *PAUSED)
    if not live and (state not in FROM_MINUTES or w.today < meeting["day"]):
        raise Refused(
            Sentence(
                "Utfall förs in under sammanträdet, eller efteråt ur protokollet tills det har lämnats till justering.",
                "Outcomes are entered during the meeting, or from its minutes until they are being approved.",
            )
        )
    if not cmd.outcomes:
        raise Invalid(Sentence("Inget utfall är angivet.", "No outcome is given."))
    for given in cmd.outcomes:
        item = item_of(w, given.item)
        if state in PAUSED:
            _not_now(given)
        _may_be(w, meeting, item, given, live=live and state not in PAUSED)
        _enter(w, item, given, behalf)
    if state == "minutes_draft" and _ours(w):
        minutes.write(w, 0, None)  # what was drafted tells otherwise now


def _ours(w: Work) -> bool:
    """Whether the newest minutes were written here, not in another system."""
    written = [d for d in w.rows(models.documents) if d["key"] == "minutes"]
    return bool(written) and written[-1]["source"] is not None


LEADS_NOWHERE = ("adjourned", "withdrawn")
"""Outcomes by which nothing is decided, so nobody is given anything to do."""


def _not_now(given: ItemOutcome) -> None:
    """While the meeting is suspended nothing is decided; a section tells that it was, in minutes kept elsewhere."""
    if given.outcome not in LEADS_NOWHERE and given.section is None:
        raise Refused(
            Sentence(
                "Sammanträdet är ajournerat, så inget beslutas nu. Återuppta det, eller bordlägg det som är kvar.",
                "The meeting is suspended, so nothing is decided now. Resume it, or adjourn what is left.",
            )
        )


def _enter(w: Work, item: Row, given: ItemOutcome, behalf: Actor | None) -> None:
    values: Row = {"outcome": given.outcome, "decision": clean_note(given.decision), "motive": clean_note(given.motive)}
    if given.section is not None:
        values["section_no"] = given.section
    payload = {"item": given.item, "heading": item["heading"], **values, "minority": given.minority}
    if (told := _against_the_vote(w, given)) is not None:
        payload["against_vote"] = True
        w.data.setdefault("warnings", []).append(list(told))
    if (found := _assignments(w, item, given)) is not None:
        values["assignments"] = found
        payload["assignments"] = found
    presiding = presiding_at(w, item)
    w.event("outcome:recorded", payload, on_behalf_of=behalf)
    w.change(agenda_items, item, **values, presiding_id=presiding, recorded_by_id=w.actor.id)


AGAINST = (("no", "approved"), ("yes", "rejected"))
"""What a vote gave, and the outcome that says the contrary."""


def _against_the_vote(w: Work, given: ItemOutcome) -> Sentence | None:
    """A warning where the item's last vote says the contrary of its outcome; refused without words of its own.

    A question may be put the other way round – "no" to a remittal – so the outcome may be right all the same. Then the
    decision is written out, and nobody has to read it out of a yes or a no.
    """
    last = [v for v in w.rows(votes) if v["item"] == given.item][-1:]
    if not last or (last[0]["result"], given.outcome) not in AGAINST:
        return None
    (vote,) = last
    won = Sentence("ja", "yes") if vote["result"] == "yes" else Sentence("nej", "no")
    means = vote["question"][vote["result"]]
    counts = f"{vote['yes']}–{vote['no']}"
    by = {"casting": Sentence(", med ordförandens utslagsröst", ", by the chair's casting vote"),
          "lot": Sentence(", genom lottning", ", by lot")}.get(vote["settled_by"], Sentence("", ""))  # fmt: skip
    outcome = OUTCOMES[given.outcome]
    told = Sentence(
        f"Omröstningen på punkt {given.item} gav {won.sv} ({counts}{by.sv}): ”{means}”. Utfallet ”{outcome.sv}” säger "
        "något annat.",
        f"The vote on item {given.item} went to {won.en} ({counts}{by.en}): “{means}”. The outcome “{outcome.en}” says "
        "otherwise.",
    )
    if (given.decision or "").strip():
        return told
    raise Refused(
        Sentence(
            f"{told.sv} Rätta utfallet. Är det rätt, för att frågan ställdes tvärtom, skriv beslutet med egna ord.",
            f"{told.en} Correct the outcome. If it is right, because the question was put the other way round, write "
            "the decision in words of its own.",
        )
    )


def _assignments(w: Work, item: Row, given: ItemOutcome) -> list[Row] | None:
    """The assignments of the outcome, or None where those entered before stand."""
    if given.outcome not in LEADS_NOWHERE:
        cases = [c["register_no"] for c in w.rows(agenda_cases) if c["item"] == item["item"]]
        return None if given.assignments is None else assignments.given_at(w, item, given.assignments, cases)
    if given.assignments:
        raise Refused(
            Sentence(
                f"Punkt {item['item']} avgörs inte, så den ger inga uppdrag. Ge dem när den har beslutats.",
                f"Item {item['item']} is not decided, so it gives no assignments. Give them when it has been.",
            )
        )
    return [] if item["assignments"] else None


def _may_be(w: Work, meeting: Row, item: Row, given: ItemOutcome, *, live: bool) -> None:
    if item["carried"] or item["immediate_on"] is not None:
        raise Refused(
            Sentence(
                f"Punkt {item['item']} är justerad. Ändra den genom ett nytt beslut.",
                f"Item {item['item']} is approved. Change it by a new decision.",
            )
        )
    if given.outcome == "remitted" and not (given.motive or "").strip():
        raise Refused(
            Sentence(
                "En återremiss har ett motiv: skriv vad som ska utredas (KL 5:50).",
                "A remittal has its motive: say what is to be prepared further (KL 5:50).",
            )
        )
    if given.minority is not None:
        _minority(w, meeting, item, given)
    if given.section is not None:
        _section(w, item, given.section)
    if given.outcome in LEADS_NOWHERE:
        return
    if meeting["numbered"] and item["outcome"] == "adjourned" and given.section is None:
        raise Refused(_put_off(item))
    if live or (given.section is None and w.rows(attendance)):  # who was there is on record; other minutes say it else
        _decides(w, meeting, item)


def _put_off(item: Row) -> Sentence:
    n = item["item"]
    return Sentence(
        f"Punkt {n} bordlades och står på nästa sammanträdes dagordning. Den avgörs där, inte i efterhand här.",
        f"Item {n} was adjourned and is on the next meeting's agenda. It is decided there, not here afterwards.",
    )


def _minority(w: Work, meeting: Row, item: Row, given: ItemOutcome) -> None:
    """A third of those present may have a matter remitted or adjourned: in the assembly only (KL 5:50)."""
    if given.outcome not in ("remitted", "adjourned"):
        raise Invalid(
            Sentence("En minoritet kan bara återremittera eller bordlägga.", "A minority can only remit or adjourn.")
        )
    if meeting["profile"] != "assembly":
        raise Refused(
            Sentence(
                "En minoritet kan återremittera och bordlägga bara i fullmäktige (KL 5:50); här krävs enkel majoritet "
                "(KL 6:33).",
                "A minority may remit or adjourn in the assembly only (KL 5:50); here a simple majority is needed "
                "(KL 6:33).",
            )
        )
    present = len(voters(w, item))
    if present and not meetinglaw.is_minority(given.minority or 0, present):
        raise Refused(
            Sentence(
                f"{given.minority} av {present} närvarande räcker inte: det krävs en tredjedel (KL 5:50).",
                f"{given.minority} of {present} present are too few: a third is needed (KL 5:50).",
            )
        )


def _section(w: Work, item: Row, number: int) -> None:
    others = {i["section_no"] for i in w.rows(agenda_items) if i["item"] != item["item"]}
    if number < 1 or number in others:
        raise Refused(
            Sentence(
                f"§ {number} är redan en annan punkt i protokollet, eller inget nummer.",
                f"§ {number} is another item of the minutes already, or no number.",
            )
        )


def _decides(w: Work, meeting: Row, item: Row) -> None:
    """Refuse without a quorum at this item: one that is lost in mid-meeting ends the deciding (KL 5:45, 6:27)."""
    if meeting["profile"] == "forum":
        return
    lacking = no_quorum(meeting["profile"], members_of(w, meeting["body"]), len(voters(w, item)))
    if lacking is not None:
        raise Refused(lacking)


def _unsettled(item: Row) -> None:
    if item["outcome"] is not None:
        raise Refused(
            Sentence(
                f"Punkt {item['item']} är avgjord. Rätta utfallet om det är fel.",
                f"Item {item['item']} is settled. Correct its outcome if it is wrong.",
            )
        )
