"""The inbox in words: why each thing waits, for whom, until when, and what to do about it. Nothing here decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from arende import assignmentcommands, desk, queries, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.casewords import act_noun
from arende.effecttypes import NEXT_STEP
from arende.endings import state_words
from arende.queries import Connection, Row
from arende.web.session import Visitor
from arende.web.sight import home_of
from arende.web.speech import Speech
from arende.web.waits import waits_for

Shown = dict[str, Any]
MEETING_ACTS = ("post_notice",)
"""Tasks that an act of a meeting's page fulfils."""


class InboxPage:
    """What the template asks for. ``seen`` are the cases that the visitor may see."""

    def __init__(
        self, app: App, conn: Connection, visitor: Visitor, t: Speech, today: date, seen: frozenset[int]
    ) -> None:
        self.app, self.conn, self.visitor, self.t, self.today, self.seen = app, conn, visitor, t, today, seen
        self.asked = desk.asked(conn, seen)
        self.absent = {r.actor.id: r.actor.name for r in visitor.represents}

    def waiting(self, rows: Sequence[Row]) -> list[Shown]:
        """What waits for the visitor, by last day."""
        return [self._waits(row) for row in rows]

    def _waits(self, row: Row) -> Shown:
        rules, task = self._rules(row), row["kind"] == "task"
        case = self._case({**row, "id": row["case_id"]}, rules)
        return {
            **case,
            "what": self._what(row, rules) if not case["secret"] else self.t("secret_case"),
            "why": self._why(row, rules),
            "for": self.absent.get(row["person_id"], ""),
            "due": self._due(row["due_at"]),
            "since": row["opened_at"],
            "href": self._task(row, rules) if task else f"/approvals/{row['id']}",
            "action": self._action(row, rules) if task else self.t("do_request"),
        }

    def _what(self, row: Row, rules: CaseType) -> str:
        if row["kind"] == "task":
            return str(row["what"].get(self.t.lang) or row["what"]["sv"])
        proposal = (row["what"] or {}).get("proposal") or {}
        return str(proposal.get(self.t.lang) or proposal.get("sv") or act_noun(rules, row["act"]).in_(self.t.lang))

    def _why(self, row: Row, rules: CaseType) -> str:
        if row["act"] == assignmentcommands.ACT:
            return self.t("reason_assignment")
        role = rules.role_title(row["role"], self.t.lang)
        if row["kind"] == "task":
            return self.t("reason_task", role=role)
        return self.t("reason_request", act=act_noun(rules, row["act"]).in_(self.t.lang), role=role)

    def _task(self, row: Row, rules: CaseType) -> str:
        """Where the task is done: at its step, among the steps of the case, else where it is reported as done."""
        base = f"/cases/{row['register_no']}"
        if row["act"] in _triggers(rules, row["state"]):
            return f"{base}/step/{row['act']}"
        if rules.meeting_of and row["act"] in MEETING_ACTS:
            return f"/meetings/{row['register_no']}/do/{row['act']}"
        return base if row["act"] == NEXT_STEP else f"{base}/do/complete?task={row['id']}"

    def _action(self, row: Row, rules: CaseType) -> str:
        if row["act"] in _triggers(rules, row["state"]):
            return rules.trigger_title(row["act"], self.t.lang)
        return self.t("do_task")

    def running(self, rows: Sequence[Row], waiting: Sequence[Row]) -> list[Shown]:
        """The visitor's own cases where nothing waits for the visitor."""
        mine = {row["case_id"] for row in waiting}
        return [self._listed(row) for row in rows if row["id"] not in mine]

    def watched(self, rows: Sequence[Row]) -> list[Shown]:
        """The cases that the visitor watches, as far as they may be seen."""
        return [self._listed(row) for row in rows if row["id"] in self.seen]

    def _listed(self, row: Row) -> Shown:
        rules = self._rules(row)
        who = waits_for(rules, row["state"], row["officer_name"], self.t.lang, self.asked.get(row["id"], ()))
        return {
            **self._case(row, rules),
            "waits_for": ", ".join(who) if not row["closed_at"] else "",
            "since": row["entered_at"],
            "due": self._due(row["due_at"]) if not row["closed_at"] else None,
            "closed": row["closed_at"] is not None,
        }

    def _case(self, row: Row, rules: CaseType) -> Shown:
        secret = row["id"] not in self.seen
        return {
            "number": row["register_no"],
            "home": home_of(rules, row["register_no"]),
            "title": self.t("secret_case") if secret else row["title"],
            "state": state_words(rules, row, self.t.lang),
            "type": rules.name(self.t.lang),
            "secret": secret,
        }

    def _due(self, due_at: datetime | None) -> Shown | None:
        if due_at is None:
            return None
        day = workdays.local_day(due_at)
        return {"iso": day, "day": self.t.day(day), "away": self.t.distance(self.today, day), "late": day < self.today}

    def _rules(self, row: Row) -> CaseType:
        return self.app.types.pinned(row["definition"], lambda h: queries.definition(self.conn, h))

    def late(self, rows: Sequence[Shown]) -> int:
        """How many have passed their last day."""
        return sum(bool(row["due"] and row["due"]["late"]) for row in rows)


def _triggers(rules: CaseType, state: str) -> set[str]:
    """The steps that leave a state."""
    return {r.transition.name for r in rules.rows if r.source == state and r.transition.trigger}
