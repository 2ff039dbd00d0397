"""Which commands another program may give, and what it writes in each: the command's own fields, as JSON.

What only a door can know is left out: who acts and when, by which mail or link. Nobody approves, decides or signs with
a key: that is an act of a person, who signs in or answers a mail.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, create_model

from arende import (
    answercommands,
    assignmentcommands,
    commands,
    deliverycommands,
    deskcommands,
    meetingcommands,
    operationalcommands,
    organisationcommands,
    plancommands,
    registercommands,
)
from arende.commands import Command, OnCase
from arende.web.api.problems import Fault, Misfit

OFFERED: dict[str, type[Command]] = {
    kind.name: kind
    for kind in (
        commands.RegisterCase,
        registercommands.VoidCase,
        registercommands.MergeCases,
        registercommands.MoveRecord,
        organisationcommands.HandOver,
        deliverycommands.RetryDelivery,
        commands.Advance,
        commands.AssignCase,
        commands.AddNote,
        commands.Relate,
        commands.CompleteTask,
        commands.AnswerQuestion,
        commands.CheckRecord,
        commands.CorrectEvent,
        commands.DeclareConflict,
        deskcommands.Remind,
        deskcommands.Watch,
        deskcommands.Unwatch,
        deskcommands.ReportAbsence,
        deskcommands.EndAbsence,
        deskcommands.ChooseMail,
        commands.AnswerConsultation,
        commands.WithdrawAnswer,
        commands.ExtendAnswer,
        commands.CloseConsultation,
        answercommands.AcknowledgeAnswer,
        answercommands.AskExtension,
        answercommands.RefuseExtension,
        answercommands.RegisterAnswer,
        answercommands.SetAsideAnswer,
        answercommands.AskSupplement,
        answercommands.AcceptAnswer,
        answercommands.ReplyToAnswer,
        answercommands.AddParty,
        answercommands.RemoveParty,
        answercommands.RecordPositions,
        answercommands.CompileAnswers,
        assignmentcommands.GiveAssignment,
        assignmentcommands.ReportAssignment,
        assignmentcommands.MoveAssignment,
        assignmentcommands.SettleAssignment,
        plancommands.KeepPlan,
        plancommands.DropPlan,
        operationalcommands.ImportPlan,
        operationalcommands.FollowUpActivity,
        operationalcommands.ReportPlan,
        operationalcommands.TieCase,
        meetingcommands.AddAgendaItem,
        meetingcommands.RemoveAgendaItem,
        meetingcommands.OrderAgenda,
        meetingcommands.RecordAttendance,
        meetingcommands.ReportAbsence,
        meetingcommands.RetractAttendance,
        meetingcommands.DeclareItemConflict,
        meetingcommands.RecordMotion,
        meetingcommands.RecordVote,
        meetingcommands.RecordDissent,
        meetingcommands.RecordOutcomes,
        meetingcommands.ApproveAtOnce,
        meetingcommands.PostNotice,
    )
}
"""Name → command."""
OF_THE_DOOR = ("id", "actor", "door", "at", "expected_version", "mail", "file", "token_sha256")
"""Fields that the program does not write: its key, its headers and the clock tell them, or they are of another door."""
NEED_THE_VERSION = ("advance", "assign_case")
"""Commands that another's change could spoil: the program has to say which version it saw."""
MOST = 2**31 - 1
"""The largest number that the database keeps."""
Value = bool | int | float | list[str] | Annotated[str, StringConstraints(max_length=100_000)]
"""What a field of a case can be given: a date is a text, several parties are a list."""


class Body(BaseModel):
    """Base of what is written in a command."""

    model_config = ConfigDict(extra="forbid", strict=True, str_max_length=100_000)


@cache
def body_of(name: str) -> type[Body]:
    """The model of what a program writes in the command."""
    kind = OFFERED[name]
    fields: dict[str, Any] = {
        key: (dict[str, Value] if key == "fields" else field.rebuild_annotation(), field)
        for key, field in kind.model_fields.items()
        if key not in OF_THE_DOOR
    }
    return create_model(f"{kind.__name__}Body", __base__=Body, __doc__=kind.__doc__, **fields)


def built(name: str, text: bytes, data: Any, *, actor: str, command_id: UUID, version: int | None) -> Command:
    """The command that the program gives. Raises Misfit for another shape, Invalid for words that do not fit."""
    kind = OFFERED[name]
    own: dict[str, Any] = {"actor": actor, "door": "api", "id": command_id}
    if issubclass(kind, OnCase):
        own["expected_version"] = version
    if faults := [Fault(pointer=at, detail=why) for at, why in _unstorable(data, "")]:
        raise Misfit(faults)
    try:
        body = body_of(name).model_validate_json(text)
        return kind.model_validate({**body.model_dump(exclude_unset=True), **own})
    except ValidationError as e:
        raise Misfit([Fault(pointer=_pointer(f["loc"]), detail=f["msg"]) for f in e.errors()]) from e


def _pointer(place: tuple[int | str, ...]) -> str:
    return "".join(f"/{part}" for part in place)


def _unstorable(data: Any, at: str) -> Iterator[tuple[str, str]]:
    """What no database keeps: numbers beyond its own, and characters that are none."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _unstorable(key, f"{at}/{key}")
            yield from _unstorable(value, f"{at}/{key}")
    elif isinstance(data, list):
        for n, value in enumerate(data):
            yield from _unstorable(value, f"{at}/{n}")
    elif isinstance(data, str) and any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in data):
        yield at.encode("utf-8", "replace").decode(), "has characters that cannot be stored"
    elif isinstance(data, int) and not isinstance(data, bool) and not 0 <= data <= MOST:
        yield at, f"is not a number between 0 and {MOST}"
    elif isinstance(data, float) and not (math.isfinite(data) and abs(data) < 1e15):
        yield at, "is too large a number"


def schema_of(name: str) -> dict[str, Any]:
    """The schema of what a program writes, with ``$defs`` still in it."""
    schema: dict[str, Any] = _bounded(body_of(name).model_json_schema(ref_template="#/components/schemas/{model}"))
    return schema


def _bounded(schema: Any) -> Any:
    """With the bounds of numbers said."""
    if isinstance(schema, list):
        return [_bounded(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _bounded(part) for key, part in schema.items()}
    return {**found, "minimum": 0, "maximum": MOST} if schema.get("type") == "integer" else found
