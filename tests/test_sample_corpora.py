"""The sample corpora are what their generators make, well-formed, and right French."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

CORPORA = Path(__file__).parents[1] / "sample_corpora"
MODELS = CORPORA / "language_model"
PAIRS_FILE = CORPORA / "translation" / "eng-fra.tsv"
GENERATED = {
    MODELS / "kinematics.py": MODELS / "kinematics.txt",
    MODELS / "markup.py": MODELS / "markup.txt",
    CORPORA / "translation" / "eng_fra.py": PAIRS_FILE,
    CORPORA / "detection" / "stream.py": CORPORA / "detection" / "stream.txt",
    CORPORA / "sentiment" / "reviews.py": CORPORA / "sentiment" / "reviews.tsv",
    CORPORA / "tagging" / "tagged.py": CORPORA / "tagging" / "tagged.conllu",
}
TEXTS = [*GENERATED.values(), MODELS / "prose.txt", MODELS / "scenes.txt"]
VOWEL = "aeiouâàéèêîôœ"


def load(path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(path.parent))
    spec = importlib.util.spec_from_file_location(f"generator_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def pairs() -> list[list[str]]:
    return [line.split("\t") for line in PAIRS_FILE.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("generator", GENERATED, ids=lambda path: path.stem)
def test_a_generator_reproduces_its_file(generator: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = load(generator, monkeypatch)
    assert module.generate().encode("utf-8") == GENERATED[generator].read_bytes()
    assert module.generate(seed=1) != module.generate(seed=0)


@pytest.mark.parametrize("generator", GENERATED, ids=lambda path: path.stem)
def test_check_tells_whether_the_file_is_as_generated(
    generator: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-B", str(generator), "--check"]
    assert subprocess.run(command, check=False).returncode == 0
    module = load(generator, monkeypatch)
    altered = tmp_path / GENERATED[generator].name
    monkeypatch.setattr(module, "TARGET", altered)
    assert module.main(["--check"]) == 1
    assert module.main([]) == 0
    assert module.main(["--check"]) == 0
    altered.write_bytes(altered.read_bytes() + b"\n")
    assert module.main(["--check"]) == 1


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_texts_are_clean_utf8(path: Path) -> None:
    raw = path.read_bytes()
    text = raw.decode("utf-8")
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert text.endswith("\n")
    assert unicodedata.is_normalized("NFC", text)
    assert [n for n, line in enumerate(text.split("\n"), 1) if line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("name", "least"),
    [("prose.txt", 100_000), ("scenes.txt", 60_000), ("markup.txt", 200_000)],
)
def test_texts_are_long_enough(name: str, least: int) -> None:
    assert (MODELS / name).stat().st_size >= least


def test_there_are_many_problems_and_each_asks_something() -> None:
    text = (MODELS / "kinematics.txt").read_text(encoding="utf-8")
    problems = text.removesuffix("\n").split("\n\n")
    assert 60_000 <= len(text.encode("utf-8")) <= 100_000
    assert len(set(problems)) == len(problems) >= 300
    for problem in problems:
        assert "\n" not in problem
        assert problem.count("?") == 1, problem
        assert 1 <= len(re.findall(r"[.?](?= |$)", problem)) <= 5, problem
        assert not set("{}[]|") & set(problem), problem


@pytest.mark.parametrize(
    "wrong",
    [
        r"\ban (?!8|11\b|18\b|[aeio]|upward|hour\b)",
        r"\ba (?:8|11\b|18\b|[aeio])",
        r"\b1 (?:second|minute|hour)s\b",
        r"(?<![\d.])(?!1\b)[\d.]+ (?:second|minute|hour)\b",
        r"\d\.\d{4}",
        r"(?<!\.)\.\.(?!\.)| ,|  ",
    ],
)
def test_problems_have_right_articles_and_plurals(wrong: str) -> None:
    text = (MODELS / "kinematics.txt").read_text(encoding="utf-8")
    assert re.findall(f".{{0,30}}{wrong}.{{0,30}}", text) == []


def test_markup_brackets_and_quotes_match() -> None:
    text = (MODELS / "markup.txt").read_text(encoding="utf-8")
    deepest = 0
    for paragraph in re.split(r"\n\s*\n", text):
        rest = re.sub(
            r"<ref>https?://[a-z.]*example\.(?:org|com|net)/[^<>\s]*</ref>", "", paragraph
        )
        assert not set("<>") & set(rest), paragraph
        assert "://" not in rest, paragraph
        assert paragraph.count('"') % 2 == 0, paragraph
        # The innermost pairs are taken away until nothing is left.
        marks = re.sub(r'[^][(){}"]', "", rest)
        depth = 0
        while marks:
            fewer = re.sub(r'\(\)|\[\]|\{\}|""', "", marks)
            assert fewer != marks, paragraph
            marks, depth = fewer, depth + 1
        opened = 0
        for mark in rest:
            opened += (mark in "([{") - (mark in ")]}")
            deepest = max(deepest, opened)
            assert 0 <= opened <= 5, paragraph
    assert deepest == 5


def test_markup_blocks_are_indented_and_closed() -> None:
    text = (MODELS / "markup.txt").read_text(encoding="utf-8")
    open_blocks: list[str] = []
    deepest, in_item = 0, False
    for number, line in enumerate(text.splitlines(), 1):
        body = line.lstrip(" ")
        if not body:
            in_item = False
            continue
        begin = re.fullmatch(r'begin (\w+) "The [a-z ]+"', body)
        end = re.fullmatch(r"end (\w+)", body)
        if end:
            assert open_blocks.pop() == end[1], number
        item, plain = body.startswith("- "), not (begin or end)
        hanging = 2 if in_item and plain and not item else 0
        assert len(line) - len(body) == 2 * len(open_blocks) + hanging, number
        in_item = item or (in_item and plain)
        if begin:
            open_blocks.append(begin[1])
            deepest = max(deepest, len(open_blocks))
    assert open_blocks == []
    assert deepest == 4


def test_markup_lines_are_broken_at_the_width() -> None:
    lines = (MODELS / "markup.txt").read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) == 68
    starts = re.compile(r"\s*(- |begin |end |\{\{\w+=\w+\}\}$|[a-z] = |$)")
    for line, following in pairwise(lines):
        if line and not starts.match(following) and not re.match(r"\s*(begin|end) ", line):
            first = following.split()[0]
            assert len(line) + 1 + len(first) > 68, (line, following)


def test_the_markup_checker_finds_what_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    check = load(MODELS / "markup.py", monkeypatch).check
    text = 'begin note "The old mill"\n  The miller said "stop (and wait)".\nend note\n'
    assert check(text) == []
    for good, bad in [
        ("wait)", "wait]"),
        ('wait)"', "wait)"),
        ("  The", "   The"),
        ("end note", "end list"),
        ("end note\n", ""),
        ("stop", "stop " * 20),
    ]:
        assert check(text.replace(good, bad) + "\n"), bad


def test_pairs_are_distinct_and_have_two_columns() -> None:
    rows = pairs()
    assert {len(row) for row in rows} == {2}
    assert len({tuple(row) for row in rows}) == len({row[0] for row in rows}) == len(rows) >= 4000
    for english, french in rows:
        assert english == " ".join(english.split())
        assert french == " ".join(french.split())
        assert 3 <= len(english.split()) <= 12
        assert 3 <= len(french.removesuffix(" ?").split()) <= 12
        assert english[0].isupper()
        assert french[0].isupper()
        assert english[-1] == french[-1]
        assert english[-1] in ".?"
        assert french.endswith(" ?") == english.endswith("?"), french


WRONG_FRENCH = {
    "article before a vowel": rf"\b(?:le|la) [{VOWEL}h]",
    "no elision": rf"\b(?:je|ne|me|te|se|de|que) (?:[{VOWEL}h]|y\b)",
    "de + article": r"\bde les?\b(?! \w+(?:er|ir|re)\b)",
    "à + article": r"\bà les?\b",
    "si il": r"\bsi ils?\b",
    "que il, que elle": r"\bque (?:il|elle)s?\b",
    "elision before a consonant": rf"\b(?:l|d|j|n|m|t|s|qu)'(?![{VOWEL}hy])",
    "ce before a vowel": rf"\bce [{VOWEL}h]",
    "feminine possessive before a vowel": rf"\b(?:ma|ta|sa) [{VOWEL}h]",
    "cet before a consonant": rf"\bcet (?![{VOWEL}h])",
    "beau, nouveau, vieux before a vowel": rf"\b(?:un|ce|cet|le|mon|son|notre|leur) "
    rf"(?:beau|nouveau|vieux) [{VOWEL}h]",
    "bel, nouvel, vieil before a consonant": rf"\b(?:bel|nouvel|vieil) (?![{VOWEL}h])",
    "colour before its noun": r"\b(?:rouge|bleue?|verte?|noire?|blanc|blanche|jaune)s? "
    r"(?:voiture|robe|vélo|chemise|chapeau|chat|chien)",
    "masculine determiner, feminine noun": r"\b(?:un|le|ce|du|au) (?:petit |grand )?(?:voiture|"
    r"robe|maison|pomme|lettre|table|femme|fille|gare|plage|clé)s?\b",
    "feminine determiner, masculine noun": r"\b(?:une|la|cette|ma|ta|sa) (?:petite |grande )?"
    r"(?:livre|chat|chien|vélo|train|homme|musée|gâteau|sac|chapeau)s?\b",
    "feminine noun, masculine adjective": r"\b(?:voiture|robe|chemise|jupe|veste)s? (?:vert|noir|"
    r"blanc|italien|français|allemand|cher)s?\b",
    "masculine noun, feminine adjective": r"\b(?:chat|chien|vélo|chapeau|manteau)x?s? (?:verte|"
    r"noire|blanche|italienne|française|chère)s?\b",
    "plural article, singular noun": r"\b(?:les|des|ces|mes|nos|vos|leurs) (?:voiture|pomme|livre|"
    r"chat|clé|robe|chapeau|cheval|journal)\b",
    "des before an adjective": r"\bdes (?:petit|grand|beau|belle|bon|joli|vieux|vieille|nouveau)",
    "person and ending, first": r"\b(?:je|j'|tu) ?\w+(?:ons|ez|ent)\b",
    "person and ending, nous": r"(?:^|que )nous (?:ne |y )?(?:ai|as|a|avez|ont|est|êtes|va|vas)\b",
    "person and ending, vous": r"(?:^|que )vous (?:ne |y )?(?:ai|as|a|avons|ont|est|vont|va)\b",
    "person and ending, il": r"\b(?:il|elle) (?:ne |y |n')?(?:ai|as|avons|ont|sont|vont|vais)\b",
    "person and ending, ils": r"\b(?:ils|elles) (?:ne |y |n')?(?:ai|as|a|est|va|vais|avons)\b",
    "être with a masculine participle": r"^Elle (?:n')?(?:s')?est (?:pas )?(?:allé|venu|parti|"
    r"sorti|arrivé|resté|levé|couché)\b",
    "être with a singular participle": r"^(?:Ils|Nous|Elles) (?:ne )?(?:nous )?(?:sont|sommes) "
    r"(?:pas )?(?:allé|venu|parti|sorti|arrivé|resté)e?\b",
    "avoir with a verb of motion": r"\b(?:ai|as|a|avons|avez|ont) (?:pas )?(?:allé|parti|venu|"
    r"arrivé|resté|revenu)e?s?\b",
    "pronoun after its verb": r"\b(?:vois|voit|voient|connaît|attend|achète) (?:le|la|les)[.,?]",
    "de after pas": r"\b(?:n'ai|n'as|n'a|n'avons|n'avez|n'ont) pas (?:un|une|des) ",
    "no space before the mark": r"\w\?",
}


@pytest.mark.parametrize("name", WRONG_FRENCH)
def test_french_breaks_no_rule(name: str) -> None:
    wrong = re.compile(WRONG_FRENCH[name], re.IGNORECASE)
    assert [french for _, french in pairs() if wrong.search(french)] == []


def test_every_negation_is_complete() -> None:
    ne = re.compile(r"\b(?:ne |n')", re.IGNORECASE)
    second = re.compile(r"\b(?:pas|jamais|plus)\b")
    for english, french in pairs():
        if ne.search(french):
            assert second.search(french), french
            assert re.search(r"\b(?:not|cannot|never|no)\b", english), english
        if re.search(r"\b(?:not|cannot|never|no)\b", english):
            assert ne.search(french), french


@pytest.mark.parametrize(
    ("english", "french"),
    [
        (" red ", " rouge"),
        ("blue", "bleue"),
        ("him", " lui "),
        ("them", " les "),
        ("there", " y "),
        ("'s ", " de "),
        ("old", "vieille"),
        ("going to", " va "),
        ("half past", "et demie"),
        ("quarter to", "moins le quart"),
    ],
)
def test_the_pairs_show_what_they_shall_teach(english: str, french: str) -> None:
    assert any(english in en and french in fr for en, fr in pairs())


def test_no_file_names_a_machine_or_real_host() -> None:
    for path in sorted(CORPORA.rglob("*")):
        if path.suffix in (".py", ".txt", ".tsv", ".md", ".words"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"/(?:home|Users|root|work)/", text), path
            for host in re.findall(r"https?://([\w.-]+)", text):
                assert re.fullmatch(r"(?:\w+\.)?example\.(?:org|com|net)|\.\.\.", host), (
                    path,
                    host,
                )


def test_the_readme_names_every_file() -> None:
    readme = (CORPORA / "README.md").read_text(encoding="utf-8")
    for path in sorted(CORPORA.rglob("*")):
        if path.suffix in (".py", ".txt", ".tsv", ".words"):
            assert path.name in readme


def test_names_are_what_their_generator_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = CORPORA / "name_classes"
    module = load(folder / "names.py", monkeypatch)
    files = module.generate()
    assert {path.name for path in folder.glob("*.txt")} == set(files)
    assert all((folder / name).read_bytes() == text.encode() for name, text in files.items())
    assert module.generate(seed=1) != files
    command = [sys.executable, "-B", str(folder / "names.py"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0
    for text in files.values():
        names = text.splitlines()
        assert len(set(names)) == len(names)
        assert unicodedata.is_normalized("NFC", text)
        assert all(re.fullmatch(r"[A-ZÄÖ][a-zäö]{2,13}", name) for name in names)
