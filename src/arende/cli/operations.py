"""``arende health``, ``flows``, ``settings`` and ``times``: what whoever runs arende wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from arende.cli.shared import OPTIONS, open_app, say, show

if TYPE_CHECKING:
    from datetime import datetime

    from arende.usecases.leadtimes import Stay


def add_to(tree: typer.Typer) -> None:
    """Add the four commands to the tree."""
    for command in (health, flows, settings, times):
        tree.command()(command)


def health() -> int:
    """Hur det står till: databas, processer, mejl, löften, lagring. How everything is. Exit 1 = something is wrong."""
    from arende import health

    found = health.look(open_app())
    level = health.worst(found)
    lines = [f"{_LEVELS[c.level][OPTIONS.lang]:<9} {c.sentence.in_(OPTIONS.lang)}" for c in found]
    show({"status": level, "checks": [c.as_data() for c in found]}, "\n".join(lines))
    return 1 if level == "critical" else 0


_LEVELS = {
    "ok": {"sv": "bra", "en": "ok"},
    "warning": {"sv": "se över", "en": "warning"},
    "critical": {"sv": "fel", "en": "critical"},
}


def flows() -> None:
    """Arbetsprocesser, svep och Prefects senaste körningar. Workers, sweeps and Prefect's latest runs."""
    from dataclasses import asdict

    from arende import flowruns, machinery

    app = open_app()
    workers, sweeps, told = machinery.workers(app), machinery.sweeps(app), flowruns.FlowRuns(app.settings).latest(5.0)
    lines = [
        f"{say('process', 'process'):<8} {w.name:<34} {_moment(w.seen_at)}  "
        + (say("i gång", "running") if w.alive else say("hör inte av sig", "not heard of"))
        for w in workers
    ] or [say("Ingen arbetsprocess har hört av sig.", "No worker has been heard of.")]
    lines += [
        f"{say('svep', 'sweep'):<8} {s.name:<34} {_moment(s.taken_at)}  "
        + (say("försenat", "late") if s.late else say("i tid", "in time"))
        for s in sweeps
    ]
    lines += [f"{say('körning', 'run'):<8} {r.name:<34} {_moment(r.begun_at)}  {r.state}" for r in told.runs]
    if not told.answers:
        lines.append(say("Prefect svarar inte.", "Prefect does not answer."))
    show(
        {
            "workers": [asdict(w) for w in workers],
            "sweeps": [s.as_data() for s in sweeps],
            "prefect": {"answers": told.answers, "late": told.late, "runs": [asdict(r) for r in told.runs]},
        },
        "\n".join(lines),
    )


def _moment(instant: datetime | None) -> str:
    from arende.workdays import STOCKHOLM

    return f"{instant.astimezone(STOCKHOLM):%Y-%m-%d %H.%M.%S}" if instant else f"{'–':<19}"


def settings() -> None:
    """Inställningarna och varifrån de kommer; aldrig en hemlighet. The settings with their source, never a secret."""
    from arende.settings import read_settings, shown

    found = shown(read_settings())
    data = [{"variable": s.variable, "value": s.value, "secret": s.secret, "source": s.source} for s in found]
    lines = [f"{s.variable:<32} {_SOURCES[s.source][OPTIONS.lang]:<12} {s.value}".rstrip() for s in found]
    show(data, "\n".join(lines))


_SOURCES = {
    "environment": {"sv": "miljön", "en": "environment"},
    "given": {"sv": "vid starten", "en": "at start"},
    "default": {"sv": "förval", "en": "default"},
}


def times(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="Ärendetyp. Case type; see arende states list.")],
) -> None:
    """Ledtider: hur länge ärenden av en typ är i varje läge. How long cases of a type stay in each state."""
    from dataclasses import asdict

    from arende.usecases import leadtimes, versions
    from arende.usecases.administrators import at_the_machine

    who = at_the_machine(open_app())
    found = leadtimes.of_type(who, type_)
    rules = versions.rules_of(who, versions.one(who, type_))
    head = _row(say("Läge", "State"), say("median", "median"), "90 %", say("antal", "count"), say("nu", "now"))
    lines = [_stay(rules.state_title(s.state, OPTIONS.lang), s) for s in found.states]
    last = _stay(say("Från registrering till avslut", "From registration to end"), found.whole)
    show(asdict(found), "\n".join([head, *lines, last]))


def _stay(name: str, stay: Stay) -> str:
    gone = stay.count > 0
    return _row(
        name, f"{stay.median:g}" if gone else "–", f"{stay.p90:g}" if gone else "–", f"{stay.count}", f"{stay.here}"
    )


def _row(name: str, *figures: str) -> str:
    return f"{name:<34.34}" + "".join(f"{f:>9}" for f in figures)
