"""Rooms: opened, joined, drawn into, watched, steered and closed, whatever keeps them.

Who calls says who they are: a teacher by the room's secret, a pupil by a token, and whoever has neither by the name of
their session, to which tries are counted. Everything that came from a page is checked here.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from siamese.classroom import codes, limits, schedule
from siamese.classroom import submissions as checks
from siamese.classroom.backend import Transaction
from siamese.classroom.pupils import Pupils
from siamese.classroom.records import Head, Opened
from siamese.classroom.teachers import Teachers
from siamese.errors import InvalidSubmission, RoomNotFound, RoomsUnavailable, WrongPassphrase


class Store(Pupils, Teachers):
    """The rooms of a server, or of all replicas that share a backend; safe to share between threads.

    Every method raises RoomsUnavailable where the backend cannot be reached, and RoomNotFound where the code is that
    of no room; those that take `secret` raise NotTheTeacher, those that take `token` UnknownPupil. A room that nobody
    uses for two hours is gone; to watch alone is no use of it.
    """

    def open_room(self, client: str, rounds: int = 1, approval: bool = False, trial: bool = False) -> Opened:
        """A new room, in which each pupil is asked for ten digits in each of `rounds`.

        Args:
            approval: whether drawings are shown only when approved.
            trial: a rehearsal, the only kind of room that takes practice drawings.

        Raises:
            InvalidSubmission: settings that no control offers. TooManyRooms, TooManySends: a limit is reached.
        """
        if checks.checked_number(rounds) > schedule.MAX_ROUNDS:
            raise InvalidSubmission(f"Choose 1 to {schedule.MAX_ROUNDS} rounds.")
        approval, trial = checks.checked_flag(approval), checks.checked_flag(trial)
        self.guard.opening(client)
        self._sweep(at_once=True)
        secret, passphrase = codes.new_secret(), codes.new_passphrase()
        hashes = codes.hash_secret(secret), codes.hash_passphrase(passphrase)
        for _ in range(100):
            code, now = codes.new_code(), self.clock()
            head = Head(code, *hashes, int(rounds), approval, trial, secrets.randbits(32), now)
            if self.backend.create(code, head, now + limits.LIFETIME_S, now, self._max_rooms):
                return Opened(code, secret, passphrase)
        raise RoomsUnavailable("No free code was found. Try again.")

    def recover(self, code: object, passphrase: object, client: str) -> str:
        """A new secret for the teacher who lost the old one, which is void from then on.

        Raises:
            WrongPassphrase: other words, or no room by that code. TooManyTries: too many of them.
        """
        wrong = WrongPassphrase("This code and these three words do not belong together.")
        try:
            known = codes.read_code(code)
        except RoomNotFound as error:
            self.guard.passphrase(client, "")
            raise wrong from error
        self.guard.passphrase(client, known)
        words = codes.read_passphrase(passphrase)
        try:
            head = self._head(known)
        except RoomNotFound as error:
            raise wrong from error
        if not codes.is_passphrase(words, head.passphrase):
            raise wrong
        secret = codes.new_secret()

        def replace_secret(transaction: Transaction) -> None:
            transaction.head = replace(transaction.head, secret=codes.hash_secret(secret))

        self._change(known, replace_secret)
        return secret

    def close(self, code: str, secret: str) -> None:
        """Deletes everything of a room at once."""
        self._steered(code, secret)
        self.backend.delete(code)
