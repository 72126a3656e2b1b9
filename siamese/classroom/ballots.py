"""Votes on pairs of drawings: the steps of a round, as steps of a transaction, and the summary of all rounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from siamese.classroom.backend import Transaction
from siamese.classroom.limits import BALLOTS
from siamese.classroom.moderation import drawing_of
from siamese.classroom.records import DIFFERENT, SAME, Ballot, NetworkVerdict, tallied
from siamese.errors import BallotsComplete, InvalidSubmission, NoBallot


@dataclass(frozen=True)
class Summary:
    """The score of the class against the network over the revealed rounds.

    Attributes:
        class_right: rounds in which more pupils were right than wrong; network_right: rounds in which it was.
        votes, votes_right: of all pupils, in all rounds.
    """

    rounds: int
    class_right: int
    network_right: int
    votes: int
    votes_right: int


def start(transaction: Transaction, left: int, right: int) -> Ballot:
    """A new round on two drawings that may be shown; one that was not revealed is dropped.

    Raises:
        BallotsComplete: all rounds have been played. UnknownDrawing: one of them is not there.
        InvalidSubmission: twice the same drawing, or one that waits for approval.
    """
    head = transaction.head
    if len(head.results) >= BALLOTS:
        raise BallotsComplete(f"All {BALLOTS} rounds have been played. Look at the summary, or start again.")
    if left == right:
        raise InvalidSubmission("Choose two different drawings.")
    if not all(drawing_of(transaction, number).approved for number in (left, right)):
        raise InvalidSubmission("A drawing that waits for approval cannot be voted on.")
    ballot = Ballot(len(head.results) + 1, left, right)
    transaction.clear("votes")
    transaction.head = replace(head, ballot=ballot, step=head.step + 1)
    return ballot


def vote(transaction: Transaction, pupil: int, number: int, step: int, is_same: bool) -> None:
    """Counts a pupil's vote in round `number`, in place of an earlier one.

    Raises:
        NoBallot: that round, as the pupil saw it at `step`, is not open any more.
    """
    ballot = transaction.head.ballot
    if ballot is None or ballot.is_revealed or (ballot.number, transaction.head.step) != (number, step):
        raise NoBallot("This vote is over. Wait for the next pair.")
    transaction.put("votes", str(pupil), SAME if is_same else DIFFERENT)


def reveal(transaction: Transaction, pair: tuple[int, int], network: NetworkVerdict) -> Ballot:
    """The present round with its votes counted, the truth and the network's verdict; no vote counts after it.

    Revealed again, it stays as it was.

    Args:
        pair: the drawings that `network` is of.

    Raises:
        NoBallot: there is no round, or one on another pair. UnknownDrawing: a drawing of it was removed.
    """
    head = transaction.head
    if head.ballot is None:
        raise NoBallot("There is nothing to reveal. Start a vote first.")
    if (head.ballot.left, head.ballot.right) != pair:
        raise NoBallot("Another pair has taken the place of this one. Look at it, then reveal it.")
    if head.ballot.is_revealed:
        return head.ballot
    counted = tallied(head.ballot, transaction.read.all("votes"))
    left, right = (drawing_of(transaction, number) for number in (counted.left, counted.right))
    ballot = replace(counted, is_same=left.digit == right.digit, network=network)
    transaction.head = replace(head, ballot=ballot, results=(*head.results, ballot), step=head.step + 1)
    return ballot


def restart(transaction: Transaction) -> None:
    """Ends the present round and forgets all results, so that rounds can be played anew."""
    transaction.clear("votes")
    transaction.head = replace(transaction.head, ballot=None, results=(), step=transaction.head.step + 1)


def summary(results: Iterable[Ballot]) -> Summary:
    """The score over revealed rounds; a tie of the class is not right."""
    rounds = [ballot for ballot in results if ballot.is_revealed]
    return Summary(
        rounds=len(rounds),
        class_right=sum(ballot.class_says_same is ballot.is_same for ballot in rounds),
        network_right=sum(ballot.network is not None and ballot.network.is_same is ballot.is_same for ballot in rounds),
        votes=sum(ballot.votes_same + ballot.votes_different for ballot in rounds),
        votes_right=sum(ballot.votes_same if ballot.is_same else ballot.votes_different for ballot in rounds),
    )
