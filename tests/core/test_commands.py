"""A command takes no text that does not fit, and says so in sentences."""

import pytest
from pydantic import ValidationError

from arende import commands
from arende.errors import Invalid


def test_an_empty_text_is_told_in_a_sentence() -> None:
    with pytest.raises(Invalid) as told:
        commands.CorrectEvent(actor="officer", register_no="RS260001", seq=1, text=" \n")
    assert told.value.told() == ["Texten (text) är tom. Skriv vad det gäller."]
    assert told.value.told("en") == ["The text (text) is empty. Say what it is about."]


def test_a_text_that_is_too_long_is_told_with_its_length() -> None:
    with pytest.raises(Invalid, match="Texten är 20001 tecken; högst 20000 får plats"):
        commands.RemovePayload(actor="registrar", register_no="RS260001", seq=1, decision="x" * 20_001)


def test_a_text_in_another_encoding_is_told() -> None:
    with pytest.raises(Invalid, match="Skriv den i UTF-8"):
        commands.AddNote(actor="officer", register_no="RS260001", text="r\udcf6d")  # as a shell hands over Latin-1


def test_a_command_that_a_program_built_wrongly_is_no_refusal() -> None:
    with pytest.raises(ValidationError):
        commands.AddNote(actor="officer", register_no="RS260001", text="", colour="red")  # type: ignore[call-arg]  # a mistake of the caller is what is tested
