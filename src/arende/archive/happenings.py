"""A case as a log of activities, the same for every format of process mining: who did what, in which role, when.

Free text never leaves with a log. Persons and organisations have pseudonyms that only the holder of the site key can
make: the same in every export of a site, so that cases can be put together, and of no use to anybody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from arende import keys
from arende.actors import Actor
from arende.app import App
from arende.errors import Sentence
from arende.phrases import ACTS
from arende.usecases.material import Material, Row


class Pseudonyms:
    """What persons and organisations are called in a log."""

    def __init__(self, app: App, *, names: bool) -> None:
        self.keeps_names = names
        self._key = b"" if names else keys.site_key(app.settings)

    def id(self, actor: Actor) -> str:
        """``person:ab12…``, ``organisation:cd34…``; with names ``person:officer``."""
        return self.of("organisation" if actor.kind == "party" else actor.kind, actor.key)

    def of(self, kind: str, key: str) -> str:
        """The same for something that is no actor."""
        return f"{kind}:{key if self.keeps_names else keys.tag(self._key, 'log', kind, key)[:16]}"


@dataclass(frozen=True)
class Happening:
    """One event of the case as an activity."""

    seq: int
    activity: str
    """A step's trigger, the act of a request or a task, else the kind of event."""
    title: Sentence
    kind: str
    at: datetime
    channel: str
    actor: Actor
    on_behalf_of: Actor | None
    role: str
    outcome: str | None
    """A decision, a stance or the state that was reached."""


def happenings(m: Material) -> Iterator[Happening]:
    """Every event of the case in order."""
    by_key = {a.key: a for a in m.actors.values()}
    for e in m.history:
        payload: Row = e["payload"] or {}
        activity = _activity(e["kind"], payload)
        yield Happening(
            seq=e["seq"],
            activity=activity,
            title=title(m, activity),
            kind=e["kind"],
            at=e["occurred_at"],
            channel=e["channel"],
            actor=by_key[e["actor"]],
            on_behalf_of=by_key.get(e["on_behalf_of"] or ""),
            role=e["role"],
            outcome=_outcome(e["kind"], payload),
        )


def _activity(kind: str, payload: Row) -> str:
    if not payload:
        return kind
    match kind:
        case "case:step:taken" | "case:step:seconded":
            return str(payload["trigger"])
        case "approval:decided" | "task:completed":
            return str(payload["act"])
        case "deadline:fired":
            return f"deadline:{payload['step']}"
    return kind


def _outcome(kind: str, payload: Row) -> str | None:
    name = {
        "case:step:taken": "to",
        "case:registered": "state",
        "approval:decided": "decision",
        "answer:received": "stance",
        "consultation:ended": "how",
    }.get(kind)
    return str(payload[name]) if name and payload.get(name) else None


