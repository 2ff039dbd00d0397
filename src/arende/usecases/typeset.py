"""A letter of the case becomes its document: typeset, stored by its hash, and on record with the step.

It is set before the write lock is taken. Beside the PDF lies the letter as JSON, so that it can be compared with its
next version, set anew to the same bytes, or opened in a word processor.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from arende import queries
from arende.actors import Actor
from arende.letters import Head, Letter
from arende.mailwords import Contact
from arende.prepared import Row
from arende.usecases import documents
from arende.work import Work

PDF = "application/pdf"


def put(
    w: Work,
    key: str,
    name: str,
    letter: Letter,
    direction: str = "drawn_up",
    *,
    on_behalf_of: Actor | None = None,
    access: str | None = None,
) -> Row:
    """Typeset the letter and make it a record: a new document, or its next version. ``name`` has no ending."""
    stored = w.app.storage.put(io.BytesIO(w.app.press.pdf(letter)))
    source, _ = w.app.storage.put(io.BytesIO(letter.json().encode()))
    name = documents.clean_name(f"{name}.pdf")
    return documents.record(
        w, key, name, PDF, stored, direction, on_behalf_of=on_behalf_of, access=access,
        source=(letter.name, source),
    )  # fmt: skip


def write(w: Work, template: str, head: Head, values: Mapping[str, Any], data: Row | None = None) -> Letter:
    """The letter of a template. Raises Refused with a sentence that names what is missing."""
    return w.app.letters.write(template, head, values, data)


def head(w: Work, **more: Any) -> Head:
    """The letterhead of the authority on the day of the step."""
    name, unit = w.authority
    return Head(
        **{
            "authority": name,
            "day": w.today,
            "register_no": w.case["register_no"],
            "unit": "" if unit == name else unit,
            "foot": foot(w),
            **more,
        }
    )


def bare(words: Any) -> Any:
    """Words as data to lie in the PDF: without the database's own numbers."""
    if isinstance(words, Mapping):
        return {k: bare(v) for k, v in words.items() if k != "id" and not str(k).endswith("_id")}
    return [bare(v) for v in words] if isinstance(words, list | tuple) else words


def foot(w: Work) -> tuple[str, ...]:
    """What stands at the foot of the page: the authority's name, number, address and site."""
    row = w.ask(queries.authority)
    data = row["data"] or {}
    number = f"Org.nr {data['org_no']}" if data.get("org_no") else None
    return tuple(x for x in (row["name"], number, data.get("email"), data.get("website")) if x)


def contact_line(contact: Contact) -> str:
    """Whom to ask, in one line."""
    who = ", ".join(x for x in (contact.name, contact.title) if x)
    mail = f", e-post: {contact.email}" if contact.email else ""
    return f"Vid frågor, kontakta {who}{mail}."
