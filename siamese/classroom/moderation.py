"""What a teacher changes in a room's drawings: as steps of a transaction."""

from __future__ import annotations

from dataclasses import replace

from siamese.classroom.backend import Transaction
from siamese.classroom.records import Drawing
from siamese.errors import UnknownDrawing


def drawing_of(transaction: Transaction, number: int) -> Drawing:
    """The drawing of this number; raises UnknownDrawing."""
    kept = transaction.read.get("drawings", str(number))
    if kept is None:
        raise UnknownDrawing("This drawing is not in the room any more.")
    return Drawing.from_bytes(kept)


def keep(transaction: Transaction, drawing: Drawing) -> None:
    """Keeps a drawing as it is now, and notes that it changed; its counts are the caller's concern."""
    transaction.put("drawings", str(drawing.number), drawing.to_bytes())
    transaction.logged.add(drawing.number)


def relabel(transaction: Transaction, number: int, digit: int) -> Drawing:
    """The drawing, which counts as `digit` from now on."""
    before = drawing_of(transaction, number)
    if before.digit == digit:
        return before
    after = replace(before, digit=digit)
    keep(transaction, after)
    transaction.head = transaction.head.counted(before.digit, -1).counted(digit, +1)
    return after


def approve(transaction: Transaction, number: int) -> Drawing:
    """The drawing, which may be shown from now on."""
    before = drawing_of(transaction, number)
    if before.approved:
        return before
    after = replace(before, approved=True)
    keep(transaction, after)
    transaction.head = replace(transaction.head, waiting=transaction.head.waiting - 1)
    return after


def switch_approval(transaction: Transaction, is_on: bool) -> None:
    """Lets drawings be shown only when approved, or at once: then those that wait are approved, too."""
    transaction.head = replace(transaction.head, approval=is_on)
    if is_on or not transaction.head.waiting:
        return
    for kept in transaction.read.all("drawings").values():
        drawing = Drawing.from_bytes(kept)
        if not drawing.approved:
            keep(transaction, replace(drawing, approved=True))
    transaction.head = replace(transaction.head, waiting=0)


def remove(transaction: Transaction, number: int) -> None:
    """Removes a drawing, its strokes and its embeddings; a ballot on it that is not revealed ends.

    Raises:
        UnknownDrawing: no such drawing.
    """
    _remove(transaction, [drawing_of(transaction, number)])


def remove_pupil(transaction: Transaction, pupil: int) -> int:
    """Removes all drawings of a pupil, and returns how many there were."""
    every = map(Drawing.from_bytes, transaction.read.all("drawings").values())
    theirs = [drawing for drawing in every if drawing.pupil == pupil]
    _remove(transaction, theirs)
    return len(theirs)


def _remove(transaction: Transaction, drawings: list[Drawing]) -> None:
    embeddings = transaction.read.all("embeddings") if drawings else {}
    for drawing in drawings:
        number = str(drawing.number)
        for collection in ("drawings", "strokes"):
            transaction.remove(collection, number)
        for field in embeddings:
            if field.rpartition("/")[2] == number:
                transaction.remove("embeddings", field)
        transaction.logged.add(drawing.number)
        head = transaction.head
        transaction.head = head.counted(drawing.digit, -1, waiting=0 if drawing.approved else -1)
        ballot = head.ballot
        if ballot and not ballot.is_revealed and drawing.number in (ballot.left, ballot.right):
            transaction.head = replace(transaction.head, ballot=None, step=head.step + 1)
            transaction.clear("votes")
    transaction.is_purge = bool(drawings)
