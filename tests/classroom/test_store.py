"""Rooms, the same in SQLite and in Redis: places, drawings, changes, moderation, limits, expiry, closing."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from siamese.classroom import limits
from siamese.classroom.backend import COLLECTIONS
from siamese.classroom.records import Head, NetworkVerdict
from siamese.classroom.store import Store
from siamese.errors import (
    DrawingsComplete,
    DrawingTooLarge,
    InvalidSubmission,
    NotRequested,
    NotTheTeacher,
    RoomFull,
    RoomNotFound,
    SiameseError,
    TooManyRooms,
    TooManySends,
    TooManyTries,
    TrialOnly,
    UnknownDrawing,
    UnknownPupil,
    WrongPassphrase,
)
from tests.classroom.conftest import Room, digits_of, drawn


def test_a_pupil_joins_and_keeps_the_place(room):
    """Pupils are numbered; the token brings back the same number and the same request; a code is read kindly."""
    first, second = room.join(), room.join()
    assert (first.pupil, second.pupil) == (1, 2)
    room.send(first)
    typed = f" {room.code[:2].lower()}-{room.code[2:]} "
    again = room.store.join(typed, "another session", first.token)
    assert again == first
    view = room.store.view(room.code, first.token)
    assert (view.sent, view.total) == (1, 10)
    assert view.next_digit == digits_of(1, room.store, room)[1]
    assert room.state().pupils == 2


def test_a_token_of_nobody_gets_a_new_place(room):
    """A forged token, or one of another room, is no key to anything."""
    assert room.store.join(room.code, "a", "forged").pupil == 1
    other = Room(room.store, room.store.open_room("teacher"))
    assert room.store.join(room.code, "b", other.join().token).pupil == 2
    with pytest.raises(UnknownPupil):
        room.store.view(room.code, "forged")


def test_all_digits_are_asked_for_once(room):
    """Ten drawings, each digit once; then thanks, and nothing more is taken."""
    joined = room.join()
    room.store.guard = type("Idle", (), {"sending": lambda *_: None})()
    sent = [room.send(joined).digit for _ in range(10)]
    assert sorted(sent) == list(range(10))
    assert room.store.view(room.code, joined.token).next_digit is None
    with pytest.raises(DrawingsComplete, match="Thank you"):
        room.store.put(room.code, joined.token, digit=0, strokes=b"[[[1,1]]]", image=drawn(1).image, key="more")


def test_a_repeated_sending_is_kept_once(room):
    """The same key: the same drawing, one in the room; a new key for a digit that has come: asked for the next."""
    joined, sent = room.join(), drawn(3)
    digit = room.store.view(room.code, joined.token).next_digit
    values = {"digit": digit, "strokes": sent.strokes, "image": sent.image}
    first = room.store.put(room.code, joined.token, **values, key="one")
    assert room.store.put(room.code, joined.token, **values, key="one") == first
    with pytest.raises(NotRequested):
        room.store.put(room.code, joined.token, **values, key="two")
    assert room.state().drawings == 1
    room.store.remove(room.code, room.secret, first.number)
    room.store.put(room.code, joined.token, **values, key="one")
    assert room.state().drawings == 0  # what the teacher removed does not come back


def test_the_screen_gets_what_is_new(room):
    """Nothing twice, nothing left out: added, set to another digit, removed; None where nothing came."""
    joined = room.join()
    start = room.since().room.revision
    assert room.since(start) is None
    first, second = room.send(joined), room.send(joined, seed=1)
    changes = room.since(start)
    assert changes.drawings == (first, second)
    assert changes.removed == ()
    assert room.since(changes.room.revision) is None
    other = (first.digit + 1) % 10
    room.store.relabel(room.code, room.secret, first.number, other)
    room.store.remove(room.code, room.secret, second.number)
    later = room.since(changes.room.revision)
    assert [(drawing.number, drawing.digit, drawing.asked) for drawing in later.drawings] == [
        (first.number, other, first.digit)
    ]
    assert later.removed == (second.number,)
    assert later.room.per_digit == tuple(int(digit == other) for digit in range(10))
    everything = room.since(0)
    assert [drawing.number for drawing in everything.drawings] == [first.number]
    assert room.since(10**6).drawings == everything.drawings  # of a room that had this code before
    assert room.store.strokes(room.code, room.secret) == {first.number: drawn(first.asked).strokes}


def test_approval_holds_drawings_back(store):
    """By the switch, drawings wait; approved one by one, or all when it is switched off."""
    room = Room(store, store.open_room("teacher", approval=True))
    joined = room.join()
    first, second = room.send(joined), room.send(joined)
    assert not first.approved
    assert room.state().waiting == 2
    assert store.approve(room.code, room.secret, first.number).approved
    revision = room.state().revision
    store.switch_approval(room.code, room.secret, False)
    assert [drawing.number for drawing in room.since(revision).drawings] == [second.number]
    assert (room.state().waiting, room.state().approval) == (0, False)
    assert room.send(joined).approved


def test_all_of_a_pupil_goes(room):
    """Removing a phone's drawings leaves those of others, and their counts."""
    joined, other = room.join(), room.join()
    for _ in range(3):
        room.send(joined)
    kept = room.send(other)
    room.store.put_embedding(room.code, "strokes", 1, b"1234")
    assert room.store.remove_pupil(room.code, room.secret, joined.pupil) == 3
    changes = room.since()
    assert changes.drawings == (kept,)
    assert changes.removed == (1, 2, 3)
    assert changes.room.drawings == 1
    assert room.store.embeddings(room.code, room.secret, "strokes", [1]) == {}
    with pytest.raises(UnknownDrawing):
        room.store.remove(room.code, room.secret, 1)


