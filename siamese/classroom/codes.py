"""Codes of rooms, secrets, and passphrases: made at random, read kindly, kept as hashes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from siamese.classroom.word_list import WORDS
from siamese.errors import RoomNotFound, WrongPassphrase

#: No letter that is misread for another or for a digit (B, G, I, L, O, Q, S, Z), and no vowel, so that no words appear.
LETTERS = "CDFHJKMNPRTVWX"
CODE_LENGTH = 4
PASSPHRASE_WORDS = 3
_RUDE = ("FCK", "FKC", "FKK", "KKK", "CNT", "DCK", "PRC", "TWT", "WTF", "NTT", "FTN")
_LONGEST = 200  # characters of typed text that are looked at
_SCRYPT = {"n": 2**13, "r": 8, "p": 1, "dklen": 32}  # 8 MiB and some 25 ms a try


def new_code() -> str:
    """A code of four letters: one of some 38,000."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        if not any(rude in code for rude in _RUDE):
            return code


def read_code(typed: object) -> str:
    """The code that a person typed, in capitals: case, spaces and hyphens do not matter.

    Raises:
        RoomNotFound: it can be no code.
    """
    text = re.sub(r"[\s\-–.]", "", typed[:_LONGEST]).upper() if isinstance(typed, str) else ""
    if len(text) != CODE_LENGTH or not set(text) <= set(LETTERS):
        raise RoomNotFound(f"A code has four letters of {LETTERS}. Look at the screen again.")
    return text


def new_secret() -> str:
    """A secret of 256 bits as URL-safe text: a teacher's, or a pupil's token."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: object) -> str:
    """The SHA-256 of a secret, hexadecimal; enough, since a secret is random and long."""
    text = secret if isinstance(secret, str) else ""
    return hashlib.sha256(text[:_LONGEST].encode("utf-8", "replace")).hexdigest()


def is_secret(secret: object, expected: str) -> bool:
    """Whether `expected` is the hash of `secret`; the time that it takes tells nothing."""
    return isinstance(secret, str) and hmac.compare_digest(hash_secret(secret), expected)


def new_passphrase() -> str:
    """Three words of the list, 24 bits: enough beside limited tries and two hours."""
    return " ".join(secrets.choice(WORDS) for _ in range(PASSPHRASE_WORDS))


def read_passphrase(typed: object) -> str:
    """The passphrase that a person typed: case, commas, hyphens and further spaces do not matter.

    Raises:
        WrongPassphrase: it can be no passphrase.
    """
    words = re.findall(r"[a-z]+", typed[:_LONGEST].lower()) if isinstance(typed, str) else []
    if len(words) != PASSPHRASE_WORDS:
        raise WrongPassphrase("A passphrase has three words.")
    return " ".join(words)


def hash_passphrase(passphrase: str, salt: bytes | None = None) -> str:
    """The salted scrypt hash of a passphrase as text, the salt before it."""
    salt = secrets.token_bytes(16) if salt is None else salt
    return f"{salt.hex()}${hashlib.scrypt(passphrase.encode(), salt=salt, **_SCRYPT).hex()}"


def is_passphrase(passphrase: str, expected: str) -> bool:
    """Whether `expected` is a hash of `passphrase`."""
    salt = bytes.fromhex(expected.partition("$")[0])
    return hmac.compare_digest(hash_passphrase(passphrase, salt), expected)
