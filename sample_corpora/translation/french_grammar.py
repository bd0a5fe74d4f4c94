"""Words and clauses in English and French side by side, for ``eng_fra.py``.

The words are in ``eng_fra.words``.  In French phrases, ``@le``, ``@la`` and ``@les`` are
articles, which contract with *de* and *à*; ``join`` does this, and elides.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

WORDS = Path(__file__).with_name("eng_fra.words")
T = TypeVar("T")
Pair = tuple[str, str]

BE = ("am", "are", "is", "are", "are", "are")
REFLEXIVE = ("me", "te", "se", "nous", "vous", "se")
ELIDED = ("je", "ne", "le", "la", "de", "me", "te", "se", "que")
NEGATIONS = {"-": "pas", "never": "jamais", "no longer": "plus"}
# By group of nouns: d the, i a, j some, m this, p possessive, n number, g genitive
DETERMINERS = {"p": "dddimn", "z": "dddimn", "k": "p", "n": "ddip", "r": "dp", "x": "dm"}
DETERMINERS |= {"y": "d", "b": "ddim", "g": "d", "m": "d", "d": "d"}


class Noun(NamedTuple):
    group: str
    english: str
    englishes: str
    french: str
    frenches: str
    gender: str


class Verb(NamedTuple):
    english: str
    third: str
    past: str
    ing: str
    french: str
    present: str
    participle: str
    kind: str
    limits: str


@dataclass(frozen=True)
class Phrase:
    """A subject or object; ``person`` is 0-5 for je, tu, il, nous, vous, ils."""

    english: str
    french: str
    person: int = 2
    gender: str = "m"
    plural: bool = False
    call: Pair = ("", "")  # who is addressed, at the end of the sentence
    group: str = ""
    head: str = ""  # the English noun


def starts_vowel(word: str) -> bool:
    return word[0].lower() in "aàâeéèêiîoôœuh" or word == "y"


def join(phrase: str) -> str:
    """The French words with elisions and contractions."""
    done: list[str] = []
    for word in reversed(phrase.split()):
        bare = word.removeprefix("@")
        if done and bare in ELIDED and starts_vowel(done[0]):
            done[0] = bare[:-1] + "'" + done[0]
            continue
        if done and done[0] in ("@le", "@les") and word in ("de", "à"):
            merged = {"de@le": "du", "de@les": "des", "à@le": "au", "à@les": "aux"}
            word = merged[word + done.pop(0)]
        done.insert(0, word)
    return " ".join(done).replace("@", "")


def article(words: str) -> str:
    an = words[0] in "aeiouEI" and words[:3] not in ("uni", "use")
    return f"an {words}" if an else f"a {words}"


def agree(word: str, gender: str, plural: bool) -> str:
    """A participle with its endings."""
    word += "e" if gender == "f" else ""
    return word + ("s" if plural and word[-1] != "s" else "")


class Grammar:
    """Sentences made with choices drawn from ``random.Random(seed).random()`` alone."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random
        self.words: dict[str, list[list[str]]] = {}
        for line in WORDS.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                self.words[line[1:-1]] = rows = []
            elif line and not line.startswith("#"):
                rows.append(line.split("|"))
        self.nouns = [Noun(*row) for row in self.words["nouns"]]
        self.verbs = {row[0]: Verb(*row) for row in self.words["verbs"]}

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.random() * len(options))]

    def row(self, section: str) -> list[str]:
        return self.pick(self.words[section])

    def verb(self, kind: str) -> Verb:
        """A verb of this kind, or one with an object of one of these groups."""
        fits = (v for v in self.verbs.values() if set(kind) & set(v.kind.split()[0]))
        return self.pick([v for v in fits if kind.isupper() or v.kind.islower()])

    # Nouns and adjectives
    def owner(self, s: Phrase | None) -> list[str]:
        index = int(self.random() * 7)
        if index in (1, 4) or (s and self.chance(0.6)):
            index = s.person if s else 0
        return self.words["owners"][6 if index == 2 and s and s.gender == "f" else index]

    def adjective(self, row: list[str], gender: str, plural: bool) -> str:
        return row[1 + (gender == "f") + 2 * plural]

    def phrase(self, groups: str, s: Phrase | None = None, dets: str = "dimpnjg",
               rate: float = 0.35, plural: bool | None = None) -> Phrase:  # fmt: skip
        """A noun of one of the groups with a determiner and perhaps an adjective."""
        noun = self.pick([n for n in self.nouns if n.group in groups])
        own = DETERMINERS.get(noun.group, "dddiijmppng")
        det = self.pick([d for d in own if d in dets] or ["d"])
        if plural is None:
            many = noun.group in "pznafqtlcoevux" and self.chance(0.25)
            plural = det in "jn" or (det != "i" and many)
        english = noun.englishes if plural else noun.english
        french = noun.frenches if plural else noun.french
        fits = [a for a in self.words["adjectives"] if noun.group in a[7] and a[6] in "ab"]
        before = False
        if fits and self.chance(rate):
            adj = self.pick(fits)
            before, form = adj[6] == "b", self.adjective(adj, noun.gender, plural)
            if form == adj[1] and before and starts_vowel(french) and not plural:
                form = adj[5]
            english = f"{adj[0]} {english}"
            french = f"{form} {french}" if before else f"{french} {form}"
        vowel, f = starts_vowel(french), noun.gender == "f"
        the = "@les" if plural else "@la" if f else "@le"
        if det == "d":
            english, french = f"the {english}", f"{the} {french}"
        elif det == "i":
            english, french = article(english), f"{'une' if f else 'un'} {french}"
        elif det == "j":
            english = f"some {english}"
            french = f"{'de' if before else 'des'} {french}"
        elif det == "n":
            count, nombre = self.pick(self.words["numbers"][1:8])
            english, french = f"{count} {english}", f"{nombre} {french}"
        elif det == "m":
            this = "ces" if plural else "cette" if f else "cet" if vowel else "ce"
            english, french = f"{'these' if plural else 'this'} {english}", f"{this} {french}"
        elif det == "p":
            my = self.owner(s)
            english = f"{my[0]} {english}"
            french = f"{my[3 if plural else 2 if f and not vowel else 1]} {french}"
        else:
            who = self.phrase("k", s, rate=0, plural=False) if self.chance(0.5) else self.name()
            english, french = f"{who.english}'s {english}", f"{the} {french} de {who.french}"
        return Phrase(english, french, 5 if plural else 2, noun.gender, plural, ("", ""),
                      noun.group, noun.english)  # fmt: skip

    def name(self) -> Phrase:
        name, gender = self.row("names")
        return Phrase(name, name, 2, gender)

    def subject(self, groups: str = "pnkz", clear: bool = False, asked: bool = False) -> Phrase:
        """Who does it; ``clear`` if gender and number must be known, ``asked`` in a question."""
        kind = self.random()
        if kind < 0.12:
            return self.name()
        if kind < 0.17:
            one, two = self.name(), self.name()
            while one.english == two.english:
                two = self.name()
            gender = "f" if one.gender == two.gender == "f" else "m"
            names = f"{one.english} and {two.english}", f"{one.french} et {two.french}"
            return Phrase(*names, 5, gender, True)
        if kind < 0.4:
            return self.phrase(groups, dets="dmp", rate=0.25)
        pronouns = [p for p in self.words["subjects"] if not (asked and p[2] in "03")]
        english, french, number, gender = self.pick(pronouns)
        person, plural, call = int(number), number in "35", ("", "")
        if person == 1:
            name = self.name()
            gender, call = name.gender, (name.english, name.french)
        elif person == 4 and (clear or self.chance(0.4)):
            en, fr, gender, many = self.row("addressed")
            plural, call = bool(many), (en, fr)
        return Phrase(english, french, person, gender, plural, call)

    # Clauses
    def mood(self, verb: Verb, modal: bool = True) -> Pair:
        """A tense this verb may have (or a modal verb), and a form: "+", "-", "?" and others."""
        tenses = ["present", "past"] if "w" not in verb.limits else ["present"]
        if "P" in verb.limits:
            tenses = ["past"]
        elif "w" not in verb.limits:
            tenses += [] if "s" in verb.limits else ["progressive", "progressive"]
            tenses += [] if "h" in verb.limits else ["past", "future"]
            modals = [v.english for v in self.verbs.values() if v.kind == "M"] if modal else []
            tenses += [self.pick(["can"] if "h" in verb.limits else modals)] if modals else []
        tense = self.pick(tenses)
        form = self.pick(("+", "+", "+", "+", "-", "-", "?"))
        if tense in ("present", "past") and self.chance(0.12):
            form = "no longer" if tense == "present" else "never"
        return tense, "+" if form == "-" and tense in ("hope to", "prefer to") else form

    def english(self, s: Phrase, verb: Verb, tense: str, form: str, often: str = "") -> str:
        third, be, base = s.person == 2, BE[s.person], verb.english
        modal = self.verbs.get(tense)
        if modal and not modal.past.endswith("to"):
            helper, single, plain = modal.english, "", base
        elif modal:
            helper, plain = "does" if third else "do", f"{modal.english} {base}"
            single = f"{modal.third} {base}" if third else plain
        elif tense in ("progressive", "future"):
            helper, single = be, ""
            plain = verb.ing if tense == "progressive" else f"going to {base}"
        else:
            helper, single = ("does" if third else "do"), (verb.third if third else base)
            plain = base
            if tense == "past":
                helper, single = "did", verb.past
        if form == "?":
            return f"{helper} {s.english} {often} {plain}"
        if form == "-":
            return f"{s.english} {helper} not {often} {plain}".replace("can not", "cannot")
        often = often if form == "+" else form
        if single:
            return f"{s.english} {often} {single}"
        return f"{s.english} {helper} {often} {plain}"

    def french(self, s: Phrase, verb: Verb, tense: str, form: str, middle: str = "",
               clitic: str = "", agreeing: Phrase | None = None) -> str:  # fmt: skip
        """The clause up to its object; ``agreeing`` is the object pronoun's meaning, if any."""
        moving = verb.kind[0] in "ELR"
        if verb.kind == "R":
            clitic = REFLEXIVE[s.person]
        first, last = verb, ""
        if tense == "past":
            first, last = self.verbs["be" if moving else "have"], verb.participle
            owner = s if moving else agreeing
            last = agree(last, owner.gender, owner.plural) if owner else last
        elif tense not in ("present", "progressive"):
            first, last = self.verbs["go" if tense == "future" else tense], verb.french
        early, late = (clitic, "") if tense in ("present", "progressive", "past") else ("", clitic)
        negation = NEGATIONS.get(form, "")
        ne, que = "ne" if negation else "", "est-ce que" if form == "?" else ""
        finite = first.present.split()[s.person]
        return f"{que} {s.french} {ne} {early} {finite} {negation} {middle} {late} {last}"

    def clause(self, s: Phrase, verb: Verb, tense: str, form: str, tail: Pair = ("", ""),
               often: Pair = ("", ""), clitic: str = "",
               agreeing: Phrase | None = None) -> Pair:  # fmt: skip
        """A clause with what follows the verb, and an adverb which stands beside it."""
        english = self.english(s, verb, tense, form, often[0])
        french = self.french(s, verb, tense, form, often[1], clitic, agreeing)
        return f"{english} {tail[0]}", f"{french} {tail[1]}"

    def finish(self, clause: Pair, form: str = "+", call: Pair = ("", "")) -> Pair:
        """The clause as a sentence, with capital, address and final mark."""
        english, french = " ".join(clause[0].split()), join(clause[1])
        english += f", {call[0]}" if call[0] else ""
        french += f", {call[1]}" if call[1] else ""
        english, french = english[0].upper() + english[1:], french[0].upper() + french[1:]
        return (f"{english}?", f"{french} ?") if form == "?" else (f"{english}.", f"{french}.")
