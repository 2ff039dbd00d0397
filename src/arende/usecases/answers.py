"""Which function carries out each command on a party's answer."""

from __future__ import annotations

from arende import answercommands as a
from arende.commands import Command, ExtendAnswer
from arende.usecases import compiling, consultations, extensions, handing_in, partychanges, verifying
from arende.work import UseCase

USE_CASES: dict[type[Command], UseCase] = {
    ExtendAnswer: extensions.extend_answer,
    a.AskExtension: extensions.ask_extension,
    a.RefuseExtension: extensions.refuse_extension,
    a.AcknowledgeAnswer: verifying.acknowledge_answer,
    a.HandInAnswer: handing_in.hand_in_answer,
    a.RegisterAnswer: verifying.register_answer,
    a.AcceptAnswer: verifying.accept_answer,
    a.AskSupplement: verifying.ask_supplement,
    a.SetAsideAnswer: verifying.set_aside_answer,
    a.ReplyToAnswer: verifying.reply_to_answer,
    a.RemoveParty: partychanges.remove_party,
    a.AddParty: partychanges.add_party,
    a.CompileAnswers: compiling.compile_answers,
    a.RecordPositions: consultations.record_positions,
}
