"""What is too easy to guess: one rule for everybody's password, and one for the secret key."""

import re

from zxcvbn import zxcvbn

ZXCVBN_READS = 72

MIN_PASSWORD_LENGTH = 12
MIN_PASSWORD_SCORE = 3

MIN_SECRET_LENGTH = 32
# Not more: among 32 random hexadecimal digits, a good key, one time in three fewer than 14 are different.
MIN_DIFFERENT_CHARACTERS = 9
MIN_SECRET_GUESSES_LOG10 = 20  # 66 bits; keys from a random generator have more than 29 here
PLACEHOLDER = re.compile(
    r"(?:the|my|your)?(?:secret|password)|default|example|insecure|replace|.*(?:changeme|changethis|placeholder)"
)
NOT_A_LETTER = re.compile(r"[^a-z]")


def password_weakness(password: str, username: str) -> str | None:
    """Return in a sentence why the password is refused, or None. `username` may be empty: not known yet."""
    if len(password) < MIN_PASSWORD_LENGTH:
        return f"The password needs at least {MIN_PASSWORD_LENGTH} characters."
    if username and username.lower() in password.lower():
        return "The password must not contain the user name."
    if zxcvbn(password[:ZXCVBN_READS], user_inputs=[username])["score"] < MIN_PASSWORD_SCORE:
        return "The password is too easy to guess. Several unrelated words make a good one."
    return None


def secret_weakness(secret: str) -> str | None:
    """Return what a key must be, besides long, and this one is not, or None. Meant for keys that a generator makes."""
    if PLACEHOLDER.match(NOT_A_LETTER.sub("", secret.lower())):
        return "must not be a placeholder from an example"
    if len(set(secret)) < MIN_DIFFERENT_CHARACTERS:
        return f"must have at least {MIN_DIFFERENT_CHARACTERS} different characters"
    if zxcvbn(secret[:ZXCVBN_READS])["guesses_log10"] < MIN_SECRET_GUESSES_LOG10:
        return "must be random: this one is made of words, sequences or repetitions"
    return None
