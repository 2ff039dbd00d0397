"""Guards on a meeting: what the law and the order of business ask before it goes on. They join ``guards.REGISTRY``.

Importing this module puts them into the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from arende import meetinglaw
from arende.casetypes import CaseType
from arende.errors import Sentence
from arende.guards import Facts, guard
from arende.meetinglaw import Profile

NAMES = (
    "agenda_filled", "summons_in_time", "meeting_begun", "quorum_present", "items_settled", "sections_in_order",
    "sections_given", "checkers_elected", "appeal_time_over", "notice_up", "notice_down", "appeal_open",
    "no_appeal_open", "all_upheld", "some_annulled", "nothing_decided",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """A meeting as the guards see it. Headings stand for items; sections are numbers of the minutes."""

    body: str
    profile: Profile
    day: date
    last_day: date
    members: int | None
    """Those entitled to vote; None where the people file does not say."""
    present: int
    """Those with a vote who are in the room at the item that is next."""
    items: int = 0
    unsettled: tuple[str, ...] = ()
    unnumbered: tuple[str, ...] = ()
    earlier_unnumbered: str | None = None
    """An earlier meeting of the body in the same year whose minutes are not numbered yet."""
    checkers: int = 0
    presided: int = 0
    notices: Mapping[str, int] = field(default_factory=dict)
    """State → how many notices are in it."""
    appeal_last_day: date | None = None
    """The latest last day for an appeal among the notices that count: those taken down early do not."""
    appealed: tuple[int, ...] = ()
    """Sections that the court has."""
    decided: tuple[str, ...] = ()
    """Headings of what was decided in the body's own name; only told of a committee whose minutes are approved."""
    annulled: tuple[int, ...] = ()
    """Sections that a court has annulled."""


