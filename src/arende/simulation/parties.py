"""How parties outside answer: early, in time, late, never; some ask for more time, change their minds or withdraw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from arende import answercommands, commands, workdays
from arende.simulation.world import SAID, World

WAYS = {"in_time": 60, "early": 14, "will_return": 5, "more_time": 9, "late": 7, "silent": 5}
STANCES = {"supports": 60, "supports_with_comments": 22, "no_objection": 8, "opposes": 7, "abstains": 3}
REVISES, WITHDRAWS, REFUSED, ITSELF = 0.04, 0.02, 0.2, 0.3
"""Share of the answers that are revised, and withdrawn; of the wishes for time refused; of answers given directly."""


@dataclass(frozen=True)
class Asked:
    """One party in one round of one case."""

    register_no: str
    key: str
    party: str
    officer: str | None
    due_on: date


def expect(world: World, asked: Asked) -> None:
    """The party has got the request: decide how it will answer."""
    today, window = world.clock.today, 1
    if asked.due_on > today:
        window = max(1, workdays.working_days_between(today, asked.due_on))
    way = world.chance.choices(list(WAYS), list(WAYS.values()))[0]
    draw = world.chance.randint
    if way == "early":
        _at(world, draw(1, max(1, window // 4)), partial(_answer, world, asked))
    elif way == "in_time":
        _at(world, draw(max(1, window // 4), window), partial(_answer, world, asked))
    elif way == "late":
        _at(world, window + draw(1, 10), partial(_answer, world, asked))
    elif way == "will_return":
        _at(world, draw(1, max(1, window // 3)), partial(_answer, world, asked, "will_return"))
        _at(world, window - draw(0, max(0, window // 3)), partial(_answer, world, asked))
    elif way == "more_time":
        _at(world, max(1, window - draw(1, 8)), partial(_ask, world, asked))


def _at(world: World, days: int, act: partial[None]) -> None:
    world.later(world.in_days(max(0, days)), act)


def _clerk(world: World) -> str:
    return world.holder("registrar") or "registrar"


def _answer(world: World, asked: Asked, stance: str | None = None) -> None:
    """A position comes in: from the party itself, or entered by the registrar from what came by post."""
    said = stance or world.chance.choices(list(STANCES), list(STANCES.values()))[0]
    who = asked.party if world.happens(ITSELF) else _clerk(world)
    told = commands.AnswerConsultation.model_validate(
        {"actor": who, "register_no": asked.register_no, "party": asked.party, "key": asked.key, "stance": said,
         "body": "Kommunstyrelsen", "decided_on": world.clock.today, "section": f"§ {world.chance.randint(1, 250)}"}
    )  # fmt: skip
    if world.do(told) is None or stance is not None:
        return
    if world.happens(REVISES):
        _at(world, world.chance.randint(3, 40), partial(_answer, world, asked, "supports_with_comments"))
    elif world.happens(WITHDRAWS):
        _at(world, world.chance.randint(3, 60), partial(_withdraw, world, asked))


def _withdraw(world: World, asked: Asked) -> None:
    world.do(commands.WithdrawAnswer(actor=_clerk(world), register_no=asked.register_no, party=asked.party,
                                     key=asked.key, comment=SAID))  # fmt: skip


def _ask(world: World, asked: Asked) -> None:
    """More time is asked for; the case officer says yes or no, and the answer follows."""
    until = workdays.add_working_days(max(asked.due_on, world.clock.today), world.chance.randint(5, 20))
    wish = answercommands.AskExtension(actor=asked.party, register_no=asked.register_no, party=asked.party,
                                       key=asked.key, until=until, reason=SAID)  # fmt: skip
    if world.do(wish) is not None:
        _at(world, world.chance.randint(0, 3), partial(_say, world, asked, until))


def _say(world: World, asked: Asked, until: date) -> None:
    if asked.officer is None:
        return
    no, days = asked.register_no, workdays.working_days_between(world.clock.today, until)
    if world.happens(REFUSED):
        world.do(answercommands.RefuseExtension(actor=asked.officer, register_no=no, party=asked.party, key=asked.key,
                                                reason=SAID))  # fmt: skip
        _at(world, world.chance.randint(1, 12), partial(_answer, world, asked))
        return
    world.do(commands.ExtendAnswer(actor=asked.officer, register_no=no, party=asked.party, key=asked.key, until=until))
    _at(world, world.chance.randint(1, max(1, days)), partial(_answer, world, asked))
