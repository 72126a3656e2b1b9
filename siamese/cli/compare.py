"""`compare`: whether two pictures show the same digit."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from siamese.errors import InvalidImage, SeveralDigits, SiameseError
from siamese.serving import catalogue

if TYPE_CHECKING:
    import numpy as np

HELP = "Say whether two pictures show the same digit."
NEEDS: tuple[str, ...] = ()  # a photograph asks for OpenCV when it comes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the command takes."""
    parser.add_argument(
        "left", metavar="PICTURE", help="a photograph or picture of a digit, or of two; PICTURE#2 is its second digit"
    )
    parser.add_argument("right", metavar="PICTURE", nargs="?", help="another one, where the first shows one digit")
    parser.add_argument("--model", metavar="NAME", help="a trained model (see `models`); default: the best one")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a sentence")


def run(options: argparse.Namespace) -> None:
    """Prints the verdict."""
    from siamese.serving.verifier import Verifier

    card = catalogue.load_card(options.model)
    images = _two_images([options.left, options.right] if options.right else [options.left])
    verifier = Verifier(card)  # after the pictures: of a bad one a single line says so, and LiteRT adds one
    verification = verifier.compare(images[0], images[1])
    if options.json:
        print(
            json.dumps(
                {
                    "model": verifier.name,
                    "distance": verification.distance,
                    "threshold": verification.threshold,
                    "is_same": verification.is_same,
                    "probability_same": verification.probability_same,
                }
            )
        )
        return
    verdict = "same digit" if verification.is_same else "different digits"
    print(
        f"{verdict} (distance {verification.distance:.3f}, threshold {verification.threshold:.3f}, "
        f"probability of same {verification.probability_same:.1%}, model {verifier.name})"
    )


def _two_images(names: list[str]) -> list[np.ndarray]:
    """The two digits of one picture, or one of each of two; `FILE#N` names the N-th digit of a picture of several."""
    images = []
    for name in names:
        file, _, number = name.rpartition("#") if not Path(name).exists() and "#" in name else (name, "", "")
        digits = _digits_of(file)
        if number:
            if not number.isdecimal() or not 1 <= int(number) <= len(digits):
                raise InvalidImage(f"{file}: there is no digit {number}; it shows {len(digits)}")
            digits = [digits[int(number) - 1]]
        if len(digits) != (2 if len(names) == 1 else 1):
            raise SeveralDigits(
                f"{file} shows {len(digits)} digit{'s' if len(digits) > 1 else ''}: name one picture of two digits, or "
                f"two of one each; {file}#2, say, is the second digit of a picture"
            )
        images += digits
    return images


def _digits_of(name: str) -> list[np.ndarray]:
    """The digits (28, 28) of a picture file, in reading order."""
    from siamese.imaging.photographs.reader import from_picture

    try:
        content = Path(name).read_bytes()
    except (OSError, ValueError) as error:  # a name with a null byte is a ValueError
        raise InvalidImage(f"{name}: {getattr(error, 'strerror', None) or 'cannot be read'}") from error
    try:
        return [digit.image for digit in from_picture(content).digits]
    except SiameseError as error:
        raise InvalidImage(f"{name}: {error}") from error
