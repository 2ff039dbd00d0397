"""The database follows the people file and forgets nothing; who may act is answered for any day."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, func, select

from arende import actors, db, models
from arende.errors import NotFound, Refused
from arende.home import demo_file
from arende.people import read
from arende.usecases.people import Loaded, load

MONDAY = datetime(2021, 3, 1, 9, tzinfo=UTC)
TUESDAY = datetime(2021, 3, 2, 9, tzinfo=UTC)
DAY = date(2021, 3, 1)

People = dict[str, Any]


def small() -> People:
    return {
        "authority": {"key": "region_x", "name": "Region X", "email": "region@region.example"},
        "bodies": {
            "rs": {"name": {"sv": "Regionstyrelsen"}, "kind": "executive_board", "members": 15},
            "rsau": {"name": {"sv": "Arbetsutskottet"}, "kind": "committee", "parent": "rs"},
        },
        "persons": {
            "anna": {"name": "Ordföranden", "email": "anna@region.example"},
            "bo": {"name": "Vice ordföranden", "email": "bo@region.example"},
            "cia": {"name": "Andre vice ordföranden", "email": "cia@region.example"},
        },
        "offices": [
            {"person": "anna", "office": "chair", "body": "rsau", "from": "2019-01-01", "to": "2022-12-31"},
            {"person": "cia", "office": "vice_chair", "body": "rsau", "from": "2019-01-01", "ordinal": 2},
            {"person": "bo", "office": "vice_chair", "body": "rsau", "from": "2019-01-01", "ordinal": 1},
            {"person": "bo", "office": "chair", "body": "rs", "from": "2019-01-01"},
        ],
        "substitutes": [
            {"for": "anna", "by": "bo", "from": "2021-03-01", "to": "2021-03-31", "office": "chair"},
        ],
        "parties": {
            "hylte": {"name": "Hylte kommun", "kind": "municipality", "email": "h@hylte.example", "code": "1315"},
            "laholm": {"name": "Laholms kommun", "kind": "municipality", "email": "l@laholm.example"},
        },
        "groups": {"all": {"title": {"sv": "Alla"}, "parties": ["laholm", "hylte"]}},
    }


def do(engine: Engine, people: People, at: datetime = MONDAY) -> Loaded:
    return load(engine, read(yaml.safe_dump(people, allow_unicode=True), "people.yaml"), at)


def ask(engine: Engine, question: Callable[..., Any], *args: Any) -> Any:
    with db.reading(engine) as conn:
        return question(conn, *args)


def number(engine: Engine, key: str) -> int:
    return int(ask(engine, actors.actor, key).id)


def counts(engine: Engine) -> dict[str, int]:
    tables = (models.actors, models.bodies, models.offices, models.substitutes, models.party_groups)
    with db.reading(engine) as conn:
        return {t.name: conn.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


# ---------------------------------------------------------------- loading


def test_the_demonstration_loads_and_loading_it_again_changes_nothing(engine: Engine) -> None:
    people = read(demo_file("people.yaml").read_text("utf-8"), "people.yaml")
    first = load(engine, people, MONDAY)
    assert "rsau_chair" in first.added
    assert "chair@rsau: rsau_chair" in first.added
    assert load(engine, people, TUESDAY) == Loaded((), (), ())
    order = [a.name for a in ask(engine, actors.group, "municipalities")]
    assert order == sorted(order)
    assert len(order) == 6
    for day in (date(2020, 9, 2), date(2026, 11, 22)):
        assert [a.key for a in ask(engine, actors.holders, "chair", "rsau", day)] == ["rsau_chair"]


def test_the_system_is_always_there(engine: Engine) -> None:
    do(engine, {"authority": small()["authority"]})
    assert ask(engine, actors.actor, "system").kind == "system"


def test_somebody_missing_from_the_file_is_ended_at_once_and_not_deleted(engine: Engine) -> None:
    do(engine, small())
    before = counts(engine)
    people = small()
    del people["persons"]["cia"], people["offices"][1], people["parties"]["hylte"]
    people["groups"]["all"]["parties"] = ["laholm"]
    done = do(engine, people, TUESDAY)
    assert done == Loaded((), (), ("cia", "hylte", "vice_chair@rsau: cia", "hylte in all"))
    assert counts(engine) == before
    cia = ask(engine, actors.actor, "cia")
    assert cia.ended_on == date(2021, 3, 1)
    assert cia.is_active(date(2021, 3, 1))
    assert not cia.is_active(date(2021, 3, 2))
    assert ask(engine, actors.offices_of, cia.id, date(2021, 3, 1)) == {("vice_chair", "rsau")}
    assert ask(engine, actors.offices_of, cia.id, date(2021, 3, 2)) == set()
    assert [a.key for a in ask(engine, actors.group, "all")] == ["laholm"]
    assert do(engine, people, TUESDAY) == Loaded((), (), ())


def test_somebody_who_returns_is_the_same_actor_again(engine: Engine) -> None:
    do(engine, small())
    cia = number(engine, "cia")
    people = small()
    del people["persons"]["cia"], people["offices"][1]
    do(engine, people, TUESDAY)
    done = do(engine, small(), TUESDAY)
    assert done == Loaded((), ("cia", "vice_chair@rsau: cia"), ())
    assert ask(engine, actors.actor, "cia").ended_on is None
    assert number(engine, "cia") == cia
    assert ask(engine, actors.offices_of, cia, date(2026, 1, 1)) == {("vice_chair", "rsau")}


def test_what_the_file_changes_is_changed(engine: Engine) -> None:
    do(engine, small())
    people = small()
    people["persons"]["anna"]["email"] = "a.new@region.example"
    people["bodies"]["rs"]["members"] = 17
    people["offices"][0]["to"] = "2021-12-31"
    people["authority"]["name"] = "Region Y"
    people["groups"]["all"]["parties"].reverse()
    done = do(engine, people, TUESDAY)
    assert set(done.changed) == {
        "authority region_x", "anna", "body rs", "chair@rsau: anna", "hylte in all", "laholm in all",
    }  # fmt: skip
    assert not done.added
    assert not done.ended
    assert ask(engine, actors.actor, "anna").email == "a.new@region.example"
    assert [a.key for a in ask(engine, actors.group, "all")] == ["hylte", "laholm"]


def test_an_ended_office_keeps_the_day_it_ended(engine: Engine) -> None:
    do(engine, small())
    people = small()
    people["offices"][0]["to"] = "2020-06-30"
    do(engine, people)
    del people["offices"][0]
    assert do(engine, people, TUESDAY) == Loaded((), (), ())
    assert ask(engine, actors.holders, "chair", "rsau", date(2020, 6, 30))
    assert not ask(engine, actors.holders, "chair", "rsau", date(2020, 7, 1))


def test_a_body_missing_from_the_file_ends(engine: Engine) -> None:
    do(engine, small())
    people = small()
    del people["bodies"]["rs"], people["offices"][3]
    people["bodies"]["rsau"].pop("parent")
    done = do(engine, people, TUESDAY)
    assert "body rs" in done.ended
    with db.reading(engine) as conn:
        assert conn.execute(select(models.bodies.c.valid_to).where(models.bodies.c.key == "rs")).scalar() == date(
            2021, 3, 1
        )


def test_the_file_of_another_authority_is_refused_and_changes_nothing(engine: Engine) -> None:
    do(engine, small())
    people = small()
    people["authority"]["key"] = "region_y"
    del people["persons"]["cia"], people["offices"][1]
    with pytest.raises(Refused, match="Databasen hör till Region X"):
        do(engine, people, TUESDAY)
    assert ask(engine, actors.actor, "cia").ended_on is None


def test_a_person_cannot_become_a_party(engine: Engine) -> None:
    do(engine, small())
    people = small()
    people["parties"]["cia"] = {"name": "Cia AB", "kind": "other", "email": "x@cia.example"}
    del people["persons"]["cia"], people["offices"][1]
    with pytest.raises(Refused, match="cia"):
        do(engine, people)


# ---------------------------------------------------------------- asking


def test_the_holders_of_an_office_come_by_ordinal(engine: Engine) -> None:
    do(engine, small())
    assert [a.key for a in ask(engine, actors.holders, "vice_chair", "rsau", DAY)] == ["bo", "cia"]
    assert [a.key for a in ask(engine, actors.holders, "chair", None, DAY)] == ["anna", "bo"]
    assert ask(engine, actors.holders, "chair", "rsau", date(2018, 12, 31)) == []
    assert [a.key for a in ask(engine, actors.holders, "chair", "rsau", date(2022, 12, 31))] == ["anna"]
    assert ask(engine, actors.holders, "chair", "rsau", date(2023, 1, 1)) == []


def test_one_person_by_two_touching_rows_is_one_holder(engine: Engine) -> None:
    people = small()
    people["offices"] += [{"person": "anna", "office": "chair", "body": "rs", "from": "2019-01-01"}]
    do(engine, people)
    assert [a.key for a in ask(engine, actors.holders, "chair", None, DAY)] == ["anna", "bo"]


def test_a_substitute_stands_in_for_the_period_and_the_office_given(engine: Engine) -> None:
    do(engine, small())
    anna, bo = number(engine, "anna"), number(engine, "bo")
    for day, held in [(date(2021, 2, 28), False), (DAY, True), (date(2021, 3, 31), True), (date(2021, 4, 1), False)]:
        assert [(r.actor.key, r.office) for r in ask(engine, actors.substitutes_for, anna, day)] == [
            ("bo", "chair")
        ] * held
        assert [(r.actor.key, r.office) for r in ask(engine, actors.represented_by, bo, day)] == [
            ("anna", "chair")
        ] * held
    assert ask(engine, actors.represented_by, anna, DAY) == []


def test_a_substitute_taken_out_of_the_file_no_longer_stands_in(engine: Engine) -> None:
    do(engine, small())
    people = small()
    people["substitutes"] = []
    assert do(engine, people, MONDAY).ended == ("bo for anna",)
    assert ask(engine, actors.represented_by, number(engine, "bo"), DAY) == []
    assert do(engine, small(), MONDAY).changed == ("bo for anna",)
    assert len(ask(engine, actors.represented_by, number(engine, "bo"), DAY)) == 1


@pytest.mark.parametrize(
    ("question", "key", "sentence"),
    [
        (actors.actor, "ana", "Användaren ana finns inte bland personerna. Menade du anna?"),
        (actors.actor, "zzz", "Användaren zzz finns inte bland personerna. arende people list visar vilka som finns."),
        (actors.party, "hyllte", "Parten hyllte finns inte bland personerna. Menade du hylte?"),
        (actors.party, "anna", "Parten anna finns inte bland personerna. arende people list visar vilka som finns."),
        (actors.group, "al", "Gruppen al finns inte bland personerna. Menade du all?"),
    ],
)
def test_an_unknown_key_is_answered_with_one_that_is_near(
    engine: Engine, question: Callable[..., Any], key: str, sentence: str
) -> None:
    do(engine, small())
    with pytest.raises(NotFound) as error:
        ask(engine, question, key)
    assert error.value.told() == [sentence]


def test_keys_are_found_by_ids(engine: Engine) -> None:
    do(engine, small())
    ids = [number(engine, key) for key in ("anna", "hylte")]
    assert ask(engine, actors.keys_of, ids) == dict(zip(ids, ("anna", "hylte"), strict=True))
    assert ask(engine, actors.keys_of, []) == {}
    assert ask(engine, actors.by_id, ids[1]).data == {"kind": "municipality", "code": "1315"}


def test_each_question_is_one_select_that_uses_an_index(sqlite_url: str) -> None:
    engine = db.open_engine(sqlite_url)
    do(engine, small())
    asked: list[str] = []
    with db.reading(engine) as conn:
        conn.connection.driver_connection.set_trace_callback(asked.append)
        for question, *args in [
            (actors.actor, "anna"),
            (actors.by_id, 2),
            (actors.party, "hylte"),
            (actors.group, "all"),
            (actors.offices_of, 2, DAY),
            (actors.holders, "chair", "rsau", DAY),
            (actors.holders, "chair", None, DAY),
            (actors.substitutes_for, 2, DAY),
            (actors.represented_by, 2, DAY),
            (actors.keys_of, [2, 3]),
        ]:
            asked.clear()
            question(conn, *args)
            (sql,) = asked
            plan = [row[-1] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
            assert [step for step in plan if step.startswith("SCAN")] == []
    engine.dispose()
