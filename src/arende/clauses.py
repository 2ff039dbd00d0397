"""The parts of a definition as clauses: a deadline, a guard, a task, a request, a consultation, a mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from arende import casewords, duedates, guards, vocabulary
from arende.casetypes import CaseType, Guard, Rule
from arende.effecttypes import (
    ApprovalEffect,
    ConsultationEffect,
    Due,
    Effect,
    Join,
    JoinPolicy,
    Lead,
    LetterEffect,
    MailEffect,
    TaskEffect,
)

_REGIMES = {
    "legality_review": ("13 kap. kommunallagen (laglighetsprövning)", "legality review (KL ch. 13)"),
    "administrative_appeal": ("förvaltningslagen (förvaltningsbesvär)", "the Administrative Procedure Act"),
}
_IN_HOUSE, _OUTSIDE, _ESCALATED_AFTER = (-3, 1), (-10, 1), 5
"""The ladder that applies when a definition says nothing, in working days from the last day."""


def listed(words: Sequence[str], last: str) -> str:
    """Words in a row: "a, b och c"."""
    words = [w for w in words if w]
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


class Clauses:
    """Clauses on one definition in one language."""

    def __init__(self, ct: CaseType, language: str) -> None:
        self.ct = ct
        self.language = language

    def say(self, sv: str, en: str) -> str:
        """The words in the language."""
        return en if self.language == "en" else sv

    @staticmethod
    def capital(words: str) -> str:
        """The words with a capital first letter."""
        return words[:1].upper() + words[1:]

    def state(self, key: str) -> str:
        """A state by its title, in quotes."""
        return self._quoted(self.ct.state_title(key, self.language))

    def step(self, trigger: str) -> str:
        """A step by its title, in quotes."""
        return self._quoted(self.ct.trigger_title(trigger, self.language))

    def _quoted(self, words: str) -> str:
        return f'"{words}"' if self.language == "en" else f"”{words}”"

    def field(self, key: str) -> str:
        """A field by its title, in quotes."""
        return self._quoted(guards.field_title(self.ct, key, self.language))

    def document(self, key: str) -> str:
        """A document by its title, in quotes."""
        return self._quoted(guards.document_title(self.ct, key, self.language))

    def roles(self, keys: Iterable[str], last: str | None = None) -> str:
        """Roles, parties or fields that name a party: "handläggare eller chef"."""
        named = [self.field(k) if k in self.ct.fields else self.ct.role_title(k, self.language) for k in keys]
        return listed(named, last or self.say("eller", "or"))

    def amount(self, n: int, unit: str) -> str:
        """The amount in words: "3 arbetsdagar"."""
        words = vocabulary.UNITS[unit][1 if self.language == "en" else 0]
        return f"{abs(n)} {words[0 if abs(n) == 1 else 1]}"

    def deadline(self, due: Due, waited_for: Iterable[str], since: str, *, outside: bool = False) -> str:
        """A deadline: the last day, its ground, the reminders, what follows."""
        said = [self.capital(self.last_day(due, since)) + "."]
        ladder = due.remind if due.remind is not None else (_OUTSIDE if outside else _IN_HOUSE)
        if ladder:
            said.append(self._reminders(ladder))
        if then := self._consequence(due, waited_for, outside=outside):
            said.append(then)
        return " ".join(said)

    def last_day(self, due: Due, since: str) -> str:
        """The last day and its ground: "senast inom 3 arbetsdagar från …"."""
        when = self.say(
            f"senast {self.amount(*duedates.amount_of(due))} efter {since}",
            f"within {self.amount(*duedates.amount_of(due))} from {since}",
        )
        if due.at:
            when = self.say(f"senast den dag som anges i {self.field(due.at)}", f"by the day in {self.field(due.at)}")
        elif anchor := due.before or due.after:
            sv, en = ("före", "before") if due.before else ("efter", "after")
            when = self.say(
                f"senast {self.amount(*duedates.amount_of(due))} {sv} dagen i {self.field(anchor)}",
                f"no later than {self.amount(*duedates.amount_of(due))} {en} the day in {self.field(anchor)}",
            )
        elif due.fixed:
            when = self.say(*duedates.last_day(due.fixed))
        elif due.of_meeting:
            when = self._before_meeting(due)
        ground = {
            "law": (f"enligt lag: {due.law}", f"by law: {due.law}"),
            "regulations": ("enligt reglemente", "by regulations"),
            "decision": ("enligt beslut", "by decision"),
            "routine": ("rutin", "routine"),
        }[due.ground]
        own = (", om organet inte har en egen tid", ", unless the body has its own") if due.of_body else ("", "")
        return f"{when}{self.say(*own)} ({self.say(*ground)}{': ' + due.basis if due.basis else ''})"

    def _before_meeting(self, due: Due) -> str:
        """Counted back from a body's next meeting; the body is a key of the people file, or in a field."""
        body = self.field(due.meeting_from) if due.meeting_from else str(due.meeting).upper()
        n, unit = duedates.amount_of(due)
        if n == 0:
            return self.say(f"senast vid nästa sammanträde i {body}", f"by the next meeting of {body}")
        return self.say(
            f"senast {self.amount(n, unit)} före nästa sammanträde i {body}",
            f"no later than {self.amount(n, unit)} before the next meeting of {body}",
        )

    def _reminders(self, ladder: Iterable[int]) -> str:
        days = [
            self.say("samma dag", "on the day") if n == 0
            else f"{self.amount(n, 'working')} " + (self.say("före", "before") if n < 0 else self.say("efter", "after"))
            for n in ladder
        ]  # fmt: skip
        when = listed(days, self.say("och", "and"))
        return self.say(f"Påminnelse {when} sista dagen.", f"Reminders {when} the last day.")

    def _consequence(self, due: Due, waited_for: Iterable[str], *, outside: bool) -> str:
        if due.then is None:
            if outside or due.remind == ():
                return ""
            target = "administrator" if "manager" in waited_for else "manager"
            after, who = self.amount(_ESCALATED_AFTER, "working"), self.roles([target])
            return self.say(
                f"{after} efter sista dagen lämnas saken till {who}.", f"{after} later it goes to the {who}."
            )
        said, then = [], self.say("När dagen har gått: ", "When the day has passed: ")
        if due.then.escalate:
            who = self.roles([due.then.escalate])
            late = self.say(f"Går dagen förbi lämnas saken till {who}.", f"When the day has passed, it goes to {who}.")
            said.append(late)
        if due.then.trigger:
            step = self.step(due.then.trigger)
            said.append(self.say(f"Går dagen förbi tas steget {step}.", f"When the day has passed, {step} is taken."))
        if due.then.task:
            said.append(then + self.task(due.then.task))
        if due.then.mail:
            said.append(then + self.mail(due.then.mail))
        return " ".join(said)

    def guard(self, g: Guard) -> str:
        """A guard as a clause: "handlingen Utkast finns"."""
        spec = guards.REGISTRY.get(g.name)
        if spec is None:
            return g.name
        try:
            arg = spec.argument.validate_python(g.arg) if spec.argument else g.arg
        except ValidationError:
            return g.name
        if g.name == "any_field" and len(arg) == 1:
            return self.say(f"{self.field(arg[0])} är ifyllt", f"{self.field(arg[0])} is filled in")
        return self.say(*spec.says).format(self._argument(g.name, spec.refers, arg))

    def _argument(self, name: str, refers: str, arg: Any) -> str:
        if name == "field":
            return listed([self._compared(k, b) for k, b in arg.items()], self.say("och", "and"))
        if name == "regime":
            return self.say(*_REGIMES[arg])
        if name == "commissioned":
            return self._body(arg)
        if refers == "field" and isinstance(arg, str):
            return self.field(arg)
        if name in ("any_field", "dates_in_order"):
            word = self.say("eller", "or") if name == "any_field" else self.say("och", "and")
            return listed([self.field(k) for k in arg], word)
        told = {"document": self.document, "step": self.step, "relation": self._relation, "approval": self._group,
                "consultation": self._round, "body": self._body, "newer": self.document}.get(refers)  # fmt: skip
        if told is not None:
            return told(arg.document if refers == "newer" else arg)
        return str(arg).replace("_", " ") if arg is not None else ""

    def _relation(self, kind: str) -> str:
        return self._quoted(self.say(*vocabulary.RELATIONS.get(kind, (kind, kind))))

    def _compared(self, key: str, bounds: guards.Comparison) -> str:
        choices = (self.ct.fields[key].choices or {}) if key in self.ct.fields else {}
        if choices and (keys := bounds.one_of or ((bounds.eq,) if bounds.eq is not None else ())):
            named = [self._quoted(choices[k].in_(self.language)) for k in keys if isinstance(k, str) and k in choices]
            return self.say(f"{self.field(key)} är ", f"{self.field(key)} is ") + listed(named, self.say("eller", "or"))
        return self.say(f"{self.field(key)} är ", f"{self.field(key)} is ") + guards.bound_text(bounds, self.language)

    def _body(self, arg: str | guards.Held) -> str:
        if isinstance(arg, str):
            return arg.upper()
        if not arg.body_from:
            return (arg.body or "").upper()
        named = self.field(arg.body_from)
        return self.say(f"det organ som anges i {named}", f"the body given in {named}")

    def _round(self, key: str) -> str:
        for t in self.ct.transitions:
            for e in t.then:
                if e.consultation and e.consultation.name == key:
                    return self.say(*vocabulary.ROUNDS_DEFINITE[e.consultation.kind])
        return key.replace("_", " ")

    def _group(self, key: str | None) -> str:
        for t in self.ct.transitions:
            for e in t.then:
                if e.approval and e.approval.name == key:
                    return self.say(*vocabulary.ACTS[e.approval.act])
        return (key or "").replace("_", " ")

    def fired_by(self, rule: Rule) -> str:
        """How a step is taken without anybody asking for it: by an answer, a complete round, a deadline."""
        trigger, said = rule.transition.trigger, []
        for e in self._open_in(rule.source):
            if e.approval and trigger in _leads_to(e.approval):
                said.append(self.say("Tas också genom svaret på en begäran.", "Also taken by the answer to a request."))
            if e.consultation and trigger == e.consultation.complete:
                said.append(self.say("Tas av systemet när omgången är klar.", "Taken by the system at the end."))
            elif e.consultation and trigger == e.consultation.expired:
                said.append(self.say("Tas av systemet när sista dagen har gått.", "Taken by the system after the day."))
        deadline = self.ct.states[rule.source].deadline
        if deadline and deadline.then and trigger and deadline.then.trigger == trigger:
            said.append(
                self.say("Tas av systemet när fristen går ut.", "Taken by the system when the deadline passes.")
            )
        return " ".join(dict.fromkeys(said))

    def _open_in(self, state: str) -> Iterator[Effect]:
        """The requests and rounds that a step into the state opens."""
        for rule in self.ct.rows:
            if rule.dest == state:
                yield from (e for e in rule.transition.then if e.approval or e.consultation)

    def task(self, e: TaskEffect) -> str:
        """A task: who gets it, what it is, by when, and that it is told by mail."""
        what = self._quoted(e.title.in_(self.language) if e.title else self.capital(e.act.replace("_", " ")))
        due = ", " + self.last_day(e.due, self.say("steget", "the step")) if e.due else ""
        mail = self.say(" Mejl om det skickas.", " A mail tells it.") if e.mail else ""
        who = self.capital(self.roles([e.of]))
        return self.say(f"{who} får uppgiften {what}{due}.{mail}", f"{who} is given the task {what}{due}.{mail}")

    def approval(self, e: ApprovalEffect) -> Iterator[str]:
        """A request: of whom, for what, by when, what each answer leads to."""
        who = self.roles(e.of, self.say("och", "and"))
        act = self.say(*vocabulary.ACTS[e.act])
        due = ", " + self.last_day(e.due, self.say("begäran", "the request")) if e.due else ""
        how = self.say(*vocabulary.CHANNELS[e.level])
        many = f" {self._join(e.join)}" if len(e.of) > 1 else ""
        yield self.say(
            f"{self.capital(who)} ombeds om {act}{due}. {how}{many}",
            f"{self.capital(who)} are asked for {act}{due}. {how}{many}",
        )
        yield from self._asking(e)
        for answer in ("approve", *e.answers):
            if lead := e.leads[answer]:
                words = casewords.answer_words(self.ct, e, answer, "en" if self.language == "en" else "sv")
                yield self.say("Svaret ", "The answer ") + self._quoted(words) + ": " + self._lead(lead)

    def _asking(self, e: ApprovalEffect) -> Iterator[str]:
        """Who is kept from answering, and when an unanswered clearance passes on."""
        if e.not_same_as:
            steps = listed([self.step(t) for t in e.not_same_as], self.say("eller", "or"))
            yield self.say(f"Den som har gjort {steps} får inte svara.", f"Whoever did {steps} may not answer.")
        if e.hand_over is not None:
            n = e.hand_over
            yield self.say(
                f"Obesvarad går begäran {n} arbetsdag(ar) efter sista dagen över till den som träder in.",
                f"Unanswered, it passes {n} working day(s) after the last day to whoever steps in.",
            )

    def _lead(self, lead: Lead) -> str:
        said = []
        if lead.agenda_item:
            body = lead.agenda_item.upper()
            said.append(
                self.say(f"ärendet får tas upp på sammanträdet i {body}", f"the case may be taken up by {body}")
            )
        if lead.trigger:
            said.append(
                self.say(f"steget {self.step(lead.trigger)} tas", f"the step {self.step(lead.trigger)} is taken")
            )
        if lead.record or not said:
            said.append(self.say("svaret förs till ärendet", "the answer is filed on the case"))
        return listed(said, self.say("och", "and")) + "."

    def _join(self, join: JoinPolicy) -> str:
        if isinstance(join, Join):
            if join.at_least is not None:
                return self.say(
                    f"Klart när {join.at_least} har svarat.", f"Complete when {join.at_least} have answered."
                )
            part = f"{round((join.fraction or 0) * 100)} %"
            return self.say(f"Klart när {part} har svarat.", f"Complete when {part} have answered.")
        return {
            "all": self.say("Klart när alla har svarat.", "Complete when all have answered."),
            "first": self.say("Klart när den första har svarat.", "Complete when the first has answered."),
            "in_order": self.say("De tillfrågas en i taget, i ordning.", "They are asked one at a time, in order."),
            "deadline": self.say("Klart när sista dagen har gått.", "Complete when the last day has passed."),
        }[join]

    def consultation(self, e: ConsultationEffect) -> Iterator[str]:
        """A round: who is asked, by when, when it is complete, what late answers mean."""
        parties = e.parties if isinstance(e.parties, tuple) else (e.parties,)
        who = listed([self._party(p) for p in parties], self.say("och", "and"))
        kind = self.say(*vocabulary.ROUNDS[e.kind])
        yield self.say(
            f"Det öppnas {kind} med {who}, som får ett mejl var.", f"It opens {kind} with {who}, each by mail."
        )
        if e.only:
            field = self.field(e.only)
            yield self.say(f"Är {field} angivet tillfrågas bara de.", f"Where {field} is given, only these are asked.")
        if e.order == "sequence":
            yield self.say(
                "De tillfrågas i tur och ordning: nästa när den förra har svarat eller dess dag har gått.",
                "They are asked one after another: the next when the one before has answered or its day has passed.",
            )
        since = self.say("utskicket", "the dispatch")
        yield (
            self.say("Svar ", "Answers ")
            + self.deadline(e.due, (), since, outside=True)[:1].lower()
            + self.deadline(e.due, (), since, outside=True)[1:]
        )
        said = [self._join(e.join)]
        if e.late:
            said.append(self.say(*vocabulary.LATE[e.late]))
        if e.extendable:
            said.append(self.say("Anstånd kan ges.", "More time may be given."))
        if e.extend_before:
            n, day = e.extend_before.days, self.field(e.extend_before.date)
            refused = e.extend_before.past == "refuse"
            said.append(
                self.say(
                    f"Längre anstånd än till {n} arbetsdagar före {day} "
                    + ("ges inte." if refused else "varnas det för."),
                    f"More time than until {n} working days before {day} "
                    + ("is not given." if refused else "gives a warning."),
                )
            )
        if e.close_early:
            by = self.roles(e.close_early.by)
            said.append(
                self.say(
                    f"{self.capital(by)} får avsluta i förtid och anger skälet.",
                    f"{self.capital(by)} may close early with a reason.",
                )
            )
        yield " ".join(said)
        ends = [self.step(e.complete), *([self.step(e.expired)] if e.expired and e.expired != e.complete else [])]
        yield self.say(f"Därefter tas steget {listed(ends, 'eller')}.", f"Then {listed(ends, 'or')} is taken.")

    def _party(self, key: str) -> str:
        if key in self.ct.fields:
            return self.field(key)
        return self.say(*vocabulary.GROUPS.get(key, (key.replace("_", " "),) * 2))

    def letter(self, e: LetterEffect) -> str:
        """A document that the step writes: which, to whom, whose names stand below."""
        name = self.document(e.name)
        groups = [self._party(to) if to not in self.ct.roles and to != "parties" else self.roles([to]) for to in e.to]
        to = listed(groups, self.say("och", "and"))
        addressed = self.say(f", ställd till {to}", f", addressed to {to}") if to else ""
        if e.each:
            addressed = self.say(f", en till var och en av {to}", f", one to each of {to}")
        who = self.roles(e.sign, self.say("och", "and")) if e.sign else ""
        signed = self.say(f", med namnen på {who}", f", with the names of {who}") if who else ""
        below = self.say(" och de elektroniska underskrifterna", " and the electronic signatures") if e.signed else ""
        return self.say(
            f"Handlingen {name} skrivs{addressed}{signed}{below}.",
            f"The document {name} is written{addressed}{signed}{below}.",
        )

    def mail(self, e: MailEffect) -> str:
        """A mail: to whom, which one, with what."""
        to = self.roles(e.to, self.say("och", "and"))
        files = listed([self.document(d) for d in e.attach], self.say("och", "and"))
        more = self.say(f" med {files}", f" with {files}") if files else ""
        name = self.say(*vocabulary.MAILS.get(e.template, (e.template.replace("_", " "),) * 2))
        return self.say(
            f"Mejlet {self._quoted(name)} går till {to}{more}.", f"The mail {self._quoted(name)} goes to {to}{more}."
        )


def _leads_to(e: ApprovalEffect) -> set[str | None]:
    return {lead.trigger for lead in e.leads.values() if lead and lead.trigger}
