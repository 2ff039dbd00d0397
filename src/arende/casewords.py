"""What a definition's ids are called in words: fields and their values, documents, stances, rounds, relations.

For pages, for the history and for exports; the mails have contexts of their own (``mailwords``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from arende import phrases, workdays
from arende.casetypes import CaseType
from arende.effecttypes import ApprovalEffect, ConsultationEffect
from arende.errors import Sentence
from arende.phrases import ACTS, stance_words
from arende.terms import BUILT_IN_ROLES

Names = Mapping[str, str]


def stance(rules: CaseType, key: str, given: str) -> Sentence:
    """A stance in the words of the round it was given in."""
    kind = round_kind(rules, key)
    return Sentence(stance_words(kind, given), stance_words(kind, given, "en"))


def round_kind(rules: CaseType, key: str) -> str:
    """The kind of the round ``key``, or ``key:2``: alignment, referral, statutory or decision."""
    key = key.partition(":")[0]
    return next((c.kind for c in _rounds(rules) if c.name == key), key if key == "alignment" else "referral")


def value_words(rules: CaseType, key: str, value: Any, names: Names) -> Sentence:
    """The value of a case's own field in words: a choice by its title, a party by its name, a date as a day."""
    declared = rules.fields.get(key)
    kind = declared.type if declared else "text"
    if value is None:
        return Sentence("togs bort", "taken away")
    if isinstance(value, bool):
        return Sentence("ja", "yes") if value else Sentence("nej", "no")
    if declared and declared.choices and value in declared.choices:
        words = declared.choices[value]
        return Sentence(words.in_("sv"), words.in_("en"))
    if kind == "date" and (day := day_words(value)):
        return day
    if kind in ("parties", "bodies"):
        listed = ", ".join(names.get(str(key), str(key)) for key in value)
        return Sentence(listed, listed)
    shown = names.get(str(value), str(value)) if kind in ("party", "body") else str(value)
    return Sentence(shown, shown)


def field_words(rules: CaseType, key: str) -> Sentence:
    """What a field is called, beginning with a capital letter."""
    declared = rules.fields.get(key)
    if declared is None or declared.title is None:
        return capital(Sentence(key.replace("_", " "), key.replace("_", " ")))
    return capital(Sentence(declared.title.in_("sv"), declared.title.in_("en")))


_CAME_IN = {
    "mail": Sentence("Mejl", "Mail"),
    "file": Sentence("Bilaga till mejl", "Attachment to a mail"),
    "moved": Sentence("Flyttad handling", "Moved record"),
    "post": Sentence("Brev på papper", "Letter on paper"),
    "answer": Sentence("Svar med länk", "Answer by the link"),
    "answerfile": Sentence("Bilaga till svar", "Attachment to an answer"),
}
"""What has come in by mail, on paper or by a party's link is a kind of its own, with its number."""


def document_kind(rules: CaseType, key: str) -> str:
    """The declared kind that a document is of: a letter to each of many is filed under its kind and whom it is to."""
    kinds = (kind for kind in rules.documents if key.startswith(f"{kind}_"))
    return key if key in rules.documents else max(kinds, key=len, default=key)


def document_words(rules: CaseType, key: str) -> Sentence:
    """What a kind of document is called."""
    declared = rules.documents.get(document_kind(rules, key))
    if declared is None or declared.title is None:
        if key.startswith("answers_"):
            return Sentence("Sammanställning av svar", "Table of answers")
        if key == "assignment_report":
            return Sentence("Återrapport av ett uppdrag", "Report on an assignment")
        kind, _, number = key.partition("_")
        return _CAME_IN.get(kind if number.replace("_", "").isdecimal() else "", Sentence("Handling", "Document"))
    return Sentence(declared.title.in_("sv"), declared.title.in_("en"))


_SEATS = {"member": Sentence("ledamot", "member"), "substitute": Sentence("ersättare", "substitute")}


def office_words(office: str) -> Sentence:
    """What an office is called, without its body: "vice ordförande"."""
    if office in BUILT_IN_ROLES:
        return Sentence(*BUILT_IN_ROLES[office][:2])
    return _SEATS.get(office, Sentence(office.replace("_", " "), office.replace("_", " ")))


