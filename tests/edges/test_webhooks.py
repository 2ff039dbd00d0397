"""Webhooks: every public event is told once it has happened, signed, in order, and to nowhere it must not go."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from post import NOW, add_case, open_app
from sqlalchemy import Engine, insert, select, update
from test_worker import until, working

from arende import beats, db, models, reconcile, webhooks
from arende.app import App
from arende.errors import Forbidden, Invalid, NotFound, Refused
from arende.feed import News
from arende.usecases import administrators, tellings
from arende.usecases import webhooks as hooks
from arende.webhooks import is_public, signature
from processes import free_port

TITLE = "Anna Exempels ärende"
HERE = "127.0.0.1"


@dataclass
class Receiver:
    """Another system that takes messages; ``says`` is what it answers next, then 200."""

    url: str = ""
    says: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found


class listening:  # noqa: N801 – read as a word: with listening()
    """A receiver on a real port, over TLS where a context is given."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.receiver = Receiver()
        told = self.receiver

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = told.says.pop(0) if told.says else 200
                if status == 200:
                    told.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer((HERE, 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        name, scheme = ("localhost", "https") if tls else (HERE, "http")
        told.url = f"{scheme}://{name}:{self.server.server_port}/hook?of=arende"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def __enter__(self) -> Receiver:
        self.thread.start()
        return self.receiver

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def app(engine: Engine, tmp_path: Path) -> App:
    app = open_app(engine, tmp_path, webhook_hosts=f"{HERE} localhost", base_url="https://arende.region.example")
    add_case(engine)
    with db.writing(engine) as c:
        c.execute(update(models.cases).values(title=TITLE))
        for key, kind in (("system", "system"), ("administrator", "person"), ("officer", "person")):
            c.execute(insert(models.actors).values(key=key, kind=kind, name=key, data={}))
        who = c.execute(select(models.actors.c.id).where(models.actors.c.key == "administrator")).scalar_one()
        held = {"office": "administrator", "body": "regionkontoret", "valid_from": NOW.date(), "ordinal": 0}
        c.execute(insert(models.offices).values(actor_id=who, **held))
    return app


def happen(app: App, seq: int, kind: str = "document:added", row: int | None = None, **payload: Any) -> None:
    zero = "0" * 64
    times = {"occurred_at": NOW, "recorded_at": NOW}
    given = {"case_id": 1, "seq": seq, "command_id": f"c{seq}", "n": 0, "kind": kind, "channel": "cli"}
    sealed = {"payload_sha256": zero, "previous": zero, "hash": f"{seq:064}"}
    with db.writing(app.engine) as c:
        who = c.execute(select(models.actors.c.id).where(models.actors.c.key == "officer")).scalar_one()
        numbered = {} if row is None else {"id": row}
        c.execute(insert(models.events).values(**given, **times, **sealed, **numbered, actor_id=who, payload=payload))


def tell(app: App, now: datetime | None = None, worker: str = "a", trust: ssl.SSLContext | None = None) -> int:
    return asyncio.run(webhooks.tell_all(app, worker, now or beats.real_now(), trust))


def add(app: App, url: str, *kinds: str) -> tuple[int, str]:
    return hooks.add(app, "administrator", "ekonomisystemet", url, kinds, beats.real_now())


def types(receiver: Receiver) -> list[str]:
    return [e["type"] for e in receiver.events]


# ---------------------------------------------------------------- what is told


def test_what_happens_from_now_on_is_told_once_and_in_order(app: App, receiver: Receiver) -> None:
    happen(app, 1, "case:registered")
    add(app, receiver.url)
    assert tell(app) == 0
    happen(app, 2)
    happen(app, 3, "case:step:taken", **{"from": "draft", "to": "decided", "note": TITLE})
    assert tell(app) == 3
    assert tell(app) == 0
    assert types(receiver) == ["arende.case.document.added", "arende.case.step.taken", "arende.case.decided"]


def test_a_message_is_a_cloud_event_with_numbers_and_nothing_personal(app: App, receiver: Receiver) -> None:
    add(app, receiver.url)
    happen(app, 1, "case:step:taken", **{"from": "draft", "to": "draft", "note": TITLE})
    tell(app)
    ((headers, body),) = receiver.got
    event = json.loads(body)
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["webhook-id"] == event.pop("id")
    assert event == {
        "specversion": "1.0",
        "source": "https://arende.region.example",
        "type": "arende.case.step.taken",
        "subject": "RS260017",
        "time": "2026-03-02T08:00:00+00:00",
        "datacontenttype": "application/json",
        "data": {
            "register_no": "RS260017",
            "type": "k",
            "seq": 1,
            "href": "https://arende.region.example/api/v1/cases/RS260017",
        },
    }


def test_the_signature_is_that_of_standard_webhooks(app: App, receiver: Receiver) -> None:
    _, secret = add(app, receiver.url)
    happen(app, 1)
    tell(app)
    ((headers, body),) = receiver.got
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(key) >= 24
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == expected
    assert abs(int(headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    with db.reading(app.engine) as conn:
        (row,) = conn.execute(select(hooks.webhooks)).mappings().all()
    assert secret not in repr(dict(row))
    assert key.decode() not in repr(dict(row))


def test_the_signature_is_as_its_specification_shows_it() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    known = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == known


def test_of_a_case_under_secrecy_nothing_is_told(app: App, receiver: Receiver) -> None:
    add(app, receiver.url)
    happen(app, 1)
    with db.writing(app.engine) as c:
        c.execute(update(models.cases).values(secrecy=True))
    happen(app, 2)
    assert tell(app) == 0
    with db.writing(app.engine) as c:
        c.execute(update(models.cases).values(secrecy=False))
    happen(app, 3, "case:corrected")
    assert tell(app) == 1
    assert types(receiver) == ["arende.case.corrected"]


def test_only_what_was_asked_for_is_told(app: App, receiver: Receiver) -> None:
    add(app, receiver.url, "case.step", "case.registered")
    happen(app, 1, "case:registered")
    happen(app, 2, "case:step:taken", **{"from": "draft", "to": "decided"})
    happen(app, 3, "document:added")
    tell(app)
    assert types(receiver) == ["arende.case.registered", "arende.case.step.taken"]


def test_an_event_that_commits_after_a_later_one_is_told_too(app: App, receiver: Receiver) -> None:
    add(app, receiver.url)
    happen(app, 2, row=12)
    assert tell(app) == 1
    happen(app, 1, row=11)
    assert tell(app) == 1
    assert tell(app) == 0


@pytest.mark.long
def test_a_running_worker_tells_within_seconds_without_prefect(engine: Engine, app: App, receiver: Receiver) -> None:
    alive = open_app(
        engine,
        app.settings.data_dir,
        clock=beats.real_now,
        prefect_port=free_port(),
        webhook_hosts=HERE,  # type: ignore[arg-type]  # any clock
    )
    add(alive, receiver.url)

    async def scene() -> None:
        async with working(alive):
            happen(alive, 1)
            await until(lambda: bool(receiver.got))

    asyncio.run(scene())
    assert types(receiver) == ["arende.case.document.added"]


# ---------------------------------------------------------------- what is not taken


def test_what_is_not_taken_is_told_again_later_in_the_same_order_under_the_same_id(
    app: App, receiver: Receiver
) -> None:
    number, _ = add(app, receiver.url)
    for seq in (1, 2, 3):
        happen(app, seq)
    now = beats.real_now()
    receiver.says = [200, 500]
    assert tell(app, now) == 1
    row = hooks.one(app, number)
    assert (row["attempts"], row["reply"], row["lease_by"]) == (1, "HTTP 500", None)
    assert row["next_at"] > now
    assert tell(app, now) == 0, "not before its time"
    later = now + timedelta(hours=1)
    assert tell(app, later) == 2
    assert [e["data"]["seq"] for e in receiver.events] == [1, 2, 3]
    assert hooks.one(app, number)["attempts"] == 0


def test_each_message_is_listed_with_its_answer_and_can_be_sent_again_under_its_id(
    app: App, receiver: Receiver
) -> None:
    number, _ = add(app, receiver.url)
    happen(app, 1)
    now = beats.real_now()
    receiver.says = [500]
    tell(app, now)
    tell(app, now + timedelta(hours=1))
    overseer = administrators.overseer(app, "administrator")
    _, (latest, first) = tellings.listing(overseer, number)
    assert [(m["taken"], m["reply"]) for m in (first, latest)] == [(False, "HTTP 500"), (True, "HTTP 200")]
    assert first["message_id"] == latest["message_id"]
    assert (first["name"], first["register_no"]) == ("arende.case.document.added", "RS260017")
    row, message = tellings.to_send_again(overseer, number, first["id"])
    assert asyncio.run(webhooks.again(app, row, message, now)).taken
    assert [json.loads(body) for _, body in receiver.got] == [json.loads(receiver.got[0][1])] * 2
    assert len(tellings.listing(overseer, number)[1]) == 3
    assert hooks.one(app, number)["attempts"] == 0
    with db.writing(app.engine) as c:
        c.execute(update(models.cases).values(secrecy=True))
    with pytest.raises(Refused, match="sekretess"):
        tellings.to_send_again(overseer, number, first["id"])
    with pytest.raises(NotFound):
        tellings.to_send_again(overseer, number, 999)


def test_of_very_many_messages_the_newest_are_kept(app: App, receiver: Receiver) -> None:
    number, _ = add(app, receiver.url)
    other, _ = add(app, receiver.url)
    tried = [
        tellings.attempt(News(uuid4(), f"arende.case.n{n}", "RS260017", "k", n, NOW), NOW, taken=True, reply="HTTP 200")
        for n in range(tellings.KEPT + 30)
    ]
    with db.writing(app.engine) as c:
        tellings.note(c, other, tried[:2])
        tellings.note(c, number, tried[:100])
        tellings.note(c, number, tried[100:])
    overseer = administrators.at_the_machine(app)
    kept = [m["seq"] for m in tellings.listing(overseer, number)[1]]
    assert kept == list(reversed(range(30, tellings.KEPT + 30)))
    assert len(tellings.listing(overseer, other)[1]) == 2


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
def test_anything_but_two_hundred_is_not_taken_and_no_redirect_is_followed(
    app: App, receiver: Receiver, status: int
) -> None:
    number, _ = add(app, receiver.url)
    happen(app, 1)
    receiver.says = [status]
    assert tell(app) == 0
    assert hooks.one(app, number)["reply"] == f"HTTP {status}"
    assert receiver.got == []


def test_a_dead_address_holds_up_no_other_and_is_left_to_a_person_in_the_end(app: App, receiver: Receiver) -> None:
    dead, _ = add(app, f"http://{HERE}:1/hook")
    add(app, receiver.url)
    happen(app, 1)
    now = beats.real_now()
    for _ in range(24):
        tell(app, now)
        now += timedelta(hours=6)
    assert len(receiver.got) == 1
    row = hooks.one(app, dead)
    assert row["stopped_at"] is not None
    assert row["reply"] == "no answer: ConnectError"
    found = [f for f in reconcile.find(app, with_files=False) if f.kind == "webhook_stuck"]
    assert [f.row for f in found] == [dead]
    assert "arende webhook resume" in found[0].sentence.sv
    with pytest.raises(Forbidden):
        hooks.resume(app, "officer", dead, now)
    hooks.resume(app, "administrator", dead, now)
    with db.writing(app.engine) as c:
        c.execute(update(hooks.webhooks).where(hooks.webhooks.c.id == dead).values(url=receiver.url))
    assert tell(app, now) == 1, "nothing of what happened is lost"


def test_an_address_that_wants_no_more_is_told_no_more(app: App, receiver: Receiver) -> None:
    number, _ = add(app, receiver.url)
    happen(app, 1)
    receiver.says = [410]
    tell(app)
    assert hooks.one(app, number)["stopped_at"] is not None


def test_one_worker_at_a_time_tells_an_address_and_another_takes_over_from_the_dead(
    app: App, receiver: Receiver
) -> None:
    number, _ = add(app, receiver.url)
    happen(app, 1)
    now = beats.real_now()
    held = update(hooks.webhooks).values(lease_by="dead", lease_until=now + timedelta(minutes=1))
    with db.writing(app.engine) as c:
        c.execute(held)
    assert tell(app, now) == 0
    assert tell(app, now + timedelta(minutes=2)) == 1
    assert hooks.one(app, number)["lease_by"] is None


def test_a_removed_webhook_is_told_nothing(app: App, receiver: Receiver) -> None:
    number, _ = add(app, receiver.url)
    hooks.remove(app, "administrator", number, beats.real_now())
    happen(app, 1)
    assert tell(app) == 0
    for gone in (hooks.remove, hooks.resume):
        with pytest.raises(NotFound):
            gone(app, "administrator", number, beats.real_now())
    assert hooks.listing(app) == []


# ---------------------------------------------------------------- where nothing is sent


@pytest.mark.parametrize(
    "url",
    [
        "http://region.example/hook", "ftp://region.example/", "https:///x", "https://a:b@region.example/", "x",
        "https://region.example/#x", "https://region.example:0/", "https://region.example:99999/", "https://[::1/",
        "https://region.example/\r\nX: y", "https://region.example/ x", "file:///etc/passwd", "https://é.example/",
        "https://region.example\\@127.0.0.1/", "",
    ],
)  # fmt: skip
def test_an_address_that_nothing_may_be_sent_to_is_refused(app: App, url: str) -> None:
    with pytest.raises(Invalid):
        add(app, url)


def test_administrators_alone_add_and_a_kind_is_written_as_events_are(app: App) -> None:
    with pytest.raises(Forbidden):
        hooks.add(app, "officer", "x", "https://region.example/", [], beats.real_now())
    for name, kinds in (("", []), ("x", ["nonsense"]), ("x", ["case.*"]), ("x\ny", [])):
        with pytest.raises(Invalid):
            hooks.add(app, "administrator", name, "https://region.example/", kinds, beats.real_now())


@pytest.mark.parametrize("url", [
    "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "https://localhost/", "https://0.0.0.0/",
])  # fmt: skip
def test_nothing_is_sent_into_the_sites_own_network(engine: Engine, tmp_path: Path, app: App, url: str) -> None:
    strict = open_app(engine, tmp_path / "strict")
    news = News(uuid4(), "arende.webhook.test", "", "", 0, NOW)
    sent = asyncio.run(webhooks.send(strict, {"id": 1, "url": url, "key_id": strict.keys.current}, news))
    assert (sent.taken, "ARENDE_WEBHOOK_HOSTS" in sent.told) == (False, True)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("192.168.1.1", False), ("100.64.0.1", False),
        ("224.0.0.1", False), ("fe80::1", False), ("fd00::1", False), ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False), ("::ffff:10.0.0.1", False), ("255.255.255.255", False),
    ],
)  # fmt: skip
def test_which_addresses_are_of_the_open_internet(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


def test_a_host_that_is_no_longer_allowed_is_told_nothing(engine: Engine, app: App, receiver: Receiver) -> None:
    number, _ = add(app, receiver.url)
    happen(app, 1)
    strict = open_app(engine, app.settings.data_dir)
    assert tell(strict) == 0
    assert receiver.got == []
    assert hooks.one(app, number)["attempts"] == 1


def test_the_certificate_has_to_be_that_of_the_name(app: App, tmp_path: Path) -> None:
    theirs, trusted = _certificate(tmp_path, "localhost")
    others, _ = _certificate(tmp_path, "elsewhere.example")
    with listening(theirs) as right, listening(others) as wrong:
        add(app, right.url)
        stranger, _ = add(app, wrong.url)
        happen(app, 1)
        assert tell(app, trust=trusted) == 1
        assert [h["host"] for h, _ in right.got] == [right.url.split("/")[2]]
        assert wrong.got == []
        assert hooks.one(app, stranger)["reply"] == "no answer: ConnectError"


def _certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for a certificate of this name, and that of whoever believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    server.load_cert_chain(file)
    client.load_verify_locations(file)
    return server, client
