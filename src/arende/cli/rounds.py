"""A round as text: its head, and for each party what it has answered and how it stands."""

from __future__ import annotations

from typing import Any

from arende.cli.shared import OPTIONS, say

STANDS = ("created", "extension_requested", "received", "registered", "being_supplemented", "removed", "closed")
"""States that say more than the stance does."""


def said_of(c: dict[str, Any], a: dict[str, Any]) -> dict[str, Any]:
    """The stance in words, and everything else that is known of the party, as sentences."""
    from arende.answerstate import remarks
    from arende.phrases import stance_words

    stance = stance_words(c["kind"], a["stance"], OPTIONS.lang) if a["stance"] else None
    return {"stance_text": stance, "remarks": [s.in_(OPTIONS.lang) for s in remarks(a, c["kind"])]}


def lines(c: dict[str, Any]) -> list[str]:
    """The round and its parties; each has its ``stance_text`` and ``remarks``."""
    from arende.answerstate import counted
    from arende.casewords import round_title
    from arende.statuswords import ROUND_STATES
    from arende.workdays import local_day

    what, how = say(*round_title(c["kind"], c["round"])), say(*ROUND_STATES[c["state"]][0]).lower()
    answered, asked = counted(c["answers"])
    head = f"{what} – {how}, {say('sista dag', 'last day')} {local_day(c['due_at']).isoformat()}, "
    told = [head + say(f"svar {answered}/{asked}", f"answers {answered}/{asked}")]
    for a in c["answers"]:
        told.append(_line(a))
        told += [f"    {remark}" for remark in a["remarks"]]
    return told


def _line(a: dict[str, Any]) -> str:
    from arende.statuswords import ANSWERS
    from arende.workdays import local_day

    word = a["stance_text"] or say("inget svar", "no answer")
    if a["state"] == "withdrawn":
        word = say("återtaget", "withdrawn") + f" ({word})"
    if a["state"] in STANDS or (a["state"] != "sent" and not a["stance_text"]):
        until = local_day(a["due_at"]).isoformat()
        word = say(*ANSWERS[a["state"]][0]).lower().format(until=until)
        word += f" ({a['stance_text']})" if a["stance_text"] else ""
    section = f"§ {a['section']}" if a["section"] and a["section"][0].isdigit() else a["section"]
    extra = " ".join(str(x) for x in (a["body"], a["decided_on"], section, a["party_ref"]) if x)
    late = say(" (för sent)", " (late)") if a["late"] else ""
    return f"  {a['party_name']:<22} {word}{late} {extra}".rstrip()