def act_noun(rules: CaseType, key: str) -> Sentence:
    """What a group of requests asks for: "Underskrift"."""
    effects = (e.approval for tr in rules.transitions for e in tr.then if e.approval)
    act = next((a.act for a in effects if a.name == key), key)
    words = ACTS.get(act)
    return Sentence(words["sv"].noun, words["en"].noun) if words else Sentence("Svar", "An answer")


ROUNDS = {
    "alignment": Sentence("Avstämningen", "The alignment"),
    "referral": Sentence("Remissen", "The referral"),
    "statutory": Sentence("Samrådet", "The statutory consultation"),
    "decision": Sentence("Omgången av likalydande beslut", "The round of same-worded decisions"),
}
"""Each kind of round, at the beginning of a sentence."""


def round_title(kind: str, n: int) -> Sentence:
    """A round as a heading: "Avstämning", "Remiss, omgång 2"."""
    what = {
        "alignment": Sentence("Avstämning", "Alignment"),
        "referral": Sentence("Remiss", "Referral"),
        "statutory": Sentence("Samråd", "Statutory consultation"),
        "decision": Sentence("Likalydande beslut", "Same-worded decisions"),
    }[kind]
    return what if n == 1 else Sentence(f"{what.sv}, omgång {n}", f"{what.en}, round {n}")


def legal_force(answer: Mapping[str, Any]) -> Sentence:
    """In a round of decisions: whether a party's own has gained legal force."""
    if (day := answer["legal_force_on"]) is None:
        return Sentence("laga kraft inte antecknad", "legal force not noted")
    return Sentence(f"laga kraft {day.isoformat()}", f"legal force {day.isoformat()}")


def deadline_words(rules: CaseType, key: str, names: Names | None = None) -> Sentence:
    """What the deadline ``state:draft``, ``consultation:…``, ``approval:…`` or ``task:…`` is about.

    The title of a task is no word of the definition: it is told where it is among the ``names``, by the deadline's key.
    """
    kind, _, name = key.partition(":")
    match kind:
        case "state":
            return Sentence(rules.state_title(name), rules.state_title(name, "en"))
        case "consultation":
            what = ROUNDS[round_kind(rules, name)]
            return Sentence(low(what.sv), low(what.en))
        case "answer" | "supplement":
            what = ROUNDS[round_kind(rules, name.partition(":")[0])]
            return Sentence(low(what.sv), low(what.en))
        case "approval":
            noun = act_noun(rules, name)
            return Sentence(low(noun.sv), low(noun.en))
        case "assignment":
            return Sentence(f"uppdrag {name}", f"assignment {name}")
        case _:
            title = (names or {}).get(key)
            return Sentence(f"”{title}”", f"“{title}”") if title else Sentence("en uppgift", "a task")


def titles_of(tasks: Iterable[Mapping[str, Any]], language: str = "sv") -> dict[str, str]:
    """What each task of a case is called, by the key of its deadline: names for what is told of reminders."""
    return {f"task:{t['seq']}.{t['n']}": t["title"].get(language) or t["title"]["sv"] for t in tasks}


RELATIONS = {
    "basis": Sentence("Underlag", "Basis"),
    "followed_by": Sentence("Följs av", "Followed by"),
    "follows": Sentence("Följer på", "Follows"),
    "carries_out": Sentence("Genomför", "Carries out"),
    "belongs_to": Sentence("Hör till", "Belongs to"),
    "decided_by": Sentence("Beslutat i", "Decided in"),
    "reports": Sentence("Underrättar om", "Reports"),
}
"""Kinds of relation that have words of their own, and that a person may choose."""
_BY_MERGER = {
    "continued_in": Sentence("Har gått upp i", "Merged into"),
    "continues": Sentence("Fortsätter", "Continues"),
}


