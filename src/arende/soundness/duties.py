"""V13 and V15: separation of duties can be kept, and a decision state has what makes a decision lawful."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from arende.casetypes import Finding
from arende.soundness.subject import Place, Subject, words
from arende.statetypes import Appeal, DecisionDef, State
from arende.terms import BUILT_IN_ROLES


def v13_duties(s: Subject) -> Iterator[Finding]:
    """V13: as many people as a step needs may hold its roles, and others than those it excludes."""
    for index, t in enumerate(s.ct.transitions):
        place: Place = ("transitions", index)
        people = _people(s, t.by)
        if people is not None and len(people) < t.quorum:
            yield s.found(
                "V13", (*place, "quorum"),
                f"{t.name} kräver {t.quorum} personer, men {words(t.by)} är bara {len(people)}.",
                f"{t.name} needs {t.quorum} people, but {words(t.by)} is only {len(people)}.",
                level="warn", path=s.path_to_take(index),
            )  # fmt: skip
        for earlier in t.not_same_as:
            done = [_people(s, e.by) for e in s.ct.transitions if e.trigger == earlier]
            if people and any(d is not None and people <= d and len(d) == 1 for d in done):
                yield s.found(
                    "V13", (*place, "not_same_as"),
                    f"{t.name} får inte tas av den som gjorde {earlier}, men båda görs av {words(t.by)}.",
                    f"{t.name} may not be taken by whoever did {earlier}, but both are done by {words(t.by)}.",
                    level="warn", path=s.path_to_take(index),
                )  # fmt: skip
        for both in sorted(set(t.same_as) & set(t.not_same_as)):
            yield s.found(
                "V13", (*place, "same_as"),
                f"{t.name} ska och får inte tas av den som gjorde {both}. Ta bort det ena.",
                f"{t.name} must and must not be taken by whoever did {both}. Remove one of them.",
                level="warn",
            )  # fmt: skip


def _people(s: Subject, roles: Iterable[str]) -> frozenset[str] | None:
    """The roles as people, when each is held by one person; None when there may be more of them."""
    roles = frozenset(roles)
    if not roles:
        return None
    one = all(s.ct.roles[r].one if r in s.ct.roles else BUILT_IN_ROLES.get(r, ("", "", False))[2] for r in roles)
    return roles if one else None


def v15_decisions(s: Subject) -> Iterator[Finding]:
    """V15: a decision has its letter, its delivery, and the appeal that its legal regime gives."""
    for state, d in s.ct.states.items():
        place: Place = ("states", state)
        if (d.kind == "decision") != (d.decision is not None):
            yield s.found(
                "V15", place,
                f"{state} behöver både kind: decision och decision: med letter, delivered_by och appeal.",
                f"{state} needs both kind: decision and decision: with letter, delivered_by and appeal.",
                path=s.paths.get(state, ()),
            )  # fmt: skip
        elif d.decision is not None:
            yield from _delivery(s, state, d)
            yield from _appeals(s, (*place, "decision"), d.decision)


def _delivery(s: Subject, state: str, d: State) -> Iterator[Finding]:
    trigger = d.decision.delivered_by if d.decision else ""
    if trigger in s.ct.triggers and not any(s.by_trigger(r, trigger) for r in _onward(s, state)):
        yield s.found(
            "V15", ("states", state, "decision", "delivered_by"),
            f"Beslutet i {state} expedieras av {trigger}, men det steget kan inte nås därifrån.",
            f"The decision in {state} is delivered by {trigger}, but that step cannot be reached from there.",
            path=s.paths.get(state, ()),
        )  # fmt: skip


def _onward(s: Subject, state: str) -> list[str]:
    found = [state]
    for here in found:
        found += [d for r in s.out_of(here) for d in dict.fromkeys(s.dests(r)) if d not in found]
    return found


def _appeals(s: Subject, place: Place, d: DecisionDef) -> Iterator[Finding]:
    """One way to appeal, or with ``regime_from`` one for each way that a case of the type may have."""
    if d.appeal is not None:
        yield from _appeal(s, (*place, "appeal"), d.appeal)
        return
    given = {a.text for a in d.appeals}
    asked: set[str] = set(s.ct.regime_from.of.values()) if s.ct.regime_from else set()
    asked = asked or ({"legality_review", "administrative_appeal"} if s.ct.regime_from else {s.ct.legal_regime})
    for regime in sorted(asked - given):
        yield s.found(
            "V15", (*place, "appeals"),
            f"Beslutet kan överklagas genom {regime}, men det finns ingen sådan hänvisning under appeals.",
            f"The decision may be appealed by {regime}, but appeals has no such instruction.",
        )  # fmt: skip
    for n, a in enumerate(d.appeals):
        yield from _appeal(s, (*place, "appeals", n), a)


def _appeal(s: Subject, place: Place, a: Appeal) -> Iterator[Finding]:
    """KL 13:5: three weeks from the notice of the minutes; FL 44 §: three weeks from service."""
    if a.text == "none":
        if not (a.reason or "").strip():
            yield s.found(
                "V15", place, "Skriv under reason varför beslutet inte kan överklagas.",
                "Write under reason why the decision cannot be appealed.",
            )  # fmt: skip
        return
    if s.ct.regime_from is None and s.ct.legal_regime != a.text:
        yield s.found(
            "V15", (*place, "text"),
            f"Ärendetypen följer {s.ct.legal_regime}, men överklagandet är {a.text}.",
            f"The case type follows {s.ct.legal_regime}, but the appeal is {a.text}.",
        )  # fmt: skip
    counted = {"legality_review": "notice", "administrative_appeal": "service"}[a.text]
    if a.from_ != counted or a.weeks != 3:
        law = "KL 13:5" if counted == "notice" else "44 § FL"
        yield s.found(
            "V15", place,
            f"Överklagandetiden är tre veckor och räknas från {counted} ({law}). Skriv weeks: 3, from: {counted}.",
            f"The time for appeal is three weeks from {counted} ({law}). Write weeks: 3, from: {counted}.",
        )  # fmt: skip


RULES: tuple[Callable[[Subject], Iterable[Finding]], ...] = (v13_duties, v15_decisions)
