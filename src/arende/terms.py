"""The smallest words of a definition: ids, texts, built-in roles, acts with their answers, ways to be believed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""An id in a definition: English snake_case, stable for ever."""

Unit = Literal["working", "calendar", "weeks", "months"]
Act = Literal["clearance", "agenda_clearance", "delegated_decision", "urgent_decision", "signature", "minutes"]
Channel = Literal["reply", "link", "login"]
"""The least a person must do to be believed: authenticated reply (1), link and digits (2), login (3)."""

BUILT_IN_ROLES: dict[str, tuple[str, str, bool]] = {
    # key: Swedish, English, held by one person only
    "case_officer": ("handläggare", "case officer", True),
    "manager": ("chef", "manager", False),
    "registrar": ("registrator", "registrar", False),
    "secretary": ("nämndsekreterare", "committee secretary", False),
    "chair": ("ordförande", "chair", True),
    "vice_chair": ("vice ordförande", "vice chair", True),
    "region_director": ("regiondirektör", "region director", True),
    "delegate": ("delegat", "delegate", False),
    "minute_checker": ("justerare", "minute checker", False),
    "administrator": ("administratör", "administrator", False),
    "parties": ("de tillfrågade parterna", "the parties asked", False),
    "external": ("extern part", "external party", False),
    "system": ("systemet", "the system", True),
}
"""Roles that every definition may name; others are declared under ``roles:``."""

OUTCOMES_OF_ACT: dict[str, frozenset[str]] = {
    "clearance": frozenset({"approve", "return"}),
    "agenda_clearance": frozenset({"approve", "return"}),
    "delegated_decision": frozenset({"approve", "reject"}),
    "urgent_decision": frozenset({"approve", "reject"}),
    "signature": frozenset({"approve", "return"}),
    "minutes": frozenset({"approve", "return"}),
}
"""Answers that each act must lead somewhere; a recusal hands over by the rules of the act and needs none."""

ALSO_OF_ACT: dict[str, frozenset[str]] = {"agenda_clearance": frozenset({"reject"})}
"""Answers that an act has where its request declares them: "do not take up now" (domain practice, KL 6:35)."""


CLEARANCES = ("clearance", "agenda_clearance")
"""Acts that prepare and never decide: they alone pass to the vice chair by standing, or to a stand-in by time-out."""


Court = Literal["administrative_court", "administrative_court_of_appeal"]  # förvaltningsrätten · kammarrätten
"""Which court tries a decision."""


class Model(BaseModel):
    """Base of everything in a definition: frozen, and an unknown key is an error (rule V18).

    Each is made ready to check when it is first used: a program that reads a case uses two of thirty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=True, defer_build=True)


class Text(Model):
    """Words for people: Swedish always, English where there is one."""

    sv: str
    en: str | None = None

    def in_(self, language: str) -> str:
        """The words in ``language``, or in Swedish where there is no English."""
        return self.en if language == "en" and self.en else self.sv


def as_tuple(value: object) -> object:
    """A list, a single word or nothing as a tuple: ``by: manager`` means ``by: [manager]``."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str | int) else value