_FROM = {
    "basis": Sentence("Är underlag för", "Is the basis of"),
    "followed_by": RELATIONS["follows"],
    "follows": RELATIONS["followed_by"],
    "carries_out": Sentence("Genomförs av", "Carried out by"),
    "belongs_to": Sentence("Hit hör", "Belonging here"),
    "decided_by": Sentence("Innehåller beslutet i", "Has the decision of"),
    "reports": Sentence("Underrättas av", "Reported by"),
    "continued_in": _BY_MERGER["continues"],
    "continues": _BY_MERGER["continued_in"],
}
"""The same relations as the other case sees them."""


def related_words(kind: str) -> Sentence:
    """What a kind of relation is called at its other end."""
    plain = kind.replace("_", " ")
    return _FROM.get(kind) or Sentence(f"Pekar hit ({plain})", f"Points here ({plain})")


def relation_words(kind: str) -> Sentence:
    """What a kind of relation is called."""
    plain = kind.replace("_", " ")
    return RELATIONS.get(kind) or _BY_MERGER.get(kind) or capital(Sentence(plain, plain))


def _rounds(rules: CaseType) -> Iterator[ConsultationEffect]:
    return (e.consultation for t in rules.transitions for e in t.then if e.consultation)


def day_words(value: Any) -> Sentence | None:
    """A day, or its ISO text, with its year: "2 september 2020"; None when it is no day."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return None
    return Sentence(workdays.full_date(day), workdays.full_date(day, "en"))


def low(words: str) -> str:
    """The words inside a sentence: a first capital is lowered, an abbreviation is kept."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def capital(words: Sentence) -> Sentence:
    """The words at the beginning of a line."""
    return Sentence(words.sv[:1].upper() + words.sv[1:], words.en[:1].upper() + words.en[1:])


def row(words: list[str], last: str) -> str:
    """Words in a row: "a, b och c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def answer_words(rules: CaseType, asks: ApprovalEffect, decision: str, language: str = "sv") -> str:
    """An answer as on a button. An urgent decision is taken for one body, which the step's own title names."""
    lead = asks.leads.get(decision)  # abstaining leads nowhere
    named = lead.trigger if lead is not None and asks.act == "urgent_decision" else None
    if named and any(t.trigger == named and t.title for t in rules.transitions):
        return rules.trigger_title(named, language)
    return phrases.answer_words(asks.act, decision, language)


def act_done(act: str, decision: str, rules: CaseType | None = None) -> Sentence:
    """What somebody did by answering so: "skrev under". A meeting itself is cleared with its agenda."""
    if rules is not None and rules.meeting_of and (act, decision) == ("agenda_clearance", "approve"):
        return Sentence("gav klartecken till dagordningen", "cleared the agenda")
    return _ANSWERS.get((act, decision), _OTHERWISE.get(decision, Sentence("svarade", "answered")))


_ANSWERS: dict[tuple[str, str], Sentence] = {
    ("clearance", "approve"): Sentence("gav klartecken", "gave clearance"),
    ("clearance", "return"): Sentence("skickade tillbaka ärendet", "sent the case back"),
    ("agenda_clearance", "approve"): Sentence(
        "gav klartecken till att ta upp ärendet på sammanträdet", "cleared the matter for the meeting's agenda"
    ),
    ("agenda_clearance", "return"): Sentence("skickade tillbaka ärendet", "sent the matter back"),
    ("agenda_clearance", "reject"): Sentence("tog inte upp ärendet nu", "did not take the matter up now"),
    ("delegated_decision", "approve"): Sentence("beslutade enligt förslaget", "decided as proposed"),
    ("delegated_decision", "reject"): Sentence("lämnade beslutet till nämnden", "left the decision to the board"),
    ("urgent_decision", "approve"): Sentence("beslutade på nämndens vägnar", "decided on behalf of the board"),
    ("urgent_decision", "reject"): Sentence("lämnade beslutet till nämnden", "left the decision to the board"),
    ("signature", "approve"): Sentence("skrev under", "signed"),
    ("signature", "return"): Sentence("skickade tillbaka utan att skriva under", "sent it back unsigned"),
    ("minutes", "approve"): Sentence("justerade protokollet", "approved the minutes"),
    ("minutes", "return"): Sentence("begärde ändring i protokollet", "asked for a change in the minutes"),
}
_RECUSED = Sentence("anmälde jäv och svarade inte", "declared a conflict of interest and gave no answer")
_OTHERWISE = {
    "approve": Sentence("svarade ja", "said yes"),
    "return": Sentence("skickade tillbaka", "sent it back"),
    "reject": Sentence("svarade nej", "said no"),
    "recuse": _RECUSED,
}


