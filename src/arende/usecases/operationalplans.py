"""Use cases on operational plans: versions are read in and kept, and cases tied to activities.

A plan belongs to its case. Each version is kept whole, with the file that it was read from on record. What a version is
compared with is settled when it is kept: the last one that was decided, in this case or in the one it follows; so that
"compared with which decided version" does not change afterwards.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Collection
from contextlib import suppress

from sqlalchemy import Connection, select

from arende import models, operationalplan, plancomparison, planrows, plansheet, plantext, planwords, queries, rights
from arende.actors import Actor
from arende.casetypes import CaseType
from arende.commands import Command
from arende.errors import Invalid, NotFound, Refused, Sentence
from arende.guards import document_title
from arende.operationalcommands import ImportPlan, TieCase
from arende.operationalplan import Entry, Plan
from arende.operationaltables import plan_links, plan_versions
from arende.prepared import Row
from arende.statetypes import AtMeeting, PlanDef
from arende.usecases import documents, typeset
from arende.usecases.facts import demand, standing
from arende.usecases.meetingfacts import body_name
from arende.work import UseCase, Work

_NOT_YOURS = Sentence(
    "Planen skrivs av handläggaren, chefen eller registratorn.",
    "The plan is written by its officer, the manager or the registrar.",
)


# ---------------------------------------------------------------- reading a file


def read_file(
    name: str, text: str, year: int | None = None, known: Collection[str] | None = None, title: str = ""
) -> Plan:
    """The plan in a text, whichever of the forms it has. Raises Invalid in sentences.

    ``year`` and ``known`` as for ``operationalplan.doubted``. ``title`` is the plan's where the text
    has no place for one.
    """
    return operationalplan.doubted(_read(name, text, title), year, known)


def _read(name: str, text: str, title: str) -> Plan:
    if "\x00" in text or "\\u0000" in text:
        raise Invalid(
            Sentence(
                f"{name} är ingen text. Spara planen som text (UTF-8) och läs in den.",
                f"{name} is no text. Save the plan as text (UTF-8) and read that in.",
            )
        )
    if text.lstrip()[:1] not in ("{", "["):
        if plansheet.between(text):
            return plansheet.read_sheet(name, text, title)
        return plantext.read_text(text)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(Sentence(f"{name} är inte riktig JSON.", f"{name} is not proper JSON.")) from None
    if isinstance(data, dict) and "rows" in data:
        return planrows.from_table(data)
    return operationalplan.read(data)


# ---------------------------------------------------------------- the commands


def import_plan(w: Work, cmd: ImportPlan) -> None:
    """Keep the next version of the plan, with the file on record and what it is compared with."""
    w.open_case(cmd.register_no)
    declared = of_case(w)
    behalf = demand(w, standing(w), declared.by, _NOT_YOURS)
    documents.demand_unfrozen(w, declared.plan)
    year = str(w.case["fields"].get("year") or "")
    first = int(year) if re.fullmatch(r"[0-9]{4}", year) else None
    plan = read_file(cmd.file_name, cmd.text, first, w.ask(_owners), w.case["title"])
    rows = sorted(w.rows(plan_versions), key=lambda r: r["version"])
    base, before = _base(w, rows, cmd.follows)
    plan = _named(plan, before, rows)
    _is_new(plan, rows)
    media = "application/json" if cmd.text.lstrip()[:1] in ("{", "[") else "text/plain"
    stored = w.app.storage.put(io.BytesIO(cmd.text.encode()))
    name = documents.clean_name(cmd.file_name)
    record = documents.record(w, declared.source, name, media, stored, on_behalf_of=behalf)
    version, counts = len(rows) + 1, operationalplan.counts(plan)
    encoding = None if cmd.encoding == "UTF-8" else cmd.encoding
    payload = {"version": version, "record_no": record["record_no"], "counts": counts, "base": base}
    payload |= {"encoding": encoding} if encoding else {}
    seq = w.event("plan:imported", payload, on_behalf_of=behalf)
    w.insert(
        plan_versions, version=version, content=plan.model_dump(mode="json"), counts=counts, source=name,
        encoding=encoding, record_no=record["record_no"], base=base, seq=seq, kept_at=w.at,
    )  # fmt: skip
    _write(w, declared, plan, version, base, behalf)
    kept = {e.key for e in plan.of("activity")}
    loose = [{"activity": t["activity"], "other": t["other"]} for t in w.rows(plan_links) if t["activity"] not in kept]
    w.data.update({"plan_version": version, "counts": counts, "base": base, "loose": loose})


def _is_new(plan: Plan, rows: list[Row]) -> None:
    """A version differs from the one before: to read the same file in again is a mistake, and no version."""
    if rows and plan == plan_in(rows[-1]):
        n = rows[-1]["version"]
        raise Refused(
            Sentence(
                f"Planen är i allt densamma som version {n}, som är sparad. Läs in den fil som har ändringarna.",
                f"The plan is in everything the same as version {n}, which is kept. Read in the file with the changes.",
            )
        )


def _owners(conn: Connection) -> set[str]:
    """Every name that an owner of an activity may have: a person's or a party's, a title, a body's or a unit's."""
    a, b = models.actors.c, models.bodies.c
    rows = [*conn.execute(select(a.name, a.title)), *conn.execute(select(b.name_sv, b.name_en, b.short))]
    return {operationalplan.named_in(said) for row in rows for said in row if said}


def _write(w: Work, declared: PlanDef, plan: Plan, version: int, base: Row | None, behalf: Actor | None) -> None:
    """The version as two documents: the plan itself, and the plan with its changes marked."""
    told = base_words(w.case["register_no"], version, base)
    old = _compared_with(w, base)
    found = plancomparison.compare(old if old is not None else plan, plan)
    head = typeset.head(w)
    texts = {
        declared.plan: ("operational_plan", {**planwords.plan_words(plan), "version": f"Version {version}."}),
        declared.changes: ("plan_changes", planwords.change_words(found, plan, told)),
    }
    for key, (template, words) in texts.items():
        name = f"{document_title(w.rules, key, 'sv')} {w.case['register_no']} v{version}"
        letter = typeset.write(w, template, head, words, {"version": version, "compared_with": base})
        typeset.put(w, key, name, letter, on_behalf_of=behalf)


def _compared_with(w: Work, base: Row | None) -> Plan | None:
    """The plan that a version is compared with; None without one."""
    if base is None:
        return None
    case = w.case if base["register_no"] == w.case["register_no"] else queries.case(w.conn, base["register_no"])
    return plan_in(version_of(w.conn, case, base["version"]))


def tie_case(w: Work, cmd: TieCase) -> None:
    """Tie another case to the activity that it carries out."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), of_case(w).by, _NOT_YOURS)
    activity_of(w.conn, w.rules, w.case, cmd.activity)
    other = queries.case(w.conn, cmd.other)
    rights.demand(w.conn, w.ask(rights.reader, w.actor.id, w.today), other)
    number = other["register_no"]
    if number == w.case["register_no"]:
        raise Refused(Sentence("Planen kan inte knytas till sig själv.", "The plan cannot be tied to itself."))
    if any((t["activity"], t["other"]) == (cmd.activity, number) for t in w.rows(plan_links)):
        raise Refused(
            Sentence(f"{number} är redan knutet till {cmd.activity}.", f"{number} is already tied to {cmd.activity}.")
        )
    seq = w.event("plan:case:tied", {"activity": cmd.activity, "other": number}, on_behalf_of=behalf)
    w.insert(plan_links, activity=cmd.activity, other=number, seq=seq)


