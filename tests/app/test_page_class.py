"""The page *Class* without a browser: opening, joining, drawing, watching, steering, each as who may."""

from __future__ import annotations

import json
from urllib.parse import unquote

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from siamese.app.pages.class_room import class_figures, join_address, store
from siamese.app.pages.class_room.entrance import Entrance, ForPhones, qr_code
from siamese.app.pages.class_room.following import Following
from siamese.app.pages.class_room.gallery import View
from siamese.app.pages.class_room.membership import Membership, read_kept
from siamese.app.pages.class_room.moderation import Chosen
from siamese.app.pages.class_room.sheet import Sheet
from siamese.classroom import limits, sqlite
from siamese.classroom.records import Opened
from siamese.classroom.store import Store
from siamese.errors import InvalidSubmission, NotTheTeacher, RoomNotFound, RoomsUnavailable
from siamese.imaging import pens
from siamese.serving.verifier import Verifier
from tests.app.sessions import held, session_of
from tests.app.test_pages import WAIT, html
from tests.classroom.conftest import Clock, filled

pytestmark = pytest.mark.usefixtures("no_mnist")


def class_room() -> None:
    from siamese.app.pages.class_room import page as class_room

    class_room.render()


@pytest.fixture
def rooms(tmp_path, monkeypatch) -> Store:
    """The server's store, in a folder of this test."""
    monkeypatch.setattr(sqlite, "default_folder", lambda: tmp_path / "rooms")
    store.rooms.clear()
    class_figures.shared.clear()
    yield store.rooms()
    store.rooms.clear()
    class_figures.shared.clear()


def visited(link: str = "") -> AppTest:
    """The page of a browser that keeps nothing."""
    page = AppTest.from_function(class_room, default_timeout=WAIT)
    held(page, Membership).heard = True
    held(page, Membership).linked = link
    page.run()
    assert not page.exception
    return page


def opened(*, approval: bool = False, rounds: int = 1) -> AppTest:
    """The page of a teacher who has just opened a room."""
    page = visited()
    page.segmented_control(key="class.open.rounds").set_value(rounds)
    page.toggle(key="class.open.approval").set_value(approval)
    page.button(key="class.open.go").click().run()
    assert not page.exception
    assert held(page, Membership).role == "teacher"
    return page


def joined(code: str) -> AppTest:
    """The page of a pupil who came by the link."""
    page = visited(code)
    page.button(key="class.join.link").click().run()
    assert not page.exception
    assert held(page, Membership).role == "pupil"
    return page


def sheet(page: AppTest):
    """A pupil's sheet."""
    return held(page, Sheet)


def draw(page: AppTest, strokes: list[np.ndarray]) -> AppTest:
    """What a canvas does, and a press on Send."""
    session_of(page).presses.clear()
    sheet(page).drawing.draw(strokes)
    page.button(key="class.send").click().run()
    assert not page.exception
    return page


def asked(page: AppTest) -> int:
    """The digit that is asked for."""
    return int(page.title[0].value[-1])


def send_all(page: AppTest, count: int, seed: int = 0) -> None:
    """The next digits of a pupil."""
    for number in range(count):
        draw(page, pens.draw(asked(page), np.random.default_rng(seed + number)))


def code_of(page: AppTest) -> str:
    return held(page, Membership).code


def secrets_of(page: AppTest) -> list[str]:
    """What must be on no page."""
    now = held(page, Membership)
    return [now.token, now.passphrase]


def shown(page: AppTest) -> str:
    """All that the page shows: HTML, texts, and what its components get but for the browser's storage."""
    texts = [
        html(page),
        *(each.value for kind in (page.markdown, page.caption, page.title, page.info) for each in kind),
    ]
    components = [each.proto.json for each in page.get("bidi_component") if '"place"' not in each.proto.json]
    return "\n".join([*texts, *components])


