"""What a teacher's screen reads of a room, and what the teacher changes in it."""

from __future__ import annotations

from collections.abc import Iterable

from siamese.classroom import ballots, codes, limits, moderation
from siamese.classroom import submissions as checks
from siamese.classroom.access import Access
from siamese.classroom.backend import Transaction
from siamese.classroom.records import Ballot, Changes, Drawing, NetworkVerdict, RoomState
from siamese.errors import InvalidSubmission, NotTheTeacher, RoomNotFound


class Teachers(Access):
    """The teacher's part of `Store`."""

    def resume(self, code: object, secret: object, client: str) -> RoomState:
        """The room of a teacher who comes back with the code and the secret that the browser kept.

        Raises:
            RoomNotFound: no such room, or another secret, which is told apart by nobody; such tries are counted.
            TooManyTries: too many of them; whoever guesses codes keeps no teacher out who has the secret.
        """
        try:
            return self.room(codes.read_code(code), secret if isinstance(secret, str) else "")
        except (RoomNotFound, NotTheTeacher) as error:
            self.guard.before_code(client)
            self.guard.wrong_code(client)
            raise RoomNotFound("This room has been closed, or is steered from another device.") from error

    def since(self, code: str, secret: str, revision: int = 0) -> Changes | None:
        """What has happened since `revision` (0: everything), or None, after one read, where nothing has."""
        head = self._steered(code, secret)
        if head.revision == revision:
            return None
        read = self.backend.reader(code)
        # A change between these reads is told again next time, and does no harm twice.
        numbers = self.backend.changed(code, revision if 0 < revision < head.revision else 0)
        found = read.many("drawings", map(str, numbers))
        drawings = tuple(Drawing.from_bytes(found[str(number)]) for number in numbers if str(number) in found)
        removed = tuple(number for number in numbers if str(number) not in found)
        return Changes(head.state(read.all("votes") if head.ballot else {}), drawings, removed)

    def room(self, code: str, secret: str) -> RoomState:
        """The room now."""
        head = self._steered(code, secret)
        return head.state(self.backend.reader(code).all("votes") if head.ballot else {})

    def strokes(self, code: str, secret: str) -> dict[int, bytes]:
        """The strokes of all drawings, as `submissions.pack_strokes` packs them, by the drawings' numbers."""
        self._steered(code, secret)
        found = self.backend.reader(code).all("strokes")
        return {int(number): found[number] for number in sorted(found, key=int)}

    def put_embedding(self, code: str, model: str, drawing: int, embedding: bytes) -> None:
        """Keeps a model's embedding of a drawing, so that no other process computes it; no change to the screen.

        Raises:
            UnknownDrawing: it was removed. InvalidSubmission: no name of a model, or no bytes of that size.
        """
        model, drawing = checks.checked_model(model), checks.checked_number(drawing)
        if not isinstance(embedding, bytes) or not 0 < len(embedding) <= limits.EMBEDDING_BYTES:
            raise InvalidSubmission("This is no embedding.")
        self._head(code)

        def keep(transaction: Transaction) -> None:
            moderation.drawing_of(transaction, drawing)
            transaction.put("embeddings", f"{model}/{drawing}", embedding)

        self._change(code, keep, is_use=False)

    def embeddings(self, code: str, secret: str, model: str, drawings: Iterable[int]) -> dict[int, bytes]:
        """The kept embeddings by a model of those of `drawings` that have one."""
        self._steered(code, secret)
        fields = [f"{checks.checked_model(model)}/{number}" for number in drawings]
        found = self.backend.reader(code).many("embeddings", fields)
        return {int(field.rpartition("/")[2]): value for field, value in found.items()}

    def relabel(self, code: str, secret: str, drawing: int, digit: int) -> Drawing:
        """The drawing, which counts as `digit` from now on; raises UnknownDrawing, InvalidSubmission."""
        number, digit = checks.checked_number(drawing), checks.checked_digit(digit)
        return self._steer(code, secret, lambda transaction: moderation.relabel(transaction, number, digit))

    def approve(self, code: str, secret: str, drawing: int) -> Drawing:
        """The drawing, which may be shown from now on; raises UnknownDrawing, InvalidSubmission."""
        number = checks.checked_number(drawing)
        return self._steer(code, secret, lambda transaction: moderation.approve(transaction, number))

    def switch_approval(self, code: str, secret: str, is_on: bool) -> None:
        """Shows drawings only when approved, or at once, and then those that wait, too."""
        switch = checks.checked_flag(is_on)
        self._steer(code, secret, lambda transaction: moderation.switch_approval(transaction, switch))

    def remove(self, code: str, secret: str, drawing: int) -> None:
        """Removes a drawing for good; raises UnknownDrawing, InvalidSubmission."""
        number = checks.checked_number(drawing)
        self._steer(code, secret, lambda transaction: moderation.remove(transaction, number))

    def remove_pupil(self, code: str, secret: str, pupil: int) -> int:
        """Removes all drawings of a pupil for good, and returns how many there were."""
        number = checks.checked_number(pupil)
        return self._steer(code, secret, lambda transaction: moderation.remove_pupil(transaction, number))

    def start_ballot(self, code: str, secret: str, left: int, right: int) -> Ballot:
        """A new round of voting on two drawings; see `ballots.start`."""
        pair = checks.checked_number(left), checks.checked_number(right)
        return self._steer(code, secret, lambda transaction: ballots.start(transaction, *pair))

    def reveal(self, code: str, secret: str, left: int, right: int, network: NetworkVerdict) -> Ballot:
        """The present round, on these drawings, with votes, truth and the network's verdict; see `ballots.reveal`."""
        pair = checks.checked_number(left), checks.checked_number(right)
        # Plain numbers in place of NumPy's, which JSON does not know.
        plain = NetworkVerdict(
            network.model, float(network.distance), float(network.threshold), checks.checked_flag(network.is_same)
        )
        return self._steer(code, secret, lambda transaction: ballots.reveal(transaction, pair, plain))

    def restart_ballots(self, code: str, secret: str) -> None:
        """Forgets all results of voting."""
        self._steer(code, secret, ballots.restart)