def of_case(w: Work) -> PlanDef:
    """How the case carries its plan, as its type declares. Raises Refused where it carries none."""
    if w.rules.plan is None:
        raise Refused(
            Sentence(
                f"{w.case['register_no']} är ingen verksamhetsplan. Öppna ett ärende av typen operational_plan.",
                f"{w.case['register_no']} is no operational plan. Open a case of the type operational_plan.",
            )
        )
    return w.rules.plan


def decided_at(rules: CaseType) -> AtMeeting | None:
    """The meeting whose minutes the decision on the plan is entered from."""
    at = (s.at_meeting for s in rules.states.values() if s.at_meeting is not None)
    steps = set(rules.plan.decided_by) if rules.plan is not None else set()
    return next((a for a in at if steps & set(a.outcomes.values())), None)


def body_of(at: AtMeeting | None, fields: Row) -> str | None:
    """The body that decides on a plan with these values."""
    return (at.body or fields.get(at.body_from or "")) if at is not None else None


# ---------------------------------------------------------------- what a version is compared with


def _base(w: Work, rows: list[Row], follows: str | None) -> tuple[Row | None, Plan | None]:
    """What the new version is compared with, and the plan whose keys it goes on with."""
    if rows:
        own = decided(w.conn, w.rules, w.case, rows)
        last = rows[-1]
        if own is not None:
            base: Row | None = _base_of(w, w.rules, own, w.case)
        elif last["base"] and last["base"]["decision"]:
            base = last["base"]
        else:
            base = {"register_no": w.case["register_no"], "version": last["version"], "decision": None}
        return base, plan_in(last)
    if follows is None:
        return None, None
    case = queries.case(w.conn, follows)
    rights.demand(w.conn, w.ask(rights.reader, w.actor.id, w.today), case)
    theirs = versions(w.conn, case["id"])
    if not theirs:
        raise Refused(Sentence(f"{case['register_no']} har ingen plan.", f"{case['register_no']} has no plan."))
    rules = w.app.types.pinned(case["definition"], lambda h: queries.definition(w.conn, h))
    was = decided(w.conn, rules, case, theirs)
    row = was or theirs[-1]
    undecided = {"register_no": case["register_no"], "version": row["version"], "decision": None}
    found = _base_of(w, rules, row, case) if was else undecided
    return found, plan_in(row)


