"""What a pupil does in a room: join, look, draw, vote."""

from __future__ import annotations

from dataclasses import replace

from siamese.classroom import ballots, codes, limits, moderation, schedule
from siamese.classroom import submissions as checks
from siamese.classroom.access import Access
from siamese.classroom.backend import Reader, Transaction
from siamese.classroom.records import SAME, Drawing, Head, Joined, PupilView
from siamese.errors import DrawingsComplete, NotRequested, RoomFull, RoomNotFound, TrialOnly, UnknownPupil


class Pupils(Access):
    """The pupils' part of `Store`."""

    def join(self, code: object, client: str, token: str | None = None, invented: bool = False) -> Joined:
        """A place in a room: the one that `token` keeps, or a new one.

        Args:
            invented: for practice drawings, which only a trial room takes.

        Raises:
            RoomNotFound: a wrong code, which is counted. TooManyTries: too many of them.
            RoomFull, TooManySends: a limit is reached. TrialOnly: invented, and the room is real.
        """
        if (known_pupil := self._returning(code, token)) is not None:
            return known_pupil  # whoever guesses codes keeps nobody out who has a place
        self.guard.before_code(client)
        try:
            known = codes.read_code(code)
            head = self._head(known)
        except RoomNotFound:
            self.guard.wrong_code(client)
            raise
        _refuse_invented(head, invented)
        if head.pupils < limits.PUPILS:  # a full room costs nobody a try
            self.guard.joining(client)
        new = codes.new_secret()
        return Joined(known, self._change(known, lambda transaction: _take_place(transaction, new)), new)

    def _returning(self, code: object, token: object) -> Joined | None:
        """The place that a token keeps in a room that is alive, or None."""
        if not isinstance(token, str):
            return None
        try:
            known = codes.read_code(code)
            self._head(known)
        except RoomNotFound:
            return None
        pupil = _pupil(self.backend.reader(known), token)
        return None if pupil is None else Joined(known, pupil, token)

    def view(self, code: str, token: str, step: int | None = None) -> PupilView | None:
        """What a pupil's page needs; None where no step of voting was made since `step`."""
        head = self._head(code)
        pupil, read = self._number(code, token), self.backend.reader(code)
        if step == head.step:
            return None
        sent = _sent(read, pupil)
        ballot, pair, vote = head.ballot, None, None
        if ballot is not None:
            numbers = [str(ballot.left), str(ballot.right)]
            found = read.many("drawings", numbers)
            pair = _images(found, numbers)
            kept = read.get("votes", str(pupil))
            vote = None if kept is None else kept == SAME
        following = schedule.next_digit(pupil, head.seed, head.rounds, sent)
        total = head.rounds * schedule.DIGITS
        return PupilView(pupil, head.step, head.trial, following, sent, total, ballot, pair, vote)

    def put(
        self, code: str, token: str, *, digit: int, strokes: bytes, image: bytes, key: str, invented: bool = False
    ) -> Drawing:
        """The drawing that a pupil sends, as it is kept.

        Sent again by the same `key`, it is kept once: what is returned is what was kept.

        Args:
            digit: the one that was asked for.
            strokes, image: as `submissions.submission` gives them.
            key: a text of the page's own for this sending.
            invented: a practice drawing, which only a trial room takes.

        Raises:
            NotRequested: another digit is asked for, as where a second page of the pupil has sent it.
            DrawingsComplete: all were sent. DrawingTooLarge, TooManySends: a limit is reached.
            InvalidSubmission: of the wrong type, form or range. TrialOnly: invented, and the room is real.
        """
        head = self._head(code)
        _refuse_invented(head, invented)
        pupil = self._number(code, token)
        if not invented:
            self.guard.sending(code, pupil)
        digit, key = checks.checked_digit(digit), checks.checked_key(key)
        checks.read_strokes(strokes)
        image = checks.checked_image(image)
        return self._change(code, lambda transaction: _put(transaction, pupil, digit, strokes, image, key))

    def vote(self, code: str, token: str, ballot: int, step: int, is_same: bool) -> None:
        """Counts a pupil's vote in the round `ballot`, which their page got at `step`; may be changed until revealed.

        Raises:
            NoBallot: that round is over. InvalidSubmission, TooManySends: as `put`.
        """
        number, step, choice = checks.checked_number(ballot), checks.checked_number(step), checks.checked_flag(is_same)
        self._head(code)
        pupil = self._number(code, token)
        self.guard.voting(code, pupil)
        self._change(code, lambda transaction: ballots.vote(transaction, pupil, number, step, choice))

    def _number(self, code: str, token: object) -> int:
        """The number of the pupil with this token; raises UnknownPupil."""
        pupil = _pupil(self.backend.reader(code), token)
        if pupil is None:
            self._head(code)  # closed since its head was read, it knows nobody any more: to be told as closed
            raise UnknownPupil("This device has not joined the room. Join it again.")
        return pupil


def _refuse_invented(head: Head, invented: bool) -> None:
    if invented and not head.trial:
        raise TrialOnly("Practice drawings go into a trial room only.")


def _take_place(transaction: Transaction, token: str) -> int:
    """The number of a new pupil."""
    pupil = transaction.head.pupils + 1
    if pupil > limits.PUPILS:
        raise RoomFull(f"This room is full: {limits.PUPILS} people have joined.")
    transaction.put("tokens", codes.hash_secret(token), str(pupil).encode())
    transaction.head = replace(transaction.head, pupils=pupil)
    return pupil


def _pupil(read: Reader, token: object) -> int | None:
    """The number of the pupil with this token, or None."""
    kept = read.get("tokens", codes.hash_secret(token)) if isinstance(token, str) else None
    return None if kept is None else int(kept)


def _sent(read: Reader, pupil: int) -> int:
    """How many drawings a pupil has sent, removed ones among them."""
    kept = read.get("pupils", str(pupil))
    return 0 if kept is None else int(kept)


def _images(found: dict[str, bytes], numbers: list[str]) -> tuple[bytes, bytes] | None:
    """The images of two drawings; None where one of them was removed."""
    if len(found) < 2:
        return None
    left, right = (Drawing.from_bytes(found[number]).image for number in numbers)
    return left, right


def _put(transaction: Transaction, pupil: int, digit: int, strokes: bytes, image: bytes, key: str) -> Drawing:
    head, read = transaction.head, transaction.read
    place = f"{pupil}/{key}"
    before = read.get("sent", place)
    if before is not None:
        kept = read.get("drawings", before.decode())
        # One that the teacher removed is not kept again.
        return Drawing.from_bytes(kept) if kept else Drawing(int(before), pupil, digit, digit, False, image)
    sent = _sent(read, pupil)
    asked = schedule.next_digit(pupil, head.seed, head.rounds, sent)
    if asked is None:
        raise DrawingsComplete("You have drawn all your digits. Thank you!")
    if digit != asked:
        raise NotRequested(f"This digit has come already. Draw a {asked} now.")
    approved = not head.approval
    drawing = Drawing(head.last + 1, pupil, asked, digit, approved, image)
    moderation.keep(transaction, drawing)
    transaction.put("strokes", str(drawing.number), strokes)
    transaction.put("pupils", str(pupil), str(sent + 1).encode())
    transaction.put("sent", place, str(drawing.number).encode())
    counted = head.counted(digit, +1, waiting=0 if approved else 1)
    transaction.head = replace(counted, last=drawing.number)
    return drawing
