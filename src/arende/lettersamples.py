"""Invented data for every letter there is, so that a clerk can look at a template before any case uses it.

What a letter knows is invented here as it is in a case: all its values, long ones too. A home's own template is shown
with the data of a letter of a case; a field of its own that the sample lacks is told as missing, which it then is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from arende import plansamples
from arende.letters import Head
from arende.letterwords import AppealWords, Enclosed, LetterCase, LetterWords
from arende.mailwords import Contact, Decided, Given
from arende.markdown import Prose

DAY = date(2026, 11, 20)
FOOT = ("Region Exempel", "Org.nr 232100-0000", "registrator@region.example", "region.example")
HEAD = Head(
    authority="Region Exempel",
    day=DAY,
    register_no="RS260017",
    unit="Regionstyrelsen",
    contact="Vid frågor, kontakta Anna Exempel, handläggare, e-post: anna@region.example.",
    foot=FOOT,
)

_TEXT = Prose(
    "Regionen vill ta ett samlat ansvar för den fysiska planeringen. I dag planerar sex kommuner var för sig, trots "
    "att arbetsmarknad, kollektivtrafik och vattenförsörjning är gemensamma.\n\n"
    "Det handlar i första hand om\n\n"
    "1. bostäder och verksamheter i lägen där kollektivtrafiken redan finns,\n"
    "2. dricksvatten, där två av de största täkterna delas av tre kommuner,\n"
    "3. mark för energi och transporter.\n\n"
    "Ett regionalt underlag ersätter inte kommunernas översiktsplaner. Det ger dem en gemensam utgångspunkt."
)
_FIELDS: Mapping[str, Any] = {
    "text": _TEXT,
    "proposal": Prose(
        "Regionstyrelsen beslutar\n\n1. att ställa sig bakom avsiktsförklaringen, och\n"
        "2. att ge regiondirektören i uppdrag att sända den till Finansdepartementet."
    ),
    "summary": "Regionen vill ta ett samlat ansvar för den fysiska planeringen. Tre av fyra kommuner har svarat.",
    "background": "Strukturbilden visar att arbetsmarknaden har vuxit över kommungränserna.",
    "intent": "Regionen avser att söka uppdraget att vara planeringsorgan enligt 7 kap. plan- och bygglagen.",
    "need": "Arbetsmarknaden, kollektivtrafiken och vattnet följer inte kommungränserna.",
    "intermunicipal": "Stråken mellan centralorterna och den gemensamma vattenförsörjningen.",
    "consequences": "Uppdraget ryms inom beslutad ram.",
    "reasons": "Ansökan uppfyller villkoren. Orten saknar annan dagligvaruhandel inom 20 kilometer.",
    "conditions": "Stödet betalas ut mot redovisade kostnader, senast den 31 december 2027.",
    "provisions": "8 och 16 §§ förordningen (2000:284) om stöd till kommersiell service.",
    "decision_text": "Region Exempel beviljar ett bidrag med 125 000 kronor.",
    "decision_no": "7/2026",
    "decision_body": "regionstyrelsen",
    "decision_date": "9 december 2026",
    "delegation_point": "3.2",
    "dismissal_point": "1.9",
    "mandate_ref": "regionstyrelsen 2023-01-25 § 12",
    "urgency": "Svarstiden går ut den 27 november 2026, före nästa sammanträde.",
    "extra_meeting": "Ett extra sammanträde hinner inte kallas med rimlig tid att läsa handlingarna.",
    "next_meeting": "9 december 2026",
    "amount": "125000",
    "applicant": "Handelsboden i Exempelby ekonomisk förening",
    "support_form": "stöd till kommersiell service",
    "outcome": "ansökan beviljas",
    "abolished": "Lokal nämnd Ekby, Lokal nämnd Granby",
    "successor": "regionstyrelsens beredning för social hållbarhet",
    "term_ends": "31 december 2026",
    "ministry": "Finansdepartementet",
    "ministry_ref": "Fi2026/01234",
    "concerns": "betänkandet Planering över gränser (SOU 2026:99)",
    "stance": "tillstyrker med synpunkter",
    "period": "2027–2030",
    "extract_body": "regionfullmäktige",
    "extract_date": "9 december 2026",
    "extract_section": "§ 145",
    "extract_text": Prose("Regionfullmäktige antar programmet, som gäller från den 1 januari 2027."),
    "purpose": "Parterna ersätter varandra för hemsjukvård enligt en och samma modell.",
    "undertakings": Prose("- Regionen svarar för läkare.\n- Kommunerna svarar för sjuksköterskor."),
    "costs": "Ersättningen räknas upp varje år med konsumentprisindex.",
    "validity": "Den 1 januari 2027–31 december 2030. Uppsägningstiden är tolv månader.",
    "records": "två protokoll från 2019",
    "secrecy_ground": "25 kap. 1 § offentlighets- och sekretesslagen",
    "correction_wrong": "12 500 kronor",
    "correction_right": "125 000 kronor",
    "correction_why": "En nolla föll bort när beslutet skrevs. Av skälen framgår att hela kostnaden beviljas.",
    "recipients": "Exempelby kommun, Länsstyrelsen i Exempel",
    "appellant": "Föreningen Exempelbygden",
    "served_on": "5 oktober 2026",
    "appeal_came": "9 november 2026",
    "in_time": "i rätt tid",
    "dismissal_reasons": "Föreningen fick del av beslutet den 5 oktober 2026. Tiden för att överklaga gick ut den 26 "
    "oktober. Överklagandet kom in den 9 november, alltså för sent. Vi hade upplyst om rätt tid och rätt domstol.",
}
_OF_ANOTHER_OCCASION: Mapping[str, tuple[str, ...]] = {
    "cover_letter": ("basis",),
    **dict.fromkeys(("grant_correction", "delegated_correction", "disclosure_correction"), ("dismissal_point",)),
}
"""Fields a letter heeds at an occasion that is not the one it is shown at: what an agreement is to cover, and that a
late appeal has been dismissed."""
_OF_ONE: Mapping[str, Mapping[str, Any]] = {
    "chair_decision": {
        "decision_text": "Region Exempel yttrar sig enligt bilagan.",
        "reasons": "Den nya tidtabellen förlänger resan med tolv minuter för dem som pendlar till Ekby.",
    },
    "disclosure_decision": {
        "decision_text": "Region Exempel avslår begäran.",
        "reasons": "Protokollen har uppgifter om enskildas hälsa. Det står inte klart att de kan lämnas ut utan men.",
    },
    "disclosure_correction": {
        "decision_text": "Region Exempel avslår begäran.",
        "reasons": "Protokollen har uppgifter om enskildas hälsa. Det står inte klart att de kan lämnas ut utan men.",
        "correction_wrong": "21 kap. 1 § offentlighets- och sekretesslagen",
        "correction_right": "25 kap. 1 § offentlighets- och sekretesslagen",
        "correction_why": "Kapitlets nummer blev fel när beslutet skrevs. Av skälen framgår vilket som avses.",
    },
    "appeal_transmittal": {"appeal_came": "20 oktober 2026"},
    "state_application": {
        "concerns": "regional kulturverksamhet",
        "text": Prose("Kulturplanen för 2027–2030 är regionens ansökan. Planen är bifogad."),
        "reasons": "Planen är framtagen i samverkan med länets kommuner och i samråd med det fria kulturlivet.",
    },
    "letter": {
        "addressed_to": "De lokala nämndernas samverkansparter",
        "sender": "Regionstyrelsen",
        "contact": "Anna Exempel, handläggare, anna@region.example",
        "subject": "Så förändras samverkan när de lokala nämnderna avvecklas",
    },
    "minutes_extract": {"extract_body": "Regionfullmäktige"},
}
"""What differs from the common invention, where a letter of another kind would tell something that cannot be."""
_TITLES = {
    "letter": "Så förändras samverkan när de lokala nämnderna avvecklas",
    "official_statement": "Avsiktsförklaring om regional fysisk planering",
    "declaration": "Avsiktsförklaring om regional fysisk planering i Exempels län",
    "cover_letter": "Avstämning av avsiktsförklaring om regional fysisk planering",
    "transmittal_letter": "Avsiktsförklaring om regional fysisk planering",
    "chair_decision": "Yttrande över förslag till ny tidtabell på västra stambanan",
    "delegated_decision": "Bidrag till digitalt laborativt centrum",
    "state_application": "Ansökan om statliga medel till regional kulturverksamhet",
    "notification": "De lokala nämnderna upphör",
    "agreement": "Hemsjukvårdens ersättningsmodell",
    "minutes_extract": "Trafikförsörjningsprogram 2027–2030",
    "grant_decision": "Stöd till Handelsboden i Exempelby",
    "appeal_dismissal": "Begäran att få ta del av två protokoll från 2019",
    "appeal_transmittal": "Begäran att få ta del av två protokoll från 2019",
    "grant_correction": "Stöd till Handelsboden i Exempelby",
    "delegated_correction": "Bidrag till digitalt laborativt centrum",
    "disclosure_correction": "Begäran att få ta del av två protokoll från 2019",
}
_TO = {
    "grant_decision": _FIELDS["applicant"],
    "grant_correction": _FIELDS["applicant"],
    "delegated_correction": _FIELDS["applicant"],
    "disclosure_decision": "Sökanden",
    "disclosure_correction": "Sökanden",
    "appeal_dismissal": _FIELDS["appellant"],
    "appeal_transmittal": "Kammarrätten i Exempelstad",
    "transmittal_letter": "Finansdepartementet",
    "opinion": "Finansdepartementet",
    "state_application": "Den statliga myndigheten",
    "notification": "Föreningen Exempelbygden",
}
_PARTIES = (
    ("Ekby kommun", "ställer sig bakom", "Kommunstyrelsen, 2026-10-06, § 141", "KS 2026/311", None, None),
    ("Granby kommun", "ställer sig bakom med synpunkter", "Kommunstyrelsen, 2026-10-13, § 98", "KS 2026-77",
     "Kommunen vill att samspelet med översiktsplanerna beskrivs tydligare, särskilt för kusten.",
     "Avsnitt 4 har förtydligats."),
    ("Havsby kommun", "ställer sig inte bakom", "Kommunfullmäktige, 2026-09-28, § 61", "KF 26:12",
     "Planeringen bör även i fortsättningen vara en kommunal fråga.", "Synpunkten redovisas för regionstyrelsen."),
    ("Lundby kommun", None, None, None, None, None),
)  # fmt: skip


def _answer(row: tuple[str | None, ...]) -> dict[str, Any]:
    party, stance, body, ref, comment, reply = row
    return {
        "party": party, "stance": stance, "counts": stance is not None, "silent": stance is None, "awaited": False,
        "status": None, "body": body, "decided_on": None, "section": None, "party_ref": ref,
        "received": "2026-10-14" if stance else None, "records": [4] if stance else [], "late": False,
        "comment": comment, "reply": reply,
    }  # fmt: skip


ROUND = {
    "round": "Avstämning", "title": "Avstämning av avsiktsförklaring om regional fysisk planering",
    "asked_on": "onsdagen den 2 september 2026", "due": "onsdagen den 14 oktober 2026", "open": False, "reason": None,
    "counts": ["ställer sig bakom: 1", "ställer sig bakom med synpunkter: 1", "ställer sig inte bakom: 1"],
    "silent": ["Lundby kommun"], "awaited": [], "answers": [_answer(p) for p in _PARTIES], "today": "20 november 2026",
}  # fmt: skip


DISCLOSED = ("disclosure_decision", "disclosure_correction", "appeal_dismissal", "appeal_transmittal")
"""Letters shown with a request for records, whose decisions the administrative court of appeal tries (OSL 6:8)."""
CORRECTED = ("grant_correction", "delegated_correction", "disclosure_correction")
"""Letters of decisions with a slip mended, which are appealed by administrative appeal."""


def of_case(name: str, own: Mapping[str, Any] | None = None) -> LetterWords:
    """What a letter of a case knows; ``own`` are samples of fields that the installation's case types have."""
    regime = "administrative_appeal" if name in (*DISCLOSED, *CORRECTED, "grant_decision") else "legality_review"
    left_out = _OF_ANOTHER_OCCASION.get(name, ())
    return LetterWords(
        case=LetterCase(
            register_no=HEAD.register_no,
            title=_TITLES.get(name, "Avsiktsförklaring om regional fysisk planering"),
            type="Avsiktsförklaring",
            state="Inför beslut",
            fields={k: v for k, v in {**(own or {}), **_FIELDS, **_OF_ONE.get(name, {})}.items() if k not in left_out},
        ),
        authority=HEAD.authority,
        unit=HEAD.unit,
        today="20 november 2026",
        recipients=(_TO.get(name, "Kommunerna i Exempels län"),),
        contact=Contact(name="Anna Exempel", title="handläggare", email="anna@region.example"),
        by="Bo Exempel",
        by_title="enhetschef",
        step="Expediera",
        note="En anteckning.",
        given=(Given(title="Sista dag", value="14 oktober 2026"),),
        documents=(
            Enclosed(title="Avsiktsförklaring", record_no=3, added="2026-08-14", key="declaration"),
            Enclosed(title="Sammanställning av svar", record_no=9, added="2026-10-21", key="compilation"),
        ),
        rounds=(ROUND,),
        decision=Decided(body="Regionstyrelsen", date="9 december 2026", section="§ 145"),
        appeal=AppealWords(
            text=regime,
            weeks=3,
            weeks_in_words="tre veckor",
            in_words="Beslutet kan överklagas.",
            court="Kammarrätten i Exempelstad" if name in DISCLOSED else "Förvaltningsrätten i Exempelstad",
            court_address="Domstolsgatan 1, 123 45 Exempelstad",
            our_address="registrator@region.example",
        ),
        answer_by="fredagen den 15 januari 2027",
        asked_for="alignment",
        answer_address="arende@region.example",
        signed_on="20 november 2026",
        relations=(Given(title="Underlag", value="Strukturbild Exempel"),),
    )


