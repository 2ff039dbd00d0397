"""The words of a file that somebody else has made – a PDF, a word processor's DOCX – for comparing two versions.

Such a file may be hostile, or so odd that reading it takes for ever. So another process reads it, with little memory
and little time: ``python -m arende.filetext application/pdf < FILE``. Pictures of text are not read.
"""

from __future__ import annotations

import io
import re
import resource
import subprocess
import sys
import zipfile
from typing import BinaryIO

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
READABLE = (PDF, DOCX)
SECONDS, MEMORY = 10, 1 << 30
"""That the reading process has, of the processor and of the clock, and bytes."""
PAGES, LETTERS = 300, 500_000
"""Of a PDF, and of any text, that are read; a longer one counts as unreadable."""
_WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIVIDED = re.compile(r"(?<=\w)(?:\u00ad|[-\u2010](?=\n[a-zåäö]))\n?")


def read(media_type: str, data: bytes) -> str | None:
    """The words, a paragraph or a printed line to each line; None where they cannot be read, or not in time."""
    argv = [sys.executable, "-I", "-m", "arende.filetext", media_type]
    try:
        done = subprocess.run(argv, input=data, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 – our own words
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.decode("utf-8") or None if done.returncode == 0 else None


def of_pdf(file: BinaryIO) -> str:
    """Line by line as printed, words divided at the end of a line put together. Raises ValueError for many pages."""
    from pypdf import PdfReader

    pages = PdfReader(file).pages
    if len(pages) > PAGES:
        raise ValueError("too many pages")
    return _DIVIDED.sub("", "\n".join(page.extract_text() for page in pages))


def of_docx(file: BinaryIO) -> str:
    """Paragraph by paragraph, those in tables too; what a reviewer has struck is left out."""
    from lxml import etree

    with zipfile.ZipFile(file) as archive:
        strict = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        body = etree.parse(archive.open("word/document.xml"), strict)
    paragraphs = body.iter(f"{_WORDS}p")
    return "\n".join("".join(_shown(part) for part in paragraph.iter()) for paragraph in paragraphs)


def _shown(part: object) -> str:
    tag, text = getattr(part, "tag", ""), getattr(part, "text", None)
    if tag == f"{_WORDS}t":
        return text or ""
    return " " if tag in (f"{_WORDS}tab", f"{_WORDS}br") else ""


def main() -> None:
    """Read the file on standard input, of the type that is named, and print its words; fail for any other reason."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    file = io.BytesIO(sys.stdin.buffer.read())
    words = {PDF: of_pdf, DOCX: of_docx}[sys.argv[1]](file)
    if len(words) > LETTERS:
        raise ValueError("too long")
    sys.stdout.buffer.write(words.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
