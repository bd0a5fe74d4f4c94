"""Times, places and sentences whose verb has an object, for ``eng_fra.py``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sample_corpora.translation.french_grammar import Grammar, Pair, Phrase
else:  # the modules lie side by side and are run as scripts
    from french_grammar import Grammar, Pair, Phrase


class ObjectSentences(Grammar):
    """Sentences with objects: nouns after the verb, and pronouns, in French before it."""

    def when(self, tense: str, form: str = "+", rate: float = 0.3) -> Pair:
        """A time for the end of a clause, or nothing."""
        if tense not in ("present", "past", "future") or form not in "+-?":
            return "", ""
        english, french = self.row(tense)
        return (english, french) if self.chance(rate) else ("", "")

    def often(self, tense: str, form: str, rate: float = 0.25) -> Pair:
        if tense != "present" or form not in "+-?" or not self.chance(rate):
            return "", ""
        rows = self.words["frequency"][: 4 if form == "+" else 2]
        english, french = self.pick(rows)
        return english, french

    def time(self, preposition: bool = True) -> Pair:
        """A time of the clock."""
        numbers = self.words["numbers"]
        hour = int(self.random() * 11)
        english, french = numbers[hour]
        french = f"{french} heures" if hour else "une heure"
        kind = int(self.random() * 6)
        minutes, minutes_fr = self.pick([numbers[4], numbers[9], numbers[19]])
        english, french = (
            (f"{english} o'clock", french),
            (f"half past {english}", f"{french} et demie"),
            (f"quarter past {english}", f"{french} et quart"),
            (f"quarter to {english}", f"{french} moins le quart"),
            (f"{minutes} past {english}", f"{french} {minutes_fr}"),
            (f"{minutes} to {english}", f"{french} moins {minutes_fr}"),
        )[kind]
        if self.chance(0.08):
            english, french = self.pick([("noon", "midi"), ("midnight", "minuit")])
        return (f"at {english}", f"à {french}") if preposition else (english, french)

    def place(self) -> Pair:
        if self.chance(0.35):
            o = self.phrase("r", dets="d", rate=0)
            return f"in {o.english}", f"dans {o.french}"
        english, french = self.row("places")
        o = self.phrase("bg", dets="d", rate=0.1, plural=False)
        return f"{english} {o.english}", f"{french} {o.french}"

    # Objects
    def transitive(self) -> Pair:
        verb = self.verb("pnkzacovbehtlfqruxy")
        tense, form = self.mood(verb)
        s = self.subject(asked=form == "?" and tense not in ("can", "must"))
        o = self.phrase(verb.kind, s, "dimpnjg" if form in "+?" else "dmpg")
        often = self.often(tense, form, 0.7) if o.french.split()[0] in ("des", "de") else ("", "")
        time = self.when(tense, form, 0.2)
        if tense == "present":
            time = "", ""
        tail = f"{o.english} {time[0]}", f"{o.french} {time[1]}"
        return self.finish(self.clause(s, verb, tense, form, tail, often), form, s.call)

    def person(self, s: Phrase) -> tuple[Phrase, list[str]]:
        """A person meant by a pronoun, and the pronoun's row; not the subject."""
        same = {0: "03", 3: "03", 1: "14", 4: "14"}.get(s.person, "")
        row = self.pick([r for r in self.words["objects"] if r[3] not in same])
        o = Phrase(row[0], row[1], int(row[3]), row[4], row[3] in "35", s.call)
        if row[4] == "n":
            name = self.name()
            while name.english in s.english:
                name = self.name()
            o = replace(o, gender=name.gender, call=(name.english, name.french))
        elif row[4] == "v":
            english, french, gender, many = self.row("addressed")
            o = replace(o, gender=gender, plural=bool(many), call=(english, french))
        return o, row

    def pronoun(self) -> Pair:
        verb = self.verb("pnk")
        tense, form = self.mood(verb)
        s = self.subject(asked=form == "?" and tense not in ("can", "must"))
        o, _ = self.person(s)
        time = self.when(tense, form, 0.2 if tense != "present" else 0)
        tail = f"{o.english} {time[0]}", time[1]
        clause = self.clause(s, verb, tense, form, tail, clitic=o.french, agreeing=o)
        return self.finish(clause, form, o.call)

    def antecedent(self) -> Pair:
        one, two, groups = self.row("couples")
        tense = "past" if one in ("find", "look for") else self.pick(("present", "past"))
        s = self.subject()
        o = self.phrase(groups, s, "dpm" if one in ("find", "look for") else "dim", 0.25)
        first = self.clause(s, self.verbs[one], tense, "+", (o.english, o.french))
        pronoun = ("he", "il") if s.gender == "m" else ("she", "elle")
        if s.plural:
            pronoun = ("they", "ils") if s.gender == "m" else ("they", "elles")
        if s.person in (2, 5):
            s = replace(s, english=pronoun[0], french=pronoun[1])
        person = {"f": "her", "m": "him"}[o.gender] if o.group in "pnkz" else "it"
        it = ("them", "les") if o.plural else (person, "la" if o.gender == "f" else "le")
        verb = self.verbs[two]
        second = self.clause(s, verb, tense, "+", (it[0], ""), clitic=it[1], agreeing=o)
        clause = f"{first[0]} and {second[0]}", f"{first[1]} et {second[1]}"
        return self.finish(clause, "+", s.call)

    def dative(self) -> Pair:
        verb = self.verb("D")
        tense, form = self.mood(verb)
        s = self.subject(asked=form == "?" and tense not in ("can", "must"))
        o = self.phrase(verb.kind[1:], s, "dimpn" if form in "+?" else "dmp", 0.2)
        if self.chance(0.6):
            person, row = self.person(s)
            tail = f"{person.english} {o.english}", o.french
            clause = self.clause(s, verb, tense, form, tail, clitic=row[2])
            return self.finish(clause, form, person.call)
        to = self.phrase("pnkz", s, "dp", 0) if self.chance(0.7) else self.name()
        tail = f"{o.english} to {to.english}", f"{o.french} à {to.french}"
        return self.finish(self.clause(s, verb, tense, form, tail), form, s.call)