def _base_of(w: Work, rules: CaseType, row: Row, case: Row) -> Row:
    _, entered = _decision(w.conn, rules, case)
    body = body_of(decided_at(rules), case["fields"])
    said = [body_name(w, body) if body else "", *entered]
    return {
        "register_no": case["register_no"],
        "version": row["version"],
        "decision": " ".join(str(x) for x in said if x) or "beslutad",
    }


def _named(plan: Plan, before: Plan | None, rows: list[Row]) -> Plan:
    """The plan with a key on every entry: the one it had, else one that was never given before."""
    taken: Counter[str] = Counter()
    for kept in (plan_in(r) for r in rows):
        for _, e in kept.walk():
            taken[e.key[0]] = max(taken[e.key[0]], int(e.key[1:]))
    if before is not None:
        for _, e in before.walk():
            taken[e.key[0]] = max(taken[e.key[0]], int(e.key[1:]))
    known = {e.key for _, e in before.walk()} if before is not None else set()
    own = {e.key for _, e in plan.walk() if e.key}
    if own - known:
        raise Invalid(
            Sentence(
                f"Nyckeln {min(own - known)} finns inte i den förra versionen. Ta bort den: nya delar får en egen.",
                f"The key {min(own - known)} is not in the version before. Leave it out: new entries get keys.",
            )
        )
    inherited = plancomparison.inherited(before, plan) if before is not None else {}
    return operationalplan.keyed(plan, inherited, dict(taken))


# ---------------------------------------------------------------- questions


_VERSIONS = select(plan_versions).order_by(plan_versions.c.version)


def versions(conn: Connection, case_id: int) -> list[Row]:
    """Every version of a case's plan, oldest first."""
    return [dict(r) for r in conn.execute(_VERSIONS.where(plan_versions.c.case_id == case_id)).mappings()]


def decided(conn: Connection, rules: CaseType, case: Row, rows: list[Row]) -> Row | None:
    """The version that was decided last: the newest at the step that entered the decision."""
    seq, _ = _decision(conn, rules, case)
    return next((r for r in reversed(rows) if r["seq"] < seq), None)


def _decision(conn: Connection, rules: CaseType, case: Row) -> tuple[int, list[str]]:
    """The event of the last decision, 0 where there is none, and its day and section as entered.

    The case's own values may be of a later meeting, which remitted or declined a revision.
    """
    e = models.events.c
    steps = select(e.seq, e.payload).where(e.case_id == case["id"], e.kind == "case:step:taken").order_by(e.seq)
    found, entered = (0, list[str]()), list[str]()
    for step in conn.execute(steps):
        payload = step.payload or {}
        came_from = rules.states.get(payload.get("from", ""))
        if came_from is not None and (at := came_from.at_meeting) is not None:
            given = payload.get("fields") or {}
            entered = [given[k] for k in (at.date, at.section) if k and given.get(k)]
        if rules.plan is not None and payload.get("trigger") in rules.plan.decided_by:
            found = step.seq, entered
    return found


