"""``arende case show|list|options|history``, ``inbox``, ``audit``: what a person may read on the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from arende.cli.cases import As, Dnr
from arende.cli.cases import app as case
from arende.cli.casesearch import saved, search_cases
from arende.cli.shared import OPTIONS, fail_use, open_app, say, show

audit = typer.Typer(help="Kontroll av historiken. Checks of the history.", no_args_is_help=True)
case.command("search")(search_cases)
case.command("searches")(saved)


@case.command("print")
def print_case(
    dnr: Dnr,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Filen som skrivs. The file that is written.")],
) -> None:
    """Skriv ut ett ärende som PDF: uppgifter, svar, handlingar och historik. Print a case as one PDF."""
    from arende import db, queries, rights
    from arende.web import casefile, cases
    from arende.workdays import local_day

    app = open_app()
    with db.reading(app.engine) as conn:
        row = queries.case(conn, dnr)
        rules = app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
        read = cases.read(conn, row, "sv", local_day(app.clock()), rights.Reader(everything=True))
    out.write_bytes(casefile.pdf(app, read, rules))
    show({"register_no": dnr, "file": str(out)}, say(f"Skrev {out}.", f"Wrote {out}."))


@case.command("show")
def show_case(dnr: Dnr) -> None:
    """Visa ett ärende. Show a case."""
    from arende import db, desk, meetingqueries, queries, rights
    from arende.endings import state_words
    from arende.workdays import local_day

    app = open_app()
    with db.reading(app.engine) as conn:
        row = queries.case(conn, dnr)
        rules = app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
        data = {
            **{k: row[k] for k in _SHOWN},
            "state_title": state_words(rules, row, OPTIONS.lang),
            "waits_for": [rules.role_title(r, OPTIONS.lang) for r in rules.states[row["state"]].waits_for],
            "tasks": [t for t in queries.tasks(conn, row["id"]) if t["state"] == "open"],
            "approvals": [_approval(a) for a in queries.approvals(conn, row["id"])],
            "consultations": [_round(c) for c in queries.consultations(conn, row["id"])],
            "documents": queries.documents(conn, row["id"]),
            "relations": [{"kind": r["kind"], "other": r["other"]} for r in queries.relations(conn, row["id"])],
            "related_from": desk.related_from(conn, rights.Reader(everything=True), row["register_no"]),
            "assignments": meetingqueries.assignments(conn, local_day(app.clock()), "all", register_no=dnr),
            "deadlines": [{"key": d["key"], "due_on": d["due_on"]} for d in queries.open_deadlines(conn, row["id"])],
        }
    show(data, lambda: "\n".join(_case_lines(data, rules)))


_SHOWN = (
    "register_no", "type", "title", "state", "phase", "version", "officer", "fields", "secrecy", "due_at", "opened_at",
    "changed_at", "closed_at", "ending", "continued_in", "definition",
)  # fmt: skip


@case.command("list")
def list_cases(
    state: Annotated[str | None, typer.Option("--state")] = None,
    type_: Annotated[str | None, typer.Option("--type")] = None,
    officer: Annotated[str | None, typer.Option("--officer")] = None,
    open_: Annotated[bool, typer.Option("--open", help="Bara öppna ärenden. Open cases only.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
) -> None:
    """Lista ärenden, senast ändrade först. List cases, last changed first."""
    from arende import db, queries
    from arende.endings import state_words

    app = open_app()
    with db.reading(app.engine) as conn:
        rows = queries.cases(conn, limit=limit, state=state, type_=type_, officer=officer, open_only=open_)
        for row in rows:
            rules = app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
            row["state_title"] = state_words(rules, row, OPTIONS.lang)
    show([{k: v for k, v in r.items() if k != "id"} for r in rows], lambda: "\n".join(map(_line, rows)) or _none())


@case.command("options")
def options(dnr: Dnr, as_: As) -> None:
    """Vilka steg som kan tas nu, och varför inte de andra. Which steps may be taken now, and why not the others."""
    from arende.usecases.options import options_for

    app = open_app()
    found = options_for(app, dnr, as_)
    data = [
        {
            "trigger": o.trigger,
            "title": o.title.in_(OPTIONS.lang),
            "to": o.dest,
            "allowed": o.allowed,
            "why_not": [s.in_(OPTIONS.lang) for s in o.sentences],
            "asks_for": [{"field": k, "title": t.in_(OPTIONS.lang), "required": r} for k, t, r in o.asks],
            "comment": o.comment,
        }
        for o in found
    ]
    show(data, lambda: "\n".join(line for o in data for line in _option_lines(o)) or _none())


@case.command("plan")
def plan(
    dnr: Dnr,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="BODY", help="Organet som ska ta upp ärendet; annars sparad tidplan. The body."),
    ] = None,
    meeting: Annotated[
        str | None, typer.Option("--meeting", metavar="DATUM", help="Dess möte; annars det som hinns med. Its meeting.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Spara planen på ärendet. Keep the plan on the case.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Ta bort den sparade planen. Take the kept plan away.")] = False,
    note: Annotated[str | None, typer.Option("--note", help="Skälet till --drop. Why it is dropped.")] = None,
    as_: Annotated[str | None, typer.Option("--as", metavar="USER", help="Vem som sparar den. Who keeps it.")] = None,
) -> None:
    """Räkna bakåt från ett organs möte: vad som ska vara klart när. Count back from a body's meeting."""
    from arende.cli import plans
    from arende.cli.deadline import day_of

    day = day_of("--meeting", meeting) if meeting else None
    if keep and not (to and as_):
        fail_use("--keep behöver --to BODY och --as USER.", "--keep needs --to BODY and --as USER.")
    if meeting and not to:
        fail_use("--meeting behöver --to BODY.", "--meeting needs --to BODY.")
    if drop and (not as_ or to or keep):
        fail_use("--drop behöver --as USER, och varken --to eller --keep.", "--drop needs --as USER, and neither --to "
                 "nor --keep.")  # fmt: skip
    if drop:
        plans.drop(open_app(), dnr, as_ or "", note)
    elif to is None:
        plans.show_kept(open_app(), dnr)
    elif keep:
        plans.keep(open_app(), dnr, to, day, as_ or "")
    else:
        plans.show_planned(open_app(), dnr, to, day)


