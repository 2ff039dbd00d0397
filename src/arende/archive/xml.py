"""Writing XML: elements in their parent's namespace, and only characters that XML knows."""

from __future__ import annotations

import re

from lxml import etree

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def say(parent: etree._Element, tag: str, text: object = None, /, **attributes: object) -> etree._Element:
    """A new last child of ``parent``, in its namespace; an attribute that is None is left out."""
    namespace = etree.QName(parent).namespace
    given = {k: clean(str(v)) for k, v in attributes.items() if v is not None}
    child = etree.SubElement(parent, f"{{{namespace}}}{tag}", given)
    if text is not None:
        child.text = clean(str(text))
    return child


def clean(text: str) -> str:
    """The text with U+FFFD for every character that XML 1.0 cannot carry."""
    return _NOT_XML.sub("\ufffd", text)


def document(root: etree._Element) -> bytes:
    """The whole document in UTF-8, indented."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