def test_a_phone_s_drawing_is_not_framed_before_it_is_sent(rooms):
    """To frame an image costs a fifth of what a stroke does, and nobody looks at it."""
    page = joined(code_of(opened()))
    sheet(page).drawing.draw(pens.draw(asked(page), np.random.default_rng(0)))
    page.run()
    assert sheet(page).drawing.strokes
    assert sheet(page).drawing.framed is None


def test_who_comes_is_asked_to_join_or_to_open_and_told_what_is_kept(rooms):
    """Nothing is stored, no address changes, and one line says what would be kept."""
    page = visited()
    assert [header.value for header in page.header] == ["Join a room", "Open a room"]
    assert "No names, no accounts" in page.caption[-1].value
    assert rooms.backend.head("CCCC") is None


def test_a_room_is_opened_with_what_was_chosen_and_its_secret_is_on_no_page(rooms):
    """Rounds and approval are the room's; the projector is on; the secret goes into the browser's storage alone."""
    page = opened(approval=True, rounds=2)
    room = held(page, Following).room
    assert (room.rounds, room.approval, room.pupils) == (2, True, 0)
    assert session_of(page).projector
    assert code_of(page) in html(page)
    for secret in secrets_of(page):
        assert secret not in shown(page)
    address = next(each.proto.json for each in page.get("bidi_component") if '"query"' in each.proto.json)
    assert f"room={code_of(page)}" in address


def test_the_three_words_are_shown_when_asked_for_and_once(rooms):
    """Hidden from the class at first; gone for good when they were written down."""
    page = opened()
    words = held(page, Membership).passphrase
    page.button(key="class.words.show").click().run()
    assert words in html(page)
    page.button(key="class.words.done").click().run()
    assert words not in html(page)
    assert not held(page, Membership).passphrase


def test_another_device_gets_the_room_back_by_the_three_words(rooms):
    """From then on the first device steers nothing: it is told so, and holds no secret."""
    first = opened()
    code, words = code_of(first), held(first, Membership).passphrase
    second = visited()
    second.text_input(key="class.back.code").set_value(code.lower())
    second.text_input(key="class.back.words").set_value("no such words")
    second.button(key="class.back.go").click().run()
    assert "do not belong together" in second.info[0].value
    second.text_input(key="class.back.code").set_value(code.lower())
    second.text_input(key="class.back.words").set_value(words)
    second.button(key="class.back.go").click().run()
    assert not second.exception
    assert (held(second, Membership).role, code_of(second)) == ("teacher", code)
    first.run()
    assert not first.exception
    assert "steered from another device" in first.info[0].value
    assert held(first, Membership).role == ""


def test_a_wrong_code_is_told_in_a_sentence_and_tries_are_limited(rooms):
    """Letters that no room has; after some tries the page asks to wait, even with a right code."""
    page = visited()
    said = []
    for _ in range(12):
        page.text_input(key="class.join.code").set_value("cccc")
        page.button(key="class.join.go").click().run()
        assert not page.exception
        said.append(page.info[0].value)
    assert "There is no room with this code" in said[0]
    assert "Too many codes" in said[-1]


def test_a_code_may_be_typed_in_any_way(rooms):
    """Small letters and spaces do."""
    code = code_of(opened())
    page = visited()
    page.text_input(key="class.join.code").set_value(" ".join(code.lower()))
    page.button(key="class.join.go").click().run()
    assert held(page, Membership).role == "pupil"


def test_a_pupil_draws_ten_digits_and_is_thanked(rooms):
    """Each request once; the place counts up; after the last one there is no canvas."""
    code = code_of(opened())
    page = joined(code)
    digits = []
    for number in range(10):
        assert f"{number + 1} of 10" in html(page)
        digits.append(asked(page))
        send_all(page, 1, number)
    assert sorted(digits) == list(range(10))
    assert page.title[0].value == "Thank you!"
    assert not [button for button in page.button if button.key == "class.send"]