_FRAME = {
    "body": "Regionstyrelsens arbetsutskott", "body_low": "regionstyrelsens arbetsutskott",
    "body_possessive": "regionstyrelsens arbetsutskotts", "register_no": "MRSAU260009",
    "when": "onsdagen den 9 december 2026 klockan 09.00–12.00", "place": "Regionens hus, rum Sjön",
    "today": "20 november 2026", "meeting": "sammanträde",
}  # fmt: skip
_ITEM: dict[str, Any] = {
    "section_no": 145, "heading": "Avsiktsförklaring om regional fysisk planering", "cases": ["RS260017"],
    "outcome": "Bifall med ändring", "own_words": False, "position": "Ställer sig bakom förslaget med ändring",
    "decision": "1. Avsiktsförklaringen antas.\n2. Avsnitt 4 kompletteras.",
    "proposal": "Avsiktsförklaringen antas.", "conflicts": ["Karin Exempel"], "late": False, "motive": None,
    "motions": [{"name": "Per Exempel", "text": "Avsnitt 4 kompletteras med kustens behov."}],
    "votes": [{"question": {"yes": "bifalla yrkandet", "no": "avslå det"}, "yes": 3, "no": 2, "abstain": 0,
               "settled_by": None,
               "voted": [("Ja röstar", ["Eva Exempel", "Per Exempel", "Ali Exempel"]),
                         ("Nej röstar", ["Sara Exempel", "Bo Exempel"])]}],
    "assignments": [{"to_name": "Regiondirektören", "what": "Sänd avsiktsförklaringen till departementet.",
                     "day": "31 januari 2027"}],
    "dissents": [{"name": "Sara Exempel", "text": "Planeringen är en kommunal fråga."}], "immediate_on": None,
}  # fmt: skip
_PLAIN_ITEM = {**_ITEM, "section_no": 146, "heading": "Mål och budget 2027", "cases": [], "outcome": "Återremiss",
               "position": "Tillbaka för mer underlag",
               "decision": None, "proposal": None, "conflicts": [], "motions": [], "votes": [], "dissents": [],
               "assignments": [], "late": True, "motive": "Underlaget om folktandvården saknas."}  # fmt: skip
