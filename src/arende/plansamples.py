"""An invented operational plan in two versions, to show the templates of plans with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from arende import plancomparison, planwords
from arende.errors import Sentence
from arende.operationalplan import Entry, Goal, Plan


def _activity(text: str, **more: Any) -> Entry:
    return Entry(kind="activity", text=text, **more)


def _plan(*assignments: Entry) -> Plan:
    priority = Entry(kind="priority", text="Goda förbindelser i hela länet och till grannlänen", children=assignments)
    area = Entry(kind="area", text="En region med god tillgänglighet", children=(priority,))
    goals = (
        Goal(number=1, text="Infrastruktur för ett växande län", heading="Hög attraktivitet"),
        Goal(number=2, text="Kollektivtrafik för hållbart resande", heading="Hög attraktivitet"),
    )
    section = Entry(kind="section", text="1.1 Hög attraktivitet", children=(area,))
    return Plan(title="Verksamhetsplan 2027", numbered=goals, sections=(section,))


_TIMETABLE = _activity("Utred en ny tidtabell för stråket mellan Ekby och Havsby")
_BEFORE = _plan(
    Entry(kind="assignment", text="Planera järnvägen", numbers=(1,), children=(
        _activity("Ta fram ett avtal om medfinansiering av järnvägen"),
        _activity("Utöka dialogen om underhåll med Trafikverket", owner="Infrastruktur"),
        _TIMETABLE,
    )),
    Entry(kind="assignment", text="Utveckla samplaneringen", numbers=(1, 2)),
)  # fmt: skip
_NOW = _plan(
    Entry(kind="assignment", text="Planera järnvägen", numbers=(1,), children=(
        _activity("Utöka dialogen om ny räls med Trafikverket", owner="Infrastruktur", ends=date(2027, 6, 30)),
    )),
    Entry(kind="assignment", text="Utveckla samplaneringen", numbers=(1, 2), children=(
        _TIMETABLE,
        _activity("Bygg en gång- och cykelbro över ån", owner="Infrastruktur"),
    )),
)  # fmt: skip
_TOLD = Sentence(
    "Version 3 jämförd med den beslutade version 2: Regionstyrelsen 2026-12-09 § 145.",
    "Version 3 compared with version 2, as decided: Regionstyrelsen 2026-12-09 § 145.",
)
OF_PLANS: Mapping[str, Mapping[str, Any]] = {
    "operational_plan": {**planwords.plan_words(_NOW), "version": "Version 3."},
    "plan_changes": planwords.change_words(plancomparison.compare(_BEFORE, _NOW), _NOW, _TOLD),
    "plan_follow_up": {
        "title": "Verksamhetsplan 2027", "version": 3, "today": "4 juni 2027", "activities": 3, "untold": 1,
        "statuses": ["ej påbörjad", "pågår", "klar", "försenad", "avbruten"],
        "figures": [{"section": "1.1 Hög attraktivitet", "name": "Goda förbindelser i hela länet och till grannlänen",
                     "activities": 3, "counts": [0, 1, 1, 0, 0], "untold": 1}],
        "late": [{"text": "Bygg en gång- och cykelbro över ån", "ends": "31 maj 2027"}],
        "followed": [{"key": "A2", "text": "Utöka dialogen om ny räls med Trafikverket", "status": "pågår",
                      "comment": "Två möten är hållna.", "by": "Anna Exempel", "day": "2027-06-01"},
                     {"key": "A3", "text": "Utred en ny tidtabell för stråket mellan Ekby och Havsby",
                      "status": "klar", "comment": "–", "by": "Anna Exempel", "day": "2027-05-20"}],
        "gone": [{"key": "A1", "text": "Ta fram ett avtal om medfinansiering av järnvägen", "status": "avbruten",
                  "comment": "Ingår i den nationella planen.", "by": "Anna Exempel", "day": "2027-03-01"}],
    },
}  # fmt: skip
"""What the documents of an operational plan know."""
