"""The later steps of the page *Class* without a browser: vote, compare networks, keep or forget, rehearse."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from siamese.app.pages.class_room import class_figures, vote_html
from siamese.app.pages.class_room.following import Following
from siamese.app.pages.class_room.membership import Membership
from siamese.app.pages.class_room.practice import Rehearsal
from siamese.classroom.limits import BALLOTS
from siamese.classroom.records import Ballot, NetworkVerdict, PupilView
from siamese.classroom.store import Store
from siamese.errors import NoBallot, RoomNotFound, RoomsUnavailable
from tests.app.sessions import held, session_of
from tests.app.test_page_class import code_of, filled, joined, opened, rooms, send_all, visited
from tests.app.test_pages import html

__all__ = ["rooms"]
pytestmark = pytest.mark.usefixtures("no_mnist")


def press(page: AppTest, key: str) -> AppTest:
    """A press, long after the one before."""
    session_of(page).presses.clear()
    page.button(key=key).click().run()
    assert not page.exception
    return page


def has(page: AppTest, key: str) -> bool:
    """Whether a button is on the page."""
    return any(button.key == key for button in page.button)


def vote_keys(page: AppTest) -> list[str]:
    """The keys of a ballot paper's buttons, *same* first."""
    return [
        button.key for button in page.button if (button.key or "").startswith(("class.vote.same", "class.vote.diff"))
    ]


def vote(page: AppTest, word: str) -> AppTest:
    """A pupil votes in the round that the page shows."""
    (key,) = (key for key in vote_keys(page) if word in key)
    return press(page, key)


def step_to(page: AppTest, step: str) -> AppTest:
    """The teacher turns to a step."""
    page.segmented_control(key="class.step").set_value(step).run()
    assert not page.exception
    return page


def by_way(page: AppTest, way: str) -> AppTest:
    """The teacher chooses how pairs are found."""
    page.segmented_control(key="class.vote.way").set_value(way).run()
    assert not page.exception
    return page


@pytest.fixture
def lesson(rooms: Store) -> tuple[AppTest, AppTest, AppTest]:
    """A teacher at the step *Vote*, and two pupils who have each drawn two digits."""
    teacher = opened()
    first, second = joined(code_of(teacher)), joined(code_of(teacher))
    send_all(first, 2)
    send_all(second, 2, seed=7)
    teacher.run()
    return step_to(teacher, "vote"), first, second


def votes(page: AppTest):
    """What a teacher has chosen for the votes."""
    from siamese.app.pages.class_room.voting import Voting

    return held(page, Voting)


def secret_of(page: AppTest) -> str:
    return held(page, Membership).token


def test_a_round_is_voted_revealed_and_scored(rooms, lesson):
    """Pupils see the pair and change their minds; the bars follow; the reveal tells each who was right."""
    teacher, first, second = lesson
    press(by_way(teacher, "random"), "class.vote.next")
    for pupil in (first, second):
        pupil.run()
        assert "class-vote-pair" in html(pupil)
        assert "Vote now" in html(pupil)
    vote(first, "same")
    assert "You say <b>same</b>" in html(first)
    vote(first, "different")
    assert "You say <b>different</b>" in html(first)
    vote(second, "different")
    teacher.run()
    assert 'data-same="0" data-different="2"' in html(teacher)
    assert "<b>2</b> of 2 have voted" in html(teacher)
    assert 'data-testid="class-result"' not in html(teacher)
    press(teacher, "class.vote.reveal")
    (result,) = held(teacher, Following).room.results
    assert result.network.model in html(teacher)
    assert f"distance {result.network.distance:.3f}" in html(teacher)
    assert "Right in 1 round" in html(teacher)
    first.run()
    assert f"You were {'wrong' if result.is_same else 'right'}" in html(first)
    assert "The network was" in html(first)
    assert not vote_keys(first)


def test_nothing_on_a_page_tells_the_truth_before_the_reveal(rooms, lesson):
    """Neither the screen nor a phone names the digits of the pair."""
    teacher, first, _ = lesson
    press(by_way(teacher, "random"), "class.vote.next")
    first.run()
    for page in (teacher, first):
        shown = html(page)
        start = shown.index("class-vote-pair")
        pair = shown[start : shown.index("</div>", start)]
        assert 'alt="The left drawing"' in pair
        assert not any(f" {digit}" in pair.partition("src")[0] for digit in range(10))
        assert "network “" not in shown


def test_a_screen_reader_is_told_of_rounds_and_results_but_of_no_vote(rooms, lesson):
    """The status is the same text before and after a vote."""
    teacher, first, _ = lesson
    press(by_way(teacher, "random"), "class.vote.next")
    before = vote_html.announcement(held(teacher, Following).room)
    assert "Round 1 of 10. Vote now." in before
    first.run()
    vote(first, "same")
    teacher.run()
    assert vote_html.announcement(held(teacher, Following).room) == before
    press(teacher, "class.vote.reveal")
    after = vote_html.announcement(held(teacher, Following).room)
    assert "The network" in after
    assert after in html(teacher)