def test_nothing_drawn_and_a_scrawl_are_asked_for_again_and_kept(rooms):
    """A kind sentence, the same request, and the strokes stay."""
    page = joined(code_of(opened()))
    digit = asked(page)
    draw(page, [])
    assert "Nothing is drawn here yet" in html(page)
    dot = [np.array([[140.0, 140.0], [141.0, 140.0]])]
    draw(page, dot)
    assert asked(page) == digit
    assert len(sheet(page).drawing.strokes) == 1
    assert "1 of 10" in html(page)


def test_a_store_that_fails_loses_no_drawing_and_doubles_none(rooms, monkeypatch):
    """The answer is lost after the drawing was kept: Send again, and it is there once."""
    teacher = opened()
    page = joined(code_of(teacher))
    real = rooms.put

    def broken(*args, **more):
        real(*args, **more)
        raise RoomsUnavailable("The rooms cannot be reached just now. Try again.")

    def unseen(*args):
        raise RoomsUnavailable("The rooms cannot be reached just now. Try again.")

    with monkeypatch.context() as patch:
        patch.setattr(rooms, "put", broken)
        patch.setattr(rooms, "view", unseen)  # or the page would know that the drawing has come
        draw(page, pens.draw(asked(page), np.random.default_rng(1)))
    assert "Try again" in html(page)
    assert sheet(page).drawing.strokes
    session_of(page).presses.clear()
    page.button(key="class.send").click().run()
    assert "2 of 10" in html(page)
    assert not sheet(page).drawing.strokes
    teacher.run()
    assert held(teacher, Following).room.drawings == 1


def test_a_pupil_comes_back_by_the_token_and_a_teacher_by_the_secret(rooms):
    """What the browser tells brings each of them back, and nobody else."""
    from siamese.app.pages.class_room import membership

    teacher = opened()
    code = code_of(teacher)
    pupil = joined(code)
    send_all(pupil, 2)

    def told(who: AppTest, role: str) -> str:
        return json.dumps({"rooms": {code: {role: held(who, Membership).token}}, "code": code, "role": role})

    for who, role in ((pupil, "pupil"), (teacher, "teacher")):
        page = AppTest.from_function(returning, default_timeout=WAIT)
        page.session_state["told"] = told(who, role)
        page.run()
        assert not page.exception
        assert (held(page, membership.Membership).role, code_of(page)) == (role, code)
    assert rooms.room(code, held(teacher, Membership).token).pupils == 1


def returning() -> None:
    """The page, after its browser has told what it keeps."""
    import streamlit as st

    from siamese.app.pages.class_room import membership
    from siamese.app.pages.class_room import page as class_room

    if told := st.session_state.pop("told", None):
        membership._found(told)
    class_room.render()


@pytest.mark.parametrize(
    "told",
    [
        None,
        7,
        "{",
        "[" * 5000,
        "x" * 100_000,
        "[]",
        '{"rooms": []}',
        '{"rooms": {"CCCC": 7, "../x": {"pupil": "a"}, "CDFH": {"pupil": 7, "admin": "x"}}}',
    ],
)
def test_what_no_browser_tells_is_left_out(told):
    """Of whatever a forged message says of kept places, nothing is taken that cannot be one."""
    assert read_kept(told)[0] == {}


def test_a_secret_that_is_none_brings_nobody_in(rooms):
    """A forged storage: no room is steered, the page says so and shows the way in."""
    code = code_of(opened())
    page = AppTest.from_function(returning, default_timeout=WAIT)
    page.session_state["told"] = json.dumps({"rooms": {code: {"teacher": "guess"}}, "code": code, "role": "teacher"})
    page.run()
    assert held(page, Membership).role == ""
    assert "steered from another device" in page.info[0].value


def test_a_pupils_session_has_nothing_that_steers(rooms):
    """No control of the teacher's is on the page, and the token opens none of the teacher's ways."""
    page = joined(code_of(opened()))
    assert {button.key for button in page.button} == {"class.send", "class.leave"}
    with pytest.raises(NotTheTeacher):
        rooms.since(code_of(page), held(page, Membership).token, 0)


