"""``arende mail parse`` shows how a mail is read, by the code that takes mail in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REPLIES = Path(__file__).resolve().parents[1] / "data" / "replies"


def arende(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "arende.cli", *words], input=given, capture_output=True, check=False)


def read(*words: str, given: bytes = b"") -> Any:
    done = arende("mail", "parse", *words, "--json", given=given)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_one_file_gives_one_object() -> None:
    assert read(str(REPLIES / "sv02.eml")) == {
        "kind": "reply",
        "decision": "reject",
        "comment": "Underlaget saknar kostnadsberäkning.",
        "held_reason": None,
    }


def test_several_files_give_a_list_in_their_order() -> None:
    told = read(str(REPLIES / "sv12.eml"), "-", str(REPLIES / "sv01.eml"), given=(REPLIES / "sv04.eml").read_bytes())
    assert [one["decision"] for one in told] == [None, "return", "approve"]
    assert told[0]["held_reason"] == "no_word"


def test_as_text_it_says_why_nothing_is_decided() -> None:
    done = arende("mail", "parse", str(REPLIES / "sv12.eml"))
    assert "börjar med ett beslutsord" in done.stdout.decode()
    assert (
        "begin with a decision word"
        in arende("--lang", "en", "mail", "parse", str(REPLIES / "sv12.eml")).stdout.decode()
    )


def test_a_file_that_cannot_be_read_is_a_sentence() -> None:
    done = arende("mail", "parse", str(REPLIES / "missing.eml"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert "går inte att läsa" in done.stderr.decode()


def test_anything_is_read_without_a_fault() -> None:
    assert read("-", given=b"")["held_reason"] == "no_text"
    assert read("-", given=bytes(range(256)) * 50)["decision"] is None
