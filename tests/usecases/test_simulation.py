"""A simulated year is lived by the same commands, and holds what every year must hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from invariants import check_all
from sqlalchemy import select
from story import PEOPLE

from arende import db, home, models, people, virtualtime
from arende.app import App
from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.errors import Refused
from arende.settings import Settings
from arende.simulation import calendar, figures, play, run, tables
from arende.simulation.habits import Habits
from arende.simulation.play import Year
from arende.simulation.world import seated

LIVED_UNTIL = date(2021, 2, 12)


@pytest.fixture(scope="module")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A region whose assembly has nine members, so that less is written down."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "people.yaml").write_text(PEOPLE.replace("assembly, members: 71", "assembly, members: 9"), "utf-8")
    (folder / "calendars").mkdir()
    (folder / "calendars" / "2021.json").write_text(home.demo_file("calendar_2021.json").read_text("utf-8"), "utf-8")
    return folder


@pytest.fixture(scope="module")
def spring(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The first six weeks of a year."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("spring"), home=small_home)
    return play.play(settings, 2021, 40, 4, lambda _day: None, LIVED_UNTIL)


def test_it_leaves_every_case_whole_and_every_promise_kept(spring: Year) -> None:
    told = figures.of(spring, 4)
    assert told.broken == []
    assert check_all(spring.world.app) > 20
    assert told.done["commands"] > 100
    assert told.done["mails"] > 50
    assert "faults" not in told.done


def test_the_decided_calendar_is_the_one_that_is_lived(spring: Year) -> None:
    with db.reading(spring.world.app.engine) as conn:
        e, c = models.events.c, models.cases.c
        registered = select(e.payload).join(models.cases, c.id == e.case_id).where(e.kind == "case:registered")
        fields = [p["fields"] for p in conn.execute(registered.where(c.type == "meeting")).scalars()]
    decided = calendar.plan_of(spring.world, 2021).meetings
    lived = {(f["body"], f["meeting_date"]) for f in fields if f["body"] in ("cgh", "krf")}
    assert lived == {(m.body, m.first.isoformat()) for m in decided}
    assert len(lived) == 16


def test_nothing_is_later_than_the_day_that_was_lived(spring: Year) -> None:
    with db.reading(spring.world.app.engine) as conn:
        times = conn.execute(select(models.events.c.recorded_at)).scalars().all()
    assert max(times).date() <= LIVED_UNTIL
    assert min(times).date() == date(2020, 12, 1)


def test_the_figures_are_told_in_both_languages(spring: Year) -> None:
    told = figures.of(spring, 4)
    assert json.loads(json.dumps(run.as_data(told)))["cases"]["meeting"]["registered"] > 16
    for language, title in (("sv", "Missade sista dagar"), ("en", "Last days missed")):
        shown = dict(tables.of(told, language))
        assert all(len(row) == len(rows[0]) for rows in shown.values() for row in rows)
        assert title in shown


def test_it_is_never_mixed_with_cases_that_are_there(spring: Year) -> None:
    with pytest.raises(Refused, match="Databasen har ärenden"):
        play.play(spring.world.app.settings, 2021, 1, 1, lambda _day: None)


def test_every_empty_seat_is_taken() -> None:
    """Bodies with a number of members have that many, once those in the file are counted."""
    known = seated(people.read(PEOPLE, "people.yaml"), date(2021, 1, 1))
    for key, body in known.bodies.items():
        if body.members is not None:
            held = {o.person for o in known.offices if o.body == key and o.office in ("member", "chair", "vice_chair")}
            assert len(held) == body.members
            assert any(o.office == "chair" for o in known.offices if o.body == key)


def test_habits_are_read_from_the_definition(shipped_app: App) -> None:
    rules = shipped_app.types.current("meeting")
    habits = Habits(rules, rules)
    assert habits.ways["agenda_approved"][0].trigger == "summon"
    assert habits.meets("summoned")
    assert habits.sits("in_progress")
    kinds = {w.trigger: w.kind for w in habits.ways["summoned"]}
    assert (kinds["move"], kinds["cancel"], kinds["open"]) == ("same", "ending", "forward")


DAYS = ("--until", "2021-01-08")


def arende(*words: str) -> int:
    OPTIONS.json = False
    with pytest.raises(SystemExit) as e:
        main(list(words))
    assert isinstance(e.value.code, int)
    return e.value.code


@pytest.mark.long
def test_a_year_is_asked_for_on_the_command_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, small_home: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("ARENDE_HOME", str(small_home))
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path / "data"))
    assert arende("simulate", "--json", "--cases", "3", "--seed", "2", *DAYS) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["year"], told["seed"], told["broken"]) == (2021, 2, [])
    assert not (tmp_path / "data").exists(), "it is played elsewhere"
    assert arende("simulate", "--cases", "3", "--here", *DAYS) == 0
    assert "Alla löften är hållna" in capsys.readouterr().out
    engine = db.open_engine(Settings(data_dir=tmp_path / "data").url)
    with db.reading(engine) as conn:
        now = virtualtime.virtual(conn)
    engine.dispose()
    assert now is not None
    assert now.date() == date(2021, 1, 8)
    assert arende("simulate", "--here") == 1
    assert "Databasen har ärenden" in capsys.readouterr().err
    assert arende("simulate", "--until", "2022-01-08") == 2


# ---------------------------------------------------------------- a whole year

_PLAYED = """
import json, sys
from pathlib import Path
from arende.settings import Settings
from arende.simulation import figures, play, run
from invariants import check_all
year = play.play(Settings(data_dir=Path(sys.argv[1]), home=Path(sys.argv[2])), 2021, 25, 7, lambda day: None)
check_all(year.world.app)
print(json.dumps(run.as_data(figures.of(year, 7)), default=str))
"""


@pytest.mark.slow
def test_a_whole_year_holds_and_the_same_seed_gives_the_same_year(small_home: Path, tmp_path: Path) -> None:
    """Told by two processes that order their sets differently."""
    here = Path(__file__).parent
    told = []
    for n in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", _PLAYED, str(tmp_path / n), str(small_home)],
            env={**os.environ, "PYTHONHASHSEED": n, "PYTHONPATH": f"{here}:{here.parent}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        told.append(json.loads(done.stdout))
    assert told[0]["broken"] == []
    assert all("inte beslutade" in said for said in told[0]["warned"]), "a September missed by chance is told, no more"
    assert sum(of.get("finished", 0) for of in told[0]["cases"].values()) > 10
    assert told[0]["cases"]["meeting_plan"]["registered"] == 2
    assert told[0] == told[1]
