"""One meeting in words for the terminal: its days, its agenda, who was there, its notices and its appeals."""

from __future__ import annotations

from datetime import date
from typing import Any

from arende.cli.shared import OPTIONS, say

Row = dict[str, Any]


def days(first: date, last: date) -> str:
    """2021-02-03, or both days of a retreat with what differs: 2021-02-03–04, 2021-01-30–02-02."""
    if first == last:
        return str(first)
    whole, parts = f"{last}", ("%Y", "%m")
    for part in parts:
        if first.strftime(part) != last.strftime(part):
            break
        whole = whole.partition("-")[2]
    return f"{first}–{whole}"


def lines(data: Row) -> list[str]:
    """The meeting as ``meetingqueries.meeting`` reads it, with the title of its state."""
    m = data["meeting"]
    hours = "–".join(h for h in (m["starts_at"], m["ends_at"]) if h)
    when = "  ".join(filter(None, (days(m["day"], m["last_day"]), hours, m["place"])))
    return [
        f"{data['register_no']}  {data['title']}", f"{when}  {data['state_title']}", "",
        *(line for i in data["items"] for line in _item(i)),
        *map(_person, data["attendance"]), *map(_notice, data["notices"]), *map(_appeal, data["appeals"]),
    ]  # fmt: skip


def _item(i: Row) -> list[str]:
    from arende.meetingtimeline import OUTCOMES

    section = f"§ {i['section_no']} " if i["section_no"] else ""
    cases = f" ({', '.join(i['cases'])})" if i["cases"] else ""
    outcome = f" – {say(OUTCOMES[i['outcome']].sv, OUTCOMES[i['outcome']].en)}" if i["outcome"] else ""
    warned = [f"     ! {w[1] if OPTIONS.lang == 'en' else w[0]}" for w in i["warnings"]]
    return [f"{i['position']:>3}. [{i['item']}] {section}{i['heading']}{cases}{outcome}", *warned]


def _person(a: Row) -> str:
    presence = {"present": say("närvarande", "present"), "absent": say("förhinder", "absent"),
                "called": say("kallad", "called")}  # fmt: skip
    role = {"member": say("ledamot", "member"), "substitute": say("ersättare", "substitute"),
            "official": say("tjänsteperson", "official")}  # fmt: skip
    return f"     {presence[a['kind']]} {a['name']} ({role[a['role']]}){_items(a)}"


def _items(a: Row) -> str:
    """At which places of the agenda, where not at all of them."""
    if a["from_item"] is None and a["to_item"] is None:
        return ""
    period = f"{a['from_item'] or 1}–{a['to_item'] or ''}"
    return say(f", punkt {period}", f", items {period}")


def _notice(n: Row) -> str:
    stands = {"up": say("uppe", "up"), "down": say("nedtaget", "taken down"),
              "early": say("nedtaget för tidigt", "taken down early")}  # fmt: skip
    up, last = n["up_on"], n["appeal_last_day"]
    return "     " + say(
        f"anslag {up}, sista dag för överklagande {last}, {stands[n['state']]}",
        f"notice {up}, last day for appeal {last}, {stands[n['state']]}",
    )


def _appeal(a: Row) -> str:
    ruling = {None: say("hos domstolen", "with the court"), "upheld": say("står fast", "stands"),
              "annulled": say("upphävd", "annulled")}  # fmt: skip
    return f"     § {a['section_no']} {say('överklagad', 'appealed')}: {ruling[a['ruling']]}"