def test_the_screen_counts_who_joined_and_what_came(rooms):
    """And shows each drawing in the row of its digit."""
    teacher = opened()
    pupil = joined(code_of(teacher))
    send_all(pupil, 3)
    teacher.run()
    assert 'data-pupils="1" data-drawings="3"' in html(teacher)
    rows = [json.loads(each.proto.json) for each in teacher.get("bidi_component") if '"entries"' in each.proto.json]
    assert sum(len(json.loads(row["entries"])) for row in rows) == 3
    assert len(rows) == 10


def test_with_approval_a_drawing_is_in_no_gallery_and_no_figure_until_approved(rooms):
    """It waits in the queue; approved, it is shown; removed, it is gone."""
    teacher = opened(approval=True)
    pupil = joined(code_of(teacher))
    send_all(pupil, 2)
    teacher.run()
    now = held(teacher, Following)
    assert (len(now.waiting), len(now.shown)) == (2, 0)
    who = held(teacher, Membership)
    counted = class_figures.shared(rooms).of(who.code, who.token, Verifier.load(), "n", len)
    assert counted == 0
    first, second = (drawing.number for drawing in now.waiting)
    teacher.button(key=f"class.yes.{first}").click().run()
    assert [drawing.number for drawing in now.shown] == [first]
    session_of(teacher).presses.clear()
    teacher.button(key=f"class.no.{second}").click().run()
    assert list(now.drawings) == [first]
    assert class_figures.shared(rooms).of(who.code, who.token, Verifier.load(), "n", len) == 1


def test_a_drawing_can_be_set_to_another_digit_or_removed_with_all_of_its_phone(rooms):
    """By its card, which a press in the gallery opens."""
    teacher = opened()
    pupil = joined(code_of(teacher))
    send_all(pupil, 3)
    held(teacher, Chosen).number = 2
    teacher.run()
    teacher.selectbox(key="class.relabel.2").set_value(9).run()
    assert not teacher.exception
    assert held(teacher, Following).drawings[2].digit == 9
    who, tables = held(teacher, Membership), class_figures.shared(rooms)

    def counted(what: str) -> dict[int, int]:
        """The digits that figures count, by the numbers of their drawings."""
        return tables.of(
            who.code,
            who.token,
            Verifier.load(),
            what,
            lambda table: {each.number: each.digit for each in table.drawings},
        )

    assert counted("digits") == {number: drawing.digit for number, drawing in held(teacher, Following).drawings.items()}
    assert counted("digits")[2] == 9
    teacher.button(key="class.remove").click().run()
    assert not teacher.exception
    assert set(held(teacher, Following).drawings) == set(counted("digits")) == {1, 3}
    held(teacher, Chosen).number = 1
    teacher.run()
    teacher.button(key="class.remove.phone").click().run()
    assert not teacher.exception
    assert held(teacher, Following).room.drawings == 0
    assert counted("digits") == {}


def test_the_switch_holds_drawings_back_from_now_on_and_lets_all_go(rooms):
    """Turned on in the middle: what was shown stays, what comes waits; turned off: all is shown."""
    teacher = opened()
    pupil = joined(code_of(teacher))
    send_all(pupil, 1)
    teacher.run()
    teacher.toggle(key="class.approval").set_value(True).run()
    assert not teacher.exception
    send_all(pupil, 2)
    teacher.run()
    now = held(teacher, Following)
    assert ([each.number for each in now.shown], [each.number for each in now.waiting]) == ([1], [2, 3])
    teacher.toggle(key="class.approval").set_value(False).run()
    assert not teacher.exception
    assert ([each.number for each in now.shown], now.waiting) == ([1, 2, 3], [])