@case.command("history")
def history(dnr: Dnr) -> None:
    """Allt som har hänt, i ordning. Everything that has happened, in order."""
    from arende import db, queries

    app = open_app()
    with db.reading(app.engine) as conn:
        row = queries.case(conn, dnr)
        rules = app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
        events = queries.history(conn, row["id"])
        told = history_lines(conn, rules, events, queries.tasks(conn, row["id"]))
        asked = queries.trails(conn, row["id"], queries.approvals(conn, row["id"]), queries.mails(conn, row["id"]))
    data = [{**e, "text": t} for e, (_, t) in zip(events, told, strict=True)]
    show(data, lambda: "\n".join([*(line for line, _ in told), *_trail_lines(asked, rules)]))


def _trail_lines(asked: list[Any], rules: Any) -> list[str]:
    """Of whom each act was asked, by which mails, and how the answer came."""
    lines = ["", say("Begäranden och svar", "Requests and answers")] if asked else []
    for trail in asked:
        lines.append(f"  {say(*trail.title(rules))}")
        lines += [f"      {say(*label)}: {say(*value)}" for label, value in trail.particulars()]
    return lines


def history_lines(
    conn: Any, rules: Any, events: list[dict[str, Any]], tasks: list[dict[str, Any]]
) -> list[tuple[str, str]]:
    """Each event as (whole line, its sentence)."""
    from arende import actors, queries
    from arende.casewords import titles_of
    from arende.timeline import mentioned, told
    from arende.workdays import STOCKHOLM

    named = queries.names(conn, {key for e in events for key in mentioned(e)}, OPTIONS.lang)
    names = {**actors.names(conn), **named, **titles_of(tasks, OPTIONS.lang)}
    lines = []
    for e in events:
        when = e["occurred_at"].astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")
        sentence = told(e, rules, names).in_(OPTIONS.lang)
        lines.append((f"{e['seq']:>4}  {when}  {sentence}", sentence))
    return lines


def inbox(as_: As) -> None:
    """Det som väntar på dig, efter sista dag. What waits for you, by last day."""
    from arende.usecases.inbox import inbox_of

    app = open_app()
    rows = inbox_of(app, as_)
    for row in rows:
        row["what"] = (row["what"] or {}).get(OPTIONS.lang) or (row["what"] or {}).get("sv")
    show(rows, lambda: "\n".join(map(_waiting, rows)) or say("Inget väntar på dig.", "Nothing waits for you."))


@audit.command("verify")
def verify(dnr: Annotated[str | None, typer.Argument(metavar="[DNR]")] = None) -> int:
    """Kontrollera historikens hashkedja, och att ärendet är vad den säger. Check the history and the case."""
    from arende.usecases.audit import FAULTS
    from arende.usecases.audit import verify as checked_by

    app = open_app()
    checked, events, broken = checked_by(app, dnr)
    data = {"cases": checked, "events": events, "whole": not broken, "broken": broken}
    lines = [say(f"{b['register_no']}, händelse {b['seq']}: {FAULTS[b['what']].sv}.",
                 f"{b['register_no']}, event {b['seq']}: {FAULTS[b['what']].en}.") for b in broken]  # fmt: skip
    count = say(
        f"{checked} ärende{'n' if checked != 1 else ''}, {events} händelse{'r' if events != 1 else ''}",
        f"{checked} case{'s' if checked != 1 else ''}, {events} event{'s' if events != 1 else ''}",
    )
    whole = say(f"{count}: kedjan är hel.", f"{count}: the chain is whole.")
    show(data, "\n".join(lines) if broken else whole)
    return 1 if broken else 0


