"""What is wrong with a file that is no YAML, told to somebody who does not know what YAML is.

The parser says where it stopped, in its own words; the mistake is often a line above. So the text itself is looked
at: the usual slips – a tab, no space after a colon, a quotation mark or a bracket left open, a line out of line – are
told by name, at the line to change.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from arende.errors import Sentence

_NO_SPACE = re.compile(r"\s*(?:- +)?(?P<key>[A-Za-z_][\w-]*):(?P<value>[^\s:/][^\n]*)$")
_KEY = re.compile(r"\s*(?:- +)?(?P<key>[\w-]+): +(?P<value>[^\s{\[#][^\n]*: [^\n]*)$")
_KEY_IN_BRACES = re.compile(r"[{,] *(?P<key>[\w-]+): +(?P<value>[^\s'\"{\[,}][^,}\n]*?: [^,}\n]*)")
_LEFT_OPEN = re.compile(r"""[:{,] +(?:'[^']*|"[^"]*)$""")
_GOES_ON = re.compile(r""":\s+(?:'[^']*'|"[^"]*")\s*[^\s#,}\]]""")


class Fault(NamedTuple):
    """The line to change, counted from 1, and what to do there."""

    line: int
    told: Sentence


class Stop(NamedTuple):
    """Where the parser gave up, and why in its own words; lines and columns are counted from 0."""

    problem: str
    line: int
    column: int
    begun: int | None
    """The line where the thing began that the parser was in."""


class _Where(NamedTuple):
    """The line at which the parser stopped and the one where what it was in began, and the numbers of both."""

    line: str
    first: str
    n: int
    begun: int
    stop: Stop


def diagnose(text: str, stop: Stop) -> Fault:
    """The line to change and what to write there."""
    lines = text.splitlines() or [""]
    n = min(stop.line, len(lines) - 1)
    begun = min(stop.begun, n) if stop.begun is not None else n
    if re.match(r" *\t", lines[n]):
        return Fault(n + 1, _TAB)
    if slip := _colon(lines, n, begun, stop.problem):
        return slip
    if stop.problem.startswith("did not find expected key"):
        for i in range(begun, n):
            if _LEFT_OPEN.search(lines[i]):
                return Fault(i + 1, _OPEN_QUOTE)
    for beginning, judge in _PROBLEMS.items():
        if stop.problem.startswith(beginning):
            return judge(_Where(lines[n], lines[begun], n, begun, stop))
    return Fault(n + 1, Sentence(
        "Härifrån går filen inte att läsa. Jämför indrag, kolon och citattecken med raderna ovanför.",
        f"The file cannot be read from here ({stop.problem}). Compare indentation, colons and quotation marks above.",
    ))  # fmt: skip


def no_space(key: str, value: str) -> Sentence:
    """A key whose colon has no space after it: YAML then takes it all for one word."""
    value = f"{value[0]}…" if value[0] in "{[" else value
    return Sentence(
        f"Efter kolonet saknas ett blanksteg. Skriv {key}: {value}",
        f"A space is missing after the colon. Write {key}: {value}",
    )


def _colon(lines: list[str], n: int, begun: int, problem: str) -> Fault | None:
    """A slip at a colon, on the line or on the one before it that has words."""
    if not problem.startswith(("mapping values", "could not find expected ':'", "did not find expected ','")):
        return None
    before = next((i for i in range(n - 1, -1, -1) if lines[i].strip() and not lines[i].lstrip().startswith("#")), n)
    for i in dict.fromkeys((before, n, begun)):
        if found := _NO_SPACE.match(lines[i]):
            return Fault(i + 1, no_space(found["key"], found["value"].strip()))
    if found := _KEY.match(lines[n]):
        return Fault(n + 1, _quote(found["key"], found["value"].strip()))
    for i in (n, begun):
        if found := _KEY_IN_BRACES.search(lines[i]):
            return Fault(i + 1, _quote_or_comma(found["key"], found["value"].strip()))
    if ":" not in lines[before] and not problem.startswith("did"):
        word = lines[before].strip()
        return Fault(before + 1, Sentence(
            f"Det saknas ett kolon efter ”{word}”. Skriv {word}:", f'A colon is missing after "{word}". Write {word}:'
        ))  # fmt: skip
    return None


def _quote(key: str, value: str) -> Sentence:
    bare = value.strip("'\"").replace('"', "'")
    return Sentence(
        f'Texten efter {key}: har själv ett kolon. Sätt den inom citattecken: {key}: "{bare}"',
        f'The text after {key}: has a colon of its own. Put it in quotation marks: {key}: "{bare}"',
    )


def _quote_or_comma(key: str, value: str) -> Sentence:
    sv, en = _quote(key, value)
    return Sentence(f"{sv} – eller sätt ett komma före nästa nyckel.", f"{en} – or put a comma before the next key.")


def _out_of_line(w: _Where) -> Fault:
    if _GOES_ON.search(w.line):
        return Fault(w.n + 1, _AFTER_QUOTE)
    for opening, closing in (("{", "}"), ("[", "]")):
        if w.line.count(closing) > w.line.count(opening):
            return Fault(w.n + 1, Sentence(f"Det står en {closing} för mycket.", f"There is one {closing} too many."))
    indent = len(w.line) - len(w.line.lstrip())
    return Fault(w.n + 1, Sentence(
        f"Raden är indragen med {indent} blanksteg, och det är ingen av raderna som den hör ihop med. "
        "Dra in den lika långt som dem.",
        f"The line is indented by {indent} spaces, and none of those it belongs with is. Indent it as far as they are.",
    ))  # fmt: skip


