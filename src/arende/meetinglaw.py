"""What kommunallagen (2017:725) says of bodies that meet, as plain arithmetic: numbers, days and votes.

Days before a meeting and the days for minutes and notice are strict calendar days; only the last day for an appeal
rolls to a weekday (lag 1930:173 2 §).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from arende import workdays

Profile = Literal["assembly", "board", "committee", "forum"]
Ballot = Literal["yes", "no", "abstain"]

PROFILES: dict[str, Profile] = {
    "assembly": "assembly",
    "executive_board": "board",
    "board": "board",
    "local_board": "board",
    "committee": "committee",
    "preparatory_body": "forum",
    "forum": "forum",
    "officers_group": "forum",
}
"""Kind of body → how it meets. A preparatory body and a forum decide nothing under the act: agenda and notes only."""

OUTCOMES = ("approved", "approved_with_change", "rejected", "remitted", "adjourned", "noted", "withdrawn")
DECISIONS = ("approved", "approved_with_change", "rejected", "remitted")
"""Outcomes that are decisions: without a quorum there are none (KL 5:45, 6:27)."""


SUMMONS_DAYS = 7
"""How many days before it meets the assembly is announced and summoned, at the least (KL 5:13)."""


def quorum(members: int) -> int:
    """How many must be present for a body to decide: more than half of its members (KL 5:45, 6:27)."""
    return members // 2 + 1


def summons_last_day(day: date) -> date:
    """The last day for the assembly's notice and summons: a week before the meeting at the least (KL 5:13)."""
    return day - timedelta(days=SUMMONS_DAYS)


def urgent_last_day(day: date) -> date:
    """The last day to tell the assembly of an urgent item: the weekday before the meeting (KL 5:14; decision 0015)."""
    return workdays.add_working_days(day, -1)


def minutes_last_day(day: date) -> date:
    """The last day for the approval of the minutes: the fourteenth after the meeting (KL 5:69, 6:35)."""
    return day + timedelta(days=14)


def notice_last_day(approved: date) -> date:
    """The last day to put up the notice: the second after the approval (KL 8:12)."""
    return approved + timedelta(days=2)


def appeal_last_day(up: date) -> date:
    """The last day to appeal: three weeks from the notice (KL 13:5), moved to a weekday (lag 1930:173 2 §)."""
    return workdays.statutory_last_day(up, weeks=3)


def is_minority(voices: int, present: int) -> bool:
    """Whether so many may have a matter remitted or adjourned: a third of those present, in the assembly (KL 5:50)."""
    return 3 * voices >= present > 0


@dataclass(frozen=True, slots=True)
class Count:
    """An open vote counted. ``result`` is None while a tie waits for the one who presides, or for the lot."""

    yes: int
    no: int
    abstain: int
    result: Literal["yes", "no"] | None
    by: Literal["majority", "casting", "lot"] | None


def count(ballots: Mapping[str, Ballot], presiding: str, *, lot: Literal["yes", "no"] | None = None) -> Count:
    """Count an open vote: a simple majority; a tie goes as the one who presides votes (KL 5:53–56, 6:33).

    In an election a tie is settled by lot, which the caller gives.
    """
    votes = list(ballots.values())
    yes, no, abstain = (votes.count(word) for word in ("yes", "no", "abstain"))
    if yes != no:
        return Count(yes, no, abstain, "yes" if yes > no else "no", "majority")
    if lot is not None:
        return Count(yes, no, abstain, lot, "lot")
    casting = ballots.get(presiding)
    if casting in ("yes", "no"):
        return Count(yes, no, abstain, casting, "casting")
    return Count(yes, no, abstain, None, None)
