"""The history in words: every kind of event is told, in both languages, in whole sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from arende import definitions
from arende.casetypes import CaseType
from arende.casewords import titles_of
from arende.events import EventKind
from arende.timeline import _TELLERS, mentioned, particulars, told

FILE = Path(__file__).resolve().parents[2] / "states" / "declaration_of_intent.yaml"
NAMES = {"anna": "Anna Ek", "bo": "Bo Ask", "varberg": "Varbergs kommun", "hylte": "Hylte kommun", "finans": "Fi"}
ROUND = {"consultation": "alignment", "round": 1, "party": "varberg", "revision": 1, "late": False}

PAYLOADS: dict[str, tuple[dict[str, Any], str]] = {
    "case:registered": ({"fields": {}, "title": "T", "officer": "bo"},
                        "Anna Ek registrerade ärendet (avsiktsförklaring). Handläggare är Bo Ask."),
    "case:step:taken": ({"trigger": "revise", "from": "compiling", "to": "draft"},
                        "Anna Ek tog steget ”Ändra i sak”. Ärendet gick från Sammanställning till Utkast."),
    "case:step:seconded": ({"trigger": "sign", "from": "decided", "to": "signed", "seconded": True},
                           "Anna Ek ställde sig bakom steget ”Skriv under”. Fler behövs innan ärendet går vidare."),
    "case:reminded": ({"note": None}, "Anna Ek påminde dem som ärendet väntar på."),
    "case:assigned": ({"officer": "bo", "note": None}, "Anna Ek gav ärendet till Bo Ask."),
    "case:retitled": ({"from": "RS 2021-03-09", "to": "RS 2021-03-16"}, "Rubriken är nu ”RS 2021-03-16”."),
    "case:corrected": ({"corrects": 3, "text": "Rätt dag"}, "Anna Ek rättade händelse 3."),
    "case:payload:removed": ({"removed": 3, "decision": "RS § 3"},
                             "Anna Ek tog bort innehållet i händelse 3 med stöd av ett beslut."),
    "document:added": ({"document": "declaration", "version": 2, "record_no": 4, "name": "a.pdf",
                        "direction": "drawn_up"},
                       "Anna Ek lade till version 2 av avsiktsförklaring (handling 4)."),
    "relation:added": ({"kind": "basis", "other": "Strukturbild Halland"},
                       "Anna Ek kopplade ärendet till Strukturbild Halland (underlag)."),
    "conflict:declared": ({"reason": None}, "Anna Ek anmälde jäv och deltar inte i ärendet."),
    "task:completed": ({"task": 1, "act": "x", "title": {"sv": "Läs", "en": "Read"}, "comment": None},
                       "Anna Ek blev klar med uppgiften ”Läs”."),
    "approval:decided": ({"approval": "agenda_clearance", "act": "agenda_clearance", "role": "rsau_chair",
                          "decision": "approve", "comment": None},
                         "Anna Ek, RSAU:s ordförande, gav klartecken till att ta upp ärendet på sammanträdet."),
    "approval:handed_over": ({"approval": "signature", "round": 1, "from_person": "bo", "to_person": "anna"},
                             "Sista dagen gick utan svar. Begäran om underskrift gick över från Bo Ask till Anna Ek."),
    "approval:superseded": ({"approval": "signature", "round": 1},
                            "Texten ändrades. Begäran om underskrift gäller inte längre, och en ny har gått ut."),
    "approval:withdrawn": ({"approval": "signature", "round": 1, "act": "signature", "reason": "Fel bilaga."},
                           "Anna Ek tog tillbaka sitt svar: underskrift."),
    "approval:question:asked": ({"approval": "signature", "round": 1, "question": "Gäller det hela länet?"},
                                "Anna Ek ställde en fråga till handläggaren."),
    "approval:question:answered": ({"approval": "signature", "round": 1, "asked_by": "bo", "answer": "Ja."},
                                   "Anna Ek svarade på frågan från Bo Ask."),
    "consultation:ended": ({"consultation": "alignment", "how": "expired", "silent": ["hylte", "varberg"]},
                           ("Avstämningen har avslutats: sista dagen har gått. "
                           "Inget svar från Hylte kommun och Varbergs kommun.")),
    "answer:received": ({**ROUND, "stance": "supports"},
                        "Varbergs kommun svarade: ställer sig bakom. Registrerat av Anna Ek."),
    "answer:withdrawn": ({**ROUND, "before": "supports"},
                         ("Varbergs kommun tog tillbaka sitt ställningstagande (”ställer sig bakom”). "
                         "Registrerat av Anna Ek.")),
    "answer:extended": ({"consultation": "alignment", "party": "varberg", "until": "2020-11-02", "note": None},
                        "Anna Ek gav Varbergs kommun tid till 2 november 2020."),
    "answer:asked": ({**ROUND, "due_on": "2020-11-02"}, "Varbergs kommun tillfrågades, med sista dag 2 november 2020."),
    "answer:acknowledged": ({**ROUND, "party_ref": None},
                            "Varbergs kommun har tagit emot förfrågan. Registrerat av Anna Ek."),
    "answer:extension:asked": ({**ROUND, "until": "2020-11-02"},
                               "Varbergs kommun begärde tid till 2 november 2020. Registrerat av Anna Ek."),
    "answer:extension:refused": ({**ROUND, "reason": "Nej."}, "Anna Ek gav inte Varbergs kommun mer tid."),
    "answer:handed_in": ({**ROUND, "stance": "supports"},
                         ("Ett svar från Varbergs kommun kom in: ställer sig bakom. "
                          "Det räknas när registratorn har kontrollerat det.")),
    "answer:registered": ({**ROUND, "verified": "–"},
                          "Anna Ek kontrollerade svaret från Varbergs kommun; handläggaren avgör om det är komplett."),
    "answer:set_aside": ({**ROUND, "reason": "–"},
                         "Anna Ek lade åt sidan det som hade kommit in som svar från Varbergs kommun."),
    "answer:supplement:asked": ({**ROUND, "what": "–", "until": "2020-11-02"},
                                "Anna Ek bad Varbergs kommun komplettera sitt svar senast 2 november 2020."),
    "answer:accepted": (ROUND, "Anna Ek förde in det ändrade svaret från Varbergs kommun."),
    "answer:replied": ({**ROUND, "reply": "–"}, "Anna Ek bemötte svaret från Varbergs kommun."),
    "answer:removed": ({**ROUND, "reason": "–"}, "Anna Ek tog bort Varbergs kommun från omgången."),
    "deadline:fired": ({"deadline": "consultation:alignment", "step": "due", "due_on": "2020-10-14"},
                       "Sista dagen har gått: avstämningen."),
    "plan:dropped": ({"to": "rs", "meeting": "2020-10-14", "reason": "Ärendet vilar."},
                     "Anna Ek tog bort tidplanen till rs 14 oktober 2020. Ärendet vilar."),
    "plan:kept": ({"to": "rs", "meeting": "2020-10-14", "steps": [], "missed": [["Utkast", "Draft"]], "reason": None},
                  "Anna Ek lade en tidplan till rs 14 oktober 2020. 1 steg hinns inte."),
    "plan:imported": ({"version": 2, "record_no": 3, "counts": {"activity": 180, "uncertain": 12}, "base": None,
                       "encoding": "UTF-16"},
                      ("Anna Ek läste in version 2 av planen med 180 aktiviteter. 12 delar behöver ses över."
                       " Filen är läst som UTF-16: se efter att å, ä och ö är rätt.")),
    "plan:followed_up": ({"activity": "A17", "status": "done", "comment": None, "ends": None},
                         "Anna Ek följde upp aktivitet A17: klar."),
    "plan:case:tied": ({"activity": "A17", "other": "RS200001"}, "Anna Ek knöt RS200001 till aktivitet A17."),
    "deadline:recounted": ({"deadlines": [{"deadline": "state:draft", "from": "2020-10-14", "to": "2020-10-21"}],
                            "reason": "–"},
                           "Sista dagen räknades om: Utkast, från 14 oktober 2020 till 21 oktober 2020."),
    "delivery:failed": ({"mail": 1, "template": "referral", "recipient": "Hylte kommun", "reply": "550"},
                        "Mejlet till Hylte kommun gick inte att leverera."),
    "delivery:retried": ({"mail": 1, "template": "referral", "recipient": "Hylte kommun", "new_address": True},
                         "Mejlet till Hylte kommun sänds på nytt till en ny adress."),
    "mail:received": ({"mail": 1, "from": "a@hylte.example", "party": "hylte", "disposition": "incoming",
                       "records": [4, 5]},
                      "Ett mejl kom in från Hylte kommun (handlingar 4 och 5)."),
    "record:checked": ({"record_no": 4, "access": "public", "ground": None},
                       "Anna Ek sekretessprövade handling 4: offentlig."),
    "post:received": ({"from": "Anna", "party": "hylte", "about": "Yttrande", "arrived_on": "2020-10-14",
                       "kept_at": None, "records": [6]},
                      "Ett brev på papper kom in från Hylte kommun 14 oktober 2020 (handling 6)."),
    "case:voided": ({"reason": "Dubbelt."}, "Anna Ek makulerade numret."),
    "case:merged": ({"into": "RS200002", "reason": "Samma sak."}, "Anna Ek lät ärendet gå upp i RS200002."),
    "case:joined": ({"from": "RS200001"}, "RS200001 gick upp i det här ärendet."),
    "organisation:successor:named": ({"bodies": ["hylte"], "to": "bo", "on": "2023-01-01", "members": False,
                                      "planned": [], "remains": [{"register_no": "RS200002", "sv": "x", "en": "x"}]},
                                     ("Anna Ek förde in att Bo Ask tar över efter Hylte kommun från 1 januari 2023. "
                                      "Att göra klart för hand dessförinnan: RS200002.")),
    "organisation:handed_over": ({"bodies": ["hylte"], "to": "bo", "moved": ["RS200001"],
                                  "remains": [{"register_no": "RS200002", "sv": "Står på en dagordning.", "en": "x"}]},
                                 "Anna Ek förde över RS200001 till Bo Ask. Kvar att göra för hand: RS200002."),
    "case:handed_over": ({"from": "RS200009", "bodies": ["hylte"], "to": "bo", "fields": {}},
                         "Ärendet gick över till Bo Ask: organ som upphör är Hylte kommun (RS200009)."),
    "record:moved": ({"record_no": 4, "to": "RS200002", "reason": "Fel."},
                     "Anna Ek flyttade handling 4 till RS200002."),
    "record:taken": ({"from": "RS200001", "record_there": 4, "record_no": 2},
                     "Anna Ek flyttade hit handling 4 ur RS200001, här handling 2."),
    "agenda:changed": ({"change": "added", "item": 2, "heading": "Budget"}, "Anna Ek satte upp ”Budget”."),
    "attendance:retracted": ({"person": "bo", "what": "present", "reason": "Var på resa.", "uncalled": []},
                             "Närvaron för Bo Ask togs tillbaka. Var på resa."),
    "attendance:recorded": ({"person": "bo", "absent": True, "called": "anna"},
                            "Bo Ask har förhinder. Anna Ek kallas."),
    "item:conflict": ({"person": "bo", "item": 2}, "Bo Ask deltar inte i punkt 2 på grund av jäv."),
    "motion:recorded": ({"person": "bo", "item": 2, "kind": "reject"}, "Bo Ask yrkade på punkt 2."),
    "vote:recorded": ({"item": 2, "yes": 3, "no": 2, "result": "yes"},
                      "Omröstning på punkt 2: 3 ja, 2 nej. Utfall: ja."),
    "dissent:recorded": ({"person": "bo", "item": 2}, "Bo Ask reserverade sig mot beslutet på punkt 2."),
    "outcome:recorded": ({"item": 2, "heading": "Budget", "outcome": "approved"}, "”Budget”: bifall."),
    "section:approved": ({"sections": [44], "approved_on": "2021-03-10"}, "§ 44 justerades omedelbart."),
    "minutes:approved": ({"approved_on": "2021-03-25", "late_days": 1}, "Protokollet är justerat, 1 dag för sent."),
    "minutes:numbered": ({"sections": {"1": 44, "2": 45}}, "Protokollet fick §§ 44–45."),
    "notice:posted": ({"notice": 1, "appeal_last_day": "2021-04-06"},
                      "Anna Ek satte upp anslaget. Sista dag att överklaga är 6 april 2021."),
    "notice:removed": ({"notice": 1, "down_on": "2021-04-01", "early": True},
                       "Anslaget togs ned för tidigt, 1 april 2021."),
    "appeal:filed": ({"sections": [12, 14], "court_ref": None}, "§ 12, § 14 är överklagad."),
    "appeal:judged": ({"sections": [12], "ruling": "annulled"}, "Domstolen upphävde § 12."),
    "meeting:replanned": ({"cases": [{"case": "RS200001"}]}, "Följer med till en annan dag: RS200001."),
    "outcome:changed": ({"change": "Punkt 2 utgår."},
                        "Organet biföll med ändring: Punkt 2 utgår. Den lydelsen ska läggas in."),
    "promise:refused": ({"register_no": "RS200001"}, "Utfallet kunde inte föras in i RS200001."),
    "assignment:given": ({"number": 1, "what": "Utred kostnaden", "to_name": "Bo Ask", "report_on": "2021-03-01"},
                         "Uppdrag till Bo Ask: ”Utred kostnaden”, att återrapportera senast 1 mars 2021."),
    "assignment:moved": ({"number": 1, "to": "2021-05-03"},
                         "Anna Ek gav uppdrag 1 en ny dag för återrapport, 3 maj 2021."),
    "assignment:reported": ({"number": 1, "executed": False}, "Anna Ek återrapporterade uppdrag 1 som inte utfört."),
    "assignment:returned": ({"number": 1},
                            "Organet nöjde sig inte med återrapporten av uppdrag 1; det är kvar att göra."),
    "assignment:settled": ({"number": 1, "outcome": "withdrawn"}, "Uppdrag 1 är återkallat."),
}  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> CaseType:
    found = definitions.open_file(FILE).case_type
    assert found is not None
    return found


def event(kind: str, payload: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "actor": "anna", "on_behalf_of": None, "payload": payload, **more}


def test_no_kind_of_event_is_left_untold() -> None:
    assert set(_TELLERS) == set(get_args(EventKind)) == set(PAYLOADS)


@pytest.mark.parametrize("kind", PAYLOADS)
def test_each_kind_is_told_in_a_whole_sentence(kind: str, rules: CaseType) -> None:
    payload, expected = PAYLOADS[kind]
    said = told(event(kind, payload), rules, NAMES)
    assert said.sv == expected
    assert said.en.endswith(".")
    assert said.en != said.sv


def test_a_step_taken_by_itself_that_leads_nowhere_names_no_states(rules: CaseType) -> None:
    asked = event("case:step:taken", {"trigger": "submit", "from": "draft", "to": "draft", "by_itself": True})
    assert told(asked, rules, NAMES).sv.endswith("togs av sig självt.")


def test_a_hand_over_that_found_nothing_says_so(rules: CaseType) -> None:
    nothing = {"bodies": ["hylte"], "to": "bo", "moved": [], "remains": []}
    said = told(event("organisation:handed_over", nothing), rules, NAMES)
    assert said == ("Anna Ek förde över inget ärende till Bo Ask.", "Anna Ek moved no case to Bo Ask.")


def test_a_substitute_is_told_with_whom_they_represent(rules: CaseType) -> None:
    payload, _ = PAYLOADS["case:assigned"]
    said = told(event("case:assigned", payload, actor="hylte", on_behalf_of="anna"), rules, NAMES)
    assert said == ("Hylte kommun (för Anna Ek) gav ärendet till Bo Ask.",
                    "Hylte kommun (for Anna Ek) gave the case to Bo Ask.")  # fmt: skip


def test_a_party_that_answers_for_itself_is_not_also_named_as_the_one_who_filed(rules: CaseType) -> None:
    payload, _ = PAYLOADS["answer:received"]
    assert told(event("answer:received", payload, actor="varberg"), rules, NAMES).sv.endswith("ställer sig bakom.")


def test_a_changed_position_tells_both(rules: CaseType) -> None:
    said = told(event("answer:received", {**ROUND, "stance": "opposes", "before": "supports"}, actor="varberg"),
                rules, NAMES)  # fmt: skip
    assert (
        said.sv
        == "Varbergs kommun ändrade sitt ställningstagande från ”ställer sig bakom” till ”ställer sig inte bakom”."
    )


def test_a_removed_payload_is_told_as_removed(rules: CaseType) -> None:
    said = told(event("answer:received", None), rules, NAMES)
    assert said.sv == "Vad Anna Ek gjorde här är borttaget genom ett beslut; händelsen själv står kvar."
    assert particulars(event("answer:received", None), rules, NAMES) == []


def test_fields_are_told_in_words(rules: CaseType) -> None:
    payload = {
        "trigger": "propose_decision", "from": "compiling", "to": "awaiting_decision", "note": "Bråttom",
        "fields": {"decision_body": "rsau", "decision_date": "2020-11-02", "ministry": "finans"},
    }  # fmt: skip
    assert [(p.label.sv, p.value.sv) for p in particulars(event("case:step:taken", payload), rules, NAMES)] == [
        ("Beslutande organ", "RSAU, på delegation av regionstyrelsen"),
        ("Sammanträdet där saken beslutas", "2 november 2020"),
        ("Mottagande departement", "Fi"),
        ("Anteckning", "Bråttom"),
    ]


def test_an_answer_tells_its_body_day_and_section(rules: CaseType) -> None:
    payload = {**ROUND, "stance": "supports", "body": "Kommunstyrelsen", "decided_on": "2020-10-06", "section": "§ 12",
               "party_ref": "KS 1", "comment": None, "documents": [3, 4]}  # fmt: skip
    shown = {p.label.en: p.value.en for p in particulars(event("answer:received", payload), rules, NAMES)}
    assert shown == {"Body": "Kommunstyrelsen", "Decided on": "6 October 2020", "Section": "§ 12",
                     "The party's own number": "KS 1", "Records": "3, 4"}  # fmt: skip


@pytest.mark.parametrize(("step", "said"), [("due", ["Sista dag"]), ("remind", []), ("escalate", [])])
def test_the_day_of_a_reminder_is_not_told_as_the_last_day(rules: CaseType, step: str, said: list[str]) -> None:
    fired = event("deadline:fired", {"deadline": "state:draft", "step": step, "due_on": "2020-10-14"})
    assert [p.label.sv for p in particulars(fired, rules, NAMES)] == said


def test_parties_in_a_list_are_told_by_their_names(rules: CaseType) -> None:
    step = event("case:step:taken", {"trigger": "x", "fields": {"asked": ["varberg", "ln_halmstad"], "town": "hylte"}})
    assert {"varberg", "ln_halmstad", "hylte"} <= mentioned(step)


def test_a_reminder_of_a_task_names_it_where_its_title_is_known(rules: CaseType) -> None:
    fired = event("deadline:fired", {"deadline": "task:7.0", "step": "remind", "due_on": "2020-10-14"})
    task = {"seq": 7, "n": 0, "title": {"sv": "Sänd skrivelsen", "en": "Send the letter"}}
    assert told(fired, rules, titles_of([task])).sv == "Påminnelse gick ut: ”Sänd skrivelsen”."
    assert told(fired, rules, titles_of([task], "en")).en == "A reminder was sent: “Send the letter”."
    assert told(fired, rules, {}).sv == "Påminnelse gick ut: en uppgift."


def test_a_step_is_called_what_it_is_called_where_it_is_taken() -> None:
    meeting = definitions.open_file(FILE.with_name("meeting.yaml")).case_type
    assert meeting is not None
    payload = {"trigger": "close", "from": "notice_removed", "to": "closed", "fields": {}, "note": None}
    assert "tog steget ”Avsluta”. " in told(event("case:step:taken", payload), meeting, NAMES).sv
    payload["from"] = "minutes_approved"
    assert "tog steget ”Avsluta utan anslag”. " in told(event("case:step:taken", payload), meeting, NAMES).sv
