"""The words for the fixed terms of the language, Swedish and English, as a definition in prose uses them."""

from __future__ import annotations

UNITS = {
    "working": (("arbetsdag", "arbetsdagar"), ("working day", "working days")),
    "calendar": (("dag", "dagar"), ("day", "days")),
    "weeks": (("vecka", "veckor"), ("week", "weeks")),
    "months": (("månad", "månader"), ("month", "months")),
}
ACTS = {
    "clearance": ("klartecken", "clearance"),
    "agenda_clearance": ("klartecken att ta upp ärendet på sammanträdet", "clearance for the agenda"),
    "delegated_decision": ("beslut på delegation (6 kap. 37 § KL)", "a delegated decision (KL 6:37)"),
    "urgent_decision": ("beslut i brådskande ärende (6 kap. 39 § KL)", "an urgent decision (KL 6:39)"),
    "signature": ("underskrift", "signature"),
    "minutes": ("justering av protokollet", "approval of the minutes"),
}
CHANNELS = {
    "reply": ("Svaret får ges i ett mejl.", "The answer may be given by mail."),
    "link": ("Svaret ges genom en länk och en kod.", "The answer is given by a link and a code."),
    "login": ("Svaret ges efter inloggning.", "The answer is given after logging in."),
}
ROUNDS = {
    "alignment": ("en avstämning", "an alignment"),
    "referral": ("en remiss", "a referral"),
    "statutory": ("ett lagstadgat samråd", "a statutory consultation"),
    "decision": ("likalydande beslut", "decisions on the same words"),
}
PHASES = {
    "initiate": ("Initiera", "Initiate"),
    "prepare": ("Bereda", "Prepare"),
    "decide": ("Besluta", "Decide"),
    "close": ("Avsluta", "Close"),
}
REGIMES = {
    "legality_review": (
        "Beslut överklagas genom laglighetsprövning (13 kap. kommunallagen).",
        "Decisions are appealed by legality review (chapter 13 of the Local Government Act).",
    ),
    "administrative_appeal": (
        "Beslut överklagas genom förvaltningsbesvär (förvaltningslagen).",
        "Decisions are appealed by administrative appeal (the Administrative Procedure Act).",
    ),
    "none": ("Här fattas inga beslut som kan överklagas.", "No decision that can be appealed is made here."),
}
TYPES = {
    "text": ("text", "text"), "markdown": ("löpande text", "running text"),
    "integer": ("heltal", "whole number"), "decimal": ("decimaltal", "decimal number"),
    "date": ("datum", "date"), "boolean": ("ja eller nej", "yes or no"), "party": ("part", "party"),
    "parties": ("parter", "parties"), "body": ("organ", "body"), "bodies": ("organ, flera", "several bodies"),
    "choice": ("ett av flera val", "one of several choices"),
}  # fmt: skip
ROUNDS_DEFINITE = {
    "alignment": ("avstämningen", "the alignment"),
    "referral": ("remissen", "the referral"),
    "statutory": ("samrådet", "the consultation"),
    "decision": ("omgången av likalydande beslut", "the round of same-worded decisions"),
}
LATE = {
    "record": ("Sena svar förs till ärendet utan verkan på omgången.", "Late answers are filed without effect."),
    "cancel": ("Sena svar tas inte emot.", "Late answers are not taken."),
}
RELATIONS = {
    "basis": ("underlag", "basis"),
    "decided_by": ("beslutat i", "decided in"),
    "reports": ("underrättar om", "reports"),
    "followed_by": ("följs av", "followed by"),
    "follows": ("följer på", "follows"),
}
GROUPS = {
    "municipalities": ("kommunerna", "the municipalities"),
    "parties": ("parterna", "the parties"),
    "state_agencies": ("de statliga myndigheterna", "the state agencies"),
    "local_board_partners": ("de lokala nämndernas samverkansparter", "the partners of the local boards"),
}
"""Groups of the people file that definitions name."""
MAILS = {
    "task_assigned": ("uppgift tilldelad", "task assigned"),
    "approval_request": ("begäran om svar", "request for an answer"),
    "approval_reminder": ("påminnelse om begäran", "reminder of a request"),
    "question_answered": ("svar på en fråga om en begäran", "answer to a question about a request"),
    "approval_handed_over": ("begäran övergår till ersättare", "request handed over to a substitute"),
    "approval_settled": ("begäran är avgjord", "request settled"),
    "digest": ("sammandrag", "digest"),
    "mention": ("nämnd i en anteckning", "mentioned in a note"),
    "approval_stood_in": ("någon svarar i stället", "somebody answers instead"),
    "referral": ("utskick", "dispatch to the parties"),
    "referral_receipt": ("kvittens på svar", "receipt of an answer"),
    "referral_reminder": ("påminnelse om svar", "reminder of an answer"),
    "referral_late_internal": ("svar försenat", "answer late"),
    "answer_notice": ("besked om partens svar", "notice on a party's answer"),
    "extension_answer": ("besked om anstånd", "answer on more time"),
    "dispatch": ("expediering av beslut", "dispatch of a decision"),
    "dismissed": ("ärendet har skrivits av", "case dismissed"),
    "letter": ("skrivelse", "letter"),
    "notification": ("underrättelse om ändrad organisation", "notification of a changed organisation"),
    "opinion": ("yttrande", "opinion"),
    "application_receipt": ("ansökan mottagen", "application received"),
    "supplement_order": ("begäran om komplettering", "order to supplement"),
    "communication": ("kommunicering", "communication"),
    "appeal_late": ("avvisat överklagande", "appeal dismissed"),
    "appeal_forwarded": ("överlämnat överklagande", "appeal handed to the court"),
    "correction": ("rättat beslut", "corrected decision"),
    "correction_hearing": ("yttrande om rättelse", "comment on a correction"),
    "delay_refused": ("avslag på begäran om avgörande", "refusal to decide within four weeks"),
    "delay": ("besked om dröjsmål", "notice of delay"),
    "disclosure": ("utlämnande", "disclosure"),
    "disclosure_refused": ("besked om avslag", "refusal told"),
    "event_moved": ("evenemang flyttat", "event moved"),
    "event_invitation": ("inbjudan", "invitation"),
    "event_cancelled": ("inställt", "cancelled"),
    "policy_document_expiring": ("styrdokument löper ut", "policy document expiring"),
    "public_review": ("granskning av plan", "public review"),
    "extension_request": ("begäran om längre svarstid", "request for more time"),
    "abstention": ("avstår från yttrande", "abstention"),
    "declined": ("besked att ärendet inte går vidare", "word that the case does not go on"),
    "submission": ("insändande", "submission"),
    "supplement": ("komplettering", "supplement"),
    "concluded": ("ärendets utfall", "outcome of the case"),
    "agreement_outcome": ("besked om överenskommelsen", "news of the agreement"),
    "withdrawn": ("återkallelse", "withdrawal"),
    "notice": ("underrättelse", "notice"),
    "position_changed": ("ändrat ställningstagande", "changed position"),
    "summons": ("kallelse", "summons"),
    "summons_changed": ("kallelse ändrad", "summons changed"),
    "minutes_check_late": ("justeringen dröjer", "minutes not approved"),
    "appeal_time_passed": ("överklagandetiden har gått ut", "time for appeal has passed"),
    "summons_cancelled": ("sammanträde inställt", "meeting cancelled"),
    "replanned": ("sammanträde flyttat", "meeting moved"),
    "delivery_failure": ("leveransfel", "delivery failure"),
    "secrecy": ("handling med sekretess", "document under secrecy"),
}
"""What each mail is about; a template that is not here is called by its name."""
MEETING_WORK = {
    "draft": (
        "Dagordningen sätts samman: fasta punkter, bordlagda, färdiga ärenden och beslut att anmäla.",
        "The agenda is gathered: standing items, adjourned ones, cases that are ready and decisions to report.",
    ),
    "summon": ("Kallelsen går ut med dagordningen.", "The summons goes out with the agenda."),
    "replan": (
        "Det som hänger på dagen följer med, och de som är kallade får veta det.",
        "What hangs on the day follows, and those who are summoned are told.",
    ),
    "call_off": (
        "Ärendena går till nästa sammanträde och de som är kallade får veta det.",
        "The matters go to the next meeting, and those who are summoned are told.",
    ),
    "number": (
        "Punkterna får sina paragrafer, löpande genom året; bordlagda punkter går till nästa sammanträde.",
        "The items get their sections, running through the year; adjourned ones go to the next meeting.",
    ),
    "minutes": ("Protokollet skrivs av det som är infört.", "The minutes are written from what is entered."),
    "carry_out": ("Utfallen förs in i sina ärenden.", "The outcomes are entered in their cases."),
    "post": (
        "Anslaget sätts upp och sista dagen för överklagande räknas ut.",
        "The notice is put up and the last day for appeal is counted.",
    ),
    "appeal": (
        "Paragraferna antecknas som överklagade; de andra berörs inte.",
        "The sections are noted as appealed; the others are not touched.",
    ),
    "uphold": (
        "Paragraferna står fast. Är ingen kvar hos domstolen går sammanträdet vidare.",
        "The sections stand. When the court has none left, the meeting goes on.",
    ),
    "annul": (
        "Paragraferna gäller inte längre; sekreteraren får i uppgift att ta upp saken igen.",
        "The sections no longer hold; the secretary is given the task to take the matter up again.",
    ),
    "plan_decided": (
        "Förra årets plan får veta det, så att ingen längre påminns om den.",
        "The plan of the year before is told, so that nobody is reminded of it any more.",
    ),
    "make_meetings": (
        "Varje möte i planen läggs upp; flyttade flyttas och strukna ställs in.",
        "Every meeting of the plan is made; moved ones move and removed ones are cancelled.",
    ),
    "take_down": (
        "Anslaget tas ned och anslagsbeviset läggs till.",
        "The notice comes down and its certificate is filed.",
    ),
}
"""What a step of a meeting carries out by itself."""