def test_a_store_that_fails_is_told_on_the_screen_and_no_more_when_it_is_back(rooms, monkeypatch):
    """The screen keeps what it knows; a page that knows no room yet waits for one and leaves nobody out."""
    teacher = opened()
    token = held(teacher, Membership).token

    def broken(*args, **more):
        raise RoomsUnavailable("The rooms cannot be reached just now. Try again.")

    with monkeypatch.context() as patch:
        for name in ("since", "resume", "view"):
            patch.setattr(rooms, name, broken)
        teacher.run()
        assert "cannot be reached just now" in html(teacher)
        assert 'data-testid="counts"' in html(teacher)
        page = AppTest.from_function(returning, default_timeout=WAIT)
        code = code_of(teacher)
        page.session_state["told"] = json.dumps({"rooms": {code: {"teacher": token}}, "code": code, "role": "teacher"})
        page.run()
        assert held(page, Membership).awaited == (code, "teacher")
        assert not [button for button in page.button if button.key == "class.join.link"]
    for each in (teacher, page):
        each.run()
        assert not each.exception
    assert "cannot be reached" not in html(teacher)


@pytest.mark.parametrize(
    ("reach", "press", "expected"),
    [
        (lambda rooms, code, _: filled_places(rooms, code), "class.join.link", "This room is full: 60 people have"),
        (lambda rooms, *_: setattr(rooms, "_max_rooms", 1), "class.open.go", "1 rooms are open on this server"),
        (lambda rooms, _, client: [rooms.open_room(client) for _ in range(5)], "class.open.go", "You opened several"),
        (lambda rooms, code, client: [rooms.join(code, client) for _ in range(5)], "class.join.link", "joined several"),
    ],
    ids=["people", "rooms", "openings", "joins"],
)
def test_a_limit_is_told_in_a_sentence(rooms, reach, press, expected):
    """On the page of whoever reaches it, who stays outside."""
    code = code_of(opened())
    page = visited(code if press == "class.join.link" else "")
    reach(rooms, code, held(page, Membership).client)
    page.button(key=press).click().run()
    assert not page.exception
    assert expected in page.info[0].value
    assert held(page, Membership).role == ""


def filled_places(rooms: Store, code: str) -> None:
    """Take all places of a room."""
    for number in range(limits.PUPILS):
        rooms.join(code, f"client {number}")


def test_a_drawing_that_is_too_large_or_sent_too_fast_is_told_and_kept(rooms):
    """The limits of sending, on the sheet; the drawing stays there and can be sent later."""
    code = code_of(opened())
    page = joined(code)
    turn, rng = np.linspace(0, 2 * np.pi, 3000), np.random.default_rng(1)
    circle = 140 + 80 * np.stack([np.cos(turn), np.sin(turn)], 1)
    draw(page, [circle + rng.uniform(-10, 10, (3000, 2)) for _ in range(2)])
    assert "This drawing is too large" in html(page)
    pupil = held(page, Membership)
    for _ in range(10):
        with pytest.raises(InvalidSubmission):
            rooms.put(code, pupil.token, digit=11, strokes=b"", image=b"", key="k")
    draw(page, pens.draw(asked(page), np.random.default_rng(1)))
    assert "That was very fast" in html(page)
    assert sheet(page).drawing.strokes
    rooms.guard = limits.Guard()
    session_of(page).presses.clear()
    page.button(key="class.send").click().run()
    assert "2 of 10" in html(page)


def test_figures_come_from_ten_drawings_a_digit_on(rooms):
    """Before that the table says how many are missing; then accuracy, interval and MNIST's, and the other views."""
    teacher = opened()
    filled(rooms, code_of(teacher), 3)
    held(teacher, View).view = "figures"
    teacher.run()
    assert "more drawings" in html(teacher)
    filled(rooms, code_of(teacher), 8)
    teacher.run()
    assert not teacher.exception
    assert "more drawings" not in html(teacher)
    assert html(teacher).count("%") >= 9
    for view in ("map", "hardest", "gallery"):
        teacher.segmented_control(key="class.view").set_value(view).run()
        assert not teacher.exception


