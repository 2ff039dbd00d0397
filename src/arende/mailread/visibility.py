"""Whether a piece of HTML can be seen: by its size, its colour on its ground, its place, its display.

Not a browser: it knows the usual ways to hide text in a mail, and when in doubt says hidden. What is struck out is
taken back by its writer, and counts as hidden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

Colour = tuple[int, int, int]


class Look(NamedTuple):
    """What an element hands down to its content."""

    hidden: bool = False
    colour: Colour = (0, 0, 0)
    ground: Colour = (255, 255, 255)


PLAIN = Look()

_HIDES = re.compile(
    r"line-through|display:none|visibility:(?:hidden|collapse)|mso-hide:all|content-visibility:hidden|transform:scale\(0"
    r"|(?<![\w-])(?:opacity:0?(?:\.0\d?)?(?![\d.])|font:[a-z]*0(?:px|pt|em|%|/)|clip:rect\(|clip-path:"
    r"|(?:max-)?(?:height|width):0(?:px|pt|em|%)?(?![\d.])|text-indent:-\d{3}"
    r"|(?:left|top|right|bottom|margin-left|margin-top):-\d{3})"
)
_SIZE = re.compile(r"(?<![\w-])font-size:(\d{0,5}(?:\.\d{0,5})?)(px|pt|em|rem|%|)")
_TINY = {"px": 2.0, "pt": 2.0, "em": 0.2, "rem": 0.2, "%": 15.0, "": 2.0}
"""Up to this size nobody can read it."""
_COLOUR = re.compile(r"(?:^|;)color:([^;!]{1,60})")
_GROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]{1,200})")
_BLANKS = re.compile(r"\s+|/\*.{0,200}?\*/", re.DOTALL)
MAX_STYLE = 2000
NEAR = 40
"""Colours whose channels all differ by less cannot be told apart."""


def inside(outer: Look, attributes: Mapping[str, str], *, unseen: bool = False) -> Look:
    """How the content of an element with these attributes looks."""
    style, given = attributes.get("style", ""), attributes.get("color", "")
    if outer.hidden or unseen or "hidden" in attributes:
        return outer._replace(hidden=True)
    return _styled(outer, style[:MAX_STYLE], given[:MAX_STYLE], attributes.get("bgcolor", "")[:MAX_STYLE])


@lru_cache(maxsize=256)
def _styled(outer: Look, style: str, colour_given: str, ground_given: str) -> Look:
    style = _BLANKS.sub("", style).lower()
    ground = _colour_of(_GROUND, style, ground_given) or outer.ground
    colour = _colour_of(_COLOUR, style, colour_given) or outer.colour
    transparent = bool(_CLEAR.search(style.replace("background-color:", "")))
    return Look(_hides(style) or transparent or _near(colour, ground), colour, ground)


def sheet_hides(sheet: str) -> bool:
    """Whether a style sheet hides anything; which, is not asked."""
    return _hides(_BLANKS.sub("", sheet[:100_000]).lower())


def _hides(style: str) -> bool:
    sizes = ((number, unit) for number, unit in _SIZE.findall(style) if number.strip("."))
    return bool(_HIDES.search(style)) or any(float(number) <= _TINY[unit] for number, unit in sizes)


def has_letters(text: str) -> bool:
    """Whether there is anything to read in ``text``; blanks and characters that take no room are nothing."""
    return any(c.isalnum() for c in text)


def _near(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) < NEAR for a, b in zip(one, other, strict=True))


def _colour_of(pattern: re.Pattern[str], style: str, attribute: str) -> Colour | None:
    found = pattern.findall(style)
    return _colour(found[-1] if found else attribute.strip().lower())


_NAMED = {
    "white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245), "floralwhite": (255, 250, 240), "window": (255, 255, 255), "black": (0, 0, 0),
    "windowtext": (0, 0, 0), "red": (255, 0, 0), "yellow": (255, 255, 0), "gray": (128, 128, 128),
    "navy": (0, 0, 128), "blue": (0, 0, 255), "green": (0, 128, 0), "orange": (255, 165, 0),
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-f]{3,8})")
_RGB = re.compile(r"rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})")
_HSL = re.compile(r"hsla?\([^,)]{1,10},[^,)]{1,10},(\d{1,3})")
_CLEAR = re.compile(r"color:(?:transparent|(?:rgba|hsla)\([^)]{1,40},0?\.?0+%?\))")


def _colour(text: str) -> Colour | None:
    """A CSS colour; None when it is not understood."""
    if found := _HEX.search(text):
        digits = found[1]
        pairs = [c * 2 for c in digits[:3]] if len(digits) < 6 else [digits[i : i + 2] for i in (0, 2, 4)]
        return int(pairs[0], 16), int(pairs[1], 16), int(pairs[2], 16)
    if found := _RGB.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _HSL.search(text):
        return (min(255, int(found[1]) * 255 // 100),) * 3
    return next((rgb for name, rgb in _NAMED.items() if re.search(rf"\b{name}\b", text)), None)
