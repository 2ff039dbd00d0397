"""How each party stands is told whole: on the case's page and on the command line, in both languages."""

import re
from html import unescape
from pathlib import Path

import pytest
from remiss import on, remiss, wish
from sqlalchemy import update
from starlette.testclient import TestClient
from story import Story, party
from test_party_link import Clerk

from arende import answercommands as a
from arende import db, models, queries
from arende.answerstate import remarks
from arende.cli import rounds
from arende.cli.shared import OPTIONS
from arende.commands import ExtendAnswer
from arende.web import create_app


@pytest.fixture
def out(story: Story, tmp_path: Path) -> Story:
    """Six municipalities, each of which has come another part of the way."""
    out = remiss(story, tmp_path, due="{days: 30, unit: working, remind: [-10, 1]}")
    out.step("officer", "send", board_date="2020-10-14")
    with db.writing(out.app.engine) as c:
        c.execute(update(models.outbox).values(state="sent", sent_at=out.clock()))
    on(out, a.AcknowledgeAnswer, "hylte", "registrar", party_ref="KS 2020:11")
    wish(out, "laholm", "2020-09-25", "Kommunstyrelsen möts den 22.")
    wish(out, "kungsbacka", "2020-09-22")
    until = out.clock().date().replace(month=9, day=22)
    out.do(ExtendAnswer(actor="officer", register_no=out.no, party=party("kungsbacka"), until=until))
    Clerk(out, "halmstad").send(stance="opposes", body="KS", sender="Registratorn")
    out.answer("varberg", "supports", body="KS", section="§ 214", decided_on="2020-08-03", party_ref="KS 7")
    out.answer("varberg", "opposes", body="KF", section="§ 9", decided_on="2020-08-03")
    on(out, a.AcceptAnswer, "varberg", "officer")
    on(out, a.ReplyToAnswer, "varberg", "officer", reply="Avsnittet skrivs om.")
    out.on_the("2020-09-01")
    return out


def test_what_is_taken_back_is_not_told_as_changed(out: Story) -> None:
    out.withdraw("varberg")
    with db.reading(out.app.engine) as conn:
        (c,) = queries.consultations(conn, queries.case(conn, out.no)["id"])
    row = next(a for a in c["answers"] if a["party"] == party("varberg"))
    assert "Ändrat 1 gång" in [s.sv for s in remarks(row, c["kind"])]


SAID = {
    "falkenberg": ("Sänt den 3 augusti 2020", "1 påminnelse"),
    "hylte": ("Mottagen, väntar på svar", "KS 2020:11"),
    "laholm": ("Anstånd begärt", "Har begärt tid till den 25 september 2020: Kommunstyrelsen möts den 22."),
    "kungsbacka": ("Anstånd till 2020-09-22", "Har fått tid till den 22 september 2020"),
    "halmstad": ("Kom in den 3 augusti 2020 (”avstyrker”), ska bekräftas",),
    "varberg": ("Ändrat 1 gång", "KF", "§ 9", "Vårt bemötande: Avsnittet skrivs om."),
}  # fmt: skip
SAID_EN = {
    "laholm": ("Has asked for time until 25 September 2020",),
    "halmstad": ("Came in on 3 August 2020", "to be verified"),
    "varberg": ("Changed 1 time", "Our reply: Avsnittet skrivs om."),
}


@pytest.mark.parametrize(("lang", "said"), [("sv", SAID), ("en", SAID_EN)])
def test_the_cases_page_tells_how_each_party_stands(out: Story, lang: str, said: dict[str, tuple[str, ...]]) -> None:
    http = TestClient(create_app(out.app), base_url="http://127.0.0.1")
    page = unescape(http.get(f"/cases/{out.no}?lang={lang}").text)
    found = re.findall(r'<th scope="row">(\w+?)s? kommun</th>(.*?)</tr>', page, re.DOTALL)
    lines = {name.lower(): text for name, text in reversed(found)}  # the round's own table comes first
    for town, words in said.items():
        for word in words:
            assert word.lower() in re.sub(r"<[^>]+>", " ", lines[town]).lower(), town


@pytest.mark.parametrize(("lang", "said"), [("sv", SAID), ("en", SAID_EN)])
def test_the_command_line_tells_how_each_party_stands(
    out: Story, lang: str, said: dict[str, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OPTIONS, "lang", lang)
    with db.reading(out.app.engine) as conn:
        (c,) = queries.consultations(conn, queries.case(conn, out.no)["id"])
    for answer in c["answers"]:
        answer.update(rounds.said_of(c, answer))
        shown = "\n".join(rounds.lines({**c, "answers": [answer]})).lower()
        for word in said.get(answer["party"].removeprefix("municipality_"), ()):
            assert word.lower() in shown
