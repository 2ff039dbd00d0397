"""A party's request as its page shows it. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from arende import duedates, phrases, statuswords, workdays
from arende.casewords import ROUNDS
from arende.errors import Sentence
from arende.usecases import rounds
from arende.usecases.partylink import Asked
from arende.web.answerpage import opened_by_link
from arende.web.speech import Speech

Row = dict[str, Any]


class PartyPage:
    """What the templates ask for."""

    def __init__(
        self, asked: Asked, t: Speech, now: datetime, form: Mapping[str, str], problems: Sequence[Sentence]
    ) -> None:
        self.asked, self.t, self.now, self.form, self.problems = asked, t, now, form, problems
        self.row, self.kind = asked.row, asked.round_["kind"]

    @property
    def noun(self) -> str:
        """What is asked for: "Remissen"."""
        return self.t.say(ROUNDS[self.kind])

    @property
    def title(self) -> str:
        """What the case is called."""
        return str(self.asked.case["title"])

    @property
    def due(self) -> Row:
        """The party's last day, and how far away it is."""
        day, today = workdays.local_day(self.row["due_at"]), workdays.local_day(self.now)
        return {
            "day": self.t.say(duedates.said(day)),
            "iso": day,
            "away": self.t.distance(today, day),
            "late": day < today,
        }

    @property
    def documents(self) -> list[Row]:
        """What went out with the request."""
        return opened_by_link(self.t, self.asked.rules, self.asked.documents)

    @property
    def shown(self) -> Asked:
        """What the parts of the page that show changes read."""
        return self.asked

    @property
    def choices(self) -> list[Row]:
        """The stances, none of them chosen beforehand."""
        words = [(s, phrases.stance_words(self.kind, s, self.t.lang)) for s in self.asked.stances]
        return [{"value": s, "label": w.capitalize(), "chosen": self.form.get("stance") == s} for s, w in words]

    @property
    def in_hand(self) -> Row | None:
        """What has come in and waits for the registrar."""
        held = self.row["pending"]
        if not held:
            return None
        stance = phrases.stance_words(self.kind, held["stance"], self.t.lang) if held["stance"] else ""
        return {"stance": stance, "when": self.t.moment(datetime.fromisoformat(held["came"]))}

    @property
    def in_force(self) -> str:
        """The position that counts now."""
        stance = rounds.in_force(self.row)
        return phrases.stance_words(self.kind, stance, self.t.lang) if stance else ""

    @property
    def wished(self) -> str:
        """That more time has been asked for, or was given."""
        if self.row["state"] not in ("extension_requested", "extension_granted"):
            return ""
        words = self.t.say(statuswords.ANSWERS[self.row["state"]][0])
        wish = self.row["wish"]
        if wish:
            return f"{words}: {self.t.day(date.fromisoformat(wish['until']))}"
        return words.format(until=workdays.local_day(self.row["due_at"]).isoformat())

    @property
    def may_wish(self) -> bool:
        """Whether more time may be asked for here."""
        over = self.asked.round_["state"] != "open" or self.due["late"]
        return self.asked.rule.extendable and not over and self.row["state"] in ("sent", "acknowledged")

    @property
    def missing(self) -> str:
        """What the case officer has said is missing."""
        return str((self.row["supplement"] or {}).get("what") or "")

    def given(self, field: str) -> str:
        """What was written in a field before it came back."""
        return self.form.get(field, "")