def test_embeddings_are_kept_beside_drawings(room):
    """By model and drawing; the screen has nothing new to fetch; a removed drawing gets none."""
    drawing = room.send(room.join())
    revision = room.state().revision
    room.store.put_embedding(room.code, "strokes", drawing.number, b"first")
    room.store.put_embedding(room.code, "digits", drawing.number, b"second")
    assert room.store.embeddings(room.code, room.secret, "strokes", [drawing.number, 99]) == {drawing.number: b"first"}
    assert room.since(revision) is None
    with pytest.raises(UnknownDrawing):
        room.store.put_embedding(room.code, "strokes", 99, b"none")


def test_only_the_secret_steers(room):
    """Another secret, a token, nothing: refused by every step of the teacher's."""
    joined = room.join()
    drawing = room.send(joined)
    store = room.store
    for secret in ("", "forged", joined.token, None, 5, "x" * 10**6):
        for step in (
            lambda: store.since(room.code, secret),  # noqa: B023
            lambda: store.room(room.code, secret),  # noqa: B023
            lambda: store.strokes(room.code, secret),  # noqa: B023
            lambda: store.remove(room.code, secret, drawing.number),  # noqa: B023
            lambda: store.relabel(room.code, secret, drawing.number, 1),  # noqa: B023
            lambda: store.switch_approval(room.code, secret, True),  # noqa: B023
            lambda: store.embeddings(room.code, secret, "strokes", [1]),  # noqa: B023
            lambda: store.approve(room.code, secret, drawing.number),  # noqa: B023
            lambda: store.remove_pupil(room.code, secret, joined.pupil),  # noqa: B023
            lambda: store.start_ballot(room.code, secret, 1, 2),  # noqa: B023
            lambda: store.reveal(room.code, secret, 1, 2, NetworkVerdict("strokes", 0.5, 0.6, True)),  # noqa: B023
            lambda: store.restart_ballots(room.code, secret),  # noqa: B023
            lambda: store.close(room.code, secret),  # noqa: B023
        ):
            with pytest.raises(NotTheTeacher):
                step()
    assert room.state().drawings == 1


def test_three_words_bring_the_room_back(room):
    """A new secret steers, the old one does not; other words are refused, then all tries for a while."""
    secret = room.store.recover(room.code.lower(), f"  {room.passphrase.upper().replace(' ', ', ')}", "new device")
    assert room.store.room(room.code, secret).code == room.code
    with pytest.raises(NotTheTeacher):
        room.state()
    for words in ("acorn acorn acorn", "acorn", None, "🙂 🙂 🙂"):
        with pytest.raises(WrongPassphrase):
            room.store.recover(room.code, words, "guesser")
    with pytest.raises(WrongPassphrase):
        room.store.recover("CCCC", "acorn acorn acorn", "guesser")
    with pytest.raises(TooManyTries):
        room.store.recover(room.code, room.passphrase, "guesser")


def test_guessing_codes_is_slowed(room, clock):
    """After some wrong codes a session waits, even with a right one; others do not; later it may try again."""
    for code in ("CCCC", "AEIO", "", None, 7, "C" * 10**6, "ÄÖÜß"):
        with pytest.raises(RoomNotFound):
            room.store.join(code, "guesser")
    with pytest.raises(RoomNotFound):
        room.store.join("DDDD", "guesser")
    with pytest.raises(TooManyTries):
        room.store.join(room.code, "guesser")
    assert room.store.join(room.code, "pupil").pupil == 1
    clock.now += 60
    assert room.store.join(room.code, "guesser").pupil == 2


