"""One case as a page shows it: rows and rules made into words. Nothing here reads the database or decides anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from arende import answerstate, duedates, endings, statuswords, timeline, workdays
from arende.casetypes import CaseType
from arende.casewords import (
    ROUNDS,
    act_noun,
    capital,
    deadline_words,
    document_words,
    field_words,
    legal_force,
    related_words,
    relation_words,
    round_title,
    stance,
    value_words,
)
from arende.effecttypes import Due
from arende.errors import Sentence
from arende.register import number_in
from arende.trails import Trail
from arende.usecases.rounds import name_of
from arende.web import labels
from arende.web.speech import Speech
from arende.web.waits import waits_for

Row = dict[str, Any]
Shown = dict[str, Any]
UNSPECIFIED = "unspecified"
"""The choice that says that something is not known: shown as a warning while it stands."""


@dataclass(frozen=True)
class Read:
    """Everything read about one case, in one go."""

    case: Row
    history: list[Row]
    tasks: list[Row]
    approvals: list[Row]
    rounds: list[Row]
    documents: list[Row]
    mails: list[Row]
    relations: list[Row]
    related_from: list[Row]
    deadlines: list[Row]
    names: Mapping[str, str]
    trails: list[Trail]
    notes: list[Row]
    questions: list[Row]
    assignments: list[Row]


def _title(rules: CaseType, role: str) -> Sentence:
    return Sentence(rules.role_title(role), rules.role_title(role, "en"))


class CasePage:
    """What the template asks for. ``today`` is the day in Stockholm."""

    def __init__(self, read: Read, rules: CaseType, t: Speech, today: date) -> None:
        self.read, self.rules, self.t, self.today = read, rules, t, today
        self.case = read.case

    # ------------------------------------------------------------ where it is

    @property
    def type(self) -> str:
        """What the case type is called."""
        return self.rules.name(self.t.lang)

    @property
    def state(self) -> str:
        """What the present state is called."""
        return endings.state_words(self.rules, self.case, self.t.lang)

    @property
    def ended(self) -> str:
        """How the number has ended, where it was not by the case's own steps."""
        return self.t.say(endings.told(self.case)) if self.case["ending"] else ""

    @property
    def help(self) -> str:
        """What the definition says about the present state."""
        return self.t.say(self.rules.states[self.case["state"]].help)

    @property
    def warnings(self) -> list[str]:
        """What is expressly not known about the case."""
        return [
            self.t("unspecified", field=self.t.say(field_words(self.rules, key)), value=self._value(key, value))
            for key, value in self.case["fields"].items()
            if value == UNSPECIFIED
        ]

    @property
    def phases(self) -> list[Shown]:
        """The four phases in order, each with the states the case has passed in it."""
        order = list(labels.PHASES)
        now = order.index(self.case["phase"]) if self.case["phase"] in order else 0
        return [
            {
                "title": self.t.pick(labels.PHASES, phase),
                "place": "present" if n == now else "passed" if n < now else "ahead",
                "states": self._visited(phase),
            }
            for n, phase in enumerate(order)
        ]

    def _visited(self, phase: str) -> list[Shown]:
        here = self.case["state"]
        past = [e["payload"].get("from") for e in self.read.history if _is_step(e)]
        seen = dict.fromkeys(s for s in [*past, here] if s in self.rules.states)
        return [
            {"title": self.rules.state_title(s, self.t.lang), "present": s == here}
            for s in seen
            if (self.case["phase"] if s == here else self.rules.states[s].phase) == phase
        ]

    @property
    def waits_for(self) -> list[str]:
        """Whom the case waits for."""
        asked = [a["approver_name"] for a in self.read.approvals if a["state"] == "pending"]
        return waits_for(self.rules, self.case["state"], self.case["officer_name"], self.t.lang, asked)

    @property
    def answered(self) -> str:
        """How many of those asked have answered, while a round is open."""
        for round_ in self.read.rounds:
            if round_["state"] == "open":
                got, asked = answerstate.counted(round_["answers"])
                return self.t("answered_of", got=got, all=asked)
        return ""

    @property
    def until(self) -> Shown | None:
        """The last day of the present state, else the nearest one."""
        own = f"state:{self.case['state']}"
        return next((d for d in self._open if d["key"] == own), next(iter(self._open), None))

    @property
    def deadlines(self) -> list[Shown]:
        """The other last days that are still open, the nearest first."""
        shown = self.until
        return [d for d in self._open if d is not shown]

    @cached_property
    def _open(self) -> list[Shown]:
        """Open last days, except those of tasks and requests, which show their own."""
        return [
            {
                "key": d["key"],
                "what": capital(deadline_words(self.rules, d["key"])).in_(self.t.lang),
                "ground": self._ground(d["rule"]),
                **self.last_day(d["due_on"]),
            }
            for d in self.read.deadlines
            if not d["key"].startswith(("task:", "approval:", "assignment:"))
        ]

    def _ground(self, rule: Row) -> str:
        return self.t.say(duedates.ground_of(Due.model_validate(rule, strict=False)))

    def last_day(self, day: date) -> Shown:
        """A last day: the day, how far away it is, and whether it has passed."""
        away = self.t.distance(self.today, day)
        return {"day": self.t.say(duedates.said(day)), "away": away, "late": day < self.today, "iso": day}

    # ------------------------------------------------------------ work

    @property
    def work(self) -> list[Shown]:
        """Open tasks, and every request of a group that still waits for somebody."""
        return [*self._tasks(), *self._requests()]

    def _tasks(self) -> Iterator[Shown]:
        for task in self.read.tasks:
            if task["state"] == "open":
                title = task["title"].get(self.t.lang) or task["title"]["sv"]
                who = task["assignee_name"] or capital(_title(self.rules, task["role"])).in_(self.t.lang)
                yield {**self._item("task", title, who, task["opened_at"], task["due_at"]), "task": task}

    def _requests(self) -> Iterator[Shown]:
        waiting = {(a["key"], a["round"]) for a in self.read.approvals if a["state"] == "pending"}
        for a in self.read.approvals:
            if (a["key"], a["round"]) in waiting:
                item = self._item(
                    "request", act_noun(self.rules, a["key"]).in_(self.t.lang), a["approver_name"], a["asked_at"],
                    a["due_at"] if a["state"] == "pending" else None,
                )  # fmt: skip
                yield {**item, "status": self._tag(statuswords.REQUESTS, a["state"])}

    def act_of(self, request: Row) -> str:
        """What a request asks for: "Underskrift"."""
        return act_noun(self.rules, request["key"]).in_(self.t.lang)

    def _item(self, kind: str, what: str, who: str, since: Any, due: Any) -> Shown:
        last = self.last_day(workdays.local_day(due)) if due else None
        return {
            "kind": self.t(kind),
            "what": what,
            "who": who,
            "since": since,
            "due": last,
            "status": None,
            "task": None,
        }

    # ------------------------------------------------------------ the case's own data

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The case's own data in words, in the order in which it was given."""
        given = self.case["fields"]
        order = [k for e in self.read.history for k in (e["payload"] or {}).get("fields") or ()]
        return [
            (self.t.say(field_words(self.rules, key)), self._value(key, given[key]))
            for key in dict.fromkeys([*order, *given])
            if given.get(key) not in (None, "")
        ]

    def _value(self, key: str, value: Any) -> str:
        if key in self.rules.fields and self.rules.fields[key].secret:
            return self.t.say(timeline.SECRET)
        return self.t.say(value_words(self.rules, key, value, self.read.names))

    @property
    def relations(self) -> list[tuple[str, str, str]]:
        """What the case is related to and what is related to it: how, what, and the number where it is a case."""
        there = [(relation_words(r["kind"]), r["other"], number_in(r["other"])) for r in self.read.relations]
        back = [(related_words(r["kind"]), r["other"], r["other"]) for r in self.read.related_from]
        return [(self.t.say(how), other, no) for how, other, no in dict.fromkeys([*there, *back])]

    # ------------------------------------------------------------ consultations

    @property
    def rounds(self) -> list[Shown]:
        """The rounds, the latest first, each with a line per party."""
        return [self._round(r) for r in reversed(self.read.rounds)]

    def _round(self, round_: Row) -> Shown:
        return {
            "id": f"{round_['key']}-{round_['round']}",
            "key": name_of(round_),
            "title": _noun(round_["kind"]).in_(self.t.lang),
            "number": self.t("round", n=round_["round"]) if round_["round"] > 1 else "",
            "status": self._tag(statuswords.ROUND_STATES, round_["state"]),
            "opened": round_["opened_at"],
            "due": self.last_day(workdays.local_day(round_["due_at"])),
            "open": round_["state"] == "open",
            "reason": round_["reason"],
            "answers": [self._answer(round_, a) for a in round_["answers"]],
        }

    def _answer(self, round_: Row, a: Row) -> Shown:
        mail = a["delivery"]
        until = workdays.local_day(a["due_at"]).isoformat()
        return {
            **{k: a[k] for k in ("body", "section", "party_ref", "comment", "late", "received_at")},
            "row": a,
            "party": a["party_name"],
            "status": self._tag(statuswords.ANSWERS, a["state"], until=until),
            "stance": self.t.say(capital(stance(self.rules, a["key"], a["stance"]))) if a["stance"] else "",
            "withdrawn": a["state"] == "withdrawn",
            "decided_on": a["decided_on"],
            "legal_force": self.t.say(legal_force(a)) if round_["kind"] == "decision" and a["stance"] else "",
            "mail": self._tag(statuswords.DELIVERY, mail["state"]) if mail else None,
            "remarks": [self.t.say(s) for s in answerstate.remarks(a, round_["kind"])],
        }

    @property
    def assignments(self) -> list[Shown]:
        """What bodies have decided that somebody is to do, each with its last day and how it stands."""
        return [
            {
                **{k: a[k] for k in ("number", "what", "decision", "report")},
                "receiver": self.read.names.get(a["receiver"], a["receiver"]),
                "due": self.last_day(a["report_on"]) if a["report_on"] else None,
                "status": self._tag(statuswords.ASSIGNMENTS, "late" if a["overdue"] else a["state"]),
            }
            for a in self.read.assignments
        ]

    # ------------------------------------------------------------ requests

    @property
    def trails(self) -> list[Shown]:
        """Every request, the latest first: of whom, by which mails, how it was answered and on which text."""
        return [
            {
                "title": self.t.say(trail.title(self.rules)),
                "status": self._tag(statuswords.REQUESTS, trail.request["state"]),
                "known": [(self.t.say(label), self.t.say(value)) for label, value in trail.particulars()],
            }
            for trail in reversed(self.read.trails)
        ]

    # ------------------------------------------------------------ documents and mail

    @property
    def documents(self) -> list[Shown]:
        """Every version of every document, by record number."""
        newest = {d["key"]: d["version"] for d in self.read.documents}
        return [
            {
                **d,
                "title": self.t.say(document_words(self.rules, d["key"])),
                "kind": self.t.pick(labels.DIRECTIONS, d["direction"]),
                "replaced": d["version"] < newest[d["key"]],
            }
            for d in self.read.documents
        ]

    @property
    def mails(self) -> list[Shown]:
        """Every mail as promised, the latest first, with what became of it."""
        return [self._mail(m) for m in reversed(self.read.mails)]

    def _mail(self, m: Row) -> Shown:
        n = m["attempts"]
        return {
            "id": m["id"],
            "to": m["recipient_name"] or m["address"],
            "subject": m["subject"],
            "when": m["sent_at"] or m["created_at"],
            "status": self._tag(statuswords.DELIVERY, m["state"]),
            "run": m["flow_run"],
            "attempts": "" if n < 2 else self.t("attempts", n=n),
            "reply": m["reply"] if m["state"] in ("failed", "unknown") else "",
        }

    @property
    def mail_counts(self) -> list[str]:
        """How many mails are in each state: "Sänt: 18"."""
        counts = Counter(m["state"] for m in self.read.mails)
        return [f"{self.t.say(statuswords.DELIVERY[state][0])}: {n}" for state, n in counts.items()]

    @property
    def mail_trouble(self) -> bool:
        """Whether a mail did not arrive, so that the list should stand open."""
        return any(m["state"] in ("failed", "unknown") for m in self.read.mails)

    # ------------------------------------------------------------ history

    @property
    def history(self) -> list[Shown]:
        """The events, the latest first; ``day`` only where it differs from the line above."""
        shown, above = [], None
        for e in reversed(self.read.history):
            day = self.t.day(e["occurred_at"])
            shown.append(self._event(e, day if day != above else ""))
            above = day
        return shown

    def _event(self, e: Row, day: str) -> Shown:
        t, told = self.t, timeline.told(e, self.rules, self.read.names)
        apart = workdays.local_day(e["occurred_at"]) != workdays.local_day(e["recorded_at"])
        when = {"when": t.day(e["occurred_at"]), "recorded": t.day(e["recorded_at"])}
        return {
            "seq": e["seq"],
            "at": e["occurred_at"],
            "day": day,
            "clock": t.clock(e["occurred_at"]),
            "said": t.say(told),
            "weight": "step" if e["kind"] in ("case:registered", "case:step:taken") else "",
            "channel": t.pick(labels.CHANNELS, e["channel"]),
            "authority": t("by_authority", what=e["authority"]) if e["authority"] else "",
            "apart": t("happened", **when) if apart else "",
            "more": [(t.say(p.label), t.say(p.value)) for p in self._particulars(e)],
        }

    def _particulars(self, e: Row) -> list[timeline.Particular]:
        found = timeline.particulars(e, self.rules, self.read.names)
        return [p for p in found if e["kind"] != "case:registered" or p.value.sv != self.case["title"]]

    def _tag(self, table: Mapping[str, tuple[Sentence, str]], key: str, **values: str) -> Shown:
        words, tone = table.get(key, (Sentence(key, key), "calm"))
        return {"words": words.in_(self.t.lang).format(**values), "tone": tone}


def _noun(kind: str) -> Sentence:
    """A round as a heading: "Avstämning"."""
    return round_title(kind, 1) if kind in ROUNDS else Sentence(kind, kind)


def _is_step(e: Row) -> bool:
    return e["kind"] == "case:step:taken" and bool(e["payload"])
