"""Words of the pages about meetings and of the notice board."""

from __future__ import annotations

from arende.errors import Sentence
from arende.statuswords import Tone

S = Sentence

MEETING_LABELS: dict[str, S] = {
    # the year
    "meetings": S("Sammanträden", "Meetings"),
    "meetings_of": S("Sammanträden {year}", "Meetings of {year}"),
    "meetings_year": S("År", "Year"),
    "meetings_body": S("Organ", "Body"),
    "meetings_every_body": S("Alla organ", "All bodies"),
    "meetings_grid": S("Året organ för organ", "The year, body by body"),
    "meetings_grid_why": S(
        "Dagen i månaden. Genomstruken dag är inställd.", "The day of the month. A day struck out is cancelled."
    ),
    "meetings_coming": S("Kommande", "Coming"),
    "meetings_past": S("Tidigare", "Past"),
    "meetings_none": S("Inga sammanträden {year}", "No meetings in {year}"),
    "meetings_none_do": S(
        "Sammanträden planeras ett och ett, eller för ett helt år i en sammanträdesplan.",
        "Meetings are planned one by one, or for a whole year in a meeting plan.",
    ),
    "meetings_no_coming": S("Inga fler sammanträden i år.", "No more meetings this year."),
    "meetings_plan": S("Planera ett sammanträde", "Plan a meeting"),
    "meeting_day": S("Dag", "Day"),
    "meeting_place": S("Plats", "Place"),
    "meeting_time": S("Tid och plats", "Time and place"),
    "meeting_papers": S("Handlingar in senast", "Papers in by"),
    "meeting_number": S("Sammanträde", "Meeting"),
    "meetings_calendar": S("Kalenderfiler", "Calendar files"),
    "meetings_calendar_why": S("En fil är som det är nu.", "A file is as things are now."),
    "calendars_follow": S("Följ i ditt kalenderprogram", "Follow in your calendar program"),
    "calendars": S("Kalenderadresser", "Calendar addresses"),
    "calendars_why": S(
        "Lägg in adressen i ditt kalenderprogram, så följer det med när något ändras. Den som har adressen läser "
        "kalendern: dela den inte. I kalendern står sammanträden, sista dagar, nummer och rubriker, men inget hemligt.",
        "Give the address to your calendar program, and it follows what changes. Whoever has the address reads the "
        "calendar: do not share it. It has meetings, last days, numbers and titles, but nothing secret.",
    ),
    "calendar_none": S("Ingen adress är skapad.", "No address has been made."),
    "calendar_make": S("Skapa en adress", "Make an address"),
    "calendar_another": S("Byt adress", "Another address"),
    "calendar_end": S("Spärra adressen", "End the address"),
    "calendar_issue_done": S(
        "Adressen gäller. Den förra, om det fanns en, är spärrad.",
        "The address holds. The one before, if there was one, has ended.",
    ),
    "calendar_revoke_done": S("Adressen är spärrad.", "The address has ended."),
    # one meeting
    "meeting_page": S("Dagordning, närvaro och protokoll", "Agenda, attendance and minutes"),
    "back_to_meetings": S("Till sammanträdena", "Back to the meetings"),
    "back_to_meeting": S("Till sammanträdet", "Back to the meeting"),
    "meeting_profile": S("Form", "Kind"),
    "meeting_summons_by": S("Kallelse senast", "Summons by"),
    "meeting_summoned": S("Kallat", "Summoned"),
    "meeting_ics": S("Kalenderfil", "Calendar file"),
    "meeting_package": S("Dagordning och handlingar (zip)", "Agenda and papers (zip)"),
    "meeting_package_why": S(
        "För surfplattan, eller för ett annat mötessystem. Det som är sekretessbelagt är inte med.",
        "For a tablet, or for another meeting system. Nothing under secrecy is in it.",
    ),
    "meeting_case": S("Ärendet: händelser, mejl och frister", "The case: events, mails and last days"),
    "meeting_parts": S("På sidan", "On this page"),
    "agenda": S("Dagordning", "Agenda"),
    "agenda_version": S("version {n}", "version {n}"),
    "agenda_empty": S("Det finns inget på dagordningen än.", "There is nothing on the agenda yet."),
    "agenda_secret": S("Ärende med sekretess", "Matter under secrecy"),
    "item_late": S("Sent", "Late"),
    "item_urgent": S("Brådskande", "Urgent"),
    "item_at_once": S("Omedelbart justerad", "Approved at once"),
    "item_section": S("§ {n}", "§ {n}"),
    "item_proposal": S("Förslag till beslut", "Proposal"),
    "item_reason": S("Varför sent", "Why late"),
    "item_decision": S("Beslut", "Decision"),
    "item_motive": S("Motiv", "Motive"),
    "item_motions": S("Yrkanden", "Motions"),
    "item_vote": S("Omröstning {n}", "Vote {n}"),
    "item_vote_told": S(
        "{yes} ja ({yes_means}), {no} nej ({no_means}), {abstain} avstår. Utfall: {result}, {how}.",
        "{yes} yes ({yes_means}), {no} no ({no_means}), {abstain} abstain. Result: {result}, {how}.",
    ),
    "item_dissents": S("Reservationer", "Dissents"),
    "item_conflicts": S("Jäv", "Conflict of interest"),
    "item_assignments": S("Uppdrag", "Assignments"),
    "item_no_outcome": S("Inget utfall än", "No outcome yet"),
    "item_of": S("Punkt {n} av {all}", "Item {n} of {all}"),
    "item_before": S("Föregående: {heading}", "Previous: {heading}"),
    "item_after": S("Nästa: {heading}", "Next: {heading}"),
    "item_up": S("Flytta upp", "Move up"),
    "item_down": S("Flytta ned", "Move down"),
    "item_which": S("{what}: {heading}", "{what}: {heading}"),
    "item_taking_part": S("Deltar i beslutet", "Taking part"),
    "item_nobody": S("Ingen med rösträtt är införd som närvarande.", "Nobody with a vote is entered as present."),
    "item_presides": S("{name} (leder)", "{name} (presides)"),
    "item_facts": S("Infört om punkten", "Entered about the item"),
    "item_voters": S("{n} av {all}", "{n} of {all}"),
    "item_more": S("Annat att föra in", "More to enter"),
    "agenda_ready": S("Väntar på organet och är inte uppsatta", "Waiting for the body and not on the agenda"),
    "agenda_ready_yes": S("färdigt", "ready"),
    "attendance": S("Närvaro", "Attendance"),
    "attendance_none": S("Ingen närvaro är införd än.", "No attendance is entered yet."),
    "attendance_name": S("Namn", "Name"),
    "attendance_role": S("Som", "As"),
    "attendance_items": S("Vid punkterna", "At items"),
    "attendance_all": S("alla", "all"),
    "attendance_status": S("Närvaro", "Attendance"),
    "attendance_for": S("tjänstgör för {name}", "serves for {name}"),
    "attendance_presiding": S("leder", "presides"),
    "attendance_checker": S("justerar", "checks the minutes"),
    "attendance_remote": S("på distans", "by link"),
    "quorum": S(
        "{present} av {members} med rösträtt är närvarande. {needed} krävs för beslut.",
        "{present} of {members} entitled to vote are present. {needed} are needed to decide.",
    ),
    "quorum_lost": S("Organet är inte beslutfört.", "The body has no quorum."),
    "quorum_kept": S("Organet är beslutfört.", "The body has a quorum."),
    "retract_present": S("Var inte där", "Was not there"),
    "retract_absent": S("Hade inte förhinder", "Was not absent"),
    "roll_call": S("Upprop", "Roll call"),
    "roll_why": S(
        "Markera dem som är här. Den som kommer senare förs in för sig, från den punkten.",
        "Tick those who are here. Somebody who comes later is entered alone, from that item.",
    ),
    "roll_everybody": S("Kryssa i alla som inte har förhinder", "Tick everybody who is not absent"),
    "roll_members": S("Ledamöter", "Members"),
    "roll_substitutes": S("Ersättare", "Substitutes"),
    "roll_here": S("Är här", "Is here"),
    "roll_there": S("Införd som närvarande", "Entered as present"),
    "roll_away": S("Förhinder", "Absent"),
    "roll_called": S("Kallad för {name}", "Called for {name}"),
    "roll_for": S("Tjänstgör för", "Serves for"),
    "roll_no_vote": S("tjänstgör inte", "does not serve"),
    "roll_presides": S("Leder", "Presides"),
    "roll_checks": S("Justerar", "Checks"),
    "roll_remote": S("På distans", "By link"),
    "roll_do": S("För in närvaron", "Enter the attendance"),
    "roll_nobody": S(
        "Personfilen har inga ledamöter i organet den dagen.", "The people file has no members of the body on that day."
    ),
    "from_minutes": S("Registrera beslut ur protokoll", "Enter decisions from minutes"),
    "from_minutes_why": S(
        "När protokollet förs i ett annat system: utfall och paragraf per punkt, protokollet, och dagen då det "
        "justerades. Besluten går vidare till sina ärenden.",
        "Where the minutes are kept in another system: outcome and section of each item, the minutes, and the day of "
        "their approval. The decisions go on to their cases.",
    ),
    "from_minutes_do": S("Registrera besluten", "Enter the decisions"),
    "minutes_outcome": S("Utfall", "Outcome"),
    "minutes_motive_hint": S("Krävs vid återremiss.", "Needed for a remittal."),
    "minutes_file": S("Protokollet", "The minutes"),
    "minutes_file_hint": S("Finns redan; välj en fil bara för en ny version.", "There already; choose one to replace."),
    "minutes_approved_on": S("Protokollet justerades den", "The minutes were approved on"),
    "notice_section": S("Paragraf", "Section"),
    "minutes_and_notice": S("Protokoll och anslag", "Minutes and notice"),
    "notes_of_forum": S("Anteckningar", "Notes"),
    "minutes_none": S("Inget protokoll är skrivet än.", "No minutes are written yet."),
    "notes_none_yet": S("Inga anteckningar är skrivna än.", "No notes are written yet."),
    "minutes_by": S("Justeras senast", "To be approved by"),
    "minutes_approved": S("Justerat", "Approved"),
    "notice_": S("Anslag {n}", "Notice {n}"),
    "notice_state": S("Läge", "State"),
    "notice_up_on": S("Uppsatt", "Put up"),
    "notice_appeal": S("Sista dag att överklaga", "Last day for appeal"),
    "notice_down_on": S("Nedtaget", "Taken down"),
    "notice_sections": S("Paragrafer", "Sections"),
    "meeting_documents": S("Handlingar", "Records"),
    # the notice board
    "notices": S("Anslagstavla", "Notice board"),
    "notices_lead": S(
        "Anslagstavlan för {house} enligt 8 kap. 9 § kommunallagen.",
        "The notice board of {house} under chapter 8, section 9 of the Local Government Act.",
    ),
    "notices_meetings": S("Sammanträden som kungörs", "Meetings announced"),
    "notices_meetings_none": S("Inget sammanträde är kungjort just nu.", "No meeting is announced just now."),
    "notices_minutes": S("Justerade protokoll", "Approved minutes"),
    "notices_minutes_none": S("Inget justerat protokoll är anslaget just nu.", "No approved minutes are up just now."),
    "notices_cancelled": S("Inställt", "Cancelled"),
    "notices_announced": S("Kungjort", "Announced"),
    "notices_matters": S("Ärenden", "Matters"),
    "notices_held": S("Sammanträde", "Meeting"),
    "notices_approved": S("Justerat", "Approved"),
    "notices_kept": S("Protokollet förvaras hos", "The minutes are kept by"),
    "notices_registrar": S("registratorn, {house}", "the registrar, {house}"),
    "notices_appeal": S("Hur man överklagar", "How to appeal"),
    "notices_appeal_told": S(
        "Den som är medlem av regionen kan få lagligheten av ett beslut prövad (13 kap. kommunallagen). Överklagandet "
        "ska vara skriftligt och ha kommit in till förvaltningsrätten inom tre veckor från den dag då det "
        "tillkännagavs här att protokollet är justerat. Sista dagen står vid varje anslag.",
        "A member of the region may have the legality of a decision reviewed (chapter 13, Local Government Act). "
        "The appeal is in writing and reaches the administrative court within three weeks from the day on which it was "
        "announced here that the minutes are approved. The last day stands with each notice.",
    ),
}
PROFILES: dict[str, S] = {
    "assembly": S("Fullmäktige", "Assembly"),
    "board": S("Nämnd", "Board"),
    "committee": S("Utskott", "Committee"),
    "forum": S("Forum", "Forum"),
}
KINDS: dict[str, S] = {
    "case": S("Ärende", "Matter"),
    "report": S("Anmälan", "Report"),
    "fixed": S("Fast punkt", "Standing item"),
}
ROLES: dict[str, S] = {
    "member": S("ledamot", "member"),
    "substitute": S("ersättare", "substitute"),
    "official": S("tjänsteperson", "official"),
}
PRESENCE: dict[str, tuple[S, Tone]] = {
    "present": (S("Närvarande", "Present"), "ok"),
    "absent": (S("Förhinder", "Absent"), "calm"),
    "called": (S("Kallad", "Called"), "wait"),
}
NOTICES: dict[str, tuple[S, Tone]] = {
    "up": (S("Uppe", "Up"), "ok"),
    "down": (S("Nedtaget", "Taken down"), "calm"),
    "early": (S("Nedtaget för tidigt", "Taken down early"), "bad"),
}
OUTCOME_TONES: dict[str, Tone] = {
    "approved": "ok",
    "approved_with_change": "ok",
    "rejected": "bad",
    "remitted": "wait",
    "adjourned": "wait",
    "noted": "calm",
    "withdrawn": "calm",
}
SETTLED_BY: dict[str, S] = {
    "majority": S("med majoritet", "by majority"),
    "casting": S("med ordförandens utslagsröst", "by the casting vote of whoever presides"),
    "lot": S("genom lottning", "by lot"),
}
RESULTS: dict[str, S] = {"yes": S("ja", "yes"), "no": S("nej", "no"), "abstain": S("avstår", "abstains")}
KINDS_OF_MOTION: dict[str, S] = {
    "approve": S("Bifall till förslaget", "Approve the proposal"),
    "change": S("Ändring", "A change"),
    "reject": S("Avslag", "Reject"),
    "remit": S("Återremiss", "Remit"),
    "adjourn": S("Bordläggning", "Adjourn"),
}
MONTHS: tuple[S, ...] = (
    S("jan", "Jan"), S("feb", "Feb"), S("mars", "Mar"), S("apr", "Apr"), S("maj", "May"), S("juni", "June"),
    S("juli", "July"), S("aug", "Aug"), S("sep", "Sep"), S("okt", "Oct"), S("nov", "Nov"), S("dec", "Dec"),
)  # fmt: skip