_PRESENT = [
    {"name": "Eva Exempel", "role": "ledamot", "presiding": True, "acting_for": None, "remote": False, "period": ""},
    {"name": "Per Exempel", "role": "ledamot", "presiding": False, "acting_for": None, "remote": True, "period": ""},
    {"name": "Ali Exempel", "role": "ersättare", "presiding": False, "acting_for": "Sara Exempel", "remote": False,
     "period": "§§ 145–146"},
]  # fmt: skip
_MINUTES = {
    **_FRAME, "present": _PRESENT, "checkers": ["Per Exempel"], "sections": "§§ 145–146",
    "signing": [("Nils Exempel", "Sekreterare", ""), ("Eva Exempel", "Ordförande", ""),
                ("Per Exempel", "Justerare", "")],
    "items": [_ITEM, _PLAIN_ITEM],
}  # fmt: skip
OF_MEETINGS: Mapping[str, Mapping[str, Any]] = {
    "agenda": {**_FRAME, "version": 2, "changes": ["Tillkommer: Mål och budget 2027"], "items": [_ITEM, _PLAIN_ITEM]},
    "summons": {**_FRAME, "items": [_ITEM, _PLAIN_ITEM],
                "summoned": [{"name": "Eva Exempel", "office": "ordförande"}, {"name": "Ali Exempel", "office": None}]},
    "minutes": _MINUTES,
    "notes": {**_MINUTES, **_FRAME, "body": "Kommun- och regionledningsforum",
              "body_low": "kommun- och regionledningsforum"},
    "extract": {**_FRAME, "item": _ITEM, "dnr": "RS260017", "by": "Nils Exempel"},
    "notice": {**_MINUTES, "sections": ["§ 145", "§ 146"], "approved": "måndagen den 14 december 2026",
               "up": "tisdagen den 15 december 2026", "last": "tisdagen den 5 januari 2027",
               "court": {"name": "Förvaltningsrätten i Exempelstad", "address": "Domstolsgatan 1, 123 45 Exempelstad"}},
    "certificate": {**_MINUTES, "by": "Rut Exempel, registrator",
                    "notices": [{"n": 1, "up_on": "2026-12-15", "down_on": "2027-01-07", "state": "down",
                                 "appeal_last_day": "2027-01-05"}]},
    "answers": ROUND,
    "case_file": {
        "title": "Avsiktsförklaring om regional fysisk planering", "type": "Avsiktsförklaring", "state": "Inför beslut",
        "waits_for": "Nämndsekreterare", "printed": "20 november 2026 14.05",
        "facts": [("Departement", "Finansdepartementet"), ("Behov", _FIELDS["need"])],
        "rounds": [{"title": "Avstämning", "status": "Avslutad", "due": "onsdagen den 14 oktober 2026", "reason": None,
                    "answers": [{"party": "Granby kommun", "stance": "Ställer sig bakom", "status": "Svarat",
                                 "decided": "Kommunstyrelsen, 2026-10-13, § 98", "comment": "Särskilt för kusten."}]}],
        "documents": [{"record_no": 3, "title": "Avsiktsförklaring", "version": 2, "kind": "Upprättad",
                       "added": "2026-08-14"}],
        "assignments": [{"receiver": "Regiondirektören", "what": "Sänd förklaringen.", "status": "pågår",
                         "due": "31 januari 2027"}],
        "history": [{"at": "2026-08-14 09.12", "said": "Anna Exempel registrerade ärendet", "how": "webben"}],
    },
    "answer_copy": {"title": "Regional fysisk planering", "party": "Granby kommun",
                    "stance": "ställer sig bakom med synpunkter", "body": "Kommunstyrelsen",
                    "decided_on": "2026-10-13", "section": "§ 98", "party_ref": "KS 2026-77",
                    "sender": "Lo Exempel, registrator", "received": "onsdagen den 14 oktober 2026",
                    "comment": "Kommunen vill att samspelet beskrivs tydligare.\n\nSärskilt för kusten.",
                    "files": ["protokollsutdrag.pdf"]},
}  # fmt: skip
"""What the documents of meetings and rounds know."""