def _too_deep(w: _Where) -> Fault:
    return Fault(w.n + 1, Sentence(
        "Raden är längre indragen än den ovanför, som redan har ett värde. Dra in dem lika långt, eller sätt texten "
        "inom citattecken.",
        "The line is indented further than the one above, which has a value already. Indent them alike, or put the "
        "text in quotation marks.",
    ))  # fmt: skip


def _open_bracket(w: _Where) -> Fault:
    closing = w.stop.problem.rstrip(".'\"")[-1:]
    opening = {"}": "{", "]": "["}.get(closing, closing)
    if w.n > w.begun:
        return Fault(w.begun + 1, Sentence(
            f"{opening} öppnas här men stängs inte. Sätt {closing} där den slutar.",
            f"{opening} is opened here and not closed. Put {closing} where it ends.",
        ))  # fmt: skip
    return Fault(w.n + 1, Sentence(
        f"Mellan två värden saknas ett komma, eller så stängs {opening} inte med {closing}.",
        f"A comma is missing between two values, or {opening} is not closed by {closing}.",
    ))  # fmt: skip


def _no_colon(w: _Where) -> Fault:
    return Fault(w.begun + 1, _OPEN_QUOTE if w.first.lstrip(" -")[:1] in ("'", '"') else _NO_COLON)


def _no_value(w: _Where) -> Fault:
    return Fault(w.n + 1, Sentence(
        "Här väntas ett värde. En [ eller { ovanför är inte stängd, eller så är den stängd med fel tecken.",
        "A value is expected here. A [ or { above is not closed, or it is closed by the wrong sign.",
    ))  # fmt: skip


def _character(w: _Where) -> Fault:
    sign = w.line[w.stop.column : w.stop.column + 1]
    if sign == "\t":
        return Fault(w.n + 1, _TAB)
    return Fault(w.n + 1, Sentence(
        f"En text kan inte börja med {sign}. Sätt den inom citattecken.",
        f"A text cannot begin with {sign}. Put it in quotation marks.",
    ))  # fmt: skip


def _here(told: Sentence) -> Callable[[_Where], Fault]:
    return lambda w: Fault(w.n + 1, told)


_TAB = Sentence(
    "Raden är indragen med tabb. Byt tabben mot blanksteg.", "The line is indented by a tab. Use spaces instead."
)
_AFTER_QUOTE = Sentence(
    "Det står något efter det avslutande citattecknet. En apostrof inom '…' skrivs två gånger; annars sätt hela texten "
    'inom "…".',
    "Something stands after the closing quotation mark. An apostrophe within '…' is written twice; or put all of the "
    'text in "…".',
)
_OPEN_QUOTE = Sentence(
    "Citattecknet som öppnas här stängs aldrig. Sätt ett likadant där texten slutar.",
    "The quotation mark that is opened here is never closed. Put the same one where the text ends.",
)
_NO_COLON = Sentence("Här saknas ett kolon efter nyckeln.", "A colon is missing after the key.")
_NO_DASH = Sentence(
    "Raden hör till en lista men börjar inte med ”-” rakt under de andra. Sätt dit det, eller rätta indraget.",
    'The line belongs to a list but does not begin with "-" straight below the others. Add it, or indent it anew.',
)
_SIGN = Sentence(
    "En text kan inte börja med & eller *. Sätt den inom citattecken.",
    "A text cannot begin with & or *. Put it in quotation marks.",
)
_BLOCK = Sentence(
    "Efter | eller > börjar texten på nästa rad, indragen. Flytta ner den, eller sätt den inom citattecken.",
    "After | or > the text begins on the next line, indented. Move it down, or put it in quotation marks.",
)
_ESCAPE = Sentence(
    "Omvänt snedstreck betyder något särskilt inom \"…\". Skriv texten inom '…' i stället.",
    "A backslash means something special within \"…\". Write the text within '…' instead.",
)
_HIDDEN = Sentence(
    "Filen har ett tecken som inte syns. Skriv om raden.",
    "The file has a character that cannot be seen. Retype the line.",
)
_ONE = Sentence(
    "En fil har bara ett dokument. Ta bort ”...” och ”---”.", 'A file is one document only. Remove "..." and "---".'
)

_PROBLEMS: dict[str, Callable[[_Where], Fault]] = {
    "found unexpected end of stream": lambda w: Fault(w.begun + 1, _OPEN_QUOTE),
    "found unexpected document indicator": lambda w: Fault(w.begun + 1, _OPEN_QUOTE),
    "mapping values are not allowed": _too_deep,
    "did not find expected key": _out_of_line,
    "did not find expected ','": _open_bracket,
    "could not find expected ':'": _no_colon,
    "did not find expected node content": _no_value,
    "did not find expected '-'": _here(_NO_DASH),
    "found a tab": _here(_TAB),
    "found character that cannot start": _character,
    "did not find expected alphabetic": _here(_SIGN),
    "did not find expected comment": _here(_BLOCK),
    "found unknown escape": _here(_ESCAPE),
    "control characters": _here(_HIDDEN),
    "did not find expected <document start>": _here(_ONE),
}
"""How each problem of the parser is told, by the beginning of its words."""