def test_ten_rounds_then_a_summary_and_anew(rooms, lesson):
    """No eleventh round; the summary counts; *Start again* begins with round 1."""
    teacher, _, _ = lesson
    code = code_of(teacher)
    filled(rooms, code, 1)
    teacher.run()
    by_way(teacher, "random")
    for number in range(BALLOTS):
        press(teacher, "class.vote.next")
        assert f"Round {number + 1} of {BALLOTS}" in html(teacher)
        press(teacher, "class.vote.reveal")
    pairs = {frozenset((each.left, each.right)) for each in held(teacher, Following).room.results}
    assert len(pairs) == BALLOTS
    assert not has(teacher, "class.vote.next")
    press(teacher, "class.vote.sum")
    assert "Right in 10 rounds" in html(teacher)
    assert html(teacher).count('<th scope="row">') == BALLOTS
    press(teacher, "class.vote.again")
    assert held(teacher, Following).room.results == ()
    press(teacher, "class.vote.next")
    assert f"Round 1 of {BALLOTS}" in html(teacher)


def test_the_hardest_pair_is_one_that_the_network_gets_wrong(rooms):
    """Nothing that the page says before the reveal tells it; where there is none left, one is taken at random."""
    teacher = opened()
    filled(rooms, code_of(teacher), 4)
    votes(teacher).way = "hard"
    teacher.run()
    step_to(teacher, "vote")
    wrong = 0
    for _ in range(3):
        press(teacher, "class.vote.next")
        assert not teacher.info
        press(teacher, "class.vote.reveal")
        result = held(teacher, Following).room.results[-1]
        wrong += result.network.is_same is not result.is_same
    assert wrong


def test_a_verdict_is_of_the_pair_that_is_voted_on(rooms, lesson):
    """Where another screen of the teacher's has gone on to another pair, nothing is revealed of it by the old one's."""
    teacher, _, _ = lesson
    step_to(teacher, "vote")
    press(by_way(teacher, "random"), "class.vote.next")
    code, now = code_of(teacher), held(teacher, Following)
    old = now.room
    others = [number for number in now.drawings if number not in (old.ballot.left, old.ballot.right)]
    rooms.start_ballot(code, secret_of(teacher), *others[:2])
    network = NetworkVerdict("strokes", 0.5, 0.6, True)
    with pytest.raises(NoBallot, match="Another pair"):
        rooms.reveal(code, secret_of(teacher), old.ballot.left, old.ballot.right, network)
    assert rooms.room(code, secret_of(teacher)).ballot.network is None


def test_a_pair_is_chosen_among_all_drawings(rooms, lesson):
    """Two presses; a third takes the place of the older one; then it is voted on."""
    teacher, _, _ = lesson
    by_way(teacher, "chosen")
    assert teacher.button(key="class.vote.next").disabled
    names = [json.loads(each.proto.json) for each in teacher.get("bidi_component") if '"entries"' in each.proto.json]
    assert [words for _, _, words in json.loads(names[0]["entries"])] == [f"Drawing {k}" for k in (1, 2, 3, 4)]
    votes(teacher).picked = (3, 1)
    teacher.run()
    assert html(teacher).count("Picked: drawing") == 2
    press(teacher, "class.vote.next")
    ballot = held(teacher, Following).room.ballot
    assert (ballot.left, ballot.right) == (3, 1)


def test_another_pair_takes_the_place_of_one_and_none_comes_back(rooms, lesson):
    """Four drawings make six pairs: after the sixth the page says that there is no other."""
    teacher, _, _ = lesson
    press(by_way(teacher, "random"), "class.vote.next")
    seen = set()
    for _ in range(6):
        ballot = held(teacher, Following).room.ballot
        assert ballot.number == 1
        seen.add(frozenset((ballot.left, ballot.right)))
        press(teacher, "class.vote.other")
    assert len(seen) == 6
    assert any("All pairs have been voted on" in each.value for each in teacher.info)
    press(teacher, "class.vote.reveal")
    assert len(held(teacher, Following).room.results) == 1


def test_a_drawing_that_is_removed_ends_its_round_kindly(rooms, lesson):
    """The screen offers another pair, the phones show none until it comes."""
    teacher, first, _ = lesson
    press(by_way(teacher, "random"), "class.vote.next")
    ballot = held(teacher, Following).room.ballot
    rooms.remove(code_of(teacher), secret_of(teacher), ballot.left)
    teacher.run()
    first.run()
    assert has(teacher, "class.vote.next")
    assert not has(teacher, "class.vote.reveal")
    assert not vote_keys(first)
    press(teacher, "class.vote.next")
    first.run()
    assert f"Round 1 of {BALLOTS}" in html(teacher)
    assert vote_keys(first)


