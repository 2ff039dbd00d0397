"""A definition in words that can be read aloud: what it is for, each state with its deadline, each way out."""

from __future__ import annotations

from collections.abc import Iterator

from arende import guards, phrases, vocabulary
from arende.casetypes import CaseType, FieldDef, Rule, Transition
from arende.clauses import Clauses, listed
from arende.effecttypes import Effect
from arende.statetypes import State

MANY = 4
"""A step that leaves from more states than this is told once, after the states."""


def page(ct: CaseType, language: str = "sv") -> str:
    """The whole definition as Markdown, in Swedish ("sv") or English ("en")."""
    told = _Page(ct, language)
    return "\n".join(told.whole()).rstrip() + "\n"


class _Page(Clauses):
    """One reading of one definition in one language."""

    def whole(self) -> Iterator[str]:
        ct = self.ct
        yield f"# {ct.name(self.language)}\n"
        if ct.description:
            yield ct.description.in_(self.language).strip() + "\n"
        own = ct.meeting_of is not None
        yield self.say(
            f"Ärendetypen {ct.key}, version {ct.version}. Diarieserie {'organets egen' if own else ct.register_}. ",
            f"Case type {ct.key}, version {ct.version}. Register {'of the body itself' if own else ct.register_}. ",
        ) + self.say(*vocabulary.REGIMES[ct.legal_regime])
        by, first = self.roles(ct.by), self.state(ct.initial)
        yield self.say(
            f"Ärendet registreras av {by} och börjar i läget {first}.\n",
            f"The case is registered by {by} and begins in the state {first}.\n",
        )
        if ct.fields:
            yield self.say("## Uppgifter i ärendet\n", "## Values of the case\n")
            yield from (self._field(k, f) for k, f in ct.fields.items())
            yield ""
        if ct.documents:
            yield self.say("## Handlingar\n", "## Documents\n")
            yield from (self._document(k) for k in ct.documents)
            yield ""
        yield self.say("## Lägen\n", "## States\n")
        for number, (key, state) in enumerate(ct.states.items(), 1):
            yield from self._state(number, key, state)
        yield from self._common()

    def _field(self, key: str, f: FieldDef) -> str:
        kind = self.say(*vocabulary.TYPES[f.type])
        if f.choices:
            kind = listed([t.in_(self.language) for t in f.choices.values()], self.say("eller", "or"))
        when = self.say("får anges när som helst", "may be given at any time")
        if f.set_by:
            when = self._asked(f)
        if f.cleared_by:
            steps = listed([self.step(t) for t in f.cleared_by], self.say("eller", "or"))
            when += self.say(f"; gäller inte längre efter {steps}", f"; no longer holds after {steps}")
        return f"- **{self.capital(guards.field_title(self.ct, key, self.language))}**: {kind}; {when}."

    def _asked(self, f: FieldDef) -> str:
        """When a field is given: "anges vid registreringen och i steget …"."""
        steps = [self.step(t) for t in f.set_by if t != "register"]
        said = [self.say("vid registreringen", "at registration")] if "register" in f.set_by else []
        if steps:
            named = listed(steps, self.say("och", "and"))
            said.append(self.say("i steget " if len(steps) == 1 else "i stegen ", "in ") + named)
        known = "" if f.required else self.say(", om uppgiften finns", ", if known")
        return self.say("anges ", "given ") + listed(said, self.say("och", "and")) + known

    def _document(self, key: str) -> str:
        d = self.ct.documents[key]
        more = [
            self.say("ska alltid finnas", "always required") if d.required else "",
            self.say(
                "hör till texten: ändras den, gäller tidigare svar inte längre",
                "part of the text: when it changes, earlier answers no longer count",
            ) if d.is_text else "",
            self.say(
                "undertecknad: byts ut av registratorn, med skäl", "signed: exchanged by the registrar, with a reason"
            ) if d.is_signed else "",
        ]  # fmt: skip
        said = "; ".join(m for m in more if m)
        return f"- **{self.capital(guards.document_title(self.ct, key, self.language))}**" + (
            f": {said}." if said else "."
        )

    def _state(self, number: int, key: str, state: State) -> Iterator[str]:
        yield f"### {number}. {self.ct.state_title(key, self.language)}\n"
        yield self._rests(state) + "\n"
        if state.help:
            yield state.help.in_(self.language).strip() + "\n"
        if state.decision:
            yield self._decision(state) + "\n"
        ways = [r for r in self.ct.rows if r.source == key and len(self._sources(r)) <= MANY]
        if ways:
            yield self.say("Vägar härifrån:\n", "Ways from here:\n")
            for rule in ways:
                yield from self._way(rule)
            yield ""

    def _common(self) -> Iterator[str]:
        """The steps that many states share, told once."""
        shared = {r.index: r for r in self.ct.rows if len(self._sources(r)) > MANY}
        if shared:
            yield self.say("## Steg från flera lägen\n", "## Steps from several states\n")
        for rule in shared.values():
            yield from self._way(rule)
            named = listed([self.state(s) for s in self._sources(rule)], self.say("och", "and"))
            yield self.say(f"  - Kan tas från {named}.", f"  - May be taken from {named}.")

    def _sources(self, rule: Rule) -> list[str]:
        return [r.source for r in self.ct.rows if r.index == rule.index]

    def _rests(self, state: State) -> str:
        phase = self.say(*vocabulary.PHASES[state.phase])
        said = [self.say(f"Skede: {phase}.", f"Phase: {phase}.")]
        if state.final:
            said.append(self.say("Här slutar ärendet.", "The case ends here."))
        elif state.auto:
            said.append(self.say("Systemet för ärendet vidare direkt.", "The system moves the case on at once."))
        elif state.waits_for:
            who = self.roles(state.waits_for, self.say("och", "and"))
            said.append(self.say(f"Ärendet väntar på {who}.", f"The case waits for {who}."))
        if state.hold:
            said.append(self.say("Ärendet vilar.", "The case is on hold."))
        if state.deadline:
            said.append(
                self.deadline(state.deadline, state.waits_for, self.say("att ärendet kom hit", "its arrival here"))
            )
        elif state.no_deadline and not state.final:
            said.append(
                self.say(f"Ingen frist: {_sentence(state.no_deadline)}", f"No deadline: {_sentence(state.no_deadline)}")
            )
        return " ".join(said)

    def _decision(self, state: State) -> str:
        d = state.decision
        if d is None:
            return ""
        said = self.say(
            f"Detta är ett beslut. Det framgår av handlingen {self.document(d.letter)} och expedieras i steget "
            f"{self.step(d.delivered_by)}.",
            f"This is a decision. It is told by the document {self.document(d.letter)} and delivered by the step "
            f"{self.step(d.delivered_by)}.",
        )
        ways = (d.appeal,) if d.appeal is not None else d.appeals
        return " ".join([said, *(phrases.appeal_words(a.text, a.weeks, a.reason, self.language) for a in ways)])

    def _way(self, rule: Rule) -> Iterator[str]:
        t = rule.transition
        dest = {
            "previous": self.say("läget före", "the state before"),
            rule.source: self.say("ärendet stannar här", "the case stays here"),
        }.get(rule.dest, self.state(rule.dest))
        named = self.ct.trigger_title(t.trigger, self.language, source=rule.source, dest=rule.dest) if t.trigger else ""
        name = named or self.say("Av sig självt", "By itself")
        yield f"- **{name}** → {dest}. {self._who(rule)}" + "".join(f" {c}" for c in self._conditions(t))
        for effect in t.then:
            yield from (f"  - {line}" for line in self._effect(effect))

    def _who(self, rule: Rule) -> str:
        t = rule.transition
        if t.auto:
            return self.say(
                "Systemet tar steget när villkoren är uppfyllda.", "The system takes it when the guards hold."
            )
        fired = self.fired_by(rule)
        by = [r for r in t.by if r != "system"]
        who = self.say(f"Görs av {self.roles(by)}.", f"Done by {self.roles(by)}.") if by else ""
        return " ".join(s for s in (who, fired) if s) or self.say("Görs av systemet.", "Done by the system.")

    def _conditions(self, t: Transition) -> Iterator[str]:
        if t.quorum > 1:
            yield self.say(f"Det krävs {t.quorum} personer.", f"{t.quorum} people are needed.")
        asked = [self.field(k) for k, f in self.ct.asked_by(t.name).items() if f.required]
        if asked:
            what = listed(asked, self.say("och", "and"))
            yield self.say(f"Då anges {what}.", f"Given with the step: {what}.")
        if t.when:
            held = listed([self.guard(g) for g in t.when], self.say("och", "and"))
            yield self.say(f"Det krävs att {held}.", f"It is required that {held}.")
        for earlier in t.not_same_as:
            yield self.say(
                f"Den som gjorde {self.step(earlier)} får inte göra detta.",
                f"Whoever did {self.step(earlier)} may not do this.",
            )
        for earlier in t.same_as:
            yield self.say(
                f"Bara den som gjorde {self.step(earlier)} får göra detta.",
                f"Only whoever did {self.step(earlier)} may do this.",
            )
        if t.comment == "required":
            yield self.say("Skälet ska skrivas.", "The reason must be given.")
        if t.authority:
            yield self.say(f"Stöd: {_sentence(t.authority)}", f"Authority: {_sentence(t.authority)}")
        if t.help:
            yield t.help.in_(self.language)

    def _effect(self, e: Effect) -> Iterator[str]:
        if e.task:
            yield self.task(e.task)
        if e.approval:
            yield from self.approval(e.approval)
        if e.consultation:
            yield from self.consultation(e.consultation)
            later = [line for effect in e.consultation.on_change for line in self._effect(effect)]
            if later:
                what = " ".join(later)
                yield self.say(
                    f"Ändrar någon sitt svar senare: {what}", f"If somebody changes their answer later: {what}"
                )
        if e.letter:
            yield self.letter(e.letter)
        if e.mail:
            yield self.mail(e.mail)
        if e.meeting:
            yield self.say(*vocabulary.MEETING_WORK[e.meeting])


def _sentence(words: str) -> str:
    words = words.strip()
    return words if words.endswith((".", "!", "?")) else words + "."
