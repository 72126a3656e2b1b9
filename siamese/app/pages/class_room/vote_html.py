"""A vote as HTML: the pair, the bars, and what came of it in words; nothing tells the truth before it is revealed."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from siamese.app.pages.accuracy.table import html_table
from siamese.app.verdict import pair_words, picture
from siamese.app.words import QUESTION, decision
from siamese.classroom.ballots import summary
from siamese.classroom.limits import BALLOTS
from siamese.classroom.records import Ballot, PupilView, RoomState

_HEADS = ("Round", "Truth", "same", "different", "Your class", "Network", "Distance")


def pair(left: np.ndarray, right: np.ndarray) -> str:
    """Two drawings (28, 28) beside each other, large."""
    pictures = picture(left, "The left drawing", "class-one") + picture(right, "The right drawing", "class-one")
    return f'<div class="class-pair" data-testid="class-vote-pair">{pictures}</div>'


def bars(ballot: Ballot, pupils: int) -> str:
    """How many say *same* and how many *different*, and how many have voted at all."""
    votes = ballot.votes_same + ballot.votes_different
    rows = "".join(
        f'<div class="class-say {found.word}"><b>{found.sign} {found.word}</b>'
        f'<span><i style="width:{100 * count / max(votes, 1):.0f}%"></i></span><b>{count}</b></div>'
        for found, count in ((decision(True), ballot.votes_same), (decision(False), ballot.votes_different))
    )
    return (
        f'<div class="class-says" data-testid="class-votes" data-round="{ballot.number}" '
        f'data-same="{ballot.votes_same}" data-different="{ballot.votes_different}">'
        f"{rows}<p><b>{votes}</b> of {pupils} have voted</p></div>"
    )


def announcement(room: RoomState) -> str:
    """What a screen reader is told: that a round began, and how it ended; never a single vote."""
    text = ""
    if room.ballot is not None:
        lines = outcome(room.ballot) or [f"Round {room.ballot.number} of {BALLOTS}. Vote now."]
        text = " ".join(lines)
    return f'<p class="class-spoken" role="status">{text}</p>'


def result(ballot: Ballot, digits: tuple[int, int] | None) -> str:
    """Truth, class and network after the reveal; "" before it.

    Args:
        digits: what the two drawings count as, None where one is gone.
    """
    lines = outcome(ballot)
    if not lines:
        return ""
    truth, *others = lines
    known = digits is not None and (digits[0] == digits[1]) == ballot.is_same
    more = f" <span>({pair_words(*digits)})</span>" if digits is not None and known else ""
    marks = "".join(f"<p>{line}</p>" for line in others)
    css = decision(bool(ballot.is_same)).word
    return f'<div class="class-result {css}" data-testid="class-result"><p class="truth">{truth}{more}</p>{marks}</div>'


def outcome(ballot: Ballot) -> list[str]:
    """Truth, the class's verdict and the network's, a sentence each; [] before the reveal."""
    if ballot.is_same is None:
        return []
    return [f"{decision(ballot.is_same).title}.", _class_says(ballot), _network_says(ballot)]


def _class_says(ballot: Ballot) -> str:
    said, votes = ballot.class_says_same, (ballot.votes_same, ballot.votes_different)
    if not sum(votes):
        return "Nobody has voted."
    if said is None:
        return f"Your class is divided: {votes[0]} to {votes[1]}."
    most = f"{max(votes)} to {min(votes)}"
    return f"{_mark(said is ballot.is_same)} Your class says {decision(said).word}, {most}."


def _network_says(ballot: Ballot) -> str:
    network = ballot.network
    if network is None:
        return ""
    found = decision(network.is_same)
    return (
        f"{_mark(network.is_same is ballot.is_same)} The network “{html.escape(network.model)}” says {found.word}: "
        f"distance {network.distance:.3f}, {found.relation} its threshold of {network.threshold:.3f}."
    )


def _mark(right: bool) -> str:
    return "✓ Right." if right else "✗ Wrong."


def score(results: Sequence[Ballot]) -> str:
    """The score of the class against the network so far; "" before the first reveal."""
    if not results:
        return ""
    found = summary(results)
    rounds = "1 round" if found.rounds == 1 else f"{found.rounds} rounds"
    return (
        f'<p class="class-score" data-testid="class-score">Right in {rounds}: your class <b>{found.class_right}</b>, '
        f"the network <b>{found.network_right}</b></p>"
    )


def table(results: Sequence[Ballot]) -> str:
    """All rounds, one a row."""
    rows = "".join(_row(ballot) for ballot in results)
    return html_table("class-rounds", "All rounds of the vote", _HEADS, [f"<tbody>{rows}</tbody>"])


def _row(ballot: Ballot) -> str:
    network, said = ballot.network, ballot.class_says_same
    cells = [
        decision(bool(ballot.is_same)).word,
        str(ballot.votes_same),
        str(ballot.votes_different),
        "divided" if said is None else "✓" if said is ballot.is_same else "✗",
        "" if network is None else "✓" if network.is_same is ballot.is_same else "✗",
        "" if network is None else f"{network.distance:.3f}",
    ]
    return f'<tr><th scope="row">{ballot.number}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def share_right(results: Sequence[Ballot]) -> str:
    """How many single votes were right, in a sentence; "" where nobody voted."""
    found = summary(results)
    if not found.votes:
        return ""
    return f"Of all {found.votes} votes {found.votes_right} were right: {found.votes_right / found.votes:.0%}."


def told(seen: PupilView) -> str:
    """What a pupil's page says of the vote: the question, what this pupil says, or how it ended."""
    ballot = seen.ballot
    if ballot is None:
        return ""
    if ballot.is_same is None:
        if seen.pair is None:
            return "A drawing of this pair was removed. Wait for the next pair."
        if seen.vote is None:
            return f"<b>{QUESTION}</b> Vote now."
        return f"You say <b>{decision(seen.vote).word}</b>. You may change it until it is revealed."
    lines = [f"<b>{decision(ballot.is_same).title}.</b>"]
    if seen.vote is None:
        lines.append("You did not vote.")
    else:
        lines.append(f"You were {_right(seen.vote is ballot.is_same)}.")
    if network := ballot.network:
        also = ", too" if seen.vote is not None and (seen.vote is network.is_same) else ""
        lines.append(f"The network was {_right(network.is_same is ballot.is_same)}{also}.")
    return " ".join(lines)


def _right(is_right: bool) -> str:
    return "right" if is_right else "wrong"