def test_a_teacher_comes_back(room):
    """By what the browser kept; a wrong secret says no more than a wrong code does, and is counted.

    The right one opens however many wrong ones came before it.
    """
    assert room.store.resume(room.code.lower(), room.secret, "teacher") == room.state()
    told = set()
    for number in range(8):
        code = room.code if number % 2 else "CCCC"
        with pytest.raises(RoomNotFound) as raised:
            room.store.resume(code, ("forged", None, 5, b"secret")[number % 4], "guesser")
        told.add(str(raised.value))
    assert len(told) == 1
    for code in (room.code, "CCCC"):
        with pytest.raises(TooManyTries):
            room.store.resume(code, "forged", "guesser")
    assert room.store.resume(room.code, room.secret, "guesser") == room.state()


def test_many_sessions_guess_no_faster(room, clock):
    """Over all sessions the server lets a few hundred wrong codes pass, then two a second, and each session's first.

    Whoever has a place, steers, or comes with the right code is not kept out.
    """
    here = room.join()
    for number in range(200):
        with pytest.raises(RoomNotFound):
            room.store.join("CCCC", f"session {number % 30}")
    assert room.store.guard._codes.has("session 29")
    for code in ("CCCC", room.code):
        with pytest.raises(TooManyTries):
            room.store.join(code, "session 29")
    assert room.store.join(room.code, "returns", here.token) == here
    assert room.store.resume(room.code, room.secret, "session 29") == room.state()
    assert room.join().pupil == 2
    with pytest.raises(RoomNotFound):
        room.store.join("CCCC", "newcomer")
    with pytest.raises(TooManyTries):
        room.store.join(room.code, "newcomer")
    clock.now += 1
    assert room.store.join(room.code, "newcomer").pupil == 3


def test_limits_are_sentences(store, clock):
    """Rooms a server, people a room, sends a minute: each refused by name, in a sentence."""
    small = Store(store.backend, clock, max_rooms=2)
    room = Room(small, small.open_room("a"))
    small.open_room("b")
    with pytest.raises(TooManyRooms, match=r"2 rooms are open.*\.$"):
        small.open_room("c")
    pupils = [small.join(room.code, f"client {number}") for number in range(limits.PUPILS)]
    assert [joined.pupil for joined in pupils] == list(range(1, limits.PUPILS + 1))
    with pytest.raises(RoomFull, match=r"60 people.*\.$"):
        small.join(room.code, "one more")
    assert small.join(room.code, "returns", pupils[3].token).pupil == 4


def test_many_sessions_open_no_more_rooms(store, clock):
    """Twenty at once on a server, then one each half minute, however often a page is reloaded; told in a sentence."""
    for number in range(20):
        store.open_room(f"session {number}")
    for _ in range(8):  # which counts nothing against this client
        with pytest.raises(TooManySends, match=r"^Many rooms were opened here.*\.$"):
            store.open_room("teacher")
    clock.now += 30
    room = Room(store, store.open_room("teacher"))
    assert room.join().pupil == 1
    with pytest.raises(TooManySends):
        store.open_room("another")
    clock.now += 20 * 30
    for _ in range(5):
        store.open_room("teacher")
    with pytest.raises(TooManySends, match="You opened several"):
        store.open_room("teacher")
    assert store.open_room("another").code != room.code


def refused(act: Callable[[int], object], calls: int = 2000) -> int:
    """How many of so many calls in one moment are refused for being too many."""
    found = 0
    for number in range(calls):
        try:
            act(number)
        except (TooManySends, TooManyTries):
            found += 1
        except SiameseError:
            pass
    return found


