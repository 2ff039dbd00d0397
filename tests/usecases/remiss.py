"""A small case type with one round, as a test wants it, and short words for what is done to a party's answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from story import Story, party

from arende import answercommands as a
from arende.commands import Outcome
from arende.settings import Settings
from sharing import open_app

REMISS = """
key: remiss
version: 1.0.0
title: {sv: Remissomgång, en: Round of referral}
legal_regime: none
register: RE
initial: draft
by: [case_officer]
fields:
  asked: {type: parties, title: {sv: Tillfrågade, en: Asked}, set_by: [send], required: false}
  board_date: {type: date, title: {sv: Styrelsens möte, en: The board's meeting}, set_by: [send], required: false}
documents:
  proposal: {title: {sv: Förslaget, en: The proposal}, is_text: true}
  compilation: {title: {sv: Remissammanställning, en: Table of answers}}
states:
  draft: {title: {sv: Utkast, en: Draft}, waits_for: case_officer, no_deadline: inget}
  out: {title: {sv: På remiss, en: Out on referral}, waits_for: parties, no_deadline: omgången har sin}
  answered: {title: {sv: Besvarad, en: Answered}, waits_for: case_officer, no_deadline: inget}
  closed: {title: {sv: Avslutad, en: Closed}, final: true}
transitions:
  - trigger: send
    from: [draft, answered]
    to: out
    by: [case_officer]
    then:
      - consultation:
          kind: referral
          parties: PARTIES
          due: DUE
          late: record
          extendable: true
          close_early: {by: [case_officer]}
          complete: complete
          expired: complete
          attach: [proposal]
          compilation: compilation
          MORE
  - {trigger: complete, from: out, to: answered, by: [system, case_officer], when: [joined: referral]}
  - {trigger: revise, from: [out, answered], to: draft, by: [case_officer]}
  - {trigger: close, from: answered, to: closed, by: [case_officer]}
"""


def remiss(story: Story, folder: Path, parties: str = "municipalities", due: str = "{days: 30, unit: working}",
           **more: str) -> Story:  # fmt: skip
    """A story on the same database, with a case of the type registered; ``send`` opens the round."""
    text = (
        REMISS.replace("PARTIES", parties)
        .replace("DUE", due)
        .replace("MORE", "\n          ".join(f"{k}: {v}" for k, v in more.items()))
    )
    home = folder / "home"
    (home / "states").mkdir(parents=True)
    (home / "states" / "remiss.yaml").write_text(text, "utf-8")
    key = story.app.settings.site_key_file
    settings = Settings(home=home, data_dir=story.app.settings.data_dir, site_key_file=key)
    played = Story(open_app(settings, story.app.engine, story.clock), story.clock)
    assert [f for f in played.app.types.findings if f.level == "error"] == []
    played.register(type_="remiss", title="Regional indelning")
    return played


def on(story: Story, kind: type[a.OnAnswer], town: str, who: str, **given: Any) -> Outcome:
    """A command on a party's answer."""
    return story.do(kind(actor=who, register_no=story.no, party=party(town), **given))


def wish(story: Story, town: str, until: str, reason: str | None = None, who: str | None = None) -> Outcome:
    day = date.fromisoformat(until)
    return on(story, a.AskExtension, town, who or party(town), until=day, reason=reason)
