"""What happened in a round, told in whole sentences: asked, answered, verified, extended, taken back, ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from arende.casewords import ROUNDS, day_words, round_kind, row
from arende.errors import Sentence

if TYPE_CHECKING:
    from arende.timeline import _Told


def _consultation_ended(t: _Told) -> Sentence:
    what = ROUNDS[round_kind(t.rules, t.payload["consultation"])]
    how = {
        "complete": Sentence("har avslutats: svaren har kommit in", "has ended: the answers are in"),
        "expired": Sentence("har avslutats: sista dagen har gått", "has ended: the last day has passed"),
        "closed_early": Sentence("avslutades i förtid", "was closed early"),
    }.get(t.payload["how"], Sentence("har avslutats", "has ended"))
    silent = [t.name(k) for k in t.payload.get("silent") or ()]
    more = (
        (f" Inget svar från {row(silent, 'och')}.", f" No answer from {row(silent, 'and')}.") if silent else ("",) * 2
    )
    return Sentence(f"{what.sv} {how.sv}.{more[0]}", f"{what.en} {how.en}.{more[1]}")


def _answer_received(t: _Told) -> Sentence:
    party, now, before = t.name(t.payload["party"]), t.stance("stance"), t.stance("before")
    assert now is not None  # noqa: S101 – an answer always has a stance; this tells the type checker
    if before is not None:
        said = Sentence(
            f"{party} ändrade sitt ställningstagande från ”{before.sv}” till ”{now.sv}”.",
            f"{party} changed its position from “{before.en}” to “{now.en}”.",
        )
    elif t.payload["stance"] == "will_return":
        said = Sentence(f"{party} meddelade att den återkommer.", f"{party} said it will return with an answer.")
    else:
        said = Sentence(f"{party} svarade: {now.sv}.", f"{party} answered: {now.en}.")
    late = (" Svaret kom efter omgångens slut.", " It came after the round.") if t.payload.get("late") else ("", "")
    if t.payload.get("removed"):
        late = (" Parten tillfrågas inte längre, så svaret räknas inte.", " It is not asked any more: not counted.")
    filed = _filed(t)
    return Sentence(f"{said.sv}{late[0]}{filed.sv}", f"{said.en}{late[1]}{filed.en}")


def _answer_withdrawn(t: _Told) -> Sentence:
    party, before, filed = t.name(t.payload["party"]), t.stance("before"), _filed(t)
    was = (f" (”{before.sv}”)", f" (“{before.en}”)") if before else ("", "")
    return Sentence(
        f"{party} tog tillbaka sitt ställningstagande{was[0]}.{filed.sv}",
        f"{party} took back its position{was[1]}.{filed.en}",
    )


def _answer_extended(t: _Told) -> Sentence:
    party, day = t.name(t.payload["party"]), day_words(t.payload["until"]) or Sentence("?", "?")
    late = Sentence(*(said and f" {said}" for said in t.payload.get("warning") or ("", "")))
    return Sentence(
        f"{t.who.sv} gav {party} tid till {day.sv}.{late.sv}",
        f"{t.who.en} gave {party} until {day.en} to answer.{late.en}",
    )


def _answer_asked(t: _Told) -> Sentence:
    party, day = t.name(t.payload["party"]), day_words(t.payload["due_on"]) or Sentence("?", "?")
    return Sentence(f"{party} tillfrågades, med sista dag {day.sv}.", f"{party} was asked, to answer by {day.en}.")


def _answer_acknowledged(t: _Told) -> Sentence:
    party, filed = t.name(t.payload["party"]), _filed(t)
    return Sentence(f"{party} har tagit emot förfrågan.{filed.sv}", f"{party} has received the request.{filed.en}")


def _extension_asked(t: _Told) -> Sentence:
    party, day = t.name(t.payload["party"]), day_words(t.payload["until"]) or Sentence("?", "?")
    filed = _filed(t)
    return Sentence(
        f"{party} begärde tid till {day.sv}.{filed.sv}", f"{party} asked for time until {day.en}.{filed.en}"
    )


def _extension_refused(t: _Told) -> Sentence:
    party = t.name(t.payload["party"])
    return Sentence(f"{t.who.sv} gav inte {party} mer tid.", f"{t.who.en} did not give {party} more time.")


def _answer_handed_in(t: _Told) -> Sentence:
    party, now = t.name(t.payload["party"]), t.stance("stance")
    what = (f": {now.sv}", f": {now.en}") if now else ("", "")
    return Sentence(
        f"Ett svar från {party} kom in{what[0]}. Det räknas när registratorn har kontrollerat det.",
        f"An answer of {party} came in{what[1]}. It counts when the registrar has verified it.",
    )


def _answer_registered(t: _Told) -> Sentence:
    party = t.name(t.payload["party"])
    return Sentence(
        f"{t.who.sv} kontrollerade svaret från {party}; handläggaren avgör om det är komplett.",
        f"{t.who.en} verified the answer of {party}; the case officer decides whether it is complete.",
    )


def _answer_set_aside(t: _Told) -> Sentence:
    party = t.name(t.payload["party"])
    return Sentence(
        f"{t.who.sv} lade åt sidan det som hade kommit in som svar från {party}.",
        f"{t.who.en} set aside what came in as the answer of {party}.",
    )


def _supplement_asked(t: _Told) -> Sentence:
    party, day = t.name(t.payload["party"]), day_words(t.payload["until"]) or Sentence("?", "?")
    return Sentence(
        f"{t.who.sv} bad {party} komplettera sitt svar senast {day.sv}.",
        f"{t.who.en} asked {party} to supplement its answer by {day.en}.",
    )


def _answer_accepted(t: _Told) -> Sentence:
    party = t.name(t.payload["party"])
    return Sentence(
        f"{t.who.sv} förde in det ändrade svaret från {party}.", f"{t.who.en} took in the new answer of {party}."
    )


def _answer_replied(t: _Told) -> Sentence:
    party = t.name(t.payload["party"])
    return Sentence(f"{t.who.sv} bemötte svaret från {party}.", f"{t.who.en} replied to the answer of {party}.")


def _answer_removed(t: _Told) -> Sentence:
    party = t.name(t.payload["party"])
    return Sentence(f"{t.who.sv} tog bort {party} från omgången.", f"{t.who.en} removed {party} from the round.")


def _filed(t: _Told) -> Sentence:
    """Who filed a party's answer, when it was not the party itself."""
    if t.event["actor"] == t.payload["party"]:
        return Sentence("", "")
    return Sentence(f" Registrerat av {t.who.sv}.", f" Filed by {t.who.en}.")


TELLERS: dict[str, Callable[[_Told], Sentence]] = {
    "consultation:ended": _consultation_ended,
    "answer:received": _answer_received,
    "answer:withdrawn": _answer_withdrawn,
    "answer:extended": _answer_extended,
    "answer:asked": _answer_asked,
    "answer:acknowledged": _answer_acknowledged,
    "answer:extension:asked": _extension_asked,
    "answer:extension:refused": _extension_refused,
    "answer:handed_in": _answer_handed_in,
    "answer:registered": _answer_registered,
    "answer:set_aside": _answer_set_aside,
    "answer:supplement:asked": _supplement_asked,
    "answer:accepted": _answer_accepted,
    "answer:replied": _answer_replied,
    "answer:removed": _answer_removed,
}
"""Kind of event → its teller."""
