"""One meeting as a page shows it: rows made into words. Nothing here reads the database or decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from arende import meetinglaw, workdays
from arende.casewords import capital
from arende.errors import Sentence
from arende.meetingtimeline import OUTCOMES
from arende.usecases import meetingmails
from arende.usecases.meetingdays import papers_in
from arende.usecases.meetingview import Room
from arende.web import meetinglabels as words
from arende.web.notices import sections
from arende.web.speech import Speech

Row = dict[str, Any]
Shown = dict[str, Any]


class MeetingPage:
    """What the template asks for. ``hidden``: the items whose words the reader may not see."""

    def __init__(
        self, found: Row, room: Room, body: Row, hidden: frozenset[int], names: Mapping[str, str], t: Speech,
        today: date,
    ) -> None:  # fmt: skip
        self.found, self.room, self.body, self.hidden, self.names = found, room, body, hidden, names
        self.t, self.today = t, today
        self.meeting, self.case = found["meeting"], found["case"]
        self.no = self.case["register_no"]

    # ------------------------------------------------------------ when and where

    @property
    def name(self) -> str:
        """The body."""
        return str((self.body["name_en"] if self.t.lang == "en" else None) or self.body["name_sv"])

    @property
    def when(self) -> str:
        """The days and times in words."""
        return meetingmails.when(self.meeting, self.t.lang)

    @property
    def forum(self) -> bool:
        """Whether it decides nothing: agenda and notes only."""
        return bool(self.meeting["profile"] == "forum")

    @property
    def facts(self) -> list[tuple[str, str]]:
        """When, where, and the days before it that count."""
        t, m = self.t, self.meeting
        papers = papers_in(self.body, m["day"])
        summons = meetinglaw.summons_last_day(m["day"])
        known = (
            ("meeting_place", m["place"]),
            ("meeting_profile", t.pick(words.PROFILES, m["profile"])),
            ("meeting_papers", self._day(papers.date) if papers else None),
            ("meeting_summoned" if m["summoned_on"] else "meeting_summons_by", self._day(m["summoned_on"] or summons)),
        )
        return [(t(label), value) for label, value in known if value]

    def _day(self, day: date) -> str:
        return f"{self.t.day(day)}, {self.t.distance(self.today, day)}"

    # ------------------------------------------------------------ the agenda

    @cached_property
    def items(self) -> list[Shown]:
        """The items in their order."""
        return [self._hidden(i) if i["item"] in self.hidden else self._item(i) for i in self.found["items"]]

    def _hidden(self, i: Row) -> Shown:
        """An item whose words the reader may not see: its cases by number, and that it is there."""
        bare: Row = dict.fromkeys(i) | {k: [] for k in ("warnings", "motions", "votes", "dissents", "conflicts")}
        kept = {k: i[k] for k in ("item", "position", "kind", "section_no", "outcome", "cases", "late", "urgent")}
        return self._item({**bare, **kept, "heading": self.t("agenda_secret")}, secret=True)

    def _item(self, i: Row, *, secret: bool = False) -> Shown:
        return {
            **i,
            "secret": secret,
            "kind": self.t.pick(words.KINDS, i["kind"]) if i["kind"] in words.KINDS else "",
            "status": self.outcome(i["outcome"]) if i["outcome"] else None,
            "warnings": [w[1 if self.t.lang == "en" else 0] for w in i["warnings"]],
            "more": [] if secret else list(self._more(i)),
        }

    def heading(self, item: int) -> str:
        """What an item is called, as far as the reader may see it."""
        return next((str(i["heading"]) for i in self.items if i["item"] == item), "")

    def outcome(self, key: str) -> Shown:
        """An outcome as a status."""
        said = capital(OUTCOMES.get(key, Sentence(key, key)))
        return {"words": self.t.say(said), "tone": words.OUTCOME_TONES.get(key, "calm")}

    def _more(self, i: Row) -> Any:
        """What is known of an item besides its heading: (label, lines)."""
        t = self.t
        for label, key in (("item_reason", "reason"), ("item_proposal", "proposal")):
            if i[key]:
                yield t(label), [i[key]]
        if i["conflicts"]:
            yield t("item_conflicts"), [c["name"] for c in i["conflicts"]]
        if i["motions"]:
            yield t("item_motions"), [f"{m['name']}: {m['text']}" for m in i["motions"]]
        for v in i["votes"]:
            yield t("item_vote", n=v["n"]), [self._vote(v)]
        for label, key in (("item_decision", "decision"), ("item_motive", "motive")):
            if i[key]:
                yield t(label), [i[key]]
        if i["dissents"]:
            yield t("item_dissents"), [f"{d['name']}{': ' + d['text'] if d['text'] else ''}" for d in i["dissents"]]
        if i["assignments"]:
            yield t("item_assignments"), [self._assignment(a) for a in i["assignments"]]

    def _vote(self, v: Row) -> str:
        t = self.t
        return t(
            "item_vote_told", yes=v["yes"], no=v["no"], abstain=v["abstain"], yes_means=v["question"]["yes"],
            no_means=v["question"]["no"], result=t.pick(words.RESULTS, v["result"]),
            how=t.pick(words.SETTLED_BY, v["settled_by"]),
        )  # fmt: skip

    def _assignment(self, a: Row) -> str:
        by = f" ({self.t('report_by').lower()} {a['report_on']})" if a["report_on"] else ""
        return f"{self.names.get(a['to'], a['to'])}: {a['what']}{by}"

    # ------------------------------------------------------------ who is there

    @property
    def quorum(self) -> Shown | None:
        """How many are there and how many it takes; None where nothing is decided, or before anybody has come."""
        if self.room.needed is None or not self.there:
            return None
        present = self.room.present()
        told = self.t("quorum", present=present, members=self.room.seats, needed=self.room.needed)
        return {"kept": present >= self.room.needed, "told": told}

    @cached_property
    def there(self) -> list[Row]:
        """The rows of those who are present."""
        return [a for a in self.found["attendance"] if a["kind"] == "present"]

    @cached_property
    def people(self) -> list[Shown]:
        """Everybody of whom something is noted: those present first, in the order of the body."""
        order = [a.key for a in (*self.room.members, *self.room.substitutes)]
        rank = {key: n for n, key in enumerate(order)}
        kinds = list(words.PRESENCE)
        rows = sorted(
            self.found["attendance"],
            key=lambda a: (kinds.index(a["kind"]), rank.get(a["actor"], 999), a["from_item"] or 0),
        )
        came = {a["actor"] for a in self.there}
        return [self._person(a) for a in rows if a["kind"] != "called" or a["actor"] not in came]

    def _person(self, a: Row) -> Shown:
        t = self.t
        said, tone = words.PRESENCE[a["kind"]]
        told = [t(f"attendance_{k}") for k in ("presiding", "checker", "remote") if a[k]]
        if a["acting_for"]:
            told.insert(0, t("attendance_for", name=self.names.get(a["acting_for"], a["acting_for"])))
        first, last = a["from_item"], a["to_item"]
        return {
            **a,
            "role": t.pick(words.ROLES, a["role"]),
            "notes": ", ".join(told),
            "items": f"{first or 1}–{last or ''}" if first or last else t("attendance_all"),
            "status": {"words": t.say(said), "tone": tone},
        }

    # ------------------------------------------------------------ minutes and notice

    @property
    def minutes_by(self) -> Shown | None:
        """The last day for the approval of the minutes, from the end of the meeting until they are approved."""
        if self.case["state"] not in ("held", "minutes_draft", "minutes_checking") or self.forum:
            return None
        day = meetinglaw.minutes_last_day(self.meeting["last_day"])
        return {"iso": day, "day": self.t.day(day), "away": self.t.distance(self.today, day), "late": day < self.today}

    @property
    def approved_on(self) -> str:
        """The day on which the minutes were approved, where it is told."""
        given = self.case["fields"].get("minutes_approved_on")
        return self.t.day(date.fromisoformat(given)) if given else ""

    @property
    def waits_for_notice(self) -> bool:
        """Whether something was approved at once and is on no notice yet."""
        told = {n for row in self.found["notices"] for n in row["items"]}
        return any(i["immediate_on"] and i["item"] not in told for i in self.found["items"])

    @property
    def notices(self) -> list[Shown]:
        """The notices, the latest first."""
        numbers = {i["item"]: i["section_no"] for i in self.found["items"]}
        return [
            {
                **n,
                "status": self._tag(words.NOTICES, n["state"]),
                "sections": sections([s for i in n["items"] if (s := numbers.get(i))]),
            }
            for n in reversed(self.found["notices"])
        ]

    def _tag(self, table: Mapping[str, tuple[Sentence, str]], key: str) -> Shown:
        said, tone = table.get(key, (Sentence(key, key), "calm"))
        return {"words": self.t.say(said), "tone": tone}

    def spoken(self, day: date) -> str:
        """A day with its weekday."""
        return workdays.spoken_date(day, self.t.lang)
