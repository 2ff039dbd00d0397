"""The worker as a real process, with a real Prefect server that comes and goes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from arende import db, models
from arende.children import Child
from processes import PrefectServer, Sink, Site, eventually

pytestmark = pytest.mark.slow
MUNICIPALITIES = [f"kommun{n}@kommun.example" for n in range(6)]
Start = Callable[[], Child]


def sees_prefect(site: Site) -> bool:
    with db.reading(site.engine) as connection:
        beats = connection.execute(select(models.beats).where(models.beats.c.key.startswith("worker:")))
        return any(beat.data["prefect"] for beat in beats)


def test_every_delivery_has_a_flow_run_with_a_readable_name(
    with_prefect: Site, prefect_server: PrefectServer, sink: Sink, worker: Start
) -> None:
    site = with_prefect
    worker()
    eventually(lambda: sees_prefect(site), 40)
    site.promise(*MUNICIPALITIES, recipient_id=a_party(site))
    eventually(site.all_sent)
    site.promise("a@region.example", case=2)
    eventually(site.all_sent)

    runs = {row.flow_run for row in site.mails()}
    assert "direct" not in runs
    told = [prefect_server.run(run) for run in runs]
    names = sorted(run["name"] for run in told)
    assert names == ["RS260001 → 6 parter", "RS260002 → 1 mottagare"]
    assert all(set(run["parameters"]) == {"what"} for run in told)
    assert len(sink.got) == 7
    six = next(run for run in told if run["name"].endswith("6 parter"))
    eventually(lambda: prefect_server.run(six["id"])["state"]["type"] == "COMPLETED")
    assert prefect_server.run(six["id"])["state"]["message"] == "6 sända, 0 misslyckade, 0 försöks igen."
    lines = eventually(lambda: logged(prefect_server, six["id"]))
    assert len(lines) == 6
    assert not any("@" in line for line in lines)
    assert len(artifact(prefect_server, six["id"])) == 6


def a_party(site: Site) -> int:
    who = {"key": "hylte", "kind": "party", "name": "Hylte kommun", "data": {}}
    with db.writing(site.engine) as connection:
        key = connection.execute(insert(models.actors).values(**who)).inserted_primary_key
    assert key is not None
    return int(key[0])


def logged(server: PrefectServer, run: str) -> list[str]:
    asked = {"logs": {"flow_run_id": {"any_": [run]}}, "limit": 100}
    lines = httpx.post(f"{server.url}/logs/filter", json=asked, trust_env=False).json()
    return [line["message"] for line in lines if line["message"].startswith("RS26")]


def artifact(server: PrefectServer, run: str) -> list[Any]:
    import json

    asked = {"artifacts": {"flow_run_id": {"any_": [run]}}}
    found = httpx.post(f"{server.url}/artifacts/filter", json=asked, trust_env=False).json()
    rows: list[Any] = json.loads(found[0]["data"])
    return rows


def test_mail_goes_on_without_prefect_and_returns_to_flow_runs_afterwards(
    with_prefect: Site, prefect_server: PrefectServer, sink: Sink, worker: Start
) -> None:
    site = with_prefect
    worker()
    eventually(lambda: sees_prefect(site), 40)
    site.promise("a@region.example")
    eventually(site.all_sent)

    prefect_server.stop()
    started = time.monotonic()
    site.promise("b@region.example")
    eventually(site.all_sent)
    waited = time.monotonic() - started
    assert waited < 5
    site.promise(*MUNICIPALITIES)
    eventually(site.all_sent)

    prefect_server.start()
    eventually(lambda: sees_prefect(site), 40)
    site.promise("c@region.example")
    eventually(site.all_sent)

    mails = site.mails()
    assert [row.flow_run == "direct" for row in mails] == [False, True, *[True] * 6, False]
    assert sorted(sink.got) == sorted(row.message_id for row in mails)  # each exactly once


def test_what_happens_in_a_case_is_on_the_event_feed_also_after_prefect_was_away(
    with_prefect: Site, prefect_server: PrefectServer, worker: Start
) -> None:
    site = with_prefect
    title = "Hemlig rubrik om Anna Exempel"
    register = ["case", "register", "declaration_of_intent", "--title", title, "--as", "officer"]
    done(site, "people", "load")
    worker()
    eventually(lambda: sees_prefect(site), 40)
    done(site, *register)
    number = f"RS{datetime.now(UTC):%y}0001"
    (event,) = eventually(lambda: feed(prefect_server, number))
    assert event["event"] == "arende.case.registered"
    assert event["resource"]["arende.type"] == "declaration_of_intent"
    assert event["payload"]["seq"] == 1
    assert title not in str(event)

    prefect_server.stop()
    eventually(lambda: not sees_prefect(site), 40)
    done(site, "case", "relate", number, "basis", "Strukturbild", "--as", "officer")
    prefect_server.start()
    found = eventually(lambda: len(all_ := feed(prefect_server, number)) == 2 and all_, 60)
    assert {e["event"] for e in found} == {"arende.case.registered", "arende.case.relation.added"}


def done(site: Site, *words: str) -> None:
    with site.arende(*words, stdout=subprocess.PIPE) as process:
        process.communicate()
        assert process.returncode == 0


def feed(server: PrefectServer, number: str) -> list[Any]:
    """What Prefect shows of a case, in whatever order it came."""
    asked = {"filter": {"resource": {"id": [f"arende.case.{number}"]}}}
    found: list[Any] = httpx.post(f"{server.url}/events/filter", json=asked, trust_env=False).json()["events"]
    return found


def test_a_run_that_a_killed_worker_left_is_told_as_crashed(
    with_prefect: Site, prefect_server: PrefectServer, worker: Start
) -> None:
    site = with_prefect
    flow = httpx.post(f"{prefect_server.url}/flows/", json={"name": "deliver"}, trust_env=False).json()["id"]
    state = {"type": "RUNNING", "name": "Running"}
    left = {"flow_id": flow, "name": "RS260001 → 1 mottagare", "tags": ["worker:gone-1"], "state": state}
    run = httpx.post(f"{prefect_server.url}/flow_runs/", json=left, trust_env=False).json()["id"]

    worker()
    eventually(lambda: sees_prefect(site), 40)

    assert prefect_server.run(run)["state"]["type"] == "CRASHED"


def test_a_schedule_yields_a_flow_run(with_prefect: Site, prefect_server: PrefectServer, worker: Start) -> None:
    """The two pins of Prefect's own dependencies are held by this: with the newest of them no run is ever made."""
    worker()
    eventually(lambda: sees_prefect(with_prefect), 40)
    run = eventually(lambda: swept_by(with_prefect), 130, every=1.0)
    told = prefect_server.run(run)
    assert told["auto_scheduled"]
    assert told["deployment_id"]
    assert told["name"] == "förfallna frister"
    eventually(lambda: prefect_server.run(run)["state"]["type"] == "COMPLETED")


def swept_by(site: Site) -> str | None:
    """The flow run that swept the deadlines last, if it was one."""
    with db.reading(site.engine) as connection:
        turn = connection.execute(select(models.beats.c.data).where(models.beats.c.key == "sweep:deadlines")).scalar()
    return turn["run"] if turn and turn["run"] != "direct" else None


def test_the_worker_stops_at_sigterm_within_ten_seconds(site: Site, worker: Start) -> None:
    child = worker()
    site.promise("a@region.example")
    eventually(site.all_sent)
    started = time.monotonic()
    child.terminate()
    eventually(lambda: child.ended() is not None, 10)
    assert child.ended() == 0
    assert time.monotonic() - started < 10
