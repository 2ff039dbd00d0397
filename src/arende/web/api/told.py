"""From our rows to the shapes of the API. Nothing is looked up here but what the rows name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from arende import duedates, queries, timeline, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.effecttypes import Due
from arende.endings import state_words
from arende.queries import Connection, Row
from arende.usecases.options import Choice
from arende.web.api import shapes
from arende.web.waits import waits_for

DATA = (
    "trigger", "from", "to", "type", "definition", "document", "record_no", "version", "approval", "round", "act",
    "decision", "key", "party", "stance", "task", "corrects", "assignment", "number",
)  # fmt: skip
"""What of an event's content is names and numbers of ours; words and names of people are told by its sentence."""


def rules_of(app: App, conn: Connection, definition: str) -> CaseType:
    """The definition that a case is pinned to."""
    return app.types.pinned(definition, lambda h: queries.definition(conn, h))


def day(moment: datetime | None) -> date | None:
    """The day in Stockholm."""
    return workdays.local_day(moment) if moment else None


def line(row: Row, rules: CaseType, lang: str) -> dict[str, Any]:
    """A case in a list."""
    officer = {"key": row["officer"], "name": row["officer_name"]} if row["officer"] else None
    due = day(row["due_at"]) if not row["closed_at"] else None
    return {**row, "state_title": state_words(rules, row, lang), "officer": officer, "due_on": due}


def case(parts: Mapping[str, Any], rules: CaseType, lang: str) -> shapes.Case:
    """One case; ``parts`` are its row and the rows of what stands on it."""
    row: Row = parts["case"]
    secret = {k for k, f in rules.fields.items() if f.secret}
    told = {
        **line(row, rules, lang),
        "type_title": rules.name(lang),
        "fields": {k: v for k, v in row["fields"].items() if k not in secret},
        "waits_for": _waits_for(parts, rules, lang),
        "tasks": [_task(t, lang) for t in parts["tasks"] if t["state"] == "open"],
        "approvals": [_approval(a) for a in parts["approvals"]],
        "consultations": [_round(r) for r in parts["rounds"]],
        "documents": [document(d, row["register_no"], parts["open"]) for d in parts["documents"]],
        "deadlines": [deadline({**d, "register_no": row["register_no"]}, lang) for d in parts["deadlines"]],
        "relations": parts["relations"],
        "related_from": parts["related_from"],
        "assignments": parts["assignments"],
    }
    return shapes.Case.model_validate(told)


def _waits_for(parts: Mapping[str, Any], rules: CaseType, lang: str) -> list[str]:
    row = parts["case"]
    asked = [a["approver_name"] for a in parts["approvals"] if a["state"] == "pending"]
    return [] if row["closed_at"] else waits_for(rules, row["state"], row["officer_name"], lang, asked)


def document(row: Row, register_no: str, may_open: Collection[int]) -> dict[str, Any]:
    """A record; ``may_open`` are the numbers of those that the caller may open."""
    number = row["record_no"]
    opens = number in may_open and not row["removed"]
    href = f"/api/v1/cases/{register_no}/documents/{number}" if opens else None
    return {**row, **({} if opens else dict.fromkeys(("name", "sha256"))), "href": href}


def deadline(row: Row, lang: str) -> dict[str, Any]:
    """A last day, in the words that pages, mails and calendars say it in, and what it rests on."""
    due = Due.model_validate(row["rule"], strict=False)
    said = {"sentence": duedates.last_day(row["due_on"]).in_(lang), "ground": duedates.ground_of(due).in_(lang)}
    return {**row, **said}


def event(row: Row, rules: CaseType, names: Mapping[str, str], lang: str) -> dict[str, Any]:
    """One thing that has happened."""
    payload = row["payload"] or {}
    data = {k: payload[k] for k in DATA if isinstance(payload.get(k), str | int | bool)}
    text = timeline.told(row, rules, dict(names)).in_(lang)
    return {**row, "text": text, "command": row["command_id"], "data": data}


def option(choice: Choice, lang: str) -> dict[str, Any]:
    """A step as it may be offered."""
    return {
        "trigger": choice.trigger,
        "title": choice.title.in_(lang),
        "to": choice.dest,
        "allowed": choice.allowed,
        "why_not": [s.in_(lang) for s in choice.sentences],
        "asks_for": [{"field": k, "title": title.in_(lang), "required": need} for k, title, need in choice.asks],
        "comment": choice.comment,
    }


def type_line(rules: CaseType, lang: str) -> dict[str, Any]:
    """A case type in a list."""
    return {"key": rules.key, "title": rules.name(lang), "version": rules.version, "series": rules.register_}


def type_(rules: CaseType, lang: str) -> shapes.Type:
    """A case type."""
    fields = [
        {"key": k, "title": f.title.in_(lang) if f.title else k, "type": f.type, "required": f.required,
         "secret": f.secret}
        for k, f in rules.asked_by("register").items()
    ]  # fmt: skip
    steps = [
        {"trigger": r.transition.name, "from": r.source, "to": r.dest,
         "title": rules.trigger_title(r.transition.name, lang, source=r.source, dest=r.dest)}
        for r in rules.rows
        if r.transition.trigger
    ]  # fmt: skip
    states = [
        {"key": k, "title": rules.state_title(k, lang), "phase": s.phase, "final": s.final}
        for k, s in rules.states.items()
    ]
    told = {"definition": rules.hash, "documents": list(rules.documents), "fields": fields, "states": states}
    return shapes.Type.model_validate({**type_line(rules, lang), **told, "steps": steps})


def item(row: Row, unseen: Collection[str]) -> dict[str, Any]:
    """An item of an agenda. Of one about a case under secrecy that the caller may not see, no words are told."""
    hidden = any(number in unseen for number in row["cases"])
    words = dict.fromkeys(("heading", "proposal", "decision")) if hidden else {}
    return {**row, "section": row["section_no"], **words}


def _task(row: Row, lang: str) -> dict[str, Any]:
    return {**row, "title": row["title"].get(lang) or row["title"]["sv"], "due_on": day(row["due_at"])}


def _approval(row: Row) -> dict[str, Any]:
    decided = {"key": row["decided_by"], "name": row["decided_by_name"]} if row["decided_by"] else None
    asked = {"key": row["approver"], "name": row["approver_name"]}
    return {**row, "approver": asked, "decided_by": decided, "due_on": day(row["due_at"])}


def _round(row: Row) -> dict[str, Any]:
    answers = [{**a, "due_on": day(a["due_at"]), "documents": a["documents"] or []} for a in row["answers"]]
    return {**row, "due_on": day(row["due_at"]), "answers": answers}
