"""Replies of the usual mail programs are understood; everything that is no clear decision is held."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from arende.mailread import grammar
from arende.mailread.held import SENTENCES, Held
from arende.mailread.trimmer import Trimmed
from arende.mailread.understanding import understand

REPLIES = Path(__file__).resolve().parents[1] / "data" / "replies"
EXPECTED: dict[str, dict[str, Any]] = json.loads((REPLIES / "expected.json").read_text(encoding="utf-8"))


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_reply_is_read_as_its_writer_meant_it(name: str) -> None:
    expected = EXPECTED[name]
    read = understand((REPLIES / name).read_bytes())
    assert (read.kind, read.decision) == ("reply", expected["decision"])
    assert (read.held_reason is None) == (read.decision is not None)
    assert folded(read.text) == folded(expected["text"])
    allowed = {folded(expected["comment"]), folded(expected["comment"].removesuffix(expected.get("sign_off", "")))}
    assert folded(read.comment) in allowed


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("FRÅGA Vad kostar det?", "Vad kostar det?"),
        ("Fråga: Vad kostar det?", "Vad kostar det?"),
        ("*Question* what does it cost, approved or not?", "what does it cost, approved or not?"),
        ("fraga  Gäller det hela länet?\n\nMvh Bo", "Gäller det hela länet?\n\nMvh Bo"),
    ],
)
def test_a_question_needs_no_separator_since_it_decides_nothing(text: str, comment: str) -> None:
    assert grammar.decide(Trimmed(text, "", "", False)) == (None, comment, Held.QUESTION)


@pytest.mark.parametrize("text", ["Frågan är om vi godkänner.", "Godkänn inte", "Fråganinte", "En fråga: hur?"])
def test_a_word_that_only_looks_like_a_question_is_none(text: str) -> None:
    assert grammar.decide(Trimmed(text, "", "", False)).held_reason is Held.NO_WORD


def test_every_reason_has_a_sentence_for_the_sender() -> None:
    assert set(SENTENCES) == set(Held)
    for told in SENTENCES.values():
        assert told.sv.endswith(".")
        assert told.en.endswith(".")
