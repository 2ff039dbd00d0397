"""The tree of commands: one module per noun."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import typer
from typer.main import get_command_name
from typer.models import CommandInfo, TyperInfo


def build(line: Sequence[str] = ()) -> typer.Typer:
    """The command tree; of it only what ``line`` names, if it begins with the name of a command.

    Typer looks at every argument of every command that there is, which takes longer than most commands do.
    """
    root = _whole()
    return _branch(root, line[0], line[1:]) if line else root


def _branch(root: typer.Typer, noun: str, rest: Sequence[str]) -> typer.Typer:
    commands = [c for c in root.registered_commands if _called(c) == noun]
    groups = [copy(g) for g in root.registered_groups if g.name == noun]
    if not commands and not groups:
        return root
    for group in groups:
        group.typer_instance = _twig(group.typer_instance, rest[0] if rest else "")
    return _with(root, commands, groups)


def _twig(group: typer.Typer | None, verb: str) -> typer.Typer | None:
    found = [c for c in group.registered_commands if _called(c) == verb] if group else []
    return _with(group, found, []) if group and found else group


def _called(command: CommandInfo) -> str:
    return command.name or get_command_name(command.callback.__name__ if command.callback else "")


def _with(tree: typer.Typer, commands: list[CommandInfo], groups: list[TyperInfo]) -> typer.Typer:
    alike = copy(tree)
    alike.registered_commands, alike.registered_groups = commands, groups
    return alike


def _whole() -> typer.Typer:
    """Every module here must be cheap to import."""
    from arende.cli import (
        absences,
        apikey,
        approvals,
        assignments,
        calendar,
        cases,
        caseviews,
        consultations,
        db,
        deadline,
        demo,
        export,
        home,
        keys,
        mail,
        mailbox,
        meetingroom,
        operationalplans,
        operations,
        outbox,
        people,
        processes,
        reconcile,
        simulate,
        states,
        templates,
        tray,
        webhook,
        work,
    )

    root = typer.Typer(
        name="arende",
        help="Ärenden från första utkast till arkiv. Cases from first draft to archive.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        epilog="--json, --home MAPP och --lang sv|en kan stå var som helst på raden.",
    )

    @root.callback()
    def _arende() -> None:
        """With it a single command keeps its name."""

    root.add_typer(cases.app, name="case")
    root.command("inbox")(caseviews.inbox)
    root.add_typer(work.task, name="task")
    root.add_typer(approvals.approval, name="approval")
    root.add_typer(consultations.app, name="consultation")
    root.add_typer(caseviews.audit, name="audit")
    root.add_typer(meetingroom.app, name="meeting")
    root.add_typer(assignments.app, name="assignment")
    root.add_typer(calendar.app, name="calendar")
    root.add_typer(operationalplans.app, name="plan")
    root.command("reconcile")(reconcile.reconcile)
    root.command("demo")(demo.demo)
    root.command("simulate")(simulate.simulate)
    root.command("export")(export.export)
    root.command("deadline")(deadline.deadline)
    root.add_typer(people.app, name="people")
    root.add_typer(absences.app, name="absence")
    root.add_typer(db.app, name="db")
    root.add_typer(home.app, name="home")
    root.add_typer(keys.app, name="keys")
    root.add_typer(apikey.app, name="apikey")
    root.add_typer(webhook.app, name="webhook")
    root.add_typer(states.app, name="states")
    root.add_typer(templates.app, name="templates")
    root.add_typer(outbox.app, name="outbox")
    root.add_typer(mail.app, name="mail")
    root.add_typer(mailbox.app, name="mailbox")
    root.add_typer(tray.app, name="tray")
    operations.add_to(root)
    processes.add_to(root)
    return root