def test_a_vote_that_comes_too_late_counts_nothing_and_shows_what_became(rooms, lesson):
    """Revealed meanwhile: the press changes no count, and the page shows the result."""
    teacher, first, _ = lesson
    press(by_way(teacher, "random"), "class.vote.next")
    first.run()
    press(teacher, "class.vote.reveal")
    vote(first, "same")
    assert "You did not vote" in html(first)
    result = held(teacher, Following).room.results[0]
    assert (result.votes_same, result.votes_different) == (0, 0)


def test_a_tap_on_the_pair_before_is_no_vote_on_the_new_one(rooms, lesson):
    """Another pair has other buttons, so that a late tap reaches none; within a round they stay."""
    teacher, first, _ = lesson
    press(by_way(teacher, "random"), "class.vote.next")
    first.run()
    before = vote_keys(first)
    vote(first, "same")
    assert vote_keys(first) == before
    press(teacher, "class.vote.other")
    first.run()
    assert len(vote_keys(first)) == 2
    assert not set(vote_keys(first)) & set(before)


def test_a_store_that_fails_is_told_in_a_sentence(rooms, lesson, monkeypatch):
    """On the phone and on the screen; nobody leaves the room for it."""
    teacher, first, _ = lesson
    press(by_way(teacher, "random"), "class.vote.next")
    first.run()

    def broken(*args, **more):
        raise RoomsUnavailable("The rooms cannot be reached just now. Try again.")

    monkeypatch.setattr(rooms, "vote", broken)
    monkeypatch.setattr(rooms, "reveal", broken)
    vote(first, "same")
    assert "Try again" in html(first)
    press(teacher, "class.vote.reveal")
    assert any("Try again" in each.value for each in teacher.info)
    assert held(teacher, Membership).role == "teacher"
    assert held(first, Membership).role == "pupil"


def test_two_drawings_are_needed(rooms):
    """Before that the step says so, and offers nothing to press."""
    teacher = step_to(opened(), "vote")
    assert "needs two drawings" in teacher.caption[0].value
    assert not has(teacher, "class.vote.next")


def test_a_drawing_that_waits_for_approval_is_in_no_vote(rooms):
    """It is neither offered nor taken."""
    teacher = opened(approval=True)
    send_all(joined(code_of(teacher)), 3)
    teacher.run()
    step_to(teacher, "vote")
    assert "needs two drawings" in teacher.caption[0].value


@pytest.mark.parametrize(
    ("vote", "truth", "network", "expected"),
    [
        (True, True, True, "You were right. The network was right, too."),
        (False, True, True, "You were wrong. The network was right."),
        (True, False, True, "You were wrong. The network was wrong, too."),
        (None, False, False, "You did not vote. The network was right."),
    ],
)
def test_a_pupil_is_told_who_was_right(vote, truth, network, expected):
    ballot = Ballot(1, 1, 2, is_same=truth, network=NetworkVerdict("strokes", 0.5, 0.6, network))
    seen = PupilView(1, 2, False, None, 10, 10, ballot, None, vote)
    assert vote_html.told(seen).endswith(expected)


def test_the_networks_are_compared_on_the_class_s_drawings(rooms):
    """What is missing first; then accuracy and interval of each split for each of the three, beside MNIST's."""
    teacher = opened()
    filled(rooms, code_of(teacher), 3)
    teacher.run()
    step_to(teacher, "networks")
    assert html(teacher).count("more drawings") == 9
    filled(rooms, code_of(teacher), 8)
    teacher.run()
    assert not teacher.exception
    shown = html(teacher)
    assert "more drawing" not in shown
    for name in ("strokes", "digits", "baseline"):
        assert f'rowspan="3">{name}</th>' in shown
    # Eleven pens make no mistake with some networks: no interval, rather than one from 100% to 100%.
    assert shown.count("% – ") + shown.count("– (no pair is wrong)") == 9
    assert 1 <= shown.count("– (no pair is wrong)") <= 8


def test_what_is_kept_holds_what_is_shown_and_no_name(rooms, lesson):
    """Strokes, images, sheet and figures, made when asked for."""
    teacher, _, _ = lesson
    step_to(teacher, "keep")
    assert len(teacher.get("download_button")) == 4
    made = files_of(teacher)
    strokes = json.loads(made["strokes"])
    assert len(strokes["drawings"]) == 4
    assert set(strokes["drawings"][0]) == {"number", "digit", "asked", "pupil", "strokes"}
    with np.load(io.BytesIO(made["images"])) as archive:
        assert archive["images"].shape == (4, 28, 28)
    assert made["sheet"].startswith(b"\x89PNG")
    assert made["figures"].decode().count("\n") == 10  # a heading, and three splits of three networks
    secret = secret_of(teacher).encode()
    assert not any(secret in content for content in made.values())


