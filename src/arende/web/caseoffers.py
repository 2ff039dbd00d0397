"""What a case's page offers to whoever reads it: the next step, the others, why not yet, and what else may be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from arende.casetypes import CaseType
from arende.effecttypes import NEXT_STEP
from arende.organisationcommands import TASK as HAND_OVER
from arende.usecases.options import Choice, Offers
from arende.web.acts import ACTS
from arende.web.casepage import Read
from arende.web.session import Visitor
from arende.web.speech import Speech

Shown = dict[str, Any]
ASKED = "answer_question"
"""The act of a task to answer a question."""
MAY_REGISTER = ("registrar", "case_officer", "secretary")
"""Offices that enter what parties answer."""

OF_ANSWER: dict[str, tuple[str, ...]] = {
    "created": ("remove_party",),
    "sent": ("answer", "acknowledge", "extend", "remove_party"),
    "acknowledged": ("answer", "extend", "remove_party"),
    "extension_requested": ("extend", "refuse_extension", "answer"),
    "extension_granted": ("answer", "extend", "remove_party"),
    "received": ("register_answer", "set_aside", "supplement"),
    "registered": ("accept", "supplement", "set_aside"),
    "being_supplemented": ("accept", "set_aside"),
    "accepted": ("reply", "answer", "withdraw"),
    "revised": ("reply", "answer", "withdraw"),
    "withdrawn": ("answer",),
    "no_response": ("answer",),
}
"""State of a party's answer → what makes sense to do with it, the likely first."""
UNREAD = ("answer", "set_aside")
"""A mail or a letter has come in, which says nothing until somebody has read it."""


