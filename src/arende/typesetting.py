"""Typesetting: a letter as PDF/A-3a with PDF/UA-1's structure, by typst. Only this module knows typst.

Data stays data: a letter goes in as JSON, and nothing in it is markup to typst. The same letter gives the same bytes,
since its own day is the day in the file. The letter's data lies in the PDF as ``arende.json``.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

import typst

from arende.errors import Refused, Sentence
from arende.letters import Letter

STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
"""PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1), as typst marks and enforces them."""
_FRAME = "_base/letter.typ"
_FONTS = "_base/fonts"


class Press:
    """A compiler that is kept: the first letter takes a tenth of a second, the next ones a fiftieth.

    ``folders`` are those of the templates, the home's first: its ``_base/letter.typ`` and ``_base/fonts`` count
    before the shipped ones.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._lock = threading.Lock()

    def pdf(self, letter: Letter) -> bytes:
        """The letter as PDF. Raises Refused when it cannot be set, with typst's own reason."""
        return self._set(letter, "pdf")[0]

    def pictures(self, letter: Letter, ppi: float = 110) -> list[bytes]:
        """The letter's pages as PNG."""
        return self._set(letter, "png", ppi)

    def _set(self, letter: Letter, kind: Literal["pdf", "png"], ppi: float | None = None) -> list[bytes]:
        given = {"letter": letter.json()}
        try:
            with self._lock:  # a compiler sets one page at a time
                made = self._compiler.compile(
                    format=kind, ppi=ppi, sys_inputs=given, pdf_standards=STANDARDS if kind == "pdf" else []
                )
        except typst.TypstError as e:
            raise Refused(
                Sentence(
                    f"Handlingen kan inte sättas, så steget är inte taget: {e.message}. Brevmall: {self._frame}. "
                    "Be administratören rätta den.",
                    f"The document cannot be typeset, so the step is not taken: {e.message}. Frame: {self._frame}. "
                    "Ask the administrator to mend it.",
                )
            ) from e
        if made is None:
            raise RuntimeError("typst gave nothing back")
        return made if isinstance(made, list) else [made]

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
