"""An agenda as a package for another meeting system: PDFs, JSON, a calendar file, and the papers of its cases.

A case under secrecy is there by its number alone, without title or papers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from arende import calendars, db, meetingqueries, queries, siteaddress, storage
from arende.app import App
from arende.errors import Refused, Sentence
from arende.usecases.invitations import entry_of

FORMAT = "arende-agenda/1"
OWN = ("call", "agenda", "papers")
"""The meeting's own documents that go along."""


def write(app: App, register_no: str, folder: Path) -> list[Path]:
    """Write the package into ``folder``, made if it is missing; returns the files. Raises Refused for no meeting."""
    with db.reading(app.engine) as conn:
        found = meetingqueries.meeting(conn, register_no)
        cases = {no: queries.case(conn, no) for i in found["items"] for no in i["cases"]}
        papers = {no: [] if c["secrecy"] else queries.documents(conn, c["id"]) for no, c in cases.items()}
        body = queries.body_names(conn)
        authority = queries.authority(conn)["name"]
        site = siteaddress.outside(conn, app.settings)
        own = [d for d in queries.documents(conn, found["case"]["id"]) if d["key"] in OWN]
    meeting = found["meeting"]
    if meeting is None:
        raise Refused(Sentence(f"{register_no} är inget sammanträde.", f"{register_no} is not a meeting."))
    folder.mkdir(parents=True, exist_ok=True)
    number = found["case"]["register_no"]
    title = body.get(meeting["body"], meeting["body"])
    papers_of = {number: own, **papers}
    files = [_copy(app.storage, folder, no, d) for no, docs in papers_of.items() for d in _newest(docs)]
    data = {
        "format": FORMAT,
        "register_no": number,
        "body": {"key": meeting["body"], "name": title},
        "meeting": {k: meeting[k] for k in ("day", "last_day", "starts_at", "ends_at", "place", "profile")},
        "agenda_version": meeting["agenda_version"],
        "documents": [_name(number, d) for d in _newest(own)],
        "items": [_item(i, cases, papers) for i in found["items"]],
    }
    page = folder / "agenda.json"
    page.write_text(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    organizer = calendars.organizer(authority, app.settings.mail_from)
    headings = [i["heading"] for i in found["items"]]
    entry = entry_of(meeting, number, title, organizer.email.rpartition("@")[2], headings, site)
    calendar = folder / f"{number}.ics"
    calendar.write_bytes(calendars.publish(title, organizer, app.clock(), [entry]))
    return [page, calendar, *files]


def _item(item: dict[str, Any], cases: dict[str, Any], papers: dict[str, list[Any]]) -> dict[str, Any]:
    keep = ("item", "position", "heading", "kind", "proposal", "late", "urgent", "section_no", "outcome", "decision")
    return {
        **{k: item[k] for k in keep},
        "warnings": [w[0] for w in item["warnings"]],
        "cases": [
            {
                "register_no": no,
                "title": None if cases[no]["secrecy"] else cases[no]["title"],
                "documents": [_name(no, d) for d in _newest(papers[no])],
            }
            for no in item["cases"]
        ],
    }


def _newest(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    newest: dict[str, dict[str, Any]] = {}
    for d in sorted(documents, key=lambda d: d["version"]):
        newest[d["key"]] = d
    return [d for d in newest.values() if d["access"] in (None, "public") and not d["removed"]]


def _name(no: str, document: dict[str, Any]) -> str:
    return f"{no}-{document['record_no']}-{document['name']}"


def _copy(kept: storage.Storage, folder: Path, no: str, document: dict[str, Any]) -> Path:
    file = folder / _name(no, document)
    file.write_bytes(kept.read(document["sha256"]))
    return file
