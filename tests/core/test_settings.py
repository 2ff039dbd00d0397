"""Settings come from the environment, and from nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from arende.errors import Invalid
from arende.settings import HIDDEN, SECRETS, Settings, read_settings, shown, without_passwords


def test_a_variable_becomes_a_value_of_the_right_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOME": "/srv/arende", "TRUST_HOME": "1", "WEB_PORT": "8080", "SMTP_PASSWORD": "x"}.items():
        monkeypatch.setenv(f"ARENDE_{name}", value)
    found = read_settings()
    assert (found.home, found.trust_home, found.web_port) == (Path("/srv/arende"), True, 8080)
    assert found.smtp_secret() == "x"
    assert "x" not in repr(found.smtp_password)


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARENDE_HOME", "")
    monkeypatch.setenv("ARENDE_WEB_PORT", "")
    assert read_settings() == Settings()
    assert read_settings().model_fields_set == set()


def test_what_makes_no_sense_is_refused_by_the_name_of_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARENDE_WEB_PORT", "many")
    monkeypatch.setenv("ARENDE_LANGUAGE", "de")
    with pytest.raises(Invalid) as e:
        read_settings()
    assert ["ARENDE_WEB_PORT" in s.sv or "ARENDE_LANGUAGE" in s.sv for s in e.value.sentences] == [True, True]
    assert "many" not in str(e.value)


def test_the_secret_of_a_file_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hemligt\n", encoding="utf-8")
    monkeypatch.setenv("ARENDE_SMTP_PASSWORD", "other")
    monkeypatch.setenv("ARENDE_SMTP_PASSWORD_FILE", str(tmp_path / "password"))
    assert read_settings().smtp_secret() == "hemligt"


def test_the_environment_does_not_reach_into_settings_made_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARENDE_WEB_PORT", "1")
    assert Settings().web_port == 8420


def test_links_and_mail_follow_the_ports_unless_they_are_set() -> None:
    moved = Settings(web_port=8421, mailbox_port=2526)
    assert (moved.base_url, moved.smtp_port, moved.mail_stays_here) == ("http://127.0.0.1:8421", 2526, True)
    own = Settings(smtp_host="mail.region.example", smtp_port=25, base_url="https://arende.region.example")
    assert (own.base_url, own.smtp_port, own.mail_stays_here) == ("https://arende.region.example", 25, False)


def test_what_is_shown_has_its_source_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "DATABASE_URL": "postgresql+psycopg://arende:hemligt@db/arende?sslpassword=hemligare&connect_timeout=5",
        "SMTP_PASSWORD": "hemligast",
        "IMAP_PASSWORD_FILE": "/run/secrets/imap",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"ARENDE_{name}", value)
    found = {s.variable.removeprefix("ARENDE_"): s for s in shown(read_settings(web_port=8500))}
    assert "hemlig" not in str(found)
    assert found["DATABASE_URL"].value == (
        f"postgresql+psycopg://arende:{HIDDEN}@db/arende?sslpassword={HIDDEN}&connect_timeout=5"
    )
    assert (found["SMTP_PASSWORD"].value, found["SMTP_PASSWORD"].secret) == (HIDDEN, True)
    assert (found["OIDC_CLIENT_SECRET"].value, found["OIDC_CLIENT_SECRET"].secret) == ("", True)
    assert found["IMAP_PASSWORD_FILE"].value == "/run/secrets/imap"
    assert {s: found[s].source for s in ("SMTP_PASSWORD", "WEB_PORT", "HOST")} == {
        "SMTP_PASSWORD": "environment", "WEB_PORT": "given", "HOST": "default",
    }  # fmt: skip


def test_every_secret_is_known_for_one() -> None:
    kinds = {name: str(field.annotation) for name, field in Settings.model_fields.items()}
    assert {name for name, kind in kinds.items() if "SecretStr" in kind} == SECRETS


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("postgresql://u:p@h/d", f"postgresql://u:{HIDDEN}@h/d"),
        ("postgresql://u:p%40@x:y@h/d", f"postgresql://u:{HIDDEN}@h/d"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("https://h/a?token=abc&x=1", f"https://h/a?token={HIDDEN}&x=1"),
        ("no address: a@b", "no address: a@b"),
    ],
)
def test_an_address_is_told_without_its_password(given: str, told: str) -> None:
    assert without_passwords(given) == told
