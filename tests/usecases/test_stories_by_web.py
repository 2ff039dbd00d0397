"""Every story of every shipped type is told once more through the pages: each step by the form that its page shows.

A step that the engine takes but no page offers, a value that no form asks for, a choice that is not among those shown
and a refusal whose reason the page does not say are found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import html
from scenarios import TYPES, Player, scenarios
from sqlalchemy import delete
from starlette.testclient import TestClient
from story import Story

from arende import actors, db, persontables
from arende.commands import Outcome
from arende.errors import Refused, Sentence
from arende.usecases import sessions
from arende.web import create_app

pytestmark = pytest.mark.slow
DONE, NOT_THERE = 303, 404


class WebPlayer(Player):
    """Does as a person at the pages whatever a story says is done."""

    web: TestClient
    refusing = False
    """Whether what is done now is to be refused: then what no page shows is sent too, as a forged form would."""

    def one(self, step: dict[str, Any]) -> None:
        """A step that is refused says one of its reasons on the page: an empty form knows not all of them."""
        self.refusing = "refused" in step
        if "do" not in step or not self.refusing or step.get("forbidden"):
            return super().one(step)
        words = step["refused"] if isinstance(step["refused"], list) else [step["refused"]]
        with pytest.raises(Refused) as caught:
            self._act(step)
        told = " ".join([*caught.value.told("sv"), *caught.value.told("en")]).casefold()
        assert any(w.casefold() in told for w in (*words, "fyll i")), told
        return None

    def register(self, who: str = "officer", type_: str = "", title: str = "", **more: Any) -> Outcome:
        fields = {k: v for k, v in more.get("fields", {}).items() if v is not None}
        if self.refusing or not self.comes_in(who):
            return super().register(who, type_, title, **more)
        there = self.sent(f"/cases/new/{type_}", {"title": title, **fields})
        self.no = re.findall(r"/(?:cases|meetings)/([A-Z]+\d+)", there)[0]
        self.numbers.append(self.no)
        return self.done

    def step(self, who: str, trigger: str, note: str | None = None, **fields: Any) -> Outcome:
        place = f"/cases/{self.no}/step/{trigger}"
        if not self.comes_in(who) or (self.refusing and self.web.get(place).status_code == NOT_THERE):
            return super().step(who, trigger, note, **fields)  # nobody can meet it on a page
        return self.at_page(place, {**fields, **({"note": note} if note else {})})

    def add(self, who: str, key: str, content: str = "", name: str | None = None, **more: Any) -> Outcome:
        if self.refusing or not self.comes_in(who):
            return super().add(who, key, content, name, **more)
        file = (name or f"{key}.pdf", content or f"{key} of {self.no}", more.get("media_type", "application/pdf"))
        fields = {"kind": key, **({"reason": more["reason"]} if more.get("reason") else {})}
        return self.at_page(f"/cases/{self.no}/documents/new", fields, {"file": file})

    def relate(self, who: str = "officer", kind: str = "basis", other: str = "Strukturbild Halland") -> Outcome:
        if self.refusing or not self.comes_in(who):
            return super().relate(who, kind, other)
        return self.at_page(f"/cases/{self.no}/do/relate", {"kind": kind, "other": other})

    def complete(self, who: str, act: str) -> Outcome:
        task = next(t for t in self.tasks() if t["act"] == act and t["state"] == "open")
        if self.refusing or not self.comes_in(who):
            return super().complete(who, act)
        return self.at_page(f"/cases/{self.no}/do/complete?task={task['id']}", {})

    def close_round(self, who: str = "officer", reason: str = "Alla som berörs har svarat.") -> Outcome:
        if self.refusing or not self.comes_in(who):
            return super().close_round(who, reason)
        return self.at_page(f"/cases/{self.no}/do/close_round", {"reason": reason})

    def answer(self, town: str, stance: Any = "supports", who: str = "registrar", **more: Any) -> Outcome:
        asked = self.answering(town, stance, who, **more)
        if self.refusing or not self.comes_in(who):
            return self.do(asked)
        page = self.page(f"/cases/{self.no}")
        places = re.findall(rf'href="([^"]*/do/answer\?party={asked.party}[^"]*)"', page)
        (place,) = [p for p in map(unescape, places) if asked.key in (None, unquote(p.partition("key=")[2]))]
        return self.at_page(place, {"stance": stance, **{k: v for k, v in more.items() if k != "key"}})

    def decide(self, who: str, key: str, decision: Any = "approve", comment: str | None = None) -> Outcome:
        asked = self.deciding(who, key, decision, comment)
        if self.refusing or not self.comes_in(who):
            return self.do(asked)
        self.sent(f"/approvals/{asked.approval}", {"decision": decision, **({"comment": comment} if comment else {})})
        return self.done

    @property
    def done(self) -> Outcome:
        return Outcome(command="", register_no=self.no)

    def comes_in(self, who: str) -> bool:
        """Whether the person signs in, which the clock does not."""
        if who == "system":
            return False
        self.signed_in(who)
        return True

    def at_page(self, place: str, fields: dict[str, Any], files: Any = None) -> Outcome:
        """What the case's page, or its meeting's, leads to is done there."""
        moved = self.web.get(f"/cases/{self.no}").headers.get("location")
        leads = place in unescape(self.page(moved or f"/cases/{self.no}"))
        self.sent(place, fields, files)
        assert leads or self.refusing, f"no page of the case leads to {place}"
        return self.done

    def signed_in(self, who: str) -> None:
        """Anew for each step: between two of a story there may be years."""
        with db.reading(self.app.engine) as conn:
            raw = sessions.begin(self.app, actors.actor(conn, who), "demo")
        with db.writing(self.app.engine) as conn:
            conn.execute(delete(persontables.drafts))  # what was refused before is not written on
        self.web.cookies.set("arende", raw)

    def page(self, path: str) -> str:
        answer = self.web.get(path)
        assert answer.status_code == 200, (path, answer.status_code, said(answer.text))
        return answer.text

    def sent(self, path: str, fields: dict[str, Any], files: Any = None) -> str:
        """The page's form, filled in and sent. Returns where it leads; raises Refused with what the page says."""
        shown = html.fromstring(self.page(path))
        forms = [f for f in shown.forms if f.get("data-form") is not None]
        if not forms:
            raise refusal(html.tostring(shown, encoding="unicode"))
        answer = self.web.post(path, data=self.filled(forms[0], fields), files=files)
        if answer.status_code not in (DONE, 200):  # 200: done, and warned of something
            raise refusal(answer.text)
        return answer.headers.get("location") or answer.text

    def filled(self, form: Any, fields: dict[str, Any]) -> dict[str, Any]:
        """What the form carries, with what is written in its fields."""
        given = {k: v if isinstance(v, str) else [*v] for k, v in form.fields.items() if v is not None}
        for name, value in fields.items():
            assert name in form.inputs, f"no field {name} among {sorted(form.inputs.keys())}"
            given[name] = self.chosen(form.inputs[name], value)
        return given

    def chosen(self, found: Any, value: Any) -> Any:
        """The value as the field takes it: a choice is among those that the page shows."""
        if isinstance(found, html.CheckboxGroup):
            wanted = [one for v in str(value).split(",") if v.strip() for one in self._parties(v.strip())]
        else:
            wanted = [str(value).lower() if isinstance(value, bool) else str(value)]
        if isinstance(found, html.CheckboxGroup | html.RadioGroup | html.SelectElement) and not self.refusing:
            assert set(wanted) <= set(found.value_options), (wanted, found.value_options)
        return wanted if isinstance(found, html.CheckboxGroup) else wanted[0]


def said(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def refusal(page: str) -> Refused:
    return Refused(Sentence(said(page), ""))


@pytest.fixture
def player(story: Story) -> Iterator[WebPlayer]:
    played, site = WebPlayer(story.app, story.clock), create_app(story.app)
    swedish = {"accept-language": "sv"}
    with TestClient(site, base_url="http://127.0.0.1", headers=swedish, follow_redirects=False) as played.web:
        yield played


@pytest.mark.parametrize("key", TYPES)
def test_the_stories_of_a_type_are_told_through_the_pages(player: WebPlayer, key: str) -> None:
    start, wrong = player.clock.now, []
    for told in scenarios(key):
        player.clock.now = start
        try:
            player.play(told, key)
        except AssertionError as e:
            wrong.append(str(e))
    assert wrong == []
