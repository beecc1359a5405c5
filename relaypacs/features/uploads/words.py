"""What an upload can be found by: the words of a name and of identifiers, and the study that it brings.

A word is kept without case and accents, so that "jane doe" finds `DOE^JANE` and "andre" finds `André`.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from relaypacs.features.studies.models import Instance

WORD_LENGTH = 64
MOST_WORDS = 500
"""Of one upload. More than this has only one that mixes hundreds of patients, and that is held anyway."""

NAME, IDENTIFIERS = "PatientName", ("PatientID", "AccessionNumber")
STUDY = "uid:"
"""Marks the word of a study. No word of a text has a colon, so none is ever taken for a study."""

# Letters that Unicode does not take apart (UAX #15), as they are written where the keyboard lacks them.
FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"})
TATWEEL = "\u0640"  # lengthens an Arabic word, and says nothing
MARKS = ("Mn", "Me", "Cf")  # accents, vowel signs, and what only steers the direction of writing


def words_in(text: str) -> list[str]:
    """Return the words of a text: letters and digits of any script, without case and accents, in their order."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (c for c in apart if c != TATWEEL and unicodedata.category(c) not in MARKS)
    spelled = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in kept)
    return [word[:WORD_LENGTH] for word in spelled.translate(FOLDED).split()]


def words_of_form(form: Mapping[str, Any]) -> set[str]:
    """Return the words of what the form says of the patient."""
    return _bounded(_words(form.get("patient_name"), [form.get("patient_id"), form.get("accession_number")]))


def words_of_files(instances: Iterable[Instance]) -> set[str]:
    """Return the words of what acceptable instances say of their patients, and their studies."""
    accepted = [instance for instance in instances if instance.is_acceptable]
    studies = {study_word(i.study_instance_uid) for i in accepted if i.study_instance_uid}
    patients = {tuple(i.attributes.get(keyword) for keyword in (NAME, *IDENTIFIERS)) for i in accepted}
    return _bounded([*studies, *(word for name, *identifiers in patients for word in _words(name, identifiers))])


def study_word(study_instance_uid: str) -> str:
    """Return the word that only the uploads of this study have."""
    return f"{STUDY}{study_instance_uid}"


def _words(name: str | None, identifiers: Iterable[str | None]) -> list[str]:
    """An identifier is found by its parts, and written without what stands between them: 12-345 also as 12345."""
    found = words_in(name or "")
    for text in identifiers:
        if parts := words_in(text or ""):
            found += [*parts, "".join(parts)[:WORD_LENGTH]]
    return found


def _bounded(words: Iterable[str]) -> set[str]:
    return set(list(dict.fromkeys(words))[:MOST_WORDS])