class CaseOffers:
    """What the template asks for. ``offers`` is None for whoever is not signed in."""

    def __init__(
        self,
        read: Read,
        rules: CaseType,
        offers: Offers | None,
        visitor: Visitor | None,
        t: Speech,
        *,
        whole: bool = False,
    ) -> None:
        self.read, self.rules, self.offers, self.visitor, self.t = read, rules, offers, visitor, t
        self.base = f"/cases/{read.case['register_no']}"
        self.open = not read.case["closed_at"]
        self.whole = whole
        """Whether the visitor sees all of the register, as registrars do."""

    # ------------------------------------------------------------ steps

    @property
    def next(self) -> Shown | None:
        """THE next step: what an open task is about, else the first that may be taken, rather one that leads on."""
        choice = self._next
        return self._step(choice) if choice else None

    @property
    def is_mine(self) -> bool:
        """Whether the case waits for the visitor, in a role of their own or a lent one, and for no answer."""
        if any(a["state"] == "pending" for a in self.read.approvals):
            return False
        state, held = self.rules.states.get(self.read.case["state"]), self.offers.held if self.offers else None
        return bool(state and held and {*held.own, *held.lent}.intersection(state.waits_for))

    @property
    def _next(self) -> Choice | None:
        choices = self.offers.choices if self.offers and not self.offers.conflict else ()
        acts = {x["act"] for x in self.read.tasks if x["state"] == "open"}
        onward = [c for c in choices if c.comment != "required"]
        free = [c for c in onward if c.allowed]
        leading = [c for c in free if c.dest != self.read.case["state"]]
        ways = [[c for c in choices if c.trigger in acts], leading, free, onward, [*choices]]
        return next((way[0] for way in ways if way), None)

    @property
    def others(self) -> list[Shown]:
        """Steps that may be taken besides the next one."""
        return [self._step(c) for c in self._rest if c.allowed]

    @property
    def not_yet(self) -> list[Shown]:
        """Steps that may not, each with every sentence why."""
        return [self._step(c) for c in self._rest if not c.allowed]

    @property
    def _rest(self) -> list[Choice]:
        chosen = self._next
        return [c for c in (self.offers.choices if self.offers else ()) if c is not chosen]

    def _step(self, choice: Choice) -> Shown:
        return {
            "title": choice.title.in_(self.t.lang),
            "href": f"{self.base}/step/{choice.trigger}",
            "allowed": choice.allowed,
            "why": [self.t.say(s) for s in choice.sentences],
            "to": self.rules.state_title(choice.dest, self.t.lang) if choice.dest != self.read.case["state"] else "",
        }

    # ------------------------------------------------------------ other acts

    @property
    def conflict(self) -> bool:
        """Whether the visitor has declared a conflict of interest."""
        return bool(self.offers and self.offers.conflict)

    @property
    def colleague(self) -> bool:
        """Whether the visitor may add notes, records and relations."""
        return bool(self.offers and self.offers.colleague and not self.offers.conflict)

    @property
    def acts(self) -> list[Shown]:
        """What else may be done to the case."""
        if not self.colleague:
            return []
        named = [*(["assign", "plan", "remind", "relate"] if self.open else []), "conflict"]
        if self.registers and self.read.rounds:
            running = any(r["state"] == "open" for r in self.read.rounds)
            named[1:1] = ["compile", *(["add_party", "close_round"] if running else [])]
        if self.open and self._is_registrar:
            named += ["merge", "void"]
        if any(x["act"] == HAND_OVER and x["state"] == "open" and self._mine(x) for x in self.read.tasks):
            named.insert(0, "hand_over")
        return [self._act(name) for name in [*self._of_plan, *named]]

    @property
    def _of_plan(self) -> list[str]:
        if not self.open or self.rules.plan is None:
            return []
        plan, taken = self.rules.plan, {(e["payload"] or {}).get("trigger") for e in self.read.history}
        reported = ["report_plan"] if taken & {*plan.decided_by} else []
        return [*([] if plan.freezes(self.read.case["state"]) else ["import_plan"]), *reported]

    @property
    def drop_plan(self) -> Shown | None:
        """Taking the kept plan away, for those who may make one."""
        return self._act("drop_plan") if self.open and self.colleague else None

    @property
    def registers(self) -> bool:
        """Whether the visitor may enter what parties answer, while the case is open."""
        return self.open and self._may_register

    @property
    def _may_register(self) -> bool:
        held = self.offers.held.all if self.offers and not self.offers.conflict else frozenset()
        return any(role in held for role in MAY_REGISTER) or bool(self.visitor and self.visitor.holds(*MAY_REGISTER))

    def of_party(self, key: str, answer: Any) -> list[Shown]:
        """What may be done with a party's answer, the likely first."""
        if not self.registers:
            return []
        named = OF_ANSWER.get(answer["state"], ())
        if answer["state"] == "received" and not (answer["pending"] or {}).get("stance"):
            named = UNREAD
        return [self._act(name, party=answer["party"], key=key) for name in named]

    def of_record(self, record: Any) -> list[Shown]:
        """What a registrar may do with a record: check it for secrecy, and move what came in to its right case."""
        if not self._is_registrar or record["removed"] or self.conflict:
            return []
        named = ["check"] if record["access"] is not None else []
        if record["direction"] == "incoming" and record["key"] not in self.rules.documents:
            named.append("move_record")
        return [self._act(name, record_no=record["record_no"]) for name in named]

    @property
    def _is_registrar(self) -> bool:
        return self.visitor is not None and self.whole

    def of_task(self, task: Any) -> Shown | None:
        """Reporting a task as done, when it waits for the visitor; steps complete their own tasks."""
        by_steps = {NEXT_STEP, *(c.trigger for c in (self.offers.choices if self.offers else ()))}
        if not self._mine(task) or task["act"] in by_steps:
            return None
        asked = next((q for q in self.read.questions if (q["seq"], task["act"]) == (task["seq"], ASKED)), None)
        return self._act("reply_question", question=asked["id"]) if asked else self._act("complete", task=task["id"])

    def _mine(self, task: Any) -> bool:
        if self.offers is None or self.visitor is None or self.offers.conflict:
            return False
        mine = {self.visitor.actor.id, *(r.actor.id for r in self.visitor.represents)}
        return task["assignee_id"] in mine or (task["assignee_id"] is None and task["role"] in self.offers.held.all)

    def asked_of_me(self, approvals: Iterable[Any]) -> list[Any]:
        """Requests that wait for the visitor, or for somebody they stand in for."""
        if self.visitor is None:
            return []
        mine = {self.visitor.actor.id, *(r.actor.id for r in self.visitor.represents)}
        return [a for a in approvals if a["state"] == "pending" and a["approver_id"] in mine]

    def _act(self, name: str, **about: object) -> Shown:
        query = urlencode({k: v for k, v in about.items() if v})
        return {"title": self.t.say(ACTS[name].title), "href": f"{self.base}/do/{name}{'?' if query else ''}{query}"}
