"""``arende db`` and ``arende home`` as a script meets them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from arende import home
from arende.cli import main
from arende.cli.shared import OPTIONS


@pytest.fixture(autouse=True)
def _options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(OPTIONS, "lang", "sv")
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("ARENDE_HOME", raising=False)  # what --home sets stays with the process


def arende(*words: str) -> int:
    OPTIONS.json = False
    with pytest.raises(SystemExit) as e:
        main(list(words))
    assert isinstance(e.value.code, int)
    return e.value.code


def test_a_new_database_is_made_in_a_new_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert arende("db", "check") == 1
    assert "arende db upgrade" in capsys.readouterr().err
    assert arende("db", "upgrade", "--json") == 0
    assert json.loads(capsys.readouterr().out)["before"] is None
    assert arende("db", "check") == 0
    assert arende("db", "upgrade") == 0
    assert "redan aktuell" in capsys.readouterr().out
    assert (tmp_path / "data" / "arende.sqlite").is_file()


def test_a_database_of_a_newer_program_is_refused(capsys: pytest.CaptureFixture[str], sqlite_url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARENDE_DATABASE_URL", sqlite_url)
        with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as c:
            c.execute("UPDATE alembic_version SET version_num = '9999'")
        c.close()
        assert arende("--json", "db", "check") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["error"] == "Unavailable"
    assert "9999" in told["sentences"][0]


def test_the_password_is_not_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARENDE_DATABASE_URL", "postgresql://anna:hemligt@127.0.0.1:1/arende")
    assert arende("--json", "db", "check") == 1
    assert "hemligt" not in "".join(capsys.readouterr())


def test_a_home_is_made_once_and_overwrites_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "hem"
    assert arende("home", "init", str(folder)) == 0
    page = folder / "states" / "README.md"
    page.write_text("vårt eget", encoding="utf-8")
    assert arende("home", "init", str(folder)) == 0
    assert page.read_text(encoding="utf-8") == "vårt eget"


def test_a_home_that_cannot_be_made_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "fil").touch()
    assert arende("home", "init", str(tmp_path / "fil")) == 1
    assert "går inte att skapa" in capsys.readouterr().err


def test_a_home_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("home", "diff") == 2
    assert "ARENDE_HOME" in capsys.readouterr().err


def test_what_a_home_changes_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "hem"
    monkeypatch.setattr(home, "shipped", lambda: shipped)
    for folder in (shipped, own):
        home.init(folder)
    (shipped / "states" / "a.yaml").write_text("key: a\ntitle: Före\n", encoding="utf-8")
    (own / "states" / "annat_namn.yaml").write_text("key: a\ntitle: Efter\n", encoding="utf-8")
    (own / "states" / "b.yaml").write_text("key: b\n", encoding="utf-8")
    (shipped / "templates" / "x.j2").write_text("lika", encoding="utf-8")
    (own / "templates" / "x.j2").write_text("lika", encoding="utf-8")
    (own / "flows" / "deliver.py").write_text("", encoding="utf-8")
    monkeypatch.setenv("ARENDE_HOME", str(own))
    assert arende("home", "diff", "--json") == 0
    told = {d["file"]: (d["kind"], d["replaces"]) for d in json.loads(capsys.readouterr().out)}
    assert told == {
        "states/annat_namn.yaml": ("replaces", "states/a.yaml"),
        "states/b.yaml": ("new", None),
        "templates/x.j2": ("same", "templates/x.j2"),
        "flows/deliver.py": ("ignored", None),
    }
    assert arende("home", "diff") == 0
    assert "+title: Efter" in capsys.readouterr().out


def test_the_path_names_both_places(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert arende("home", "path", "--json", "--home", str(tmp_path)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["search_path"] == [str(tmp_path), str(home.shipped())]


WRONG: list[tuple[str, ...]] = [("nosuch",), ("db", "upgrade", "--nosuch"), ("db",), (), ("home", "path", "extra")]


@pytest.mark.parametrize("words", WRONG)
def test_wrong_use_is_told_without_a_traceback(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert arende(*words) == 2
    out, err = capsys.readouterr()
    assert "Usage" in out + err or "Så skrivs det" in err
    assert "Traceback" not in out + err


TOLD = [
    (("nosuch",), "Det finns inget kommando arende nosuch.", "There is no command arende nosuch."),
    (("cas", "list"), "kommando arende cas. Menade du case?", "arende cas. Did you mean case?"),
    (("case", "lst"), "kommando arende case lst. Menade du list?", "arende case lst. Did you mean list?"),
    (
        ("case", "list", "--opn"),
        "ingen flagga --opn här. Menade du --open?",
        "no option --opn here. Did you mean --open?",
    ),
    (("case", "list", "--jsn"), "Menade du --json?", "Did you mean --json?"),
    (("case", "show"), "DNR saknas på raden.", "DNR is missing on the line."),
    (("inbox",), "--as saknas. Lägg till: --as USER", "--as is missing. Add: --as USER"),
    (("inbox", "--as"), "--as behöver ett värde efter sig.", "--as needs a value after it."),
    (("case", "list", "--open=x"), "--open tar inget värde.", "--open takes no value."),
    (("outbox", "retry", "x"), "ska vara ett heltal, inte ”x”.", 'should be a whole number, not "x".'),
    (("serve", "--port", "x"), "--port ska vara ett heltal, inte ”x”.", "--port should be a whole number"),
    (("home", "path", "a", "b"), "För mycket står på raden: a b.", "There is too much on the line: a b."),
]


@pytest.mark.parametrize(("words", "sv", "en"), TOLD)
def test_wrong_use_says_what_to_write(
    words: tuple[str, ...], sv: str, en: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert arende(*words) == 2
    told = capsys.readouterr()
    assert sv in told.err
    assert "Mer hjälp: arende " in told.err
    assert told.out == ""
    assert arende("--json", "--lang", "en", *words) == 2
    assert en in json.loads(capsys.readouterr().out)["sentences"][0]


@pytest.mark.parametrize(
    "words", [*WRONG, ("home", "diff"), ("mailbox", "reply", "1"), ("case", "list", "--lang", "de")]
)
def test_wrong_use_is_an_answer_for_a_program_too(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("--json", *words) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["error"] == "WrongUse"
    assert [len(s.splitlines()) for s in told["sentences"]] == [1]


@pytest.mark.parametrize("words", [("home", "path"), ("states", "list"), ("case", "list"), ("home", "diff")])
def test_a_home_that_is_not_there_is_never_passed_over(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert arende("db", "upgrade") == 0
    assert arende(*words, "--home", str(tmp_path / "hemm")) == 1
    assert "hemm finns inte. Rätta ARENDE_HOME" in capsys.readouterr().err
    assert arende("home", "init", "--home", str(tmp_path / "hemm")) == 0
    assert arende(*words, "--home", str(tmp_path / "hemm")) == 0


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("--help") == 0
    assert "home" in capsys.readouterr().out


def test_help_loads_nothing_heavy() -> None:
    """It must answer in half a second; a slow import shows here before anybody measures."""
    program = (
        "import sys\nfrom arende.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({m.split('.')[0] for m in sys.modules}))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    for heavy in ("sqlalchemy", "pydantic", "prefect", "fastapi", "rich", "yaml", "jinja2", "httpx", "asyncio"):
        assert f"'{heavy}'" not in loaded
