"""Verdict and what the network saw, as HTML: a result in, text out."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import numpy as np

from siamese.app.words import decision
from siamese.data.splits import SPLITS
from siamese.imaging.data_urls import png_url
from siamese.imaging.normalisation import Normalisation
from siamese.serving.verifier import Verification

_OFTEN = 0.1  # a share of errors from which on an unseen digit is their reason


def picture(image: np.ndarray, alt: str, css: str = "") -> str:
    """An <img> of a (28, 28) image in 0..1, or uint8, with crisp pixels."""
    return f'<img class="digit {css}" alt="{html.escape(alt)}" src="{png_url(image)}">'


def verdict(result: Verification) -> str:
    """The verdict in words and symbol, how sure, and the distance."""
    found = decision(result.is_same)
    return (
        f'<div class="verdict {found.word}" role="status" aria-live="polite" data-testid="verdict" '
        f'data-distance="{result.distance:.6f}" data-probability="{result.probability_same:.6f}">'
        f'<div class="symbol" aria-hidden="true">{found.sign}</div>'
        f'<div><div class="words">{found.title}</div><div class="sure">{sure(result)}</div>'
        f'<div class="sure more">Distance <b>{result.distance:.3f}</b>, '
        f"{found.relation} the threshold of {result.threshold:.3f}</div></div></div>"
    )


def trust(splits: Mapping[str, Mapping[str, float]]) -> str:
    """How far the certainty can be trusted; `splits` as a report has them."""
    seen, mixed, unseen = (splits[split]["expected_calibration_error"] for split in SPLITS)
    less = " it is less reliable," if max(mixed, unseen) > seen else ""
    return (
        f"How sure: on digits it learned from, the certainty is off by {seen:.1%} on average; "
        f"with unseen digits{less} off by {mixed:.1%} on mixed and {unseen:.1%} on unseen pairs."
    )


def sure(result: Verification) -> str:
    """How sure the network is, in words."""
    same = result.probability_same
    share = same if result.is_same else 1 - same
    if share < 0.5:
        # The person moved the threshold to where the verdict and the odds disagree.
        return f"by your threshold, though {_percent(1 - share)} sure they are {decision(not result.is_same).word}"
    return f"{_percent(share)} sure that they are {'the same' if result.is_same else 'different'}"


def _percent(share: float) -> str:
    return "over 99%" if share > 0.995 else f"{share:.0%}"


def prompt(text: str, symbol: str = "✎") -> str:
    """A text that stands in the verdict's place: what to do, or a question."""
    return (
        '<div class="verdict prompt" role="status" aria-live="polite" data-testid="prompt">'
        f'<div class="symbol" aria-hidden="true">{html.escape(symbol)}</div>'
        f'<div class="words">{html.escape(text)}</div></div>'
    )


def agreement(shown: bool) -> str:
    """The question whether the visitor agrees with the verdict, where the label is not known; or its empty place."""
    return f'<p class="legend finding">{"Do you agree with the network?" if shown else ""}</p>'


def correctness(left: int, right: int, called_same: bool) -> str:
    """Whether the verdict is right, for two samples, whose digits are known."""
    mark, word = ("✓", "right") if (left == right) == called_same else ("✗", "wrong")
    text = f"<b>{mark} The network is {word}:</b> a {left} and a {right}."
    return f'<p class="legend finding" data-testid="correctness">{text}</p>'


def nearest_digits(left: int, right: int, share: float, learned: Sequence[int], address: str) -> str:
    """The two digits that two drawings look most like, and how often such pairs are called the same.

    Args:
        left, right: the digits that their nearest known digits agree on.
        share: the share of the pairs of these two digits that are called the same.
        learned: the digits that the network learned from.
        address: the page that shows where the share comes from.
    """
    return (
        '<span data-testid="nearest-digits">By a vote of the known digits nearest to each, these look most like '
        f"<b>{pair_words(left, right)}</b>. The network calls such pairs the same in "
        f'<a href="{html.escape(address)}" title="See this pair of digits on the page Accuracy">'
        f"{of_100(share)}</a>{never_met(left, right, share, learned)}.</span>"
    )


def pair_words(left: int, right: int) -> str:
    """Two digits in words, such as "a 4 and a 9" or "two 4s"."""
    return f"two {left}s" if left == right else f"{_a(left)} and {_a(right)}"


def _a(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"


def of_100(share: float) -> str:
    """A share in words, as a number of a hundred; never as all or none."""
    if share < 0.005:
        return "fewer than 1 of 100"
    return "more than 99 of 100" if share > 0.995 else f"{100 * share:.0f} of 100"


def never_met(left: int, right: int, share: float, learned: Sequence[int]) -> str:
    """How the sentence on two digits goes on where the network never met one of them; "" where it met both."""
    unmet = [_a(digit) for digit in dict.fromkeys((left, right)) if digit not in learned]
    if not unmet:
        return ""
    errors = 1 - share if left == right else share
    return f"{':' if errors >= _OFTEN else ', though'} it never met {' or '.join(unmet)}"


def saw(images: Sequence[np.ndarray | None], normalisation: Normalisation, strays: Sequence[str] = ()) -> str:
    """Both images as they go into the encoder, or their empty places, and how they were prepared.

    Args:
        strays: names of the sides where a line at the edge of the canvas was left out.
    """
    pictures = [
        picture(image, f"The {name} digit as the network saw it, 28 by 28 pixels", "small")
        if image is not None
        else '<div class="digit small none"></div>'
        for name, image in zip(("left", "right"), images)
    ]
    done = ["cut out", "centred"]
    if normalisation.slant:
        done.append("set upright")
    evened = [name for name in ("size", "thickness") if getattr(normalisation, name)]
    if evened:
        done.append(f"evened out in {' and '.join(evened)}")
    words = f"28 × 28 pixels, {', '.join(done[:-1])} and {done[-1]}"
    if strays:
        words += f". Left out: a line at the edge, {' and '.join(f'on the {name}' for name in strays)}"
    return f'<div class="saw">{pictures[0]}<span><b>What the network saw</b><br>{words}</span>{pictures[1]}</div>'
