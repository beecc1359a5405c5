"""Which scripts can be set with which fonts, so that a page can say what is missing on it."""

import re
import unicodedata
from collections.abc import Collection, Iterable

EMBEDDED = frozenset({"LATIN", "GREEK", "CYRILLIC", "HEBREW"})
"""Of the fonts that Typst carries. Scripts are called as the names of their letters begin (Unicode 4.8)."""

EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "KATAKANA-HIRAGANA"})
OF_NOTO = re.compile(r"Noto (?:Sans|Serif|Naskh|Kufi|Nastaliq) (\w+)")
OF_OTHERS = {"DejaVu Sans": frozenset({"ARABIC", "ARMENIAN", "GEORGIAN"}), "Amiri": frozenset({"ARABIC"})}
IN_EVERY_FONT = frozenset("ªºµ")


def scripts_of(families: Iterable[str]) -> frozenset[str]:
    """Return the scripts of the letters that fonts of these families have."""
    found = set(EMBEDDED)
    for family in families:
        found |= OF_OTHERS.get(family, frozenset())
        if of_noto := OF_NOTO.match(family):
            found |= EAST_ASIAN if of_noto[1] == "CJK" else {of_noto[1].upper()}
    return frozenset(found)


def can_show(words: Iterable[str], scripts: Collection[str]) -> bool:
    """Say whether every letter is of one of the scripts; one of another would be an empty box."""
    letters = {letter for word in words for letter in word if unicodedata.category(letter).startswith("L")}
    return all(unicodedata.name(letter, "").startswith(tuple(scripts)) for letter in letters - IN_EVERY_FONT)


def direction_of(text: str) -> str:
    """Return `rtl` or `ltr`, by the first letter that has a direction (Unicode Standard Annex 9, P2 and P3)."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return "rtl" if next((found for found in directions if found in ("L", "R", "AL")), "L") != "L" else "ltr"