@pytest.mark.parametrize(
    ("flood", "most"),
    [
        (lambda room, joined, sent, k: room.store.put(room.code, joined.token, **sent, key=f"k{k}"), 10),
        (lambda room, joined, sent, k: room.store.put(room.code, joined.token, **sent, key="same"), 10),
        (lambda room, joined, sent, k: room.store.vote(room.code, joined.token, 1, 1, bool(k % 2)), 10),
        (lambda room, joined, sent, k: room.store.join(room.code, "flood"), 5),
        (lambda room, joined, sent, k: room.store.join("CCCC", "flood"), 8),
        (lambda room, joined, sent, k: room.store.resume(room.code, "guess", "flood"), 8),
        (lambda room, joined, sent, k: room.store.recover(room.code, "acorn acorn acorn", "flood"), 5),
        (lambda room, joined, sent, k: room.store.open_room("flood"), 5),
    ],
    ids=["drawings", "one drawing", "votes", "places", "codes", "secrets", "passphrases", "rooms"],
)
def test_a_flood_of_one_client_is_refused_and_others_go_on(room, flood, most):
    """Of two thousand calls at once a handful pass, all others are refused before they change anything; meanwhile
    others join, draw, vote and open rooms."""
    joined = room.join("flooding pupil")
    digit = room.store.view(room.code, joined.token).next_digit
    sent = {"digit": digit, "strokes": drawn(digit).strokes, "image": drawn(digit).image}
    revision = room.state().revision
    assert refused(lambda k: flood(room, joined, sent, k)) == 2000 - most
    assert room.state().revision <= revision + most
    other = room.join("other")
    first, second = room.send(other), room.send(other)
    room.store.start_ballot(room.code, room.secret, first.number, second.number)
    view = room.store.view(room.code, other.token)
    room.store.vote(room.code, other.token, view.ballot.number, view.step, True)
    assert room.state().ballot.votes_same == 1
    assert room.store.open_room("another teacher").code != room.code


def test_nothing_that_is_kept_tells_who_somebody_is(room):
    """Whatever a client is named by, none of it is kept, nor a token or a secret: numbers, strokes, images, hashes."""
    names = [f"Ada Lovelace 192.0.2.{number}" for number in range(3)]
    room.store.open_room(names[0])
    pupils = [room.store.join(room.code, name) for name in names]
    drawings = [room.send(joined) for joined in pupils for _ in range(2)]
    room.store.start_ballot(room.code, room.secret, 1, 2)
    view = room.store.view(room.code, pupils[0].token)
    room.store.vote(room.code, pupils[0].token, view.ballot.number, view.step, True)
    room.store.put_embedding(room.code, "strokes", 1, b"1234")
    kept = {name: room.store.backend.reader(room.code).all(name) for name in COLLECTIONS}
    assert all(kept.values())
    head = room.store.backend.head(room.code)
    everything = head + b"".join(field.encode() + value for fields in kept.values() for field, value in fields.items())
    for secret in [*names, "192.0.2", room.secret, *room.passphrase.split(), *(joined.token for joined in pupils)]:
        assert secret.encode() not in everything
    assert set(vars(drawings[0])) == {"number", "pupil", "asked", "digit", "approved", "image"}
    assert set(kept["pupils"]) == {"1", "2", "3"}
    assert set(vars(Head.from_bytes(head))) == {
        *("code", "secret", "passphrase", "rounds", "approval", "trial", "seed", "used", "revision"),
        *("pupils", "last", "per_digit", "waiting", "ballot", "results", "step"),
    }


def test_a_flood_of_one_pupil_is_refused(room, clock):
    """Ten sendings at once, then one every other second; another pupil sends meanwhile."""
    joined, other = room.join(), room.join()
    for number in range(10):
        with pytest.raises(InvalidSubmission):
            room.store.put(room.code, joined.token, digit=11, strokes=b"", image=b"", key=f"k{number}")
    with pytest.raises(TooManySends):
        room.send(joined)
    assert room.send(other).pupil == other.pupil
    clock.now += 2
    assert room.send(joined).pupil == joined.pupil


FORGED = {
    "digit": [-1, 10, 2.5, "3", None, True, [3], float("nan"), 10**400],
    "strokes": [
        *[b"", b"[]", b"{}", b"[[]]", b"[[[1]]]", b"[[[1,2,3]]]", b'[[["1","2"]]]', b"[[[true,false]]]", b"[[1,2]]"],
        *[b"[[[NaN,1]]]", b"[[[Infinity,1]]]", b"[[[1e999,1]]]", b"[[[" + b"9" * 4000 + b",1]]]", b"\xff\x00"],
        *[b"[" * 9000, b"null", "[[[1,2]]]", None, 5, [[[1, 2]]]],
        *[b"[[[" + b"9" * 5000 + b",1]]]", b"[" + b"[[1,1]]," * 61 + b"[[1,1]]]"],
        *[b" " * (limits.DRAWING_BYTES + 1), b"1" * 10**7],
    ],
    "image": [b"", bytes(784), b"x" * 783, b"x" * 785, "x" * 784, None, 784, b"x" * 10**7],
    "key": ["", "x" * 65, "a/b", "a b", "é", "\n", None, 5, b"key", "x" * 10**7],
}


