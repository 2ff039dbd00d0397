"""``arende plan``: operational plans – read in with their doubts, shown, compared version by version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arende.cli.shared import OPTIONS, fail_use, open_app, say, show

if TYPE_CHECKING:
    from datetime import date

    from arende.operationalplan import Entry, Plan
    from arende.plancomparison import Compared, Comparison
    from arende.planfollowup import Figures
    from arende.plansource import Source

app = typer.Typer(help="Verksamhetsplaner. Operational plans.", no_args_is_help=True)

Dnr = Annotated[str, typer.Argument(metavar="DNR", help="Planens diarienummer. The plan's diary number.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="Planens text eller JSON. The plan as text or JSON.")]
Doubts = Annotated[bool, typer.Option("--doubts", help="Visa bara det som är tveksamt. Only what is doubtful.")]
Activity = Annotated[str, typer.Argument(metavar="ACTIVITY", help="Aktivitetens nyckel, t.ex. A17. Its key.")]
By = Annotated[str, typer.Option("--as", metavar="USER", help="Vem som handlar. Who acts.")]
As = Annotated[str | None, typer.Option("--as", metavar="USER", help="Vem som läser in planen. Who reads it in.")]


@app.command("import")
def import_(
    file: File,
    case: Annotated[str | None, typer.Option("--case", metavar="DNR", help="Ärendet att spara planen i.")] = None,
    as_: As = None,
    follows: Annotated[
        str | None, typer.Option("--follows", metavar="DNR", help="Planen som den här kommer efter. The plan before.")
    ] = None,
    doubts: Annotated[
        bool, typer.Option("--doubts", help="Visa bara det som är tveksamt. Only what is doubtful.")
    ] = False,
) -> None:
    """Läs en plan ur text och visa vad som är tveksamt; med --case sparas den. Read a plan; --case keeps it."""
    source, notices = _source(file)
    if case is None:
        from arende.usecases.operationalplans import read_file

        plan = read_file(file.name, source.text, known=_names())
        told = say(
            "Läst, inte sparad. Spara med --case DNR --as USER.", "Read, not kept. Keep it by --case DNR --as USER."
        )
        show({"kept": False, "notices": notices, **_data(plan)},
             lambda: "\n".join([*_noted(notices), *_lines(plan, doubts), "", told]))  # fmt: skip
        return
    if as_ is None:
        fail_use("Ange vem som läser in planen: --as USER.", "Say who reads the plan in: --as USER.")
    from arende.cli.cases import by
    from arende.operationalcommands import ImportPlan

    app_ = open_app()
    given = {"file_name": file.name, "text": source.text, "encoding": source.other, "follows": follows}
    done = app_.do(ImportPlan(**by(as_), register_no=case, **given))
    plan, _ = _kept(case, done.data["plan_version"])
    notices += [_loose(t["other"], t["activity"]) for t in done.data["loose"]]
    head = say(f"Version {done.data['plan_version']} är sparad i {done.register_no}.",
               f"Version {done.data['plan_version']} is kept in {done.register_no}.")  # fmt: skip
    show({"kept": True, "register_no": done.register_no, "version": done.data["plan_version"],
          "base": done.data["base"], "notices": notices, **_data(plan)},
         lambda: "\n".join([*_noted(notices), *_lines(plan, doubts), "", head]))  # fmt: skip


def _loose(other: str, activity: str) -> str:
    return say(f"{other} är knutet till {activity}, som inte står i den här versionen.",
               f"{other} is tied to {activity}, which is not in this version.")  # fmt: skip


@app.command("show")
def show_(
    dnr: Dnr,
    version: Annotated[int | None, typer.Option("--version", help="Annars den senaste. Else the newest.")] = None,
    doubts: Annotated[
        bool, typer.Option("--doubts", help="Visa bara det som är tveksamt. Only what is doubtful.")
    ] = False,
) -> None:
    """Visa planen med mål, uppdrag och aktiviteter. Show the plan."""
    from arende.plansource import encoding_words

    plan, row = _kept(dnr, version)
    notices = [encoding_words(row["encoding"]).in_(OPTIONS.lang)] if row["encoding"] else []
    notices += _standing(dnr, row["version"])
    show({"register_no": dnr, "version": row["version"], "base": row["base"], "encoding": row["encoding"],
          **_data(plan)}, lambda: "\n".join([*_noted(notices), *_lines(plan, doubts)]))  # fmt: skip


@app.command()
def compare(
    which: Annotated[str, typer.Argument(metavar="DNR|FILE", help="Planens diarienummer, eller den äldre filen.")],
    other: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Den nyare filen. The newer file.")] = None,
    version: Annotated[int | None, typer.Option("--version", help="Annars den senaste. Else the newest.")] = None,
    before: Annotated[
        int | None, typer.Option("--with", help="Version att jämföra med; annars den beslutade. Else the decided one.")
    ] = None,
) -> None:
    """Jämför två versioner: nytt, ändrat, omformulerat, flyttat, struket. Compare two versions."""
    if other is not None:
        from arende.plancomparison import compare as compared
        from arende.usecases.operationalplans import read_file

        files = [(f, *_source(f)) for f in (Path(which), other)]
        old, new = (read_file(f.name, source.text) for f, source, _ in files)
        noted = [f"{f.name}: {notice}" for f, _, notices in files for notice in notices]
        told = say(f"{other} jämförd med {which}", f"{other} compared with {which}")
        _show_compared(compared(old, new), " – ".join([told, *noted]))
        return
    from arende import db, queries
    from arende.usecases.operationalplans import comparison

    program = open_app()
    with db.reading(program.engine) as conn:
        case = queries.case(conn, which)
        rules = program.types.pinned(case["definition"], lambda h: queries.definition(conn, h))
        found = comparison(conn, rules, case, version, before)
    _show_compared(found.found, found.told.in_(OPTIONS.lang))


@app.command("follow-up")
def follow_up(
    dnr: Dnr,
    activity: Activity,
    status: Annotated[str, typer.Option(help="not_started, ongoing, done, delayed eller stopped.")],
    as_: By,
    comment: Annotated[str | None, typer.Option("--comment", help="Hur det går. How it goes.")] = None,
    ends: Annotated[str | None, typer.Option("--ends", metavar="DATE", help="Nytt slutdatum. A new end date.")] = None,
) -> None:
    """Följ upp en aktivitet: hur den ligger till. Follow up an activity."""
    from arende.cli.cases import by, do
    from arende.operationalcommands import FollowUpActivity
    from arende.planfollowup import STATUSES

    chosen = next((s for s in STATUSES if s == status), None)
    if chosen is None:
        listed = ", ".join(STATUSES)
        fail_use(f"--status är en av {listed}.", f"--status is one of {listed}.")
    _check_key(activity)
    day = _day(ends)
    do(FollowUpActivity(**by(as_), register_no=dnr, activity=activity, status=chosen, comment=comment, ends=day))


@app.command()
def tie(
    dnr: Dnr,
    activity: Activity,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Ärendet som genomför den. The case that does it.")],
    as_: By,
) -> None:
    """Knyt ett ärende till den aktivitet som det genomför. Tie a case to the activity that it carries out."""
    from arende.cli.cases import by, do
    from arende.operationalcommands import TieCase

    _check_key(activity)
    do(TieCase(**by(as_), register_no=dnr, activity=activity, other=other))


@app.command()
def report(dnr: Dnr, as_: By) -> None:
    """Skriv uppföljningsrapporten till styrelsen. Write the follow-up report to the board."""
    from arende.cli.cases import by, do
    from arende.operationalcommands import ReportPlan

    do(ReportPlan(**by(as_), register_no=dnr))


@app.command()
def statistics(dnr: Dnr) -> None:
    """Läget per prioritering: hur många aktiviteter som är klara, pågår, är försenade. Figures for each priority."""
    from dataclasses import asdict

    from arende import db, queries, workdays
    from arende.planfollowup import figures
    from arende.usecases import operationalplans, planreads

    app_ = open_app()
    with db.reading(app_.engine) as conn:
        case = queries.case(conn, dnr)
        rules = app_.types.pinned(case["definition"], lambda h: queries.definition(conn, h))
        plan = operationalplans.plan_in(operationalplans.followed(conn, rules, case))
        found = figures(plan, planreads.follow_ups(conn, case["id"]), workdays.local_day(app_.clock()))
    show([asdict(f) for f in found], lambda: "\n".join(_figures_line(f) for f in found))


def _figures_line(f: Figures) -> str:
    from arende.operationalplan import STATUS_WORDS

    told = [f"{STATUS_WORDS[s].in_(OPTIONS.lang)} {n}" for s, n in f.by_status.items() if n]
    told += [say(f"ej uppföljda {f.untold}", f"not followed up {f.untold}")] if f.untold else []
    told += [say(f"slutdatum passerat {f.late}", f"past their end date {f.late}")] if f.late else []
    return f"{f.section} – {f.name}: {f.activities} ({', '.join(told)})"


def _check_key(activity: str) -> None:
    if not (activity[:1] == "A" and activity[1:].isdecimal() and activity.isascii() and len(activity) < 7):
        fail_use("En aktivitet heter som A17: se arende plan show.", "An activity is named like A17: arende plan show.")


def _day(text: str | None) -> date | None:
    from datetime import date

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fail_use("--ends är en dag, som 2019-06-30.", "--ends is a day, such as 2019-06-30.")


def _source(file: Path) -> tuple[Source, list[str]]:
    """The file as text, and what to tell of how it was read."""
    from arende.errors import Invalid
    from arende.plansource import read_source

    try:
        found = read_source(file.name, file.read_bytes())
    except OSError as e:
        fail_use(f"Filen går inte att läsa: {e.strerror}.", f"The file cannot be read: {e.strerror}.")
    except Invalid as e:
        fail_use(e.told("sv")[0], e.told("en")[0])
    return found, [found.notice.in_(OPTIONS.lang)] if found.notice else []


def _noted(notices: list[str]) -> list[str]:
    return [f"! {notice}" for notice in notices] + ([""] if notices else [])


def _names() -> set[str] | None:
    """Every name that an owner may have, by the people file; None where it cannot be read."""
    from arende import home, people
    from arende.operationalplan import named_in
    from arende.settings import read_settings
    from arende.yamlfile import Unreadable, text_of

    file = home.people_file(read_settings()) or home.demo_file("people.yaml")
    try:
        found, _ = people.examine(text_of(file, str(file)), str(file))
    except Unreadable:
        return None
    return {named_in(said) for said in people.names(found)} if found else None


def _kept(dnr: str, version: int | None) -> tuple[Plan, dict[str, Any]]:
    from arende import db, queries
    from arende.usecases.operationalplans import plan_in, version_of

    with db.reading(open_app().engine) as conn:
        row = version_of(conn, queries.case(conn, dnr), version)
    return plan_in(row), row


def _standing(dnr: str, version: int) -> list[str]:
    """That another version holds than the one shown, where one does."""
    from arende import db, queries
    from arende.usecases.operationalplans import decided, versions

    program = open_app()
    with db.reading(program.engine) as conn:
        case = queries.case(conn, dnr)
        rules = program.types.pinned(case["definition"], lambda h: queries.definition(conn, h))
        holds = decided(conn, rules, case, versions(conn, case["id"]))
    if holds is None or holds["version"] == version:
        return []
    n = holds["version"]
    return [say(f"Du ser version {version}. Version {n} är den som är beslutad senast: --version {n}.",
                f"This is version {version}. Version {n} is the one decided last: --version {n}.")]  # fmt: skip


# ---------------------------------------------------------------- told


def _data(plan: Plan) -> dict[str, Any]:
    """The plan as JSON, with its counts and its doubts in words. What stands under ``plan`` can be read in again."""
    from arende.operationalplan import DOUBT_WORDS, counts, uncertain

    doubted = [
        {
            "line": e.line, "key": e.key or None, "kind": e.kind, "text": e.text, "confidence": e.confidence,
            "doubts": list(e.doubts), "told": [DOUBT_WORDS[d].in_(OPTIONS.lang) for d in e.doubts],
        }
        for _, e in plan.walk() if uncertain(e)
    ]  # fmt: skip
    return {"counts": counts(plan), "doubts": doubted, "plan": plan.model_dump(mode="json")}


def _lines(plan: Plan, only_doubts: bool) -> list[str]:
    from arende.operationalplan import counts, uncertain

    n = counts(plan)
    bare = [sum(not getattr(a, what) for a in plan.of("activity")) for what in ("owner", "ends")]
    told = [plan.title, *([plan.revision_note] if plan.revision_note else []), ""]
    told += [] if only_doubts else [f"{g.number:>4}. {g.text}" for g in plan.numbered]
    for above, entry in plan.walk():
        if not only_doubts or uncertain(entry):
            told.append(_line(entry, len(above)))
    return [*told, "", say(
        f"{n['numbered']} numrerade aktiviteter, {n['section']} avsnitt, {n['area']} prioriteringsområden, "
        f"{n['priority']} prioriteringar, {n['assignment']} uppdrag, {n['activity']} aktiviteter. "
        f"{n['uncertain']} delar är tveksamma. {bare[0]} aktiviteter saknar ansvarig, {bare[1]} saknar slutdatum.",
        f"{n['numbered']} numbered activities, {n['section']} sections, {n['area']} priority areas, "
        f"{n['priority']} priorities, {n['assignment']} assignments, {n['activity']} activities. "
        f"{n['uncertain']} entries are doubtful. {bare[0]} activities have no owner, {bare[1]} no end date.",
    )]  # fmt: skip


def _line(entry: Entry, depth: int) -> str:
    from arende.operationalplan import DOUBT_WORDS, KIND_WORDS, MARK_WORDS

    key = f"{entry.key} " if entry.key else f"{KIND_WORDS[entry.kind].in_(OPTIONS.lang)}: "
    numbers = f"[{','.join(map(str, entry.numbers))}] " if entry.numbers else ""
    mark = f" ({MARK_WORDS[entry.change].in_(OPTIONS.lang)})" if entry.change not in ("unknown", "unchanged") else ""
    day = say(f", senast {entry.ends}", f", by {entry.ends}") if entry.ends else ""
    said = " ".join(DOUBT_WORDS[d].in_(OPTIONS.lang) for d in entry.doubts if d != "change")
    at = say(f" rad {entry.line}", f" line {entry.line}") if entry.line and said else ""
    return f"{'  ' * depth}{key}{numbers}{entry.text or '–'}{mark}{day}{f'  ?{at}: {said}' if said else ''}"


def _show_compared(found: Comparison, told: str) -> None:
    from arende.plancomparison import WORDS

    counts = found.counts()
    changed = [c for c in found.walk() if c.differences]
    data = {
        "compared_with": told,
        "counts": counts,
        "numbered": [{"difference": d, "text": t} for d, t in found.numbered],
        "entries": [_compared_data(c) for c in changed],
    }

    def text() -> str:
        lines = [told, ""]
        lines += [f"{WORDS[d].in_(OPTIONS.lang)}: {t}" for d, t in found.numbered]
        lines += [_compared_line(c) for c in changed]
        summed = ", ".join(f"{WORDS[d].in_(OPTIONS.lang).lower()} {n}" for d, n in counts.items())
        return "\n".join([*lines, "", summed])

    show(data, text)


def _compared_data(c: Compared) -> dict[str, Any]:
    return {
        "kind": c.entry.kind,
        "key": c.entry.key or None,
        "text": c.entry.text,
        "differences": list(c.differences),
        "words": [{"kind": p.kind, "text": p.text} for p in c.words],
        "told": [t.in_(OPTIONS.lang) for t in c.told],
    }


def _compared_line(c: Compared) -> str:
    from arende.comparison import marked
    from arende.operationalplan import KIND_WORDS
    from arende.plancomparison import WORDS

    marks = ", ".join(WORDS[d].in_(OPTIONS.lang) for d in c.differences)
    text = (
        marked(c.words, say("borttaget", "gone"), say("nytt", "new")) if "reworded" in c.differences else c.entry.text
    )
    told = f" ({'; '.join(t.in_(OPTIONS.lang) for t in c.told)})" if c.told else ""
    return f"{marks} {KIND_WORDS[c.entry.kind].in_(OPTIONS.lang)}: {text}{told}"
