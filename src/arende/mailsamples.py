"""Invented data for every mail there is: with all that it may say, and with as little as it must.

So a clerk can look at a template before any case uses it, and a fault of it is found before a step is refused by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from arende import mailwords as m
from arende import phrases
from arende.comparison import Part
from arende.digestwords import Digest, Waiting
from arende.sampleenglish import in_english

CASE = m.CaseWords(
    register_no="RS200982",
    title="Avsiktsförklaring om regional fysisk planering i Hallands län",
    type="Avsiktsförklaring",
    state="Inför RSAU",
    url="http://127.0.0.1:8420/arenden/RS200982",
    authority="Region Halland",
    sender_name="Regionkontoret",
)
CONTACT = m.Contact(name="Alva Ek", title="handläggare", email="alva.ek@region.example")
DUE, SHORT = "onsdagen den 14 oktober 2020", "14 oktober"
BASE: dict[str, Any] = {"case": CASE, "recipient_name": "Bo Lind", "today": "onsdagen den 2 september 2020"}
OUT: dict[str, Any] = {**BASE, "recipient_name": "Finansdepartementet"}
PAPERS = ("Avsiktsförklaring (version 2)", "Bilagor till avsiktsförklaringen", "Missiv till kommunerna")
NOTE = "Bra, men behovet bör stå före underlaget.\nSe även min kommentar i texten."
ASKED: dict[str, Any] = {
    "act": "agenda_clearance",
    "proposal": "Att avsiktsförklaringen tas upp på RSAU:s sammanträde för avstämning.",
    "due": "fredagen den 21 augusti 2020",
    "due_short": "21 augusti",
    "if_nothing": "Om ingen svarar tas ärendet inte upp.",
    "link": "http://127.0.0.1:8420/b/LANKEN",
}
GIVEN = (
    m.Given(title="Utfall", value="uppdraget infört i lag"),
    m.Given(title="Vad utfallet bygger på", value="Prop. 2021/22:184; i kraft den 1 januari 2023"),
)
PARTY: dict[str, Any] = {
    "party": "Falkenbergs kommun",
    "answer_address": "arende+RS200982@region.example",
    "contact": CONTACT,
}
STEP: dict[str, Any] = {
    "step": "För in utfallet",
    "contact": CONTACT,
    "note": NOTE,
    "given": GIVEN,
    "documents": PAPERS,
    "decided": m.Decided(body="Regionstyrelsen", date="8 september 2020", section="§ 87"),
    "regime": "administrative_appeal",
    "due": DUE,
    "due_short": SHORT,
}
MEETING: dict[str, Any] = {
    "body": "Regionstyrelsens arbetsutskott",
    "when": "tisdagen den 15 september 2020 klockan 09.00–12.00",
    "day_short": "15 september",
    "place": "Regionens hus, Halmstad",
    "items": ("Val av justerare", "Regional fysisk planering"),
    "changes": ("Tillkommer: Regional fysisk planering",),
    "reason": "Beslutet behövs före den 20 september.",
    "documents": ("Dagordning",),
    "contact": CONTACT,
}
MOVED: dict[str, Any] = {
    "body": "Regionstyrelsens arbetsutskott",
    "before": "tisdagen den 15 september 2020",
    "day": "tisdagen den 22 september 2020",
    "reason": "RSAU:s sammanträde flyttas från den 2020-09-15 till den 2020-09-22 (MRSAU200003): Lokalen är upptagen.",
    "changes": ("Handlingar in till RSAU: från den 1 september 2020 till den 8 september 2020, 5 arbetsdagar senare.",),
    "too_late": ("Handlingar in till RSAU (senast 2020-09-08)",),
    "choose": True,
}
APPEAL = phrases.appeal_words("legality_review", 3)
COURT = "Förvaltningsrätten i Göteborg"


WAITING = Waiting(
    register_no="RS200982",
    title=CASE.title,
    what="Klartecken: Att avsiktsförklaringen tas upp på RSAU:s sammanträde för avstämning.",
    due="fredagen den 21 augusti 2020",
    overdue=True,
    link="http://127.0.0.1:8420/b/LANKEN_FYLLS_I_NAR_MEJLET_SANDS.0",
    asked=True,
)
TASK = replace(
    WAITING, what="Sänd ut till kommunerna", overdue=False, asked=False, link="http://127.0.0.1:8420/cases/RS200982"
)
SECRET = replace(WAITING, register_no="RS200983", title=None, what="Underskrift", due=None, overdue=False)


def full() -> dict[str, m.MailContext | Digest]:
    """Every template with everything it may say."""
    steps = {
        name: m.StepMail(
            **(BASE if name in ("notice", "policy_document_expiring") else OUT), **STEP, appeal=APPEAL, court=COURT
        )
        for name, kind in m.OCCASIONS.items()
        if kind is m.StepMail
    }
    return {
        "task_assigned": m.TaskAssigned(
            **BASE,
            task="Granska avsiktsförklaringen",
            due="fredagen den 21 augusti 2020",
            due_short="21 augusti",
            by="Alva Ek",
            note=NOTE,
            help="Den som skrev utkastet får inte själv sända det vidare.",
        ),
        "approval_request": m.ApprovalRequest(
            **BASE,
            **ASKED,
            why="Ärendet är färdigt för sammanträdet den 8 september.",
            next="Ärendet sätts upp på dagordningen. Vad RSAU kommer fram till förs in av sekreteraren efter mötet.",
            authority="Ordförandens beredning av utskottets sammanträde",
            by="Alva Ek",
            documents=PAPERS,
            behalf="Ida Berg",
            anew=True,
            changes=(
                m.Change(
                    title="Avsiktsförklaring",
                    before="version 1",
                    now="version 2",
                    passages=(
                        (
                            Part("same", "Behovet av en regional fysisk planering"),
                            Part("gone", "är stort"),
                            Part("new", "har ökat sedan 2016"),
                            Part("same", "i hela länet, särskilt längs kusten"),
                        ),
                    ),
                ),
                m.Change(title="Bilagor till avsiktsförklaringen", before=None, now="version 1"),
            ),
        ),
        "approval_reminder": m.ApprovalReminder(**BASE, **ASKED, overdue=True),
        "question_answered": m.QuestionAnswered(
            **BASE, **ASKED, question="Gäller det hela länet?", answer="Ja.\nSe bilaga 2.", by="Alva Ek"
        ),
        "approval_handed_over": m.ApprovalHandedOver(
            **BASE,
            **ASKED,
            from_name="Ida Berg",
            next="Ärendet sätts upp på dagordningen.",
            authority="Ordförandens beredning av utskottets sammanträde",
            documents=PAPERS,
        ),
        "approval_settled": m.ApprovalSettled(**BASE, act="agenda_clearance", outcome="yes"),
        "mention": m.Mention(**BASE, by="Ida Berg"),
        "approval_stood_in": m.ApprovalStoodIn(
            **BASE, act="agenda_clearance", proposal=ASKED["proposal"], by_name="Ida Berg", late=True
        ),
        "referral": m.Referral(
            **BASE,
            **PARTY,
            kind="alignment",
            concerns="Region Hallands avsiktsförklaring om regional fysisk planering",
            due=DUE,
            due_short=SHORT,
            documents=PAPERS,
            extendable=True,
            anew=True,
            changes=(m.Change(title="Förslaget", before="version 1", now="version 2"),),
            link="https://arende.example/svar/x",
        ),
        "referral_receipt": m.ReferralReceipt(
            **BASE,
            party="Falkenbergs kommun",
            contact=CONTACT,
            stance="ställer sig bakom med synpunkter",
            received=DUE,
            record_no=7,
            late=True,
        ),
        "referral_reminder": m.ReferralReminder(
            **BASE,
            **PARTY,
            kind="alignment",
            due=DUE,
            due_short=SHORT,
            overdue=True,
            link="https://arende.example/svar/x",
        ),
        "referral_late_internal": m.ReferralLateInternal(
            **BASE,
            silent=("Hylte kommun", "Laholms kommun"),
            asked=6,
            answered=4,
            due=DUE,
            next="Ärendet har gått vidare till sammanställning.",
        ),
        "extension_answer": m.ExtensionAnswer(
            **BASE, **PARTY, granted=True, due=DUE, due_short=SHORT, reason="Kommunstyrelsen sammanträder den 13."
        ),
        "answer_notice": m.AnswerNotice(
            **BASE, **PARTY, what="supplement", reason="Skriv vilket organ som beslutade.", due=DUE, due_short=SHORT
        ),
        "position_changed": m.PositionChanged(
            **BASE,
            party="Falkenbergs kommun",
            old="ställer sig bakom",
            new="ställer sig inte bakom",
            received=DUE,
            comment=NOTE,
        ),
        "delivery_failure": m.DeliveryFailure(
            **BASE,
            to="Falkenbergs kommun",
            address="registrator@falkenberg.example",
            subject_sent="[RS200982] Kommunens ställningstagande senast 14 oktober",
            reply="550 5.1.1 Mailbox unavailable",
        ),
        "reply_receipt": m.ReplyReceipt(
            **BASE,
            act="agenda_clearance",
            did="gav klartecken",
            comment=NOTE,
            received=DUE,
            take_back="https://arende.example/b/x",
        ),
        "reply_held": m.ReplyHeld(
            **BASE, act="signature", why=("Svaret var tomt.", "Börja med ett ord."), link="https://arende.example/b/x"
        ),
        "mail_received": m.MailReceived(**BASE, sender="Hylte kommun", subject_received="Svar på remiss"),
        "deadline_reminder": m.DeadlineReminder(
            **BASE,
            what="Chefsgranskning",
            due=DUE,
            due_short=SHORT,
            overdue=True,
            ground="KL 13:5",
            if_nothing="Om inget händer får Ida Berg veta det.",
        ),
        "deadline_escalated": m.DeadlineEscalated(
            **BASE, what="Chefsgranskning", due=DUE, waited_for="chef på regionkontoret", ground="KL 13:5"
        ),
        "minutes_check_late": m.MinutesLate(
            **BASE,
            body=MOVED["body"],
            held=MOVED["before"],
            last_day="tisdagen den 29 september 2020",
            waits_for=("Bo Lind", "Alva Ek"),
            late=True,
        ),
        "appeal_time_passed": m.AppealTimePassed(
            **BASE,
            body=MOVED["body"],
            sections="§§ 87, 88",
            up="onsdagen den 16 september 2020",
            last_day="onsdagen den 7 oktober 2020",
        ),
        "replanned": m.Replanned(**BASE, **MOVED),
        **{name: m.Summons(**BASE, **MEETING) for name, kind in m.OCCASIONS.items() if kind is m.Summons},
        "secrecy": m.MailContext(**BASE),
        "digest": Digest(
            recipient_name="Bo Lind",
            today="onsdagen den 2 september 2020",
            today_short="2 september",
            authority="Region Halland",
            url="http://127.0.0.1:8420/cases",
            overdue=(WAITING,),
            coming=(TASK, SECRET),
            more=True,
        ),
        **steps,
    }


def bare() -> dict[str, m.MailContext | Digest]:
    """The same with every optional value left out, but the appeal of a decision, which is never optional."""
    least: dict[str, m.MailContext | Digest] = {}
    for name, context in full().items():
        optional: dict[str, Any] = {
            f.name: f.default for f in context.__dataclass_fields__.values() if f.default.__class__ in _PLAIN
        }
        if name == "dispatch":
            optional.pop("appeal")
        least[name] = replace(context, **optional)
    return least


def of(name: str, fields: Mapping[str, Any], language: str = "sv") -> m.MailContext | Digest:
    """What to show a mail with; one of the home's own that no occasion has gets what a step's mail gets.

    In English the program's words and days are English; what people wrote stays as they wrote it, as in a real mail.
    """
    shown = full().get(name) or full()["notice"]
    if language == "en":
        shown = in_english(shown)
    if isinstance(shown, Digest):
        return shown
    return replace(shown, case=replace(shown.case, fields=dict(fields)))


_PLAIN = (type(None), bool, tuple)