@pytest.mark.parametrize("field", FORGED)
def test_what_is_forged_is_refused_by_name(room, clock, field):
    """Wrong types, sizes, numbers: an error of ours with a sentence, and nothing kept."""
    joined = room.join()
    digit = room.store.view(room.code, joined.token).next_digit
    sent = drawn(digit)
    good = {"digit": digit, "strokes": sent.strokes, "image": sent.image, "key": "key"}
    for forged in FORGED[field]:
        clock.now += 10
        with pytest.raises((InvalidSubmission, DrawingTooLarge), match=r"\.$"):
            room.store.put(room.code, joined.token, **{**good, field: forged})
    assert room.state().drawings == 0
    assert room.since().drawings == ()


def test_forged_arguments_of_the_teacher_are_refused(room):
    """Numbers of drawings, digits, switches and settings that no control offers."""
    room.send(room.join())
    steps = [
        *[lambda value=value: room.store.relabel(room.code, room.secret, 1, value) for value in FORGED["digit"]],
        *[lambda value=value: room.store.remove(room.code, room.secret, value) for value in (0, -1, "1", None, 1.0)],
        lambda: room.store.switch_approval(room.code, room.secret, "yes"),
        lambda: room.store.open_room("teacher", rounds=99),
        lambda: room.store.open_room("teacher", trial=None),
        lambda: room.store.put_embedding(room.code, "a/b", 1, b"1"),
        lambda: room.store.put_embedding(room.code, "model", 1, b"1" * 10**6),
        lambda: room.store.put_embedding(room.code, "model", 1, "text"),
    ]
    for step in steps:
        with pytest.raises(SiameseError):
            step()
    assert room.state().drawings == 1


def test_practice_drawings_stay_out_of_real_rooms(room):
    """They are refused before anything else is looked at."""
    with pytest.raises(TrialOnly):
        room.store.put(room.code, "", digit=1, strokes=b"", image=b"", key="", invented=True)


def test_a_room_that_nobody_uses_is_gone(room, clock, store):
    """After two hours, to the second; each use gives two hours more, and watching gives none."""
    joined = room.join()
    clock.now += limits.LIFETIME_S - 1
    room.send(joined)
    clock.now += limits.LIFETIME_S - 1
    assert room.state().drawings == 1
    clock.now += 1
    for step in (room.state, room.join, lambda: store.view(room.code, joined.token)):
        with pytest.raises(RoomNotFound):
            step()
    clock.now += 60
    Room(store, store.open_room("teacher")).state()
    assert store.backend.head(room.code) is None  # by whoever asked, not when its code is chosen again
    assert store.backend.reader(room.code).all("drawings") == {}


def test_a_closed_room_is_gone_at_once(room):
    """For the teacher, for pupils, and for whoever knows the passphrase; another room stays."""
    other = Room(room.store, room.store.open_room("another"))
    other.send(other.join())
    joined = room.join()
    room.send(joined)
    room.store.put_embedding(room.code, "strokes", 1, b"1234")
    room.store.close(room.code, room.secret)
    with pytest.raises(RoomNotFound):
        room.state()
    with pytest.raises(RoomNotFound):
        room.store.put(room.code, joined.token, digit=1, strokes=b"", image=b"", key="")
    with pytest.raises(RoomNotFound):
        room.store.put_embedding(room.code, "strokes", 1, b"1234")
    with pytest.raises(WrongPassphrase):
        room.store.recover(room.code, room.passphrase, "device")
    assert other.state().drawings == 1


def test_a_room_that_is_closed_between_two_reads_is_closed(room, monkeypatch):
    """Its head was there, its pupils are not: whoever looks, draws or votes just then is told that it is closed."""
    joined, store = room.join(), room.store
    head = store.backend.head(room.code)
    store.close(room.code, room.secret)
    for act in (
        lambda: store.view(room.code, joined.token),
        lambda: store.put(room.code, joined.token, digit=1, strokes=b"", image=b"", key=""),
        lambda: store.vote(room.code, joined.token, 1, 1, True),
    ):
        reads = iter([head])
        monkeypatch.setattr(store.backend, "head", lambda code: next(reads, None))  # noqa: B023
        with pytest.raises(RoomNotFound):
            act()


def test_thirty_pupils_at_once_lose_nothing(room):
    """Threads that all write into one room: every drawing is there once, with a number of its own."""
    pupils = [room.join() for _ in range(30)]
    problems = []

    def send(joined) -> None:
        try:
            for _ in range(3):
                room.send(joined)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=send, args=(joined,)) for joined in pupils]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    drawings = room.since().drawings
    assert [drawing.number for drawing in drawings] == list(range(1, 91))
    assert {joined.pupil: 3 for joined in pupils} == {
        joined.pupil: sum(drawing.pupil == joined.pupil for drawing in drawings) for joined in pupils
    }
    assert room.state().drawings == 90