def mail_words(payload: Mapping[str, Any], who: str) -> Sentence:
    """What an inbound mail was, from whom, and which records it became."""
    words = _MAILS.get(str(payload["disposition"]), _MAILS["incoming"])
    numbers = [str(n) for n in payload.get("records") or ()]
    if not numbers:
        return Sentence(f"{words.sv.format(who=who)}.", f"{words.en.format(who=who)}.")
    sv, en = ("handling", "record") if len(numbers) == 1 else ("handlingar", "records")
    return Sentence(
        f"{words.sv.format(who=who)} ({sv} {row(numbers, 'och')}).",
        f"{words.en.format(who=who)} ({en} {row(numbers, 'and')}).",
    )


def check_words(payload: Mapping[str, Any], who: Sentence) -> Sentence:
    """That a record has been checked for secrecy, and with what result."""
    n = payload["record_no"]
    if payload["access"] == "public":
        sv, en = f"{who.sv} sekretessprövade handling {n}", f"{who.en} checked record {n} for secrecy"
        return Sentence(f"{sv}: offentlig.", f"{en}: public.")
    return Sentence(f"{who.sv} sekretessmarkerade handling {n}.", f"{who.en} marked record {n} as secret.")


_MAILS: dict[str, Sentence] = {
    "decided": Sentence(
        "Svaret på begäran kom med mejl från {who}", "The answer to the request came by mail from {who}"
    ),
    "asked": Sentence(
        "En fråga om begäran kom med mejl från {who}", "A question on the request came by mail from {who}"
    ),
    "held": Sentence("Ett mejl från {who} avgjorde ingenting", "A mail from {who} decided nothing"),
    "refused": Sentence("Ett svar med mejl från {who} kunde inte tas emot", "An answer by mail from {who} was refused"),
    "comment": Sentence("Ett mejl om begäran kom från {who}", "A mail on the request came from {who}"),
    "acknowledged": Sentence("Ett automatiskt svar kom från {who}", "An automatic reply came from {who}"),
    "incoming": Sentence("Ett mejl kom in från {who}", "A mail came in from {who}"),
}

LABELS: dict[str, Sentence] = {
    "title": Sentence("Rubrik", "Title"),
    "note": Sentence("Anteckning", "Note"),
    "comment": Sentence("Kommentar", "Comment"),
    "reason": Sentence("Skäl", "Reason"),
    "question": Sentence("Fråga", "Question"),
    "answer": Sentence("Svar", "Answer"),
    "text": Sentence("Rättelse", "Correction"),
    "report": Sentence("Återrapport", "Report"),
    "decision": Sentence("Beslut", "Decision"),
    "body": Sentence("Organ", "Body"),
    "decided_on": Sentence("Beslutsdag", "Decided on"),
    "section": Sentence("Paragraf", "Section"),
    "legal_force_on": Sentence("Laga kraft den", "Legal force on"),
    "party_ref": Sentence("Partens diarienummer", "The party's own number"),
    "documents": Sentence("Handlingar", "Records"),
    "name": Sentence("Fil", "File"),
    "due_on": Sentence("Sista dag", "Last day"),
    "reply": Sentence("Svar från e-postservern", "The mail server's reply"),
    "subject": Sentence("Ämne", "Subject"),
    "ground": Sentence("Bestämmelse", "Provision"),
    "told": Sentence("Varför", "Why"),
    "about": Sentence("Innehåll", "Content"),
    "kept_at": Sentence("Förvaras", "Kept at"),
    "authentication": Sentence("E-postserverns intyg om avsändaren", "What the mail server found about the sender"),
}
"""What the values are called that an event carries besides its sentence."""
