"""The page behind a receipt's link, where one's own yes is taken back. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from arende import phrases
from arende.casewords import act_done, capital
from arende.usecases.regrets import Regret
from arende.web.answerlabels import ANSWER_LABELS
from arende.web.answerpage import Problem
from arende.web.speech import Speech


class RegretPage:
    """What the template asks for."""

    template = "answer_regret"

    def __init__(self, shown: Regret, t: Speech, form: Mapping[str, str], problems: Sequence[Problem]) -> None:
        self.shown, self.t, self.form, self.problems = shown, t, form, problems
        self.row: dict[str, Any] = shown.request
        self.words = phrases.ACTS[self.row["act"]][t.lang]

    @property
    def done(self) -> str:
        """What was answered: "Gav klartecken"."""
        return self.t.say(capital(act_done(self.row["act"], "approve")))

    def given(self, field: str) -> str:
        """What was written in a field before it came back."""
        return self.form.get(field, "")


def missing(form: Mapping[str, str]) -> list[Problem]:
    """What a person has left out."""
    found = []
    if not form.get("comment", "").strip():
        found.append(Problem(ANSWER_LABELS["say_why_back"], "comment"))
    if not form.get("control", "").strip():
        found.append(Problem(ANSWER_LABELS["digits_missing"], "control"))
    return found
