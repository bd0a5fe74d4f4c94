"""Generate ``tagged.conllu``: sentences with the part of speech of every word (UPOS).

Many words are two or three parts of speech and only their neighbours say which: "they saw the
saw", "light lamps light the light room", "a fast runner runs fast after a fast", "to run" and "to
the run". No sentence occurs twice.
Run the module to write the file beside it, or with ``--check`` to compare the two.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path

TARGET = Path(__file__).with_suffix(".conllu")
SENTENCES = 1350

# What a name in capitals can become: words, or further names; `|` parts the choices. The name of a
# part of speech ends at an underscore, so that NOUN_P gives words that are a NOUN.
RULES = {
    "S": "SIMPLE . | SIMPLE . | SIMPLE . | SIMPLE CCONJ SIMPLE . | SCONJ SIMPLE , SIMPLE . | "
    "GERUND | QUESTION | ORDER",
    "SIMPLE": "ONE DOES_ONE | MANY DOES_MANY | ONE AUX DOES_MANY | MANY AUX DOES_MANY | "
    "ONE AUX_IS ADJ_X | MANY AUX_ARE ADJ_X | ANYONE DID",
    "GERUND": "VERB_ING ADP_TO PROPN AUX_WAS ADJ_X . | VERB_ING DET NOUN AUX_WAS ADJ_X . | "
    "VERB_ING ADV AUX_IS ADJ_X . | VERB_ING ADP_P DET NOUN AUX_IS ADJ_X .",
    "QUESTION": "AUX ANYONE DOES_MANY ? | AUX_IS ONE ADJ_X ?",
    "ORDER": "VERB_B DET NOUN ! | VERB_B ADV ! | VERB_B DET NOUN ADP_P DET NOUN .",
    "ONE": "PROPN | DET_ONE NOUN | DET_ONE ADJ NOUN | PRON_ONE | DET_ONE NOUN ADP_P DET NOUN",
    "MANY": "PRON_MANY | DET_MANY NOUN_P | NUM NOUN_P | DET_MANY ADJ NOUN_P | PROPN CCONJ_A PROPN",
    "ANYONE": "ONE | MANY",
    "DOES_ONE": "VERB_S | VERB_S ADV | VERB_S DET NOUN | VERB_S DET ADJ NOUN | VERB_S WHERE | "
    "VERB_S PRON_HIM | VERB_WANTS PART VERB_B DET NOUN | VERB_WANTS PART VERB_B ADV",
    "DOES_MANY": "VERB_B | VERB_B ADV | VERB_B DET NOUN | VERB_B DET ADJ NOUN | VERB_B WHERE | "
    "VERB_B PRON_HIM | VERB_WANT PART VERB_B DET NOUN | VERB_WANT PART VERB_B",
    "DID": "VERB_D DET NOUN | VERB_D DET ADJ NOUN WHERE | VERB_D PRON_HIM | VERB_D ADV | "
    "VERB_D DET NOUN ADP_P PRON_HIM | VERB_D ADP_TO DET NOUN",
    "WHERE": "ADP_P DET NOUN | ADP_TO DET NOUN | ADP_TO PROPN | ADP_P PROPN",
}
WORDS = {
    "NOUN": "saw light run watch play walk book paint water plant play back fast close park can "
    "hand present square orange dog garden teacher bridge river ship door letter song kite "
    "doctor window machine hammer boat farmer table well match ring train store point",
    "NOUN_P": "saws lights runs watches plays walks books paints waters plants hands presents "
    "squares oranges dogs gardens teachers bridges ships doors letters songs matches "
    "rings trains stores points cans parks",
    "VERB_B": "run watch play walk book paint water plant light park hand present close like match "
    "ring train store point see find build hold open carry",
    "VERB_S": "runs watches plays walks books paints waters plants lights parks hands presents "
    "closes likes matches rings trains stores points sees finds builds holds opens",
    "VERB_D": "saw left lit ran watched played walked booked painted watered planted parked closed "
    "liked matched rang found built held opened carried",
    "VERB_ING": "driving running walking flying watching playing painting watering planting "
    "parking closing training ringing sailing lighting",
    "VERB_WANTS": "wants likes hopes plans needs",
    "VERB_WANT": "want like hope plan need",
    "ADJ": "light fast close orange square present old small quiet red heavy kind long tall",
    "ADJ_X": "light fast close orange present old fun quiet red heavy kind long late ready",
    "ADV": "fast well close back late often slowly gladly here today again long",
    "DET": "the a every this that her his their no",
    "DET_ONE": "the a every this that her his their one",
    "DET_MANY": "the some these those many her",
    "PRON_ONE": "he she it someone everyone that",
    "PRON_MANY": "they we you I these those some",
    "PRON_HIM": "him her it them us me you that these",
    "ADP_P": "in on near behind under by like past",
    "ADP_TO": "to",
    "PART": "to",
    "AUX": "can will must should may could might",
    "AUX_IS": "is was",
    "AUX_ARE": "are were",
    "AUX_WAS": "was is",
    "CCONJ": "and but or",
    "CCONJ_A": "and",
    "SCONJ": "while because if although that",
    "NUM": "two three four seven ten twelve forty",
    "PROPN": "Disneyland Paris Anna Ben Clara David Emma Mark Rose Will May Oslo Lima Nora Sandy "
    "Frank Grace Hope Bill Kenya London Park",
}
SIGNS = set(".,?!")


def expand(source: random.Random, name: str) -> list[tuple[str, str]]:
    """(word, tag) of everything that `name` becomes."""
    if name in SIGNS:
        return [(name, "PUNCT")]
    choices = RULES[name].split(" | ") if name in RULES else WORDS[name].split()
    chosen = choices[int(source.random() * len(choices))]
    if name not in RULES:
        return [(chosen, re.sub("_.*", "", name))]
    return [pair for part in chosen.split() for pair in expand(source, part)]


def sentence(source: random.Random) -> str:
    """One sentence in CoNLL-U; columns that say nothing hold `_`."""
    found = expand(source, "S")
    first, tag = found[0]
    found[0] = first[0].upper() + first[1:], tag
    return "".join(
        f"{number}\t{word}\t_\t{tag}" + "\t_" * 6 + "\n"
        for number, (word, tag) in enumerate(found, 1)
    )


def generate(seed: int = 0) -> str:
    """All sentences, a blank line after each."""
    source = random.Random(seed)
    seen = dict[str, None]()
    while len(seen) < SENTENCES:
        seen[sentence(source)] = None
    return "\n".join(seen) + "\n"


def main(arguments: Sequence[str]) -> int:
    text = generate()
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_bytes() != text.encode("utf-8"))
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
