"""The tree of commands: one module per noun."""

from __future__ import annotations

import typer


def build() -> typer.Typer:
    """The whole command tree. Every module here must be cheap to import."""
    from arende.cli import (
        approvals,
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
        outbox,
        people,
        processes,
        reconcile,
        states,
        tray,
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
    root.add_typer(cases.app, name="case")
    root.command("inbox")(caseviews.inbox)
    root.add_typer(work.task, name="task")
    root.add_typer(approvals.approval, name="approval")
    root.add_typer(consultations.app, name="consultation")
    root.add_typer(caseviews.audit, name="audit")
    root.add_typer(meetingroom.app, name="meeting")
    root.command("reconcile")(reconcile.reconcile)
    root.command("demo")(demo.demo)
    root.command("export")(export.export)
    root.command("deadline")(deadline.deadline)
    root.add_typer(people.app, name="people")
    root.add_typer(db.app, name="db")
    root.add_typer(home.app, name="home")
    root.add_typer(keys.app, name="keys")
    root.add_typer(states.app, name="states")
    root.add_typer(outbox.app, name="outbox")
    root.add_typer(mail.app, name="mail")
    root.add_typer(mailbox.app, name="mailbox")
    root.add_typer(tray.app, name="tray")
    processes.add_to(root)
    return root