@guard("plan_sound", says=("kalendern håller mot reglerna", "the calendar keeps the rules"))
def plan_sound(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The calendar of meetings can be read, is of its year, and breaks no rule: weekday, holidays, July, distance."""
    if not facts.plan_faults:
        return None
    sv, en = (" ".join(s[n] for s in facts.plan_faults[:5]) for n in (0, 1))
    return Sentence(sv, en)


def _on(facts: Facts) -> MeetingFacts:
    if facts.meeting is None:
        raise TypeError("this guard is for case types with meeting_of")
    return facts.meeting


@guard("agenda_filled", says=("det finns något på dagordningen", "there is something on the agenda"))
def agenda_filled(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """At least one item is on the agenda."""
    if _on(facts).items:
        return None
    return Sentence(
        "Dagordningen är tom. Sätt upp ett ärende först, eller ställ in sammanträdet.",
        "The agenda is empty. Put a matter on it first, or cancel the meeting.",
    )


@guard("summons_in_time", says=("kallelsen hinner gå ut i tid", "the summons goes out in time"))
def summons_in_time(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The assembly is summoned a week before, by law (KL 5:13); a board by its own routine, which bars nothing."""
    m = _on(facts)
    last = meetinglaw.summons_last_day(m.day)
    if m.profile != "assembly" or facts.today <= last:
        return None
    urgent = meetinglaw.urgent_last_day(m.day)
    return Sentence(
        f"Det är för sent: fullmäktige ska kungöras och kallas minst en vecka före sammanträdet (KL 5:13), alltså "
        f"senast den {last.isoformat()}. Flytta sammanträdet. Ett enda ärende som är så brådskande att det inte "
        f"hinner kungöras kan läggas till ett redan kallat sammanträde (KL 5:14), senast den {urgent.isoformat()}.",
        f"It is too late: the assembly is announced and summoned at least a week before it meets (KL 5:13), that is "
        f"by {last.isoformat()}. Move the meeting. A single matter too urgent to be announced may be added to a "
        f"meeting that is summoned already (KL 5:14), by {urgent.isoformat()}.",
    )


@guard("meeting_begun", says=("sammanträdets dag har kommit", "the day of the meeting has come"))
def meeting_begun(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The first day of the meeting is today or past."""
    day = _on(facts).day
    if facts.today >= day:
        return None
    return Sentence(
        f"Sammanträdet är den {day.isoformat()} och har inte börjat än. Ska det vara tidigare: flytta det.",
        f"The meeting is on {day.isoformat()} and has not begun. If it is to be earlier, move it.",
    )


@guard("quorum_present", says=("organet är beslutfört", "the body has a quorum"))
def quorum_present(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """More than half of the members are present (KL 5:45, 6:27); a forum has no quorum."""
    m = _on(facts)
    if m.profile == "forum":
        return None
    return no_quorum(m.profile, m.members, m.present)


def no_quorum(profile: Profile, members: int | None, present: int) -> Sentence | None:
    """Why the body cannot decide with so many present; None when it can."""
    law = "KL 5:45" if profile == "assembly" else "KL 6:27"
    if members is None:
        return Sentence(
            f"Personfilen säger inte hur många ledamöter organet har, så beslutförheten ({law}) kan inte prövas. "
            "Skriv members för organet.",
            f"The people file does not say how many members the body has, so the quorum ({law}) cannot be judged. "
            "Write members for the body.",
        )
    needed = meetinglaw.quorum(members)
    if present >= needed:
        return None
    return Sentence(
        f"Organet är inte beslutfört: {present} av {members} är närvarande, och det krävs {needed} ({law}). "
        "Kalla ersättare, eller låt ärendet vänta till nästa sammanträde.",
        f"The body has no quorum: {present} of {members} are present and {needed} are needed ({law}). "
        "Call substitutes, or let the matter wait for the next meeting.",
    )


@guard("items_settled", says=("varje punkt har ett utfall", "every item has an outcome"))
def items_settled(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """No item is left without an outcome."""
    left = _on(facts).unsettled
    if not left:
        return None
    listed = "; ".join(left[:5]) + (" …" if len(left) > 5 else "")
    return Sentence(
        f"{len(left)} punkt(er) saknar utfall: {listed}. För in utfallet, eller bordlägg dem.",
        f"{len(left)} item(s) have no outcome: {listed}. Enter it, or adjourn them.",
    )


@guard("sections_in_order", says=("tidigare protokoll har sina paragrafer", "earlier minutes have their sections"))
def sections_in_order(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Sections run through the year: the body's earlier meetings are numbered before this one."""
    earlier = _on(facts).earlier_unnumbered
    if earlier is None:
        return None
    return Sentence(
        f"Paragraferna löper genom året: avsluta sammanträdet {earlier} först, eller ställ in det.",
        f"Sections run through the year: end the meeting {earlier} first, or cancel it.",
    )


@guard("sections_given", says=("varje punkt har sin paragraf", "every item has its section"))
def sections_given(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Every item that was dealt with has its section."""
    left = _on(facts).unnumbered
    if not left:
        return None
    listed = "; ".join(left[:5]) + (" …" if len(left) > 5 else "")
    return Sentence(
        f"Paragraf saknas för: {listed}. Ange den ur protokollet.",
        f"The section is missing for: {listed}. Give it from the minutes.",
    )


@guard("checkers_elected", says=("justerare är utsedda", "minute checkers are elected"))
def checkers_elected(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Somebody presided and at least one checker was elected: they approve the minutes (KL 5:69, 6:35)."""
    m = _on(facts)
    if m.presided and m.checkers:
        return None
    return Sentence(
        "Det är inte antecknat vem som ledde sammanträdet och vem som valdes att justera (KL 5:69, 6:35). "
        "För in det i närvaron.",
        "It is not noted who presided and who was elected to check the minutes (KL 5:69, 6:35). "
        "Enter it in the attendance.",
    )


@guard("appeal_time_over", says=("tiden för överklagande har gått ut", "the time for appeal has passed"))
def appeal_time_over(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Today is after the last day to appeal: only then may the notice come down (KL 8:12)."""
    last = _on(facts).appeal_last_day
    if last is not None and facts.today > last:
        return None
    shown = last.isoformat() if last else "–"
    return Sentence(
        f"Anslaget ska vara uppe till och med sista dagen för överklagande, den {shown} (KL 8:12, 13:5). "
        "Är det redan nedtaget: anteckna det, så sätts det upp på nytt och dagarna räknas om.",
        f"The notice stays up through the last day for appeal, {shown} (KL 8:12, 13:5). "
        "If it is down already, note that: it is put up anew and the days are counted again.",
    )


@guard("notice_up", says=("anslaget är uppe", "the notice is up"))
def notice_up(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """A notice is up and can come down."""
    if _on(facts).notices.get("up"):
        return None
    return Sentence("Anslaget är redan nedtaget.", "The notice is down already.")


@guard("notice_down", says=("anslaget är nedtaget", "the notice is down"))
def notice_down(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """No notice is up any more."""
    if not _on(facts).notices.get("up"):
        return None
    return Sentence("Anslaget är uppe. Ta ned det först.", "The notice is up. Take it down first.")


@guard("appeal_open", says=("någon paragraf väntar på domstolen", "some section waits for the court"))
def appeal_open(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Some section is appealed and not judged."""
    if _on(facts).appealed:
        return None
    return Sentence("Ingen paragraf väntar på domstolen.", "No section waits for the court.")


@guard("no_appeal_open", says=("ingen paragraf väntar på domstolen", "no section waits for the court"))
def no_appeal_open(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """No section is appealed and not judged."""
    left = _on(facts).appealed
    if not left:
        return None
    listed = ", ".join(f"§ {n}" for n in left)
    return Sentence(
        f"{listed} är överklagad och väntar på domstolen. De andra paragraferna vinner laga kraft för sig.",
        f"{listed} is appealed and waits for the court. The other sections gain legal force by themselves.",
    )


@guard("all_upheld", says=("domstolen har låtit alla paragrafer stå", "the court has let every section stand"))
def all_upheld(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Every section that was appealed is judged, and none is annulled."""
    m = _on(facts)
    if not m.appealed and not m.annulled:
        return None
    return Sentence("Domstolen har inte låtit alla paragrafer stå.", "The court has not let every section stand.")


@guard("some_annulled", says=("domstolen har upphävt någon paragraf", "the court has annulled some section"))
def some_annulled(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Every section that was appealed is judged, and at least one is annulled (KL 13:8)."""
    m = _on(facts)
    if not m.appealed and m.annulled:
        return None
    return Sentence("Domstolen har inte upphävt någon paragraf.", "The court has annulled no section.")


@guard("nothing_decided", says=("utskottet inte har beslutat något själv", "the committee decided nothing itself"))
def nothing_decided(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """No item was decided in the body's own name: a committee that only prepares needs no notice (KL 8:9)."""
    left = _on(facts).decided
    if not left:
        return None
    listed = "; ".join(left[:5]) + (" …" if len(left) > 5 else "")
    return Sentence(
        f"Utskottet har beslutat i: {listed}. Justeringen ska anslås, annars börjar ingen tid för överklagande "
        "löpa (KL 8:9, 13:5).",
        f"The committee decided: {listed}. The approval is to be announced; else no time for appeal begins "
        "(KL 8:9, 13:5).",
    )