def test_every_step_of_the_screen_is_drawn(rooms):
    """Vote, Networks and Keep raise nothing in an empty room."""
    teacher = opened()
    for step in ("vote", "networks", "keep", "draw"):
        teacher.segmented_control(key="class.step").set_value(step).run()
        assert not teacher.exception


def test_a_closed_room_is_left_with_a_sentence(rooms):
    """On the pupil's page and on the teacher's; the browser is to forget it."""
    teacher = opened()
    pupil = joined(code_of(teacher))
    code = code_of(teacher)
    rooms.close(code, held(teacher, Membership).token)
    for page in (teacher, pupil):
        page.run()
        assert not page.exception
        assert "has been closed" in page.info[0].value
        assert held(page, Membership).role == ""
        assert held(page, Membership).forget == code


def test_tables_of_rooms_are_kept_for_some_and_dropped_with_the_room(rooms):
    """What is computed is kept until a drawing comes; a closed room takes its table along."""
    teacher = opened()
    filled(rooms, code_of(teacher), 1)
    who, verifier = held(teacher, Membership), Verifier.load()
    figures = class_figures.ClassFigures(rooms)
    seen = []
    for _ in range(2):
        figures.of(who.code, who.token, verifier, "n", lambda table: seen.append(len(table)))
    assert seen == [10]
    kept = rooms.embeddings(who.code, who.token, class_figures.embedding_key(verifier), range(1, 11))
    assert len(kept) == 10
    fresh = class_figures.ClassFigures(rooms)
    near = fresh.of(who.code, who.token, verifier, "d", lambda table: table.distances.copy())
    assert np.array_equal(near, figures.of(who.code, who.token, verifier, "d", lambda table: table.distances.copy()))
    with pytest.raises(NotTheTeacher):
        figures.of(who.code, "guess", verifier, "n", len)
    rooms.close(who.code, who.token)
    with pytest.raises(RoomNotFound):
        figures.of(who.code, who.token, verifier, "n", len)
    assert len(figures) == 0


@pytest.fixture
def steered(rooms) -> list[Opened]:
    """Three rooms, each with a pupil's ten drawings."""
    found = [rooms.open_room("teacher", trial=True) for _ in range(3)]
    for room in found:
        filled(rooms, room.code, 1)
    return found


def test_tables_are_bounded_by_their_bytes(rooms, steered):
    """Those used longest ago go first; a single one that is too large stays, since it is in use."""
    verifier, seen = Verifier.load(), []
    one = 4 * 64 * verifier.card.embedding + 5 * 64 * 64 + 10 * 784 + 4_096  # embeddings, two tables, images, the rest

    def ask(figures: class_figures.ClassFigures, number: int) -> None:
        room = steered[number]
        figures.of(room.code, room.secret, verifier, "n", lambda table: seen.append(number))

    for most_bytes, expected in ((2 * one, [0, 1, 2, 0]), (2 * one - 1, [0, 1, 2, 1, 0]), (1, [0, 1, 2, 1, 0])):
        figures = class_figures.ClassFigures(rooms, most_bytes)
        seen.clear()
        for number in (0, 1, 2, 2, 1, 0):
            ask(figures, number)
        assert seen == expected
        assert len(figures) == (2 if most_bytes == 2 * one else 1)


def test_tables_of_rooms_that_nobody_asks_about_are_dropped(rooms, steered):
    """As of a room that expired, or that was closed by another server: with the next question about any room."""
    clock = Clock(0.0)
    figures, verifier = class_figures.ClassFigures(rooms, clock=clock), Verifier.load()
    for room in steered[:2]:
        assert figures.of(room.code, room.secret, verifier, "n", len) == 10
    clock.now += 15 * 60 - 1
    assert figures.of(steered[0].code, steered[0].secret, verifier, "n", len) == 10
    assert len(figures) == 2
    clock.now += 1
    assert figures.of(steered[2].code, steered[2].secret, verifier, "n", len) == 10
    assert len(figures) == 2
    assert figures.of(steered[0].code, steered[0].secret, verifier, "digits", lambda table: len(table.digits)) == 10


