"""The record of a case outside arende: a whole JSON file, an archive package, and logs for process mining."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arende.app import App
from arende.archive.folder import Written, parcel
from arende.errors import Refused, Sentence
from arende.usecases.material import Material, gather

FORMATS = ("erms", "ocel", "xes", "json")
"""What ``export`` can make."""

WITH_FILES = ("erms", "json")
"""Those that hand out the documents themselves."""


@dataclass(frozen=True)
class Exported:
    """What was written, and what its reader should know."""

    register_no: str
    format: str
    out: Path
    files: list[Written]
    set_aside: Path | None
    """Where the folder that was there before now lies."""
    secrecy: bool
    closed: bool
    pseudonymised: bool
    chain_whole: bool
    validated: str | None
    """The schema that the descriptive metadata was held against; None when none was named."""

    def data(self) -> dict[str, Any]:
        """For a script."""
        return {
            "register_no": self.register_no,
            "format": self.format,
            "out": str(self.out),
            "secrecy": self.secrecy,
            "closed": self.closed,
            "pseudonymised": self.pseudonymised,
            "chain_whole": self.chain_whole,
            "validated": self.validated,
            "set_aside": str(self.set_aside) if self.set_aside else None,
            "files": [f._asdict() for f in self.files],
        }


def export(
    app: App,
    register_no: str,
    kind: str,
    out: Path,
    *,
    names: bool = False,
    secrecy: bool = False,
    force: bool = False,
) -> Exported:
    """Write the case in one of ``FORMATS`` to the folder ``out``, whole or not at all.

    Logs (ocel, xes) carry pseudonyms unless ``names``. Raises NotFound for an unknown case, Refused for a case under
    secrecy without ``secrecy`` and for a target that holds something without ``force``, Unavailable when the disk
    refuses or a document is missing or damaged.
    """
    material = gather(app, register_no)
    case = material.case
    if case["secrecy"] and not secrecy:
        raise _under_secrecy(case["register_no"])
    if kind in WITH_FILES and material.closed_records and not secrecy:
        raise _closed_records(case["register_no"], [d["record_no"] for d in material.closed_records])
    with parcel(out, app.storage, force=force) as target:
        validated = _writer(kind)(app, material, target, names)
    return Exported(
        register_no=case["register_no"],
        format=kind,
        out=target.out,
        files=target.files,
        set_aside=target.set_aside,
        secrecy=case["secrecy"] or bool(material.closed_records),
        closed=case["closed_at"] is not None,
        pseudonymised=kind in ("ocel", "xes") and not names,
        chain_whole=not material.faults,
        validated=validated,
    )


Writer = Callable[[App, Material, Any, bool], str | None]


def _writer(kind: str) -> Writer:
    """The function that writes a format; imported when asked for."""
    match kind:
        case "erms":
            from arende.archive import package

            return package.write
        case "ocel":
            from arende.archive import ocel

            return ocel.write
        case "xes":
            from arende.archive import xes

            return xes.write
        case "json":
            from arende.archive import record

            return record.write
    raise ValueError(kind)


def _under_secrecy(register_no: str) -> Refused:
    return Refused(
        Sentence(
            f"{register_no} har sekretess och lämnas inte ut av misstag. Ska det ändå exporteras: lägg till --secrecy "
            "och hantera filerna därefter.",
            f"{register_no} is under secrecy and is not handed out by mistake. To export it all the same, add "
            "--secrecy and treat the files accordingly.",
        )
    )


def _closed_records(register_no: str, numbers: list[int]) -> Refused:
    listed = ", ".join(map(str, numbers))
    return Refused(
        Sentence(
            f"{register_no} har handlingar som är hemliga eller inte sekretessprövade ({listed}) och lämnas inte ut av "
            "misstag. Pröva dem (arende case check-record), eller lägg till --secrecy: de märks då i exporten.",
            f"{register_no} has records that are secret or not checked for secrecy ({listed}), not to be handed out by "
            "mistake. Check them (arende case check-record), or add --secrecy: the export then marks them.",
        )
    )
