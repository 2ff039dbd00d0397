"""The archive package: E-ARK CSIP and SIP 2.1 (FGS Paketstruktur 2.0), a METS.xml over metadata and one representation.

::

    METS.xml
    metadata/descriptive/ERMS.xml
    representations/rep1/data/    the documents, and the record as JSON
"""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path
from uuid import uuid4

from lxml import etree

from arende import __version__
from arende.app import App
from arende.archive import erms
from arende.archive.folder import Parcel, Written, plain_name
from arende.archive.record import plain, whole
from arende.archive.xml import clean, document, say
from arende.errors import Refused, Sentence, Unavailable
from arende.usecases.material import Material

METS = "http://www.loc.gov/METS/"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
SIP = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
XLINK = "http://www.w3.org/1999/xlink"
PROFILE = "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"
CONTENT = "citserms_v2_1"
DATA = "representations/rep1/data"
DESCRIPTIVE = "metadata/descriptive/ERMS.xml"


def write(app: App, m: Material, target: Parcel, names: bool) -> str | None:  # noqa: ARG001 – one signature for every format
    """The package. Returns the schema that ERMS.xml was held against, or None; raises Refused when it is not valid."""
    files: dict[int, str] = {}
    types: dict[Written, str] = {}
    for d in (d for d in m.documents if not d["removed"]):
        files[d["record_no"]] = name = plain_name(d["record_no"], d["name"])
        types[target.copy(f"{DATA}/{name}", d["sha256"], d["record_no"])] = d["media_type"]
    record = f"{DATA}/{m.case['register_no']}.json"
    text = json.dumps(plain(whole(m, files)), ensure_ascii=False, indent=1)
    types[target.write(record, f"{text}\n".encode())] = "application/json"
    paths = {n: f"{DATA}/{name}" for n, name in files.items()}
    described = erms.descriptive(m, target.out.name, paths, record)
    schema = _validated(described, app.settings.erms_xsd)
    descriptive = target.write(DESCRIPTIVE, document(described))
    target.write("METS.xml", document(_mets(m, target.out.name, descriptive, types)))
    return schema


# ---------------------------------------------------------------- METS


def _mets(m: Material, package: str, descriptive: Written, types: dict[Written, str]) -> etree._Element:
    root = etree.Element(f"{{{METS}}}mets", nsmap={None: METS, "csip": CSIP, "sip": SIP, "xlink": XLINK})
    _say_all(
        root,
        OBJID=package,
        LABEL=_label(m),
        TYPE="Mixed",
        PROFILE=PROFILE,
    )
    root.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", CONTENT)
    _header(root, m)
    described = say(root, "dmdSec", ID=_id(), CREATED=erms.stamp(m.at), STATUS="CURRENT")
    reference = say(described, "mdRef", ID=_id(), LOCTYPE="URL", MDTYPE="OTHER", OTHERMDTYPE="ERMS")
    _points(reference, m, descriptive, "text/xml")
    group = say(say(root, "fileSec", ID=_id()), "fileGrp", ID=_id(), USE="Representations/rep1")
    group.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", CONTENT)
    for file, type_ in types.items():
        entry = say(group, "file", ID=_id())
        _fixity(entry, m, file, type_)
        _locates(say(entry, "FLocat", LOCTYPE="URL"), file)
    _structure(root, package, described, group)
    return root


def _label(m: Material) -> str:
    """What the package holds: without the title under secrecy, and saying so when the case is still open."""
    title = "" if m.case["secrecy"] else f" {m.case['title']}"
    return f"{m.case['register_no']}{title}{'' if m.case['closed_at'] else ' (inte avslutat)'}"


def _header(root: etree._Element, m: Material) -> None:
    header = say(root, "metsHdr", CREATEDATE=erms.stamp(m.at), RECORDSTATUS="NEW")
    header.set(f"{{{CSIP}}}OAISPACKAGETYPE", "SIP")
    software = say(header, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    say(software, "name", "arende")
    say(software, "note", __version__).set(f"{{{CSIP}}}NOTETYPE", "SOFTWARE VERSION")
    for role in ("ARCHIVIST", "CREATOR"):
        agent = say(header, "agent", ROLE=role, TYPE="ORGANIZATION")
        say(agent, "name", m.authority.get("name") or "okänd")
        if code := erms.organisation_number(m):
            say(agent, "note", code).set(f"{{{CSIP}}}NOTETYPE", "IDENTIFICATIONCODE")


def _structure(root: etree._Element, package: str, described: etree._Element, group: etree._Element) -> None:
    top = say(say(root, "structMap", ID=_id(), TYPE="PHYSICAL", LABEL="CSIP"), "div", ID=_id(), LABEL=package)
    say(top, "div", ID=_id(), LABEL="Metadata", DMDID=described.get("ID"))
    say(say(top, "div", ID=_id(), LABEL="Representations/rep1"), "fptr", FILEID=group.get("ID"))


def _points(element: etree._Element, m: Material, file: Written, type_: str) -> None:
    _fixity(element, m, file, type_)
    _locates(element, file)


def _fixity(element: etree._Element, m: Material, file: Written, type_: str) -> None:
    _say_all(element, MIMETYPE=type_ or mimetypes.guess_type(file.path)[0] or "application/octet-stream")
    _say_all(element, SIZE=str(file.size), CREATED=erms.stamp(m.at), CHECKSUM=file.sha256, CHECKSUMTYPE="SHA-256")


def _locates(element: etree._Element, file: Written) -> None:
    element.set(f"{{{XLINK}}}type", "simple")
    element.set(f"{{{XLINK}}}href", file.path)


def _say_all(element: etree._Element, **attributes: str) -> None:
    for name, value in attributes.items():
        element.set(name, clean(value))


def _id() -> str:
    """An id for an element of this METS document."""
    return f"uuid-{uuid4()}"


# ---------------------------------------------------------------- validation


def _validated(described: etree._Element, xsd: Path | None) -> str | None:
    if xsd is None:
        return None
    found = erms.faults(described, _schema(xsd))
    if found:
        raise Refused(
            Sentence(
                f"ERMS.xml är inte giltig enligt {xsd}, så ingenting är exporterat: {found[0]}",
                f"ERMS.xml is not valid by {xsd}, so nothing is exported: {found[0]}",
            )
        )
    return str(xsd)


def _schema(xsd: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    try:
        return etree.XMLSchema(etree.parse(xsd, parser))
    except (OSError, etree.XMLSyntaxError, etree.XMLSchemaParseError) as e:
        raise Unavailable(
            Sentence(
                f"Schemat {xsd} (ARENDE_ERMS_XSD) går inte att läsa: {e}.",
                f"The schema {xsd} (ARENDE_ERMS_XSD) cannot be read: {e}.",
            )
        ) from e
