"""How a round of *Guess first* went, as HTML."""

from __future__ import annotations

from collections.abc import Mapping

from siamese.app.pages.compare.guess_tally import ROWS, UNLABELLED, Count, Tally

_FEW = 30  # pairs; below this a difference of a few says nothing


def summary(tally: Tally, before: Tally, rounds: int, words: Mapping[str, str]) -> str:
    """How a round went, as HTML.

    Args:
        tally: of the round.
        before: of the `rounds` rounds before it.
        words: what each pair split is called.
    """
    rows = "".join(
        f"<tr><th scope=row>{words[row]}</th><td>{count.person}</td><td>{count.network}</td><td>{count.pairs}</td></tr>"
        for row in ROWS
        if row != UNLABELLED and (count := tally.row(row)).pairs
    )
    table = (
        "<table><thead><tr><th scope=col>Pairs sampled from</th><th scope=col>you right</th>"
        f"<th scope=col>network right</th><th scope=col>of</th></tr></thead><tbody>{rows}</tbody></table>"
        if rows
        else ""
    )
    remarks = " ".join(_remarks(tally, before, rounds))
    return (
        '<div class="round" role="status" data-testid="round">'
        f'<div class="words">{_winner(tally.labelled)}</div>{table}<p>{remarks}</p></div>'
    )


def _winner(labelled: Count) -> str:
    if not labelled.pairs:
        return "The round has ended"
    if labelled.person == labelled.network:
        return f"A draw: {labelled.person} of {labelled.pairs} each"
    return f"You {labelled.person}, the network {labelled.network} of {labelled.pairs}"


def _remarks(tally: Tally, before: Tally, rounds: int) -> list[str]:
    """What else there is to say of a round, in sentences."""
    unlabelled, labelled = tally.row(UNLABELLED), tally.labelled
    remarks = []
    if unlabelled.pairs:
        remarks.append(
            f"Of {unlabelled.pairs} drawn or uploaded {_pairs(unlabelled.pairs)} nobody here knows the truth: "
            f"you and the network agreed on {unlabelled.agreed}."
        )
    if 0 < labelled.pairs < _FEW and labelled.person != labelled.network:
        remarks.append("With so few pairs, a lead of one or two is chance.")
    names = sorted(tally.networks)
    remarks.append(f"The {'networks' if len(names) > 1 else 'network'} asked: {'; '.join(names)}.")
    if rounds:
        total = (before + tally).labelled
        remarks.append(f"In all {rounds + 1} rounds: you {total.person}, the network {total.network} of {total.pairs}.")
    remarks.append("Write down what you want to keep: reloading or closing the page loses all counts.")
    return remarks


def _pairs(number: int) -> str:
    return "pair" if number == 1 else "pairs"