def test_the_phones_are_given_the_address_that_the_teacher_typed(rooms):
    """Checked first: what is no address changes nothing and is told."""
    teacher = opened()
    teacher.text_input(key="class.address").set_value("javascript:alert(1)").run()
    assert "This is no address" in html(teacher)
    assert held(teacher, ForPhones).typed == ""
    teacher.text_input(key="class.address").set_value("http://school.example/base/").run()
    assert f'data-link="http://school.example/base/class?room={code_of(teacher)}"' in html(teacher)


@pytest.mark.parametrize(
    ("url", "headers", "expected"),
    [
        ("http://192.168.1.20:8501/class", {}, "http://192.168.1.20:8501"),
        ("https://school.example/base/class", {}, "https://school.example/base"),
        ("https://app.streamlit.app/~/+/class", {}, "https://app.streamlit.app"),
        ("http://localhost:8501/", {}, "http://localhost:8501"),
        (None, {"Host": "a.example:1"}, "http://a.example:1"),
        (None, {"Host": "x", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "b.example"}, "https://b.example"),
    ],
)
def test_the_address_is_the_one_that_the_teachers_browser_uses(url, headers, expected):
    """With a base path, on Community Cloud, behind a proxy."""
    assert join_address.base(url, headers) == expected


def test_localhost_gives_way_to_this_machines_address():
    """A phone's localhost is the phone; another address stays as it is."""
    assert join_address.usable("http://localhost:8501/base", "192.168.1.20") == "http://192.168.1.20:8501/base"
    assert join_address.usable("http://127.0.0.1:8501", None) == "http://127.0.0.1:8501"
    assert join_address.usable("https://school.example", "192.168.1.20") == "https://school.example"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("192.168.1.20:8501", "http://192.168.1.20:8501"),
        (" https://school.example/base/class ", "https://school.example/base"),
        ("http://[fd00::1]:8501", "http://[fd00::1]:8501"),
    ],
)
def test_an_address_may_be_typed_as_people_do(typed, expected):
    assert join_address.checked(typed) == expected


@pytest.mark.parametrize(
    "typed", [None, "", "ftp://x", "http://a b", "http://x:99999", "http://u:p@x", "http://x/?q=1", '"><b>', "x" * 300]
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(InvalidSubmission):
        join_address.checked(typed)


def test_the_qr_code_is_dark_on_white_with_a_quiet_zone():
    """Whatever the theme: a camera reads no light code on dark."""
    page = qr_code("http://192.168.1.20:8501/class?room=KMRT")
    picture = unquote(page.partition("data:image/svg+xml")[2].partition('"')[0])
    assert "fill='#fff'" in picture
    assert "stroke='#000'" in picture


@pytest.mark.parametrize(("picker", "choice", "back"), [("step", "vote", "draw"), ("view", "figures", "gallery")])
def test_the_qr_code_makes_room_once(rooms, picker, choice, back):
    """Whatever else than the gallery is looked at first makes it small; who wants it large again has it large."""
    page = opened()
    assert held(page, Entrance).size == "large"
    page.segmented_control(key=f"class.{picker}").set_value(choice).run()
    assert held(page, Entrance).size == "small"
    assert page.segmented_control(key="class.entrance").value == "small"
    page.segmented_control(key="class.entrance").set_value("large").run()
    page.segmented_control(key=f"class.{picker}").set_value(back).run()
    assert held(page, Entrance).size == "large"


def test_a_trial_room_has_no_three_words(rooms):
    """It is filled anew in a moment: there is nothing to lose."""
    page = visited()
    page.button(key="class.open.trial").click().run()
    assert held(page, Membership).role
    assert "class.words.show" not in [button.key for button in page.button]
