"""Use cases: one function per command, one module per noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arende.commands import Command
    from arende.work import UseCase


def use_case(kind: type[Command]) -> UseCase:
    """The function that carries out a kind of command."""
    return _table()[kind]


def _table() -> dict[type[Command], UseCase]:
    global _TABLE
    if not _TABLE:
        from arende import assignmentcommands, commands  # all of them: who only reads needs none
        from arende.usecases import (
            absences,
            answers,
            approvals,
            assignments,
            calendarlinks,
            cases,
            clock,
            consultations,
            correspondence,
            digest,
            documents,
            handovers,
            keptplans,
            meetings,
            operationalplans,
            planfollowups,
            post,
            questions,
            receiving,
            registry,
            reminding,
            removal,
            reporting,
            retrying,
            savedsearches,
            tasks,
            watching,
            withdrawals,
        )

        _TABLE = {
            commands.RegisterCase: cases.register_case,
            commands.Advance: cases.advance,
            commands.AssignCase: cases.assign_case,
            commands.AddNote: cases.add_note,
            commands.Relate: cases.relate,
            commands.CorrectEvent: cases.correct_event,
            commands.RemovePayload: removal.remove_payload,
            commands.DeclareConflict: cases.declare_conflict,
            commands.AddDocument: documents.add_document,
            commands.CompleteTask: tasks.complete_task,
            commands.DecideApproval: approvals.decide_approval,
            commands.AskAboutApproval: questions.ask_about_approval,
            commands.AnswerQuestion: questions.answer_question,
            commands.WithdrawApproval: withdrawals.withdraw_approval,
            commands.AnswerConsultation: consultations.answer_consultation,
            commands.WithdrawAnswer: consultations.withdraw_answer,
            commands.CloseConsultation: consultations.close_consultation,
            **answers.USE_CASES,
            **calendarlinks.USE_CASES,
            commands.FireDeadline: clock.fire_deadline,
            commands.SendDigest: digest.send_digest,
            commands.ReportDelivery: clock.report_delivery,
            commands.FileMail: correspondence.file_mail,
            commands.TriageMail: correspondence.triage_mail,
            commands.CheckRecord: correspondence.check_record,
            **retrying.USE_CASES,
            **meetings.USE_CASES,
            **post.USE_CASES,
            **registry.USE_CASES,
            **handovers.USE_CASES,
            **receiving.USE_CASES,
            **savedsearches.USE_CASES,
            **watching.USE_CASES,
            **absences.USE_CASES,
            **reminding.USE_CASES,
            **assignments.USE_CASES,
            **keptplans.USE_CASES,
            **operationalplans.USE_CASES,
            **planfollowups.USE_CASES,
            assignmentcommands.ReportAssignment: reporting.report_assignment,
        }
    return _TABLE


_TABLE: dict[type[Command], UseCase] = {}
