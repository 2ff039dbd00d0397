"""A request as its page shows it: words, choices, and what is wrong with what was written. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arende import duedates, phrases, workdays
from arende.casetypes import CaseType
from arende.casewords import act_done, answer_words, capital, document_words
from arende.errors import ArendeError, Sentence
from arende.trails import mandate_words
from arende.usecases import evidence, withdrawals
from arende.usecases.bearer import ANSWERS, Shown
from arende.web.speech import Speech

Row = dict[str, Any]


def opened_by_link(t: Speech, rules: CaseType, documents: Iterable[Row]) -> list[Row]:
    """Documents that the bearer of a link may open, as its page lists them."""
    return [
        {
            "no": d["record_no"],
            "title": t.say(capital(document_words(rules, d["key"]))),
            "version": t("text_version", n=d["version"]),
            "name": d["name"],
            "size": t.size(d["size"]),
        }
        for d in documents
    ]


@dataclass(frozen=True)
class Problem:
    """Why an answer was not taken, and the field to mend: ``decision``, ``comment``, ``control`` or none."""

    words: Sentence
    field: str = ""


def refused(e: ArendeError) -> list[Problem]:
    """A refusal's own sentences, each at the field that it is about."""
    return [Problem(s, "control" if s == evidence.DIGITS else "") for s in e.sentences]


class AnswerPage:
    """What the templates ask for."""

    def __init__(
        self, shown: Shown, t: Speech, now: datetime, form: Mapping[str, str], problems: Sequence[Problem]
    ) -> None:
        self.shown, self.t, self.now, self.form, self.problems = shown, t, now, form, problems
        self.row = shown.request
        self.words = phrases.ACTS[self.row["act"]][t.lang]

    @property
    def template(self) -> str:
        """The form, the receipt, or the page of a link that no longer answers; one page for taking an answer back."""
        if self.shown.taking_back:
            return "answer_regret"
        if self.shown.done:
            return "answer_receipt"
        return "answer_dead" if self.shown.dead is not None else "answer"

    # ------------------------------------------------------------ what is asked

    @property
    def secret(self) -> bool:
        """Whether nothing of the case may be shown."""
        return self.shown.secret

    @property
    def sign_in(self) -> bool:
        """Whether the answer needs a sign-in that there has not been."""
        return self.shown.level == "login" and self.shown.signed_in is None

    @property
    def title(self) -> str:
        """What the case is called; only its number under secrecy."""
        return self.t("secret_case") if self.secret else str(self.shown.case["title"])

    @property
    def proposal(self) -> str:
        """What is proposed, in one sentence."""
        return "" if self.secret else self.t.say(self.shown.rule.proposal) or self.title

    @property
    def why(self) -> str:
        """Why it comes now."""
        return self.t.say(self.shown.rule.why) or self.words.why

    @property
    def next(self) -> str:
        """What happens after a yes."""
        return self.t.say(self.shown.rule.next)

    @property
    def if_nothing(self) -> str:
        """What happens if nobody answers."""
        return self.t.say(self.shown.rule.if_nothing) or self.words.if_nothing

    @property
    def due(self) -> Row | None:
        """The last day, and how far away it is."""
        if self.row["due_at"] is None:
            return None
        day, today = workdays.local_day(self.row["due_at"]), workdays.local_day(self.now)
        return {
            "day": self.t.say(duedates.said(day)),
            "iso": day,
            "away": self.t.distance(today, day),
            "late": day < today,
        }

    @property
    def who(self) -> str:
        """As whom the bearer answers: "Du svarar som Åsa Öberg, ordförande, i stället för Bo Ek"."""
        role = self.shown.rules.role_title(self.row["role"], self.t.lang)
        name = self.shown.holder.name
        as_ = name if name.lower() == role.lower() else f"{name}, {role}"
        if self.shown.behalf is None:
            return as_
        return self.t("instead_of", who=name, role=role, absent=self.shown.behalf.name)

    @property
    def documents(self) -> list[Row]:
        """The documents of the text, to be opened."""
        return opened_by_link(self.t, self.shown.rules, self.shown.documents)

    @property
    def questions(self) -> list[Row]:
        """What has been asked about the request, and what was answered."""
        return list(self.shown.questions)

    @property
    def fingerprint(self) -> str:
        """The beginning of the hash that the answer is bound to."""
        return str(self.row["text_sha256"])[:12]

    # ------------------------------------------------------------ the answer

    @property
    def choices(self) -> list[Row]:
        """The act's own answers, none of them chosen; those that this link cannot give are left out."""
        return [
            {
                "value": decision,
                "label": answer_words(self.shown.rules, self.shown.rule, decision, self.t.lang),
                "hint": self._hint(decision),
                "chosen": self.form.get("decision") == decision,
            }
            for decision in ANSWERS
            if decision not in self.shown.refused and self._has(decision)
        ]

    def _has(self, decision: str) -> bool:
        rule = self.shown.rule
        return {"return": rule.return_, "reject": rule.reject}.get(decision, True) is not None

    def _hint(self, decision: str) -> str:
        return self.next if decision == "approve" else self.t(f"hint_{decision}")

    @property
    def not_here(self) -> list[str]:
        """Why the yes of the act cannot be given by this link, where it cannot."""
        refusal = self.shown.refused.get("approve")
        return refusal.told(self.t.lang) if refusal else []

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong with each field; empty where nothing is."""
        return dict.fromkeys(("decision", "comment", "control"), "") | {
            p.field: self.t.say(p.words) for p in self.problems if p.field
        }

    @property
    def first_wrong(self) -> str:
        """The field where the cursor is put."""
        return next((field for field, words in self.wrong.items() if words), "")

    def given(self, field: str) -> str:
        """What was written in a field before it came back."""
        return self.form.get(field, "")

    # ------------------------------------------------------------ afterwards

    @property
    def dead(self) -> str:
        """Why the link no longer answers."""
        return self.t.say(self.shown.dead)

    @property
    def done(self) -> str:
        """What was recorded: "Skrev under". For one who takes it back, the yes."""
        if self.shown.taking_back:
            return self.t.say(capital(act_done(self.row["act"], "approve")))
        decision = {"approved": "approve", "returned": "return", "rejected": "reject", "recused": "recuse"}
        return self.t.say(capital(act_done(self.row["act"], decision.get(self.row["state"], ""))))

    @property
    def yes(self) -> bool:
        """Whether the answer was the act's yes."""
        return bool(self.row["state"] == "approved")

    @property
    def regrettable(self) -> bool:
        """Whether the receipt's mail has a link to take the answer back."""
        return withdrawals.may_regret(self.row, self.shown.holder)

    @property
    def mandate(self) -> str:
        """The board's decision that let the act be done by mail."""
        given = (self.row["evidence"] or {}).get("mandate")
        return mandate_words(given) if given else ""