_SIGNED = "Undertecknat elektroniskt den 20 november 2026"
_SIGNATURES = (("Eva Exempel", "Regionstyrelsens ordförande", _SIGNED), ("Kim Exempel", "Regiondirektör", _SIGNED))
SIGNED = ("letter", "declaration", "transmittal_letter", "chair_decision", "delegated_decision",
          *CORRECTED, "agreement")  # fmt: skip
ADDRESSED = ("letter", "cover_letter", "agreement", "declaration", "transmittal_letter", "opinion", "state_application",
             "grant_decision", *CORRECTED, *DISCLOSED, "notification")  # fmt: skip


def of(name: str, own: Mapping[str, Any] | None = None) -> tuple[Head, Mapping[str, Any]]:
    """The letterhead and the values to show a template with."""
    if name in plansamples.OF_PLANS:
        return _with(contact=""), plansamples.OF_PLANS[name]
    if name in OF_MEETINGS:
        meeting = name not in ("answers", "answer_copy", "case_file")
        more = {"unit": _FRAME["body"], "register_no": _FRAME["register_no"]} if meeting else {}
        return _with(**more, contact=HEAD.contact if name == "summons" else ""), OF_MEETINGS[name]
    words = of_case(name, own)
    head = _with(
        recipients=words.recipients if name in ADDRESSED else (),
        sender=HEAD.unit if name in SIGNED else "",
        signatures=_signatures(name),
    )
    return head, {f: getattr(words, f) for f in LetterWords.__dataclass_fields__}


def _signatures(name: str) -> tuple[Any, ...]:
    """One person has decided; others sign in pairs."""
    if name.endswith(("decision", "dismissal", "correction")):
        return _SIGNATURES[:1]
    return _SIGNATURES if name in SIGNED else ()


def _with(**more: Any) -> Head:
    return Head(**{**{f: getattr(HEAD, f) for f in Head.__slots__}, **more})
