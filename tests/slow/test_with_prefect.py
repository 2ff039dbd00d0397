"""The worker as a real process, with a real Prefect server that comes and goes."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, insert, select

from arende import db, models, virtualtime
from arende.app import App
from arende.children import Child
from arende.settings import Settings
from arende.workdays import STOCKHOLM
from handclock import VirtualClock
from processes import PrefectServer, Sink, Site, eventually
from usecases.story import Story

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
    (first,) = {row.flow_run for row in site.mails()}  # a run that is still on takes what comes meanwhile with it
    eventually(lambda: prefect_server.run(str(first))["state"]["type"] == "COMPLETED")
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
    lines = httpx.post(f"{server.url}/logs/filter", json=asked, trust_env=False, timeout=30).json()
    return [line["message"] for line in lines if line["message"].startswith("RS26")]


def artifact(server: PrefectServer, run: str) -> list[Any]:
    import json

    asked = {"artifacts": {"flow_run_id": {"any_": [run]}}}
    found = httpx.post(f"{server.url}/artifacts/filter", json=asked, trust_env=False, timeout=30).json()
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
    site, begun = with_prefect, datetime.now(UTC)
    title = "Hemlig rubrik om Anna Exempel"
    register = ["case", "register", "declaration_of_intent", "--title", title, "--as", "officer"]
    done(site, "people", "load")
    worker()
    eventually(lambda: sees_prefect(site), 40)
    done(site, *register)
    number = f"RS{datetime.now(UTC):%y}0001"
    (event,) = eventually(lambda: feed(prefect_server, number, begun))
    assert event["event"] == "arende.case.registered"
    assert event["resource"]["arende.type"] == "declaration_of_intent"
    assert event["payload"]["seq"] == 1
    assert title not in str(event)

    prefect_server.stop()
    eventually(lambda: not sees_prefect(site), 40)
    done(site, "case", "relate", number, "basis", "Strukturbild", "--as", "officer")
    prefect_server.start()
    found = eventually(lambda: len(all_ := feed(prefect_server, number, begun)) == 2 and all_, 60)
    assert {e["event"] for e in found} == {"arende.case.registered", "arende.case.relation.added"}


def done(site: Site, *words: str) -> None:
    with site.arende(*words, stdout=subprocess.PIPE) as process:
        process.communicate()
        assert process.returncode == 0


def feed(server: PrefectServer, number: str, since: datetime) -> list[Any]:
    """What Prefect shows of a case, in whatever order it came; other tests have cases of the same number there."""
    its = {"resource": {"id": [f"arende.case.{number}"]}, "occurred": {"since": since.isoformat()}}
    asked = {"filter": its}
    found: list[Any] = httpx.post(f"{server.url}/events/filter", json=asked, trust_env=False, timeout=30).json()[
        "events"
    ]
    return found


def test_a_run_that_a_killed_worker_left_is_told_as_crashed(
    with_prefect: Site, prefect_server: PrefectServer, worker: Start
) -> None:
    site = with_prefect
    flow = httpx.post(f"{prefect_server.url}/flows/", json={"name": "deliver"}, trust_env=False, timeout=30).json()[
        "id"
    ]
    state = {"type": "RUNNING", "name": "Running"}
    left = {"flow_id": flow, "name": "RS260001 → 1 mottagare", "tags": ["worker:gone-1"], "state": state}
    run = httpx.post(f"{prefect_server.url}/flow_runs/", json=left, trust_env=False, timeout=30).json()["id"]

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


def test_the_digest_of_a_working_morning_is_a_flow_run_and_is_delivered(
    with_prefect: Site, prefect_server: PrefectServer, sink: Sink, worker: Start
) -> None:
    """The chair reads a digest; the installation lives on a Tuesday of 2020, before and after seven."""
    site = with_prefect
    settings = Settings(data_dir=site.folder, smtp_port=sink.port)
    story = Story(App.on(settings, site.engine, VirtualClock()), VirtualClock())
    story.people(lambda text: re.sub(r"(  rsau_chair: .*)}", r"\1, mail: digest}", text))
    story.register()
    story.on_to("awaiting_rsau")
    virtualtime.set_to(site.engine, datetime(2020, 8, 4, 6, 30, tzinfo=STOCKHOLM))
    worker()
    eventually(lambda: sees_prefect(site), 40)
    eventually(site.all_sent)
    assert not any(row.template == "digest" for row in site.mails())
    run = next(filter(None, (on_the_morning(site, prefect_server, day) for day in range(4, 8))))
    assert prefect_server.run(run)["name"] == "sammandrag"
    eventually(site.all_sent)
    mail = [row for row in site.mails() if row.template == "digest"][-1]
    assert mail.message_id in sink.got
    assert mail.created_at.date().isoformat() >= "2020-08-04"
    assert eventually(lambda: site.mails()[-1].flow_run) not in (None, "direct")


def on_the_morning(site: Site, server: PrefectServer, day: int) -> str | None:
    """The flow run that made the day's digest; None when the worker was faster and made it by itself, as it may."""
    run = asked_for(server, "digest")
    eventually(lambda: server.run(run)["state"]["type"] != "SCHEDULED", 60, every=0.02)
    virtualtime.set_to(site.engine, datetime(2020, 8, day, 7, 30, tzinfo=STOCKHOLM))
    with db.writing(site.engine) as connection:  # or its next turn would be in a quarter of an hour
        connection.execute(delete(models.beats).where(models.beats.c.key == "sweep:digest"))
    eventually(lambda: server.run(run)["state"]["type"] == "COMPLETED", 60)
    return run if server.run(run)["state"]["message"].startswith("1 sammandrag gjorda.") else None


def asked_for(server: PrefectServer, flow: str) -> str:
    """The flow run that the server makes when its deployment is asked to run now."""
    wanted = {"flows": {"name": {"any_": [flow]}}}
    (deployment,) = httpx.post(f"{server.url}/deployments/filter", json=wanted, trust_env=False, timeout=30).json()
    where = f"{server.url}/deployments/{deployment['id']}/create_flow_run"
    made = eventually(lambda: created(httpx.post(where, json={}, trust_env=False, timeout=30)), 60, every=1.0)
    return str(made["id"])


def created(answer: httpx.Response) -> Any:
    """What the server made; None while its database is busy (503)."""
    return None if answer.status_code == 503 else answer.raise_for_status().json()


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