def followed(conn: Connection, rules: CaseType, case: Row) -> Row:
    """The version that is followed up: the decided one, also while it is revised; the newest until one is decided."""
    rows = versions(conn, case["id"])
    was = decided(conn, rules, case, rows)
    return was if was is not None else version_of(conn, case)


def version_of(conn: Connection, case: Row, version: int | None = None) -> Row:
    """One version of the case's plan, the newest unless named. Raises NotFound."""
    rows = versions(conn, case["id"])
    found = rows[-1:] if version is None else [r for r in rows if r["version"] == version]
    if not found:
        no = case["register_no"]
        which = Sentence(f"version {version} av planen", f"version {version} of the plan") if rows and version else None
        raise NotFound(
            Sentence(f"{no} har ingen {which.sv if which else 'verksamhetsplan'}.",
                     f"{no} has no {which.en if which else 'operational plan'}.")
        )  # fmt: skip
    return found[0]


def plan_in(row: Row) -> Plan:
    """The plan that a version holds."""
    return Plan.model_validate(row["content"])


def activity_in(row: Row, key: str) -> Entry:
    """An activity of a version. Raises NotFound."""
    found = next((e for e in plan_in(row).of("activity") if e.key == key), None)
    if found is None:
        raise NotFound(Sentence(f"Planen har ingen aktivitet {key}.", f"The plan has no activity {key}."))
    return found


def has_activity(row: Row, key: str) -> bool:
    """Whether a version has the activity."""
    return any(a.key == key for a in plan_in(row).of("activity"))


def activity_of(conn: Connection, rules: CaseType, case: Row, key: str) -> Entry:
    """An activity as it is followed up, else as the newest version has it. Raises NotFound."""
    with suppress(NotFound):
        return activity_in(followed(conn, rules, case), key)
    return activity_in(version_of(conn, case), key)


class Compare:
    """Two versions of a plan and what the newer one is compared with, in words."""

    def __init__(self, before: Plan, now: Plan, told: Sentence) -> None:
        self.before, self.now, self.told = before, now, told
        self.found = plancomparison.compare(before, now)


def comparison(
    conn: Connection, rules: CaseType, case: Row, now: int | None = None, before: int | None = None
) -> Compare:
    """A version laid over what it is compared with: the decided version, unless another is named."""
    row = version_of(conn, case, now)
    if before is not None:
        base: Row | None = {"register_no": case["register_no"], "version": before, "decision": None}
        was = decided(conn, rules, case, versions(conn, case["id"]))
        if was is not None and was["version"] == before and row["base"] and row["base"]["version"] == before:
            base = row["base"]
    else:
        base = row["base"]
    if base is None:
        raise NotFound(
            Sentence(
                f"Version {row['version']} är den första: det finns ingen tidigare att jämföra den med.",
                f"Version {row['version']} is the first: there is none before to compare it with.",
            )
        )
    other = case if base["register_no"] == case["register_no"] else queries.case(conn, base["register_no"])
    old = version_of(conn, other, base["version"])
    return Compare(plan_in(old), plan_in(row), base_words(case["register_no"], row["version"], base))


def base_words(register_no: str, version: int, base: Row | None) -> Sentence:
    """What a version is compared with, as it stands on the page and in the document."""
    if base is None:
        return Sentence(f"Version {version}. Det finns ingen tidigare version att jämföra med.",
                        f"Version {version}. There is no earlier version to compare with.")  # fmt: skip
    of_sv = "" if base["register_no"] == register_no else f" av planen i {base['register_no']}"
    of_en = "" if base["register_no"] == register_no else f" of the plan in {base['register_no']}"
    if base["decision"]:
        return Sentence(
            f"Version {version} jämförd med den beslutade version {base['version']}{of_sv}: {base['decision']}.",
            f"Version {version} compared with version {base['version']}{of_en}, as decided: {base['decision']}.",
        )
    return Sentence(
        f"Version {version} jämförd med version {base['version']}{of_sv}, som inte är beslutad.",
        f"Version {version} compared with version {base['version']}{of_en}, which is not decided.",
    )


USE_CASES: dict[type[Command], UseCase] = {
    ImportPlan: import_plan,
    TieCase: tie_case,
}