def files_of(teacher: AppTest) -> dict[str, bytes]:
    """What the four buttons make, for this teacher."""

    def script() -> None:
        import streamlit as st

        from siamese.app.pages.class_room import following, keeping

        now = following.current()
        st.session_state["made"] = {
            "strokes": keeping._strokes(now)(),
            "images": keeping._images(now)(),
            "sheet": keeping._sheet(now)(),
            "figures": keeping._figures()(),
        }

    page = AppTest.from_function(script, default_timeout=60)
    page.session_state["session"] = session_of(teacher)
    page.run()
    assert not page.exception
    return page.session_state["made"]


def test_closing_asks_once_more_then_deletes_everything_and_tells_everybody(rooms, lesson):
    """Kept open at first; then the room is gone from store and memory, and each page says so."""
    teacher, first, second = lesson
    code, secret = code_of(teacher), secret_of(teacher)
    step_to(teacher, "keep")
    press(teacher, "class.close")
    assert "Delete 4 drawings for good?" in html(teacher)
    press(teacher, "class.close.no")
    assert rooms.room(code, secret).drawings == 4
    press(teacher, "class.close")
    press(teacher, "class.close.yes")
    with pytest.raises(RoomNotFound):
        rooms.room(code, secret)
    assert len(class_figures.shared(rooms)) == 0
    assert held(teacher, Following).drawings == {}
    assert "everything in it is deleted" in teacher.info[0].value
    assert held(teacher, Membership).forget == code
    for pupil in (first, second):
        pupil.run()
        assert not pupil.exception
        assert "Thank you for taking part" in pupil.info[0].value
        assert held(pupil, Membership).role == ""


def test_a_double_press_on_close_does_not_delete(rooms, lesson):
    """Its second half reaches the button that deletes, and is not taken."""
    teacher, _, _ = lesson
    step_to(teacher, "keep")
    press(teacher, "class.close")
    teacher.button(key="class.close.yes").click().run()
    assert rooms.room(code_of(teacher), secret_of(teacher)).drawings == 4


def rehearsing(rounds: int = 1) -> AppTest:
    """A teacher who has pressed *Fill with practice drawings*."""
    page = visited()
    page.segmented_control(key="class.open.rounds").set_value(rounds)
    page.button(key="class.open.trial").click().run()
    assert not page.exception
    return page


def test_a_rehearsal_fills_a_trial_room_of_its_own_and_says_so(rooms):
    """Slice by slice, with its progress; marked on the screen and on a phone that joins; a real room is not."""
    teacher = rehearsing()
    assert held(teacher, Following).room.trial
    assert "Trial room" in html(teacher)
    seen = []
    while held(teacher, Rehearsal).filling is not None:
        seen.append(held(teacher, Rehearsal).count)
        teacher.run()
        assert not teacher.exception
        assert len(seen) < 200
    assert seen == sorted(seen)
    room = rooms.room(code_of(teacher), secret_of(teacher))
    assert (room.trial, room.pupils, room.drawings) == (True, 30, 300)
    assert not has(teacher, "class.fill")
    pupil = joined(code_of(teacher))
    assert "Trial room" in html(pupil)
    step_to(teacher, "keep")
    assert all("trial-" in name for name in names_of(teacher))
    real = opened()
    assert "Trial room" not in html(real)
    assert "Trial room" not in html(joined(code_of(real)))
    assert rooms.room(code_of(real), secret_of(real)).pupils == 1


def names_of(teacher: AppTest) -> list[str]:
    """The names of the files that the screen offers."""
    from siamese.app.pages.class_room import keeping

    names: list[str] = []
    real = keeping.st.download_button
    try:
        keeping.st.download_button = lambda label, make, name, kind, **more: names.append(name)
        teacher.run()
    finally:
        keeping.st.download_button = real
    return names


def test_a_rehearsal_that_was_left_in_the_middle_can_be_filled_again(rooms):
    """A reload loses what filled it: the screen offers it once more."""
    teacher = visited()
    code = rooms.open_room("teacher", trial=True)
    now = held(teacher, Membership)
    now.role, now.code, now.token = "teacher", code.code, code.secret
    teacher.run()
    press(teacher, "class.fill")
    assert held(teacher, Rehearsal).filling is not None
    teacher.run()
    assert held(teacher, Following).room.pupils == 30


def test_a_trial_room_that_is_closed_while_it_is_filled_is_left(rooms):
    """The filling ends with a sentence."""
    teacher = rehearsing()
    rooms.close(code_of(teacher), secret_of(teacher))
    teacher.run()
    assert not teacher.exception
    assert held(teacher, Membership).role == ""
    assert "has been closed" in teacher.info[0].value
