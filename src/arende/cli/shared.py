"""What every command of the command line shares: options, opening the app, output, errors as sentences."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from arende.app import App
    from arende.errors import Sentence

    Shown = dict[str, Any] | list[Any]


@dataclass
class Options:
    """Options that may stand anywhere on the line."""

    json: bool = False
    lang: str = "sv"


OPTIONS = Options(lang="en" if os.environ.get("ARENDE_LANGUAGE") == "en" else "sv")


def take_global_options(argv: list[str]) -> list[str]:
    """Take ``--json``, ``--home X`` and ``--lang X`` out of the line, wherever they stand before ``--``."""
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        name, given, value = word.partition("=")
        if word == "--":
            return [*rest, word, *words]
        if word == "--json":
            OPTIONS.json = True
        elif name in ("--home", "--lang"):
            _set(name, value if given else next(words, ""))
        else:
            rest.append(word)
    return rest


def _set(name: str, value: str) -> None:
    if not value:
        fail_use(f"{name} behöver ett värde.", f"{name} needs a value.")
    if name == "--home":
        os.environ["ARENDE_HOME"] = value
    elif value in ("sv", "en"):
        OPTIONS.lang = value
    else:
        fail_use("--lang är sv eller en.", "--lang is sv or en.")


def fail_use(sv: str, en: str) -> NoReturn:
    """Wrong use: say so and leave with 2."""
    _tell("WrongUse", [say(sv, en)])
    raise SystemExit(2)


def open_app() -> App:
    """The app on the database and files that the environment names."""
    from arende.app import App

    return App.open()


def show(data: Shown, text: Callable[[], str] | str) -> None:
    """Print ``data`` as JSON when ``--json`` was given, else the text."""
    if OPTIONS.json:
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    else:
        typer.echo(text if isinstance(text, str) else text())


def say(sv: str, en: str) -> str:
    """The words in the language of the user."""
    return en if OPTIONS.lang == "en" else sv


def progress(line: str) -> None:
    """A line about what goes on, on stderr, so that stdout stays the answer."""
    typer.echo(line, err=True)


def told_progress(said: Sentence) -> None:
    """The same, of a sentence in both languages."""
    progress(said.in_(OPTIONS.lang))


def run(app: typer.Typer, argv: list[str], options: Options) -> int:
    """Run one command line; refusals become sentences on stderr (or JSON) and the exit code."""
    from arende.errors import ArendeError, Invalid

    try:
        result = app(argv, standalone_mode=False, prog_name="arende")
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except typer.Exit as e:
        return e.exit_code
    except _wrong_use() as e:
        return _misused(e)
    except ArendeError as e:
        return _refused(e, options, 2 if type(e) is Invalid else 1)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as e:
        return _fault(e)
    return result if isinstance(result, int) else 0


def _fault(error: Exception) -> int:
    """A fault in arende itself. Nothing was written: a command is one transaction."""
    if os.environ.get("ARENDE_LOG_LEVEL") == "DEBUG":
        raise error
    kind = type(error).__name__
    sentence = say(
        f"Det blev fel i arende ({kind}). Ingenting är ändrat. Kör igen med ARENDE_LOG_LEVEL=DEBUG för detaljer.",
        f"arende failed ({kind}). Nothing is changed. Run again with ARENDE_LOG_LEVEL=DEBUG for the details.",
    )
    _tell(kind, [sentence])
    return 1


def _misused(error: Any) -> int:
    """What the parser refused. How the command is written is for people, so it stays on stderr."""
    from arende.cli import wronguse

    whole_page = type(error).__name__ == "NoArgsIsHelpError"  # its message is the page of help
    if OPTIONS.json or not whole_page:
        _tell("WrongUse", [say(*wronguse.sentence(error))])
    if whole_page:
        error.show()
    for line in [] if whole_page else wronguse.usage(error):
        progress(say(*line))
    return 2


def _wrong_use() -> Any:
    """Click's base class for what is wrong on the line; Typer keeps a Click of its own under a private name."""
    return next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")


def _refused(error: Any, options: Options, code: int) -> int:
    _tell(type(error).__name__, error.told(options.lang))
    return code


def _tell(kind: str, sentences: list[str]) -> None:
    """Why it was not done: on stderr, or with ``--json`` as the one answer on stdout."""
    if OPTIONS.json:
        typer.echo(json.dumps({"error": kind, "sentences": sentences}, ensure_ascii=False, indent=2))
    else:
        for sentence in sentences:
            typer.echo(sentence, err=True)