def _approval(a: dict[str, Any]) -> dict[str, Any]:
    keys = ("id", "key", "round", "act", "level", "role", "approver", "approver_name", "state", "due_at", "decided_by",
            "decided_at", "comment")  # fmt: skip
    return {k: a[k] for k in keys}


def _round(c: dict[str, Any]) -> dict[str, Any]:
    from arende.cli.rounds import said_of

    keys = ("party", "party_name", "state", "stance", "body", "decided_on", "section", "legal_force_on", "party_ref",
            "comment", "revision", "late", "due_at", "received_at", "documents", "reminders", "wish", "extension",
            "pending", "supplement", "reply", "delivery")  # fmt: skip
    answers = [{**{k: a[k] for k in keys}, **said_of(c, a)} for a in c["answers"]]
    return {**{k: c[k] for k in ("key", "round", "kind", "state", "due_at", "reason")}, "answers": answers}


def _case_lines(data: dict[str, Any], rules: Any) -> list[str]:
    from arende.casewords import act_noun, deadline_words
    from arende.cli.rounds import lines as round_lines
    from arende.statuswords import ASSIGNMENTS

    lines = [
        f"{data['register_no']}  {data['title']}",
        f"{rules.name(OPTIONS.lang)} · {data['state_title']} · version {data['version']}",
    ]
    if data["waits_for"]:
        lines.append(say("Väntar på: ", "Waits for: ") + ", ".join(data["waits_for"]))
    lines += [
        say("Sista dag: ", "Last day: ") + f"{d['due_on']}  ({say(*deadline_words(rules, d['key']))})"
        for d in data["deadlines"]
    ]
    for a in data["assignments"]:
        how, what = (
            say(*ASSIGNMENTS["late" if a["overdue"] else a["state"]][0]),
            a["what"] or say("(sekretess)", "(secrecy)"),
        )
        by = say(f", senast {a['report_on']}", f", by {a['report_on']}") if a["report_on"] else ""
        lines.append(say("Uppdrag", "Assignment") + f" {a['number']}: {what} – {a['receiver']}{by} ({how})")
    for t in (t for t in data["tasks"] if t["act"] != "report_assignment"):
        who = t["assignee_name"] or rules.role_title(t["role"], OPTIONS.lang)
        lines.append(say("Uppgift", "Task") + f" {t['id']}: {t['title'].get(OPTIONS.lang)} – {who}")
    pending = [a for a in data["approvals"] if a["state"] == "pending"]
    lines += [
        say("Begäran", "Request") + f" {a['id']}: {say(*act_noun(rules, a['key']))} – {a['approver_name']}"
        for a in pending
    ]
    lines += [line for c in data["consultations"] for line in round_lines(c)]
    return lines


def _line(row: dict[str, Any]) -> str:
    due = f"{_day(row['due_at'])}" if row["due_at"] else " " * 10
    title = say("(sekretess)", "(secrecy)") if row["secrecy"] else row["title"]
    return f"{row['register_no']:<10} {due}  {row['state_title']:<28.28} {title}"


def _waiting(row: dict[str, Any]) -> str:
    due = _day(row["due_at"]) if row["due_at"] else " " * 10
    kind = say("uppgift", "task") if row["kind"] == "task" else say("begäran", "request")
    return f"{due}  {row['register_no']:<10} {kind} {row['id']}: {row['what'] or _act(row['act'])} – {row['title']}"


def _act(act: str) -> str:
    """A request that proposes nothing in words of its own is called by its act."""
    from arende.phrases import ACTS

    return ACTS[act][OPTIONS.lang].noun if act in ACTS else act.replace("_", " ").capitalize()


def _option_lines(o: dict[str, Any]) -> list[str]:
    mark = "→" if o["allowed"] else "×"
    lines = [f"{mark} {o['trigger']}: {o['title']}"]
    lines += [f"    {s}" for s in o["why_not"]]
    for a in o["asks_for"]:
        need = "" if a["required"] else say(" (om det finns)", " (optional)")
        lines.append(f"    --field {a['field']}=…  {a['title']}{need}")
    if o["comment"] == "required":
        lines.append(say("    --note … (motivering krävs)", "    --note … (a reason is demanded)"))
    return lines


def _day(moment: datetime) -> str:
    from arende.workdays import local_day

    return local_day(moment).isoformat()


def _none() -> str:
    return say("Inga.", "None.")
