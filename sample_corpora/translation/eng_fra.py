"""Generate ``eng-fra.tsv``: pairs of English and French sentences from a grammar of both.

The French side keeps gender and number agreement, elision, contraction, the place of adjectives
and object pronouns, the agreement of participles, negation around the verb and questions with
*est-ce que*, so that the words of the two sides often stand in different orders.  Here are the
kinds of sentences without a verb's object (``french_objects.py`` has those with one); phrases
and clauses are made by ``french_grammar.py`` from the words in ``eng_fra.words``.
Run the module to write the file beside it, or with ``--check`` to compare the two.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sample_corpora.translation.french_grammar import BE, Pair, Phrase, article
    from sample_corpora.translation.french_objects import ObjectSentences
else:  # the modules lie side by side and are run as scripts
    from french_grammar import BE, Pair, Phrase, article
    from french_objects import ObjectSentences

TARGET = Path(__file__).with_name("eng-fra.tsv")
PAIRS = 6000
WAS = ("was", "were", "was", "were", "were", "were")
ETAIT = ("étais", "étais", "était", "étions", "étiez", "étaient")


class Sentences(ObjectSentences):
    """One method for each kind of sentence, added to those with objects."""

    def kinds(self) -> list[Callable[[], Pair]]:
        """The kinds, each as often as it shall have weight."""
        rare = [self.feeling, self.age, self.there, self.departure, self.clock, self.where]
        rare += [self.living, self.owning, self.job, self.generic]
        common = [self.pronoun, self.antecedent, self.dative, self.predicate, self.motion]
        common += [self.existence, self.mass, self.way, self.reflexive, self.compare]
        return rare + 2 * common + 4 * [self.transitive] + [self.predicate, self.pronoun]

    # Being and having
    def being(self, s: Phrase, tail: Pair, french_be: str = "", had: bool = False) -> Pair:
        """A clause with "to be"; in French with "être", or with "avoir" if ``had``."""
        form = self.pick("++-?") if s.person not in (0, 3) else self.pick("++-")
        past = not had and self.chance(0.2)
        be = WAS[s.person] if past else BE[s.person]
        est = self.verbs["have" if had else "be"].present.split()[s.person]
        est = ETAIT[s.person] if past else est
        if form == "?":
            pair = f"{be} {s.english} {tail[0]}", f"est-ce que {s.french} {est} {tail[1]}"
        elif form == "-":
            pair = f"{s.english} {be} not {tail[0]}", f"{s.french} ne {est} pas {tail[1]}"
        else:
            pair = f"{s.english} {be} {tail[0]}", f"{s.french} {est} {tail[1]}"
        return self.finish(pair, form, s.call)

    def predicate(self) -> Pair:
        row = self.pick([a for a in self.words["adjectives"] if a[0] not in ("new", "good")])
        if "p" in row[7] and self.chance(0.8):
            s = self.subject("".join(sorted(set("pnz") & set(row[7]))), clear=True)
        else:
            s = self.phrase(row[7], dets="dmpg", rate=0)
        return self.being(s, (row[0], self.adjective(row, s.gender, s.plural)))

    def feeling(self) -> Pair:
        english, french = self.row("feelings")
        very = self.chance(0.4)
        tail = ("very " + english, "très " + french) if very else (english, french)
        return self.being(self.subject(), tail, had=True)

    def age(self) -> Pair:
        english, french = self.pick(self.words["numbers"][4:16])
        s = self.subject("z")
        while s.person == 4:  # no "sir" of six years
            s = self.subject("z")
        return self.being(s, (f"{english} years old", f"{french} ans"), had=True)

    def job(self) -> Pair:
        english, m, f = self.row("jobs")
        s = self.subject("k", clear=True)
        french = (f if s.gender == "f" else m) + ("s" if s.plural else "")
        return self.being(s, (f"{english}s" if s.plural else article(english), french))

    def compare(self) -> Pair:
        rows = [a for a in self.words["adjectives"] if "c" in a[8] and len(a[7]) > 1]
        row = self.pick(rows)
        one = self.phrase(self.pick(row[7]), dets="dpgm", rate=0)
        two = self.phrase(one.group, dets="dpgm", rate=0)
        while two.head == one.head:
            two = self.phrase(one.group, dets="dpgm", rate=0)
        kinds = [("as", "as", "aussi")]
        kinds += [("more", "than", "plus"), ("less", "than", "moins")] if "m" in row[8] else []
        more, than, plus = self.pick(kinds)
        adj = self.adjective(row, one.gender, one.plural)
        tail = f"{more} {row[0]} {than} {two.english}", f"{plus} {adj} que {two.french}"
        return self.being(one, tail)

    def none(self, o: Phrase) -> Pair:
        """What is left of "a red car" or "some cars" after "no" and "pas"."""
        french = " ".join(["de", *o.french.split()[1:]])
        return o.english.split(" ", 1)[1], french

    def owning(self) -> Pair:
        s = self.subject()
        form = self.pick("++-?") if s.person not in (0, 3) else self.pick("++-")
        o = self.phrase("acevuh", dets="i" if form == "-" else "inj")
        tail = o.english, self.none(o)[1] if form == "-" else o.french
        return self.finish(self.clause(s, self.verbs["have"], "present", form, tail), form, s.call)

    def existence(self) -> Pair:
        place, form = self.place(), self.pick("++-?")
        groups = "ucohqf" if place[0].startswith("in the") else "azpvh"
        o = self.phrase(groups, dets="ij" if form == "-" else "inj", rate=0.25)
        be, o_en, o_fr = BE[o.person], o.english, o.french
        if form == "-":
            o_en, o_fr = self.none(o)
            pair = f"there {be} no {o_en} {place[0]}", f"il ne y a pas {o_fr} {place[1]}"
        elif form == "?":
            pair = f"{be} there {o_en} {place[0]}", f"est-ce que il y a {o_fr} {place[1]}"
        else:
            pair = f"there {be} {o_en} {place[0]}", f"il y a {o_fr} {place[1]}"
        return self.finish(pair, form)

    # Food and likings
    def generic(self) -> Pair:
        s, verb = self.subject(asked=True), self.verb("G")
        form = self.pick(("+", "+", "?", "-", "no longer")[: 3 if verb.english == "love" else 5])
        groups = self.pick(("fq", "a", "tl", "md"))
        o = self.phrase(groups, dets="d", plural=groups != "md")
        tail = o.english.removeprefix("the "), o.french
        return self.finish(self.clause(s, verb, "present", form, tail), form, s.call)

    def mass(self) -> Pair:
        verb, groups = self.pick((("eat", "m"), ("drink", "d"), ("buy", "md"), ("want", "md")))
        tense, form = self.mood(self.verbs[verb])
        s = self.subject(asked=form == "?" and tense not in ("can", "must"))
        o = self.phrase(groups)
        positive, often = form in "+?", self.often(tense, form, 0.4 * (verb != "want"))
        some = "some " if positive and not often[0] and self.chance(0.6) else ""
        article_fr, noun_fr = o.french.split(" ", 1)
        tail = (f"{some}{o.english.removeprefix('the ')}",
                f"de {article_fr if positive else ''} {noun_fr}")  # fmt: skip
        clause = self.clause(s, self.verbs[verb], tense, form, tail, often)
        return self.finish(clause, form, s.call)

    # Coming, going, and other things done without an object
    def act(self, s: Phrase, name: str, mood: Pair, tail: Pair, often: Pair = ("", ""),
            clitic: str = "") -> Pair:  # fmt: skip
        clause = self.clause(s, self.verbs[name], *mood, tail, often, clitic)
        return self.finish(clause, mood[1], s.call)

    def motion(self) -> Pair:
        verb = self.verb("E")
        tense, form = mood = self.mood(verb)
        s = self.subject(clear=True, asked=form == "?")
        _, à, to = verb.kind.split()
        o = self.phrase("bg", dets="d", rate=0.1, plural=False)
        while to == "at" and o.head in ("garden", "park"):
            o = self.phrase("bg", dets="d", rate=0.1, plural=False)
        often, time = self.often(tense, form), self.when(tense, form)
        time = time if not often[0] else ("", "")
        tail = f"{to} {o.english} {time[0]}", f"{à} {o.french} {time[1]}"
        return self.act(s, verb.english, mood, tail, often)

    def there(self) -> Pair:
        tense, form = mood = self.mood(self.verbs["go"])
        s = self.subject(clear=True, asked=form == "?")
        time = self.when(tense, form, 0.7)
        return self.act(s, "go", mood, (f"there {time[0]}", time[1]), clitic="y")

    def departure(self) -> Pair:
        verb = self.verb("L")
        tense, form = mood = self.mood(verb)
        s = self.subject(clear=True, asked=form == "?")
        if verb.english == "leave" and self.chance(0.3):
            s, mood = self.phrase("y"), (tense if tense in ("past", "future") else "present", form)
        return self.act(s, verb.english, mood, self.time())

    def reflexive(self) -> Pair:
        verb = self.verb("R")
        tense, form = self.mood(verb)
        tense = "present" if tense == "progressive" else tense
        s = self.subject(clear=True, asked=form == "?")
        tail = self.time() if verb.english not in ("rest", "hurry") else self.when(tense, form)
        if verb.english == "rest" and self.chance(0.6):
            tail = self.place()
        return self.act(s, verb.english, (tense, form), tail)

    def way(self) -> Pair:
        verb = self.verb("I")
        tense, form = mood = self.mood(verb)
        s = self.subject(asked=form == "?")
        kind = self.pick(verb.kind[1:])
        if kind == "w" and tense in self.verbs:
            kind = "a"
        if kind == "p":
            return self.act(s, verb.english, mood, self.place())
        if kind in "wa":
            en, fr = ("well", "bien") if kind == "w" else ("a lot", "beaucoup")
            if tense in self.verbs:
                return self.act(s, verb.english, mood, (en, fr))
            return self.act(s, verb.english, mood, (en, ""), ("", fr))
        tail = ("slowly", "lentement") if kind == "s" else ("loudly", "fort")
        return self.act(s, verb.english, mood, tail)

    def living(self) -> Pair:
        english, french = self.row("towns")
        name = self.pick(("live", "work"))
        mood = self.pick(("present", "present", "future", "want to")), self.pick("++-?")
        s = self.subject(asked=mood[1] == "?")
        return self.act(s, name, mood, (f"in {english}", french))

    def clock(self) -> Pair:
        english, french = self.time(preposition=False)
        return self.finish((f"it is {english}", f"il est {french}"))

    def where(self) -> Pair:
        kind = self.random()
        if kind < 0.4:
            o = self.phrase("coehvbgakt", dets="dmpg", rate=0.25)
            est = self.verbs["be"].present.split()[o.person]
            return self.finish((f"where {BE[o.person]} {o.english}", f"où {est} {o.french}"), "?")
        if kind < 0.6:
            o = self.phrase("cevutfq", dets="dmg")
            do, cost = ("do", "coûtent") if o.plural else ("does", "coûte")
            pair = f"how much {do} {o.english} cost", f"combien {cost} {o.french}"
            return self.finish(pair, "?")
        s, why, tense = self.subject(asked=True), ("why", "pourquoi"), "progressive"
        verb = self.verb("I")
        if self.chance(0.5):
            verb = self.verbs[self.pick(("leave", "go out", "get up", "go to bed", "wake up"))]
            why, tense = ("when", "quand"), "present"
        clause = self.clause(s, verb, tense, "?")
        return self.finish((f"{why[0]} {clause[0]}", f"{why[1]} {clause[1]}"), "?", s.call)


def generate(seed: int = 0) -> str:
    """``PAIRS`` lines, an English sentence, a tab and a French one; no English one twice."""
    sentences = Sentences(seed)
    pairs: dict[str, str] = {}
    while len(pairs) < PAIRS:
        english, french = sentences.pick(sentences.kinds())()
        lengths = len(english.split()), len(french.removesuffix(" ?").split())
        if any(english.count(name) > 1 for name, _ in sentences.words["names"]):
            continue  # nobody does things to himself by name
        if english not in pairs and min(lengths) >= 3 and max(lengths) <= 12:
            pairs[english] = french
    return "".join(f"{english}\t{french}\n" for english, french in pairs.items())


def main(arguments: Sequence[str]) -> int:
    text = generate()
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_bytes() != text.encode("utf-8"))
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
