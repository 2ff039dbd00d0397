"""The letter RS200982 of 19 September 2022 to the partners of the six local boards, field by field.

Told by the letter: recipient, day, diary number, heading, text, sender, both who signed with their offices, and whom to
ask. Who received it, how it was signed and who reviewed it is not told; the address to ask at is invented.
"""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

from arende import home, people, virtualtime
from arende.demo.stage import Stage
from arende.usecases import people as register

NUMBER = ("RS", 2020, 982)
FILE = "skrivelse_RS200982.json"
OFFICES = ("Regionstyrelsens ordförande", "Regiondirektören")


def play(s: Stage) -> None:
    """From the opening of the case in 2020 to the letter in 2022."""
    said = json.loads(home.demo_file(FILE).read_text("utf-8"))
    _those_who_signed(s, said)
    virtualtime.number_from(s.app.engine, *NUMBER)
    s.scene("2020-10-28", "Regionfullmäktige tillsätter en organisationskommitté; ärendet öppnas (dag ej belagd)",
            "The assembly appoints a committee on the organisation; the case is opened (day not told)")  # fmt: skip
    s.register("officer", "letter", said["rubrik"])
    s.step("officer", "put_on_hold", "Skrivelsen skrivs när fullmäktige har beslutat.", review_on="2022-09-14")
    s.scene("2022-03-02", "Regionfullmäktige beslutar att de lokala nämnderna upphör (paragrafen ej belagd)",
            "The assembly decides that the local boards end (section not told)")  # fmt: skip
    s.scene("2022-09-14", "Handläggaren skriver skrivelsen och lämnar den till granskning (dag ej belagd)",
            "The case officer writes the letter and hands it in for review (day not told)")  # fmt: skip
    s.step("officer", "resume")
    s.step("officer", "request_review", **_written(said))
    s.scene("2022-09-16", "Avdelningschefen granskar och begär underskrifter (ej belagt)",
            "The manager reviews it and asks for the signatures (not told)")  # fmt: skip
    s.step("manager", "submit")
    s.scene(said["datum"], "Regiondirektören och regionstyrelsens ordförande skriver under (sättet ej belagt)",
            "The region director and the chair of the executive board sign (the way is not told)")  # fmt: skip
    s.answer_request("region_director", "director_signature")
    s.answer_request("rs_chair", "chair_signature")
    s.scene(said["datum"], "Registratorn sänder skrivelsen (vilka mottagarna var är inte belagt)",
            "The registrar sends the letter (who received it is not told)", at="13:00")  # fmt: skip
    s.step("registrar", "dispatch")
    s.check_all()
    s.scene("2022-09-26", "Alla har nåtts; ärendet avslutas (dag ej belagd)",
            "Everybody has been reached; the case is closed (day not told)")  # fmt: skip
    s.step("registrar", "close")


def _written(said: dict[str, Any]) -> dict[str, str]:
    who = said["kontaktperson"]
    return {
        "recipients": "municipalities, ext_lansstyrelsen_halland",
        "addressed_to": said["mottagare"],
        "sender": "rs",
        "about": "decision",
        "decision_ref": "Regionfullmäktige den 2 mars 2022 (paragrafen är inte belagd)",
        "decision_body": "rf",
        "decided_on": "2022-03-02",
        "contact": f"{who['namn']}, {who['titel']}, e-post: {who['epost']}",
        "text": "\n\n".join(said["stycken"]),
    }


def _those_who_signed(s: Stage, said: dict[str, Any]) -> None:
    """The letter is public, and names the two who signed it: they hold the offices in this story."""
    text = home.demo_file("people.yaml").read_text("utf-8")
    names = zip(OFFICES, (who["namn"] for who in said["undertecknare"]), strict=True)
    text = reduce(lambda t, n: t.replace(f"{{name: {n[0]}, title", f"{{name: {n[1]}, title"), names, text)
    register.load(s.app.engine, people.read(text, "people.yaml"), s.now)
