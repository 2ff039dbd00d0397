"""What must hold of every case at rest, whatever was done to it (I1–I8)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from arende import assignmentcommands, db, events, models, queries
from arende.app import App
from arende.casetypes import CaseType
from arende.machine import SYSTEM
from arende.usecases import audit

Row = dict[str, Any]


def check_all(app: App) -> int:
    """Hold every case of the database against the invariants; returns how many there were."""
    with db.reading(app.engine) as conn:
        numbers = [no for _, no, _, _ in queries.case_ids(conn)]
        for no in numbers:
            Case(app, conn, no).check()
        _each_mail_promised_once(conn)
    # Stories share one storage, and some remove files from it: test_audit.py has the files.
    found = [f for f in audit.verify(app)[2] if f["what"] != "file"]
    assert found == [], f"the audit: {found}"
    return len(numbers)


def _each_mail_promised_once(conn: Connection) -> None:
    ids = conn.execute(select(models.outbox.c.message_id)).scalars().all()
    assert len(ids) == len(set(ids)), "I4: a Message-ID twice"


class Case:
    """A case as read back, and the questions asked of it."""

    def __init__(self, app: App, conn: Connection, no: str) -> None:
        self.conn = conn
        self.case = queries.case(conn, no)
        self.rules: CaseType = app.types.pinned(self.case["definition"], lambda h: queries.definition(conn, h))
        self.events = queries.history(conn, self.case["id"])
        self.steps = [e for e in self.events if e["kind"] == "case:step:taken" and e["payload"]]
        self.whole = all(e["payload"] is not None for e in self.events)

    def rows(self, table: Any) -> list[Row]:
        return queries.of_case(self.conn, table, self.case["id"])

    def check(self) -> None:
        self.i1_events_are_gapless_and_the_version_counts_commands()
        self.i2_one_state_of_the_definition()
        self.i3_nothing_is_open_at_the_end()
        self.i4_every_mail_belongs_to_an_event()
        self.i5_four_eyes()
        self.i6_every_change_has_its_event()
        self.i7_the_events_lead_to_what_is_stored()
        self.i8_a_deadline_where_one_is_due()
        self.rounds_end_once()

    def i1_events_are_gapless_and_the_version_counts_commands(self) -> None:
        assert [e["seq"] for e in self.events] == list(range(1, len(self.events) + 1)), "I1: a gap"
        assert self.case["seq"] == len(self.events), "I1: the case counts other events"
        assert self.case["version"] == len({e["command_id"] for e in self.events}), "I1: version"
        chain = queries.sealed(self.conn, self.case["id"], self.case["register_no"])
        assert events.verify(chain, self.case["head"]) == [], "I1: the chain"

    def i2_one_state_of_the_definition(self) -> None:
        assert self.case["state"] in self.rules.states, "I2"

    def i3_nothing_is_open_at_the_end(self) -> None:
        """What comes in from outside after the end (a late answer, a bounce) may still give somebody a task.

        So may the end of a meeting itself: an outcome that a case does not await is entered there by hand.
        """
        if not self.rules.states[self.case["state"]].final and not self.case["ending"]:
            assert self.case["closed_at"] is None, "I3: closed but not at an end"
            return
        end = self.case["entered_seq"]
        assert self.case["closed_at"] is not None, "I3: at an end but not closed"
        tasks = [t for t in self.rows(models.tasks) if t["act"] not in (assignmentcommands.ACT, "enter_outcome")]
        assert not [t for t in tasks if t["state"] == "open" and t["seq"] <= end], "I3: task"
        assert not [a for a in self.rows(models.approvals) if a["state"] == "pending"], "I3: request"
        assert not [c for c in self.rows(models.consultations) if c["state"] == "open"], "I3: round"
        rows = [d for d in self.rows(models.deadlines) if not d["key"].startswith(assignmentcommands.KEY)]
        open_ = [d for d in rows if d["state"] in ("open", "resting") and d["round"] <= end]
        assert not open_, "I3: deadline"
        assert not self.rows(models.notes), "I3: working note"

    def i4_every_mail_belongs_to_an_event(self) -> None:
        for mail in self.rows(models.outbox):
            assert 1 <= mail["seq"] <= self.case["seq"], "I4"

    def i5_four_eyes(self) -> None:
        done: dict[str, set[str]] = {}
        for e in self.events:
            payload = e["payload"] or {}
            if e["kind"] not in ("case:step:taken", "case:registered"):
                continue
            trigger = payload.get("trigger", "register")
            who = {e["actor"], e["on_behalf_of"]} - {None, SYSTEM}
            for t in self.rules.transitions:
                if t.trigger == trigger and payload.get("from") in (t.from_ or ()):
                    for earlier in t.not_same_as:
                        assert not who & done.get(earlier, set()), f"I5: {who} did {earlier} and {trigger}"
            done[trigger] = who

    def i6_every_change_has_its_event(self) -> None:
        assert self.events[0]["kind"] == "case:registered", "I6"
        assert all(e["actor"] for e in self.events), "I6: an event of nobody"
        for before, after in pairwise(self.events):
            assert before["recorded_at"] <= after["recorded_at"], "I6: time runs backwards"
        if self.whole:
            assert all(b["payload"]["from"] == a["payload"]["to"] for a, b in pairwise(self.steps)), "I6: a jump"

    def i7_the_events_lead_to_what_is_stored(self) -> None:
        if not self.whole:
            return
        state, fields = self.events[0]["payload"]["state"], dict(self.events[0]["payload"]["fields"])
        passed = [e for e in self.events if e["kind"] == "case:handed_over"]
        for e in sorted([*self.steps, *passed], key=lambda e: int(e["seq"])):
            p = e["payload"]
            if e in passed:
                fields |= p["fields"]
                continue
            ways = {(r.source, p["to"] if r.dest == "previous" else r.dest) for r in self.rules.rows
                    if r.transition.name == p["trigger"] or (r.transition.auto and p["trigger"] == "auto")}  # fmt: skip
            assert (p["from"], p["to"]) in ways, f"I7: no such step {p}"
            state, fields = p["to"], self.rules.fields_for(p["trigger"], fields, p.get("fields", {}))
        assert state == self.case["state"], "I7: another state"
        assert fields == self.case["fields"], "I7: other fields"

    def i8_a_deadline_where_one_is_due(self) -> None:
        state = self.case["state"]
        due = self.rules.states[state].deadline
        if due is None or self.rules.states[state].final or self.case["ending"]:
            return
        anchor = due.before or due.after or due.at
        if anchor and not self.case["fields"].get(anchor):
            return
        entered = self.case["entered_seq"]
        rows = [d for d in self.rows(models.deadlines) if d["key"] == f"state:{state}" and d["round"] >= entered]
        assert [d for d in rows if d["step"] == "due" and d["state"] != "cancelled"], f"I8: {state} has no last day"

    def rounds_end_once(self) -> None:
        ended = [(e["payload"]["consultation"], e["payload"]["round"]) for e in self.events
                 if e["kind"] == "consultation:ended" and e["payload"]]  # fmt: skip
        assert len(ended) == len(set(ended)), "a round ended twice"
        over = [(c["key"], c["round"]) for c in self.rows(models.consultations) if c["state"] != "open"]
        if self.whole:
            assert sorted(ended) == sorted(over), "rounds and events disagree"
