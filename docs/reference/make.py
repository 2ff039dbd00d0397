"""Write the generated pages of this folder: ``make docs``. A test holds them against the program.

Everything is read from the program itself: the command tree, the settings, the language of case types, the events.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import apipage
import typer
from pydantic import BaseModel
from words import EVENTS, EXITS, FIELDS, OTHER_RULES

from arende import (
    casetypes,
    definitions,
    delegationguards,
    diagram,
    effecttypes,
    errors,
    events,
    guards,
    hearingguards,
    home,
    lawguards,
    lettersamples,
    letterwords,
    prose,
    settings,
    statetypes,
    terms,
    textguards,
    timeguards,
    vocabulary,
)
from arende.cli.tree import build
from arende.letters import SETTINGS, Head, Letters
from arende.render import Words
from arende.soundness import conditions, duties, groups, names, stories, values, waiting, ways
from arende.terms import ALSO_OF_ACT, BUILT_IN_ROLES, OUTCOMES_OF_ACT

HERE = Path(__file__).resolve().parent
MADE = "<!-- Written by docs/reference/make.py. Do not edit; run: make docs -->\n\n"


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")


# ---------------------------------------------------------------- the command line


def command_line() -> str:
    """Every command with its arguments and options."""
    root: Any = typer.main.get_command(build())
    lines = [
        "# The command line\n",
        "Every command takes `--json` (the answer as JSON on stdout, messages on stderr), `--home FOLDER` and",
        "`--lang sv|en`, anywhere on the line. `DNR` is a diary number such as `RS200982`; `USER` is a key of the",
        "[people file](../howto/people.md). What a command ends with: [exit codes](exit-codes.md). Help is written in",
        "Swedish first, then English.\n",
    ]
    found = list(_commands(root, "arende"))
    lines += ["| command | does |", "|---|---|"]
    lines += [f"| [`{path}`](#{path.replace(' ', '-')}) | {_cell(c.help)} |" for path, c in found]
    for path, c in found:
        lines += ["", f"## {path}", "", _prose(c.help), "", "```", _usage(path, c), "```", *_parameters(c)]
    return _page(lines)


def _commands(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _usage(path: str, command: Any) -> str:
    words = [path]
    for p in command.params:
        if p.name == "help":
            continue
        if p.param_type_name == "argument":
            many = " …" if p.nargs == -1 else ""
            name = _metavar(p).strip("[]")
            words.append(f"{name}{many}" if p.required else f"[{name}{many}]")
        elif p.required:
            words.append(f"{p.opts[-1]} {_metavar(p)}")
    return " ".join([*words, "[OPTIONS]"]) if any(_is_optional(p) for p in command.params) else " ".join(words)


def _is_optional(p: Any) -> bool:
    return p.param_type_name == "option" and not p.required and p.name != "help"


def _metavar(p: Any) -> str:
    return str(p.metavar or p.name.strip("_").upper())


def _parameters(command: Any) -> list[str]:
    rows = []
    for p in command.params:
        if p.name == "help" or (p.param_type_name == "argument" and not p.help):
            continue
        if p.param_type_name == "argument":
            name = _metavar(p).strip("[]")
        else:
            flag = "/".join([*p.opts, *p.secondary_opts])
            name = flag if p.is_flag else f"{flag} {_metavar(p)}"
        need = "needed" if p.required else _default(p)
        rows.append(f"| `{name}` | {need} | {_cell(p.help or '')} |")
    return ["", "| | | |", "|---|---|---|", *rows] if rows else []


def _default(p: Any) -> str:
    return f"`{p.default}`" if isinstance(p.default, int | str) and p.default not in ("", 0, False, True) else ""


# ---------------------------------------------------------------- settings


def settings_page() -> str:
    """Every setting, with its default and its meaning."""
    told = _attribute_words(settings.Settings)
    lines = [
        "# Settings\n",
        "Settings are environment variables. A value that makes no sense is refused with a sentence that names the",
        "variable. Secrets may be given as files (`…_FILE`), so that they are in no process list and no unit file.\n",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in settings.Settings.model_fields.items():
        shown = getattr(settings.Settings(), name) if field.default_factory else field.default
        default = "" if shown is None else f"`{shown}`"
        lines.append(f"| `ARENDE_{name.upper()}` | {default} | {_cell(told[name])} |")
    return _page(lines)


# ---------------------------------------------------------------- the language of case types

_PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The file", casetypes.CaseType),
    ("include", casetypes.Include),
    ("regime_from", casetypes.RegimeFrom),
    ("fields", casetypes.FieldDef),
    ("documents", casetypes.DocumentDef),
    ("at_meeting", statetypes.AtMeeting),
    ("standing_items", statetypes.StandingItem),
    ("plan", statetypes.PlanDef),
    ("roles", casetypes.RoleDef),
    ("states", statetypes.State),
    ("deadline, due", effecttypes.Due),
    ("deadline: then", effecttypes.Consequence),
    ("decision", statetypes.DecisionDef),
    ("appeal", statetypes.Appeal),
    ("transitions", casetypes.Transition),
    ("then: task", effecttypes.TaskEffect),
    ("then: approval", effecttypes.ApprovalEffect),
    ("what an answer leads to", effecttypes.Lead),
    ("then: consultation", effecttypes.ConsultationEffect),
    ("close_early", effecttypes.CloseEarly),
    ("extend_before", effecttypes.ExtendBefore),
    ("join", effecttypes.Join),
    ("then: letter", effecttypes.LetterEffect),
    ("then: mail", effecttypes.MailEffect),
    ("calendar", effecttypes.CalendarEntry),
    ("scenarios", casetypes.Scenario),
    ("texts", terms.Text),
)


def language() -> str:
    """The language of ``states/*.yaml``: keys, guards, effects, words, rules."""
    lines = [
        "# The language of case types\n",
        "One YAML file per case type. How to write one: [a new case type](../howto/new-case-type.md). Editors can use",
        "`states/schema.json` (also printed by `arende states schema`). An unknown key is refused, and nothing in a",
        "file is ever run: guards and effects are names from the lists below. Keys are English snake_case; words for",
        "people are `{sv: …, en: …}`, Swedish always. A list of one may be written as the word alone.",
    ]
    for title, model in _PARTS:
        lines += _model(title, model)
    lines += _guards() + _roles() + _acts() + _templates() + _rules()
    return _page(lines)


def _model(title: str, model: type[BaseModel]) -> list[str]:
    told = _attribute_words(model)
    shapes = model.model_json_schema(by_alias=True, ref_template="{model}")
    shapes = shapes.get("$defs", {}).get(model.__name__, shapes)
    rows = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        shape = shapes["properties"][key]
        need = "needed" if field.is_required() else _shown_default(shape)
        words = told.get(name) or FIELDS.get(f"{model.__name__}.{key}", "")
        rows.append(f"| `{key}` | {_shape(shape)} | {need} | {_cell(words)} |")
    about = [_prose(model.__doc__ or "").replace("``", "`"), ""]
    return ["", f"## {title}", "", *about, "| key | value | default | meaning |", "|---|---|---|---|", *rows]


def _shown_default(shape: dict[str, Any]) -> str:
    value = shape.get("default")
    return "" if value in (None, "", [], {}) else f"`{_yaml(value)}`"


def _yaml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


_SECTION = {model.__name__: title for title, model in _PARTS}


def _shape(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return _reference(shape["$ref"])
    if "enum" in shape or "const" in shape:
        return " \\| ".join(f"`{v}`" for v in shape.get("enum", [shape.get("const")]))
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(_shape(s) for s in shape["anyOf"] if s.get("type") != "null"))
    return _plain(shape)


def _plain(shape: dict[str, Any]) -> str:
    kind = shape.get("type")
    if kind == "array":
        return f"list of {_shape(shape.get('items', {}))}"
    if kind == "object":
        inner = shape.get("additionalProperties")
        return f"key → {_shape(inner)}" if isinstance(inner, dict) and inner else "key → value"
    if shape.get("format") == "date":
        return "date"
    return {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}.get(
        str(kind), "any"
    )


def _reference(name: str) -> str:
    if name == "Guard":
        return "[guard](#guards)"
    if name == "Effect":
        kinds = ("task", "approval", "consultation", "mail")
        return "one of " + ", ".join(f"[{kind}](#then-{kind})" for kind in kinds)
    title = _SECTION[name]
    return f"[{title}](#{_anchor(title)})"


def _anchor(title: str) -> str:
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c in "-_")


def _guards() -> list[str]:
    rows = []
    for name, spec in sorted(guards.REGISTRY.items()):
        shape = spec.argument.json_schema(ref_template="{model}") if spec.argument else None
        rows.append(f"| `{name}` | {_argument(shape)} | {_cell(spec.judge.__doc__ or '')} | {spec.says[0]} |")
    return [
        "", "## guards", "",
        "What `when:` may demand: `when: [cleared, document_present: declaration]`. All must hold; each that does not",
        "answers with a sentence.\n",
        "| guard | argument | holds when | in a definition told in Swedish |", "|---|---|---|---|", *rows, "",
        "The bounds of `field`: " + ", ".join(f"`{k}`" for k in guards.Comparison.model_fields) + ".",
    ]  # fmt: skip


def _argument(shape: dict[str, Any] | None) -> str:
    if shape is None:
        return "none"
    parts = shape.get("anyOf", [shape])
    said = [_one_argument(p) for p in parts if p.get("type") != "null"]
    return " or ".join(said) + (", or none" if {"type": "null"} in parts else "")


def _one_argument(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        modules = (guards, lawguards, delegationguards, hearingguards, textguards, timeguards)
        model: type[BaseModel] = next(vars(m)[shape["$ref"]] for m in modules if shape["$ref"] in vars(m))
        return "`{" + ", ".join(f"{k}: …" for k in model.model_fields) + "}`"
    if shape.get("type") == "array":
        return "list of keys"
    return "field → bounds" if shape.get("type") == "object" else "key"


def _roles() -> list[str]:
    rows = [f"| `{k}` | {sv} | {en} |" for k, (sv, en, _) in BUILT_IN_ROLES.items()]
    return [
        "", "## built-in roles", "",
        "Every definition may name these; others are declared under `roles:`. `same` and `previous` are built-in",
        "targets of `to:`, `*` a built-in source.\n",
        "| role | Swedish | English |", "|---|---|---|", *rows,
    ]  # fmt: skip


def _acts() -> list[str]:
    acts = [
        f"| `{act}` | {words[1]} | {_ticked(OUTCOMES_OF_ACT[act])} | {_ticked(ALSO_OF_ACT.get(act, ()))} |"
        for act, words in vocabulary.ACTS.items()
    ]
    levels = [f"| `{level}` | {vocabulary.CHANNELS[level][1]} |" for level in vocabulary.CHANNELS]
    return [
        "", "## acts and levels", "",
        "| act | what it is | answers that must lead somewhere | may also have |", "|---|---|---|---|", *acts, "",
        "| level | the least a person must do |", "|---|---|", *levels, "",
        "Where the site has an identity provider, formal acts (all but the two clearances) ask for `login`, unless",
        "`ARENDE_FORMAL_FLOOR` says otherwise. A formal act by reply or link also needs a board's decision, a mandate",
        "in the people file; `states check` warns of one at level `reply`.",
    ]  # fmt: skip


def _ticked(answers: Iterable[str]) -> str:
    return ", ".join(f"`{a}`" for a in sorted(answers)) or "–"


def _templates() -> list[str]:
    known = sorted(Words([home.shipped() / "templates"]).names())
    return ["", "## mail templates", "", "Shipped: " + ", ".join(f"`{n}`" for n in known) + "."]


def letters_page() -> str:
    """Every letter, what it needs, and what a template may name."""
    known = Letters([home.shipped() / "templates"])
    rows = []
    for name in sorted(known.names()):
        kind = known.write(name, *lettersamples.of(name)).head.kind
        needed = ", ".join(f"`{f}`" for f in sorted(known.fields_read(name))) or "–"
        of = "a meeting or a round" if name in lettersamples.OF_MEETINGS else "a case"
        rows.append(f"| `{name}` | {kind} | {of} | {needed} |")
    lines = [
        "# Letters\n",
        "The templates in `templates/letters/`. How to change one: [letters](../howto/letters.md). A step of a case",
        "type writes one by [`letter:`](case-type-language.md#then-letter); those of meetings and rounds are written",
        "by themselves.\n",
        "| template | what it is | of | fields it cannot do without |", "|---|---|---|---|", *rows, "",
        "## what a letter of a case may name\n",
        "| name | meaning |", "|---|---|",
        *(f"| `{name}` | {_cell(text)} |" for name, text in letterwords.VARIABLES.items()), "",
        "## what a template may set\n",
        "By `{% set kind = \"Yttrande\" %}`; what it does not set, the program fills.\n",
        "| name | meaning |", "|---|---|",
        *(f"| `{name}` | {_cell(_attribute_words(Head).get(name) or _SET[name])} |" for name in SETTINGS),
    ]  # fmt: skip
    return _page(lines)


_SET = {
    "recipients": "Whom it is addressed to; more than eight are listed at the end.",
    "contact": "Whom to ask, in a sentence after the signatures.",
    "enclosures": "What goes with it.",
}


def _rules() -> list[str]:
    found = dict(OTHER_RULES)
    for module in (names, ways, conditions, waiting, groups, duties, values, stories):
        for rule in module.RULES:
            code, _, text = (inspect.getdoc(rule) or "").splitlines()[0].partition(": ")
            found[code] = text
    rows = [f"| {code} | {_cell(text[0].upper() + text[1:])} |" for code, text in sorted(found.items())]
    return [
        "", "## rules", "",
        "What makes a definition unsound. `arende states check` tells file, line, code and what to change; where it",
        "makes sense, with a path through the states that shows the fault.\n",
        "| code | a sound definition |", "|---|---|", *rows,
    ]  # fmt: skip


# ---------------------------------------------------------------- events, exit codes, the declaration


def events_page() -> str:
    """The closed vocabulary of events."""
    kinds = get_args(events.EventKind)
    rows = [f"| `{kind}` | {EVENTS[kind]} |" for kind in kinds]
    return _page([
        "# Events\n",
        "Everything that happens in a case is one of these, numbered from 1 per case and told in order by",
        "`arende case history DNR` (with `--json` also the payload). An event is never changed; a correction is a new",
        "one.\n",
        "| kind | what happened |", "|---|---|", *rows, "",
        "## The chain\n",
        "Each event holds the hash of the one before and a SHA-256 over: " + _sealed() + ". The payload enters by a",
        "salted digest, so that it can be removed by a recorded decision while the chain still holds. The first event",
        "has 64 zeros before it. `arende audit verify` recomputes everything, and the head that the case row keeps.",
    ])  # fmt: skip


def _sealed() -> str:
    return ", ".join(f"`{name}`" for name in events.Sealed.__dataclass_fields__)


def exit_codes() -> str:
    """What commands end with, and which error leads to which."""
    kinds = [k for k in vars(errors).values() if inspect.isclass(k) and issubclass(k, errors.ArendeError)]
    rows = [
        f"| {2 if k is errors.Invalid else 1} | `{k.__name__}` | {_cell(k.__doc__ or '')} |"
        for k in kinds
        if k is not errors.ArendeError
    ]
    return _page([
        "# Exit codes\n",
        "| code | meaning |", "|---|---|", *(f"| {code} | {text} |" for code, text in EXITS.items()), "",
        "Sentences go to stderr. With `--json` they are on stdout: `{\"error\": \"Refused\", \"sentences\": [\"…\"]}`.",
        "There is no traceback unless `ARENDE_LOG_LEVEL=DEBUG`.\n",
        "Commands that look for something end with 1 when they find it: `arende reconcile` a promise not kept in time,",
        "`arende audit verify` a broken chain, `arende states check` a definition that is unsound. What they",
        "found is then on stdout.\n",
        "| code | error | when |", "|---|---|---|", *rows,
    ])  # fmt: skip


def declaration(lang: str) -> Callable[[], str]:
    """The declaration of intent as ``arende states show`` tells it, with its diagram."""

    def page() -> str:
        found = definitions.open_file(home.shipped() / "states" / "declaration_of_intent.yaml").case_type
        if found is None:
            raise SystemExit("states/declaration_of_intent.yaml cannot be read: arende states check")
        return _page([prose.page(found, lang).rstrip("\n"), "", "```mermaid", diagram.mermaid(found, lang).rstrip("\n"), "```"])  # fmt: skip  # noqa: E501 – one page

    return page


# ---------------------------------------------------------------- words


def _attribute_words(model: type[BaseModel]) -> dict[str, str]:
    """The string below each attribute, as the source has it."""
    tree = ast.parse(inspect.getsource(model)).body[0]
    found: dict[str, str] = {}
    body: list[ast.stmt] = getattr(tree, "body", [])
    for line, below in itertools.pairwise(body):
        match line, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found


def _cell(text: str) -> str:
    return " ".join(inspect.cleandoc(text or "").split()).replace("|", "\\|").replace("``", "`")


def _prose(text: str) -> str:
    return inspect.cleandoc(text or "")


def _page(lines: list[str]) -> str:
    return MADE + "\n".join(lines).rstrip("\n") + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "command-line.md": command_line,
    "settings.md": settings_page,
    "case-type-language.md": language,
    "letters.md": letters_page,
    "api.md": lambda: _page(apipage.page()),
    "events.md": events_page,
    "exit-codes.md": exit_codes,
    "declaration_of_intent.sv.md": declaration("sv"),
    "declaration_of_intent.en.md": declaration("en"),
}
"""Every generated page and what writes it."""

if __name__ == "__main__":
    sys.exit(main())
