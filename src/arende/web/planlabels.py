"""Words of the pages of operational plans."""

from __future__ import annotations

from arende.errors import Sentence

PLAN_LABELS: dict[str, Sentence] = {
    "plans": Sentence("Verksamhetsplaner", "Operational plans"),
    "plans_menu": Sentence("Planer", "Plans"),
    "plans_none": Sentence("Inga verksamhetsplaner än", "No operational plans yet"),
    "plans_none_do": Sentence(
        "Öppna ett ärende av typen verksamhetsplan och läs in planens text från ärendets sida, eller så här:",
        "Open a case of the type operational plan and read in its text from the case's page, or like this:",
    ),
    "plan_plan": Sentence("Plan", "Plan"),
    "plan_year": Sentence("År", "Year"),
    "plan_version": Sentence("Version", "Version"),
    "plan_activities": Sentence("Aktiviteter", "Activities"),
    "plan_doubtful": Sentence("Att se över", "To be looked at"),
    "plan_case": Sentence("Planens ärende {number}", "The plan's case {number}"),
    "plan_back": Sentence("Till verksamhetsplanen {number}", "To the operational plan {number}"),
    "plan_versions": Sentence("Versioner", "Versions"),
    "plan_version_n": Sentence("Version {n}", "Version {n}"),
    "plan_decided": Sentence("beslutad", "decided"),
    "plan_shown": Sentence("visas", "shown"),
    "plan_changes": Sentence("Visa ändringarna", "Show the changes"),
    "plan_counts": Sentence(
        "{numbered} numrerade aktiviteter, {section} avsnitt, {assignment} uppdrag, {activity} aktiviteter.",
        "{numbered} numbered activities, {section} sections, {assignment} assignments, {activity} activities.",
    ),
    "plan_numbered": Sentence("Numrerade aktiviteter", "Numbered activities"),
    "plan_doubts": Sentence("Delar att se över: {n}", "Entries to be looked at: {n}"),
    "plan_doubts_why": Sentence(
        "Så här mycket gick inte att läsa säkert i källan. Inget är gissat: det står kvar som det stod.",
        "This much could not be read for certain in the source. Nothing is guessed: it stands as it stood.",
    ),
    "plan_line": Sentence("rad {n}", "line {n}"),
    "plan_follow_up": Sentence("Uppföljning: {status}, {who}", "Follow-up: {status}, {who}"),
    "plan_new_day": Sentence("ny sista dag {day}", "new last day {day}"),
    "plan_late": Sentence("Sista dagen har passerat", "Past its last day"),
    "plan_figures": Sentence("Läget per prioritering", "How each priority is getting on"),
    "plan_priority": Sentence("Prioritering", "Priority"),
    "plan_untold": Sentence("Ej uppföljd", "Not followed up"),
    "plan_all": Sentence("Hela planen", "The whole plan"),
    "plan_tied": Sentence("Ärende: ", "Case: "),
    "plan_legend": Sentence(
        "Det som är nytt är rött och understruket, det som är struket är rött och genomstruket. Varje ändring står"
        " också i ord inom hakparentes.",
        "What is new is red and underlined, what is removed is red and struck. Each change is told in words in brackets"
        " as well.",
    ),
    "plan_changes_of": Sentence("{title} – ändringar", "{title} – changes"),
    "plan_no_changes": Sentence("Versionerna säger detsamma.", "The versions say the same."),
    "plan_carries": Sentence("Verksamhetsplan", "Operational plan"),
    "plan_activity_of": Sentence("Aktivitet {key} i {title}", "Activity {key} of {title}"),
    "plan_activity_gone": Sentence("(står inte i den plan som gäller)", "(is not in the plan in force)"),
    "plan_open": Sentence("Öppna planen", "Open the plan"),
}
