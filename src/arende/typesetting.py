"""Typesetting: a letter as PDF/A-3a with PDF/UA-1's structure, by typst. Only this module knows typst.

Data stays data: a letter goes in as JSON, and nothing in it is markup to typst. The same letter gives the same bytes,
since its own day is the day in the file. The letter's data lies in the PDF as ``arende.json``.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import typst

from arende.errors import Refused, Sentence
from arende.letters import Letter

STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
"""PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1), as typst marks and enforces them."""
_FRAME = "_base/letter.typ"
_FONTS = "_base/fonts"
_NOT_IN_FONTS = re.compile(r'the (?:text|PDF contains the codepoint) `(".+?")`', re.DOTALL)
_SYMBOLS = {"So", "Sk", "Cf", "Co", "Cn", "Cc"}
"""Pictures and marks (Unicode's general categories): a letter can be read without their looks, not so without a
letter of somebody's name."""
_PICTURES = 0x1F000
"""From here on Unicode has pictures; when a font lacks one it lacks the others."""
_MOST = 40
"""Signs that are tried one by one."""


class Press:
    """A compiler that is kept: the first letter takes a tenth of a second, the next ones a fiftieth.

    ``folders`` are those of the templates, the home's first: its ``_base/letter.typ`` and ``_base/fonts`` count
    before the shipped ones.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._lock = threading.Lock()

    def pdf(self, letter: Letter) -> bytes:
        """The letter as PDF. Raises Refused when it cannot be set, with what is in the way.

        A picture that no font has, such as an emoji, stands as its name in brackets; ``arende.json`` keeps it. A
        letter of a script that no font has refuses: a name must not be mutilated.
        """
        return self._set(letter)[0]

    def pictures(self, letter: Letter, ppi: float = 110) -> list[bytes]:
        """The letter's pages as PNG, of just what would stand in the PDF."""
        given = self._set(letter)[1]
        made = self._compile(format="png", ppi=ppi, sys_inputs=given)
        return made if isinstance(made, list) else [made]

    def _set(self, letter: Letter) -> tuple[bytes, dict[str, str]]:
        """The PDF, and what was set."""
        kept = letter.json()
        given = {"letter": kept, "kept": kept}
        tries = 0
        while True:
            try:
                return self._compile(format="pdf", sys_inputs=given, pdf_standards=STANDARDS), given
            except typst.TypstError as e:
                lacking, tries = _lacking(e.message), tries + 1
                if tries > _MOST or not lacking or any(unicodedata.category(c) not in _SYMBOLS for c in lacking):
                    raise Refused(self._why(e.message, kept)) from e
                given["letter"] = _named(given["letter"], lacking)

    def _compile(self, **how: Any) -> Any:
        with self._lock:  # a compiler sets one page at a time
            return self._compiler.compile(**how)

    def _why(self, message: str, text: str) -> Sentence:
        """Why it cannot be set, and what to do."""
        lacking = _lacking(message)
        if lacking:
            code = " ".join(f"U+{ord(c):04X}" for c in lacking)
            near = _near(text, lacking)
            return Sentence(
                f"Typsnitten saknar tecknet {lacking} ({code}), som står i ”{near}”. Steget är inte taget. Skriv det "
                "med andra tecken, eller be administratören lägga ett typsnitt som har det i hemmappens "
                "templates/_base/fonts.",
                f'The fonts lack the character {lacking} ({code}), which stands in "{near}". The step is not taken. '
                "Write it with other characters, or ask the administrator to put a font that has it in "
                "templates/_base/fonts of the home folder.",
            )
        if "longer than 32767" in message:
            return Sentence(
                "Ett ord eller en rubrik är längre än en PDF kan ha (32 767 tecken). Steget är inte taget. Förkorta.",
                "A word or a heading is longer than a PDF may have (32 767 characters). Nothing is done. Shorten.",
            )
        return Sentence(
            f"Handlingen kan inte sättas, så steget är inte taget: {message}. Brevmall: {self._frame}. "
            "Be administratören rätta den.",
            f"The document cannot be typeset, so the step is not taken: {message}. Frame: {self._frame}. "
            "Ask the administrator to mend it.",
        )

    @cached_property
    def _frame(self) -> Path:
        return next(f for folder in self._folders if (f := folder / _FRAME).is_file())

    @cached_property
    def _compiler(self) -> typst.Compiler:
        fonts = [str(f) for folder in self._folders if (f := folder / _FONTS).is_dir()]
        found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=fonts)
        return typst.Compiler(
            str(self._frame), root=str(self._frame.parent), font_paths=found, ignore_system_fonts=True
        )


def _lacking(message: str) -> str:
    """What no font has, as typst tells it: quoted as Rust does."""
    found = _NOT_IN_FONTS.search(message)
    if found is None:
        return ""
    plain = re.sub(r"\\u\{([0-9a-f]+)\}", lambda m: chr(int(m[1], 16)), found[1][1:-1])
    return plain.replace('\\"', '"').replace("\\\\", "\\")


def _named(text: str, lacking: str) -> str:
    """The letter's JSON with each such sign as its name; those that only change the one before are left out."""
    for sign in {*lacking, *(c for c in text if ord(c) >= _PICTURES and unicodedata.category(c) in _SYMBOLS)}:
        pictured = unicodedata.category(sign) == "So"
        text = text.replace(json.dumps(sign, ensure_ascii=False)[1:-1], f"[{_name(sign)}]" if pictured else "")
    return text


def _name(sign: str) -> str:
    return unicodedata.name(sign, f"U+{ord(sign):04X}").lower()


def _near(text: str, lacking: str) -> str:
    """The words around what no font has."""
    at = text.find(lacking)
    return re.split(r'[\\"]', text[max(0, at - 25) : at])[-1] + re.split(r'[\\"]', text[at : at + 25])[0]