KINDS = {
    "case:registered": Sentence("Ärendet registrerat", "Case registered"),
    "case:step:taken": Sentence("Steg", "Step"),
    "case:step:seconded": Sentence("Steg, ännu ett bifall", "Step, seconded"),
    "case:assigned": Sentence("Ärendet fördelat", "Case assigned"),
    "case:reminded": Sentence("Påminnelse sänd", "Reminder sent"),
    "case:corrected": Sentence("Rättelse", "Correction"),
    "case:retitled": Sentence("Ny rubrik", "New title"),
    "case:payload:removed": Sentence("Innehåll borttaget", "Content removed"),
    "document:added": Sentence("Handling tillförd", "Document added"),
    "relation:added": Sentence("Koppling tillförd", "Relation added"),
    "conflict:declared": Sentence("Jäv anmält", "Conflict of interest declared"),
    "approval:decided": Sentence("Svar på begäran", "Request answered"),
    "approval:superseded": Sentence("Begäran ersatt", "Request superseded"),
    "approval:withdrawn": Sentence("Svar på begäran återtaget", "Answer to a request taken back"),
    "approval:question:asked": Sentence("Fråga till handläggaren", "Question to the case officer"),
    "approval:question:answered": Sentence("Fråga besvarad", "Question answered"),
    "approval:handed_over": Sentence("Begäran överlämnad", "Request handed over"),
    "consultation:ended": Sentence("Omgången avslutad", "Round ended"),
    "answer:received": Sentence("Svar", "Answer"),
    "answer:withdrawn": Sentence("Svar återtaget", "Answer taken back"),
    "answer:extended": Sentence("Anstånd", "More time to answer"),
    "answer:asked": Sentence("Ännu en part tillfrågad", "One more party asked"),
    "answer:acknowledged": Sentence("Förfrågan mottagen", "Request acknowledged"),
    "answer:extension:asked": Sentence("Anstånd begärt", "More time asked for"),
    "answer:extension:refused": Sentence("Anstånd avslaget", "More time refused"),
    "answer:handed_in": Sentence("Svar inkommet, ej kontrollerat", "Answer handed in, not verified"),
    "answer:registered": Sentence("Svar registrerat", "Answer registered"),
    "answer:set_aside": Sentence("Inkommet svar lagt åt sidan", "Answer set aside"),
    "answer:supplement:asked": Sentence("Komplettering begärd", "Supplement asked for"),
    "answer:accepted": Sentence("Ändrat svar infört", "Changed answer accepted"),
    "answer:replied": Sentence("Svar bemött", "Answer replied to"),
    "answer:removed": Sentence("Part tillfrågas inte längre", "Party no longer asked"),
    "task:completed": Sentence("Uppgift klar", "Task completed"),
    "deadline:fired": Sentence("Frist", "Deadline"),
    "deadline:recounted": Sentence("Frist omräknad", "Deadline recounted"),
    "deadline:remind": Sentence("Påminnelse", "Reminder"),
    "deadline:due": Sentence("Sista dagen passerad", "Last day passed"),
    "deadline:hand_over": Sentence("Begäran går över till ersättare", "Request passes to a substitute"),
    "deadline:escalate": Sentence("Närmaste chef underrättad", "Superior told"),
    "delivery:failed": Sentence("Mejl gick inte fram", "Mail not delivered"),
    "delivery:retried": Sentence("Mejl sänt på nytt", "Mail sent again"),
    "agenda:changed": Sentence("Dagordningen ändrad", "Agenda changed"),
    "attendance:recorded": Sentence("Närvaro", "Attendance"),
    "attendance:retracted": Sentence("Närvaro tillbakatagen", "Attendance taken back"),
    "item:conflict": Sentence("Jäv vid en punkt", "Conflict of interest at an item"),
    "motion:recorded": Sentence("Yrkande", "Motion"),
    "vote:recorded": Sentence("Omröstning", "Vote"),
    "dissent:recorded": Sentence("Reservation", "Dissent"),
    "outcome:recorded": Sentence("Utfall", "Outcome"),
    "section:approved": Sentence("Omedelbar justering", "Approval at once"),
    "minutes:approved": Sentence("Protokollet justerat", "Minutes approved"),
    "minutes:numbered": Sentence("Paragrafer givna", "Sections given"),
    "notice:posted": Sentence("Anslag uppsatt", "Notice put up"),
    "notice:removed": Sentence("Anslag nedtaget", "Notice taken down"),
    "appeal:filed": Sentence("Överklagat", "Appealed"),
    "appeal:judged": Sentence("Domstolens avgörande", "The court's judgment"),
    "meeting:replanned": Sentence("Det som hänger på mötet flyttat", "What hangs on the meeting moved"),
    "outcome:changed": Sentence("Bifall med ändring", "Approved with a change"),
    "promise:refused": Sentence("Utfall kunde inte föras in", "Outcome could not be entered"),
    "assignment:given": Sentence("Uppdrag gavs", "Assignment given"),
    "assignment:moved": Sentence("Uppdrag fick ny dag", "Assignment moved"),
    "assignment:reported": Sentence("Uppdrag återrapporterat", "Assignment reported"),
    "assignment:returned": Sentence("Uppdrag kvar att göra", "Assignment returned"),
    "assignment:settled": Sentence("Uppdrag avslutat", "Assignment settled"),
    "mail:received": Sentence("Mejl kom in", "Mail received"),
    "post:received": Sentence("Brev på papper kom in", "Letter on paper received"),
    "case:voided": Sentence("Numret makulerat", "Number made void"),
    "case:merged": Sentence("Ärendet uppgånget i ett annat", "Case merged into another"),
    "case:joined": Sentence("Ett annat ärende uppgånget i ärendet", "Another case merged into the case"),
    "organisation:successor:named": Sentence("Efterträdare införd", "Successor entered"),
    "organisation:handed_over": Sentence("Ärenden förda över till efterträdaren", "Cases moved to the successor"),
    "case:handed_over": Sentence("Ärendet fört över från ett organ som upphör", "Case moved from a body that ends"),
    "record:moved": Sentence("Handling flyttad till rätt ärende", "Record moved to the right case"),
    "record:taken": Sentence("Handling flyttad hit", "Record moved here"),
    "record:checked": Sentence("Handling sekretessprövad", "Record checked for secrecy"),
}
"""What is called the same in every case type."""


def title(m: Material, activity: str) -> Sentence:
    """What the activity is called: by the definition, by the act, else the words of its id. Never free text."""
    if activity in KINDS:
        return KINDS[activity]
    if activity in ACTS:
        return Sentence(ACTS[activity]["sv"].noun, ACTS[activity]["en"].noun)
    task = next((t["title"] for t in m.tasks if t["act"] == activity and t["title"]), None)
    if task and activity not in m.rules.triggers:
        return Sentence(task["sv"], task.get("en") or task["sv"])
    return Sentence(m.rules.trigger_title(activity), m.rules.trigger_title(activity, "en"))


def done(m: Material) -> dict[int, int]:
    """Id of each task that was done → number of the event by which it was.

    A task is done by the event of its own time: the one that reports it, or the step that it waited for.
    """
    found = {}
    for t in m.tasks:
        if t["state"] == "done":
            then = [e for e in m.history if e["occurred_at"] == t["done_at"] and e["seq"] > t["seq"]]
            own = [e for e in then if t["act"] == _activity(e["kind"], e["payload"] or {})]
            if own or then:
                found[t["id"]] = (own or then)[0]["seq"]
    return found
