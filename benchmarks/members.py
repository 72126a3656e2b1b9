"""The two kinds of visitors that a room of the page *Class* has, without browsers: a big screen, and phones.

They do what the page's scripts do: tell what the browser's storage keeps, ask for news by the clock, keep large
messages and name those they have.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.protocol import Lost, Visitor

PATH = "class"
BACK_S = 60  # whoever is not back in the room by then is lost
_KEPT_RUNS = 2  # a browser forgets a message that so many runs have not shown
_REQUEST = re.compile(r"Draw an? (\d)")
_PLACE = re.compile(r'class="class-place"[^>]*>(\d+) of \d+')
_PROBLEM = re.compile(r'class="class-problem"[^>]*>([^<]*)<')
_COUNTED = re.compile(r"All pairs of your (\d+) drawings")


class Member(Visitor):
    """Somebody in a room.

    Attributes:
        place: code, role and token, as the browser keeps them; None for nobody yet.
    """

    TICKER, EVERY_S = "", 0.0  # the key of the page's clock, and its seconds

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.place: dict[str, str] | None = None
        self._is_asked = False  # whether the page asks what the browser keeps
        self.due = 0.0  # when the clock of the page ticks next
        self._cached: dict[str, tuple[ForwardMsg, int]] = {}  # by hash: a message, and how many runs ago it was shown

    async def event(self, component: str, name: str, value: object) -> None:
        """Send what a component tells."""
        identity, fragment = self._widgets[component]
        text = json.dumps([{"event": name, "value": value}])
        state = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{identity}__events", json_trigger_value=text)
        await self.rerun(fragment, [state])

    def choose(self, picker: str, label: str) -> str:
        """Hold that the option `label` of a picker is chosen; the picker's fragment."""
        identity, fragment = self._widgets[picker]
        state = self._states[identity] = WidgetState(id=identity)
        state.string_array_value.data.append(label)
        return fragment

    async def tick(self) -> None:
        """Ask for news, as the clock of the page does."""
        self._wind()
        await self.event(self.TICKER, "tick", int(1000 * time.time()))

    def _wind(self) -> None:
        """Set the clock, which is never quite the same."""
        self.due = time.perf_counter() + self.EVERY_S * random.uniform(0.9, 1.1)

    async def follow(self, until: float) -> None:
        """Ask for news by the clock until then, on the clock of `time.perf_counter`."""
        while (now := time.perf_counter()) < until:
            if now >= self.due:
                await self.tick()
            else:
                await asyncio.sleep(min(self.due, until) - now)

    async def tell_kept(self) -> None:
        """Tell what the browser keeps, if the page asks; who has a place in a room is in it again."""
        if self._is_asked:
            rooms = {self.place["code"]: {self.place["role"]: self.place["token"]}} if self.place else {}
            await self.event("class.keys", "found", json.dumps({"rooms": rooms, **(self.place or {})}))

    async def restore(self) -> None:
        """Connect again, if need be to a server that has forgotten this session, and be back in the room.

        Raises:
            Lost: no server for a minute, or the room does not know this member any more.
        """
        end, before = time.perf_counter() + BACK_S, self.place
        while True:
            try:
                await self.come_back()
                break
            except Lost:
                if time.perf_counter() > end:
                    raise
                await asyncio.sleep(0.5)
        await self.tell_kept()
        if self.TICKER not in self._widgets or self.place != before:
            raise Lost("the room does not know this member any more")
        self._wind()

    async def come_back(self) -> None:
        """As `Visitor.come_back`; what is on the page is learnt anew, and what is not there any more is forgotten."""
        self._widgets.clear()
        self._cached.clear()
        await super().come_back()
        shown = {identity for identity, _ in self._widgets.values()}
        self._states = {identity: state for identity, state in self._states.items() if identity in shown}

    def _message(self, fragment: str, triggers: Any) -> BackMsg:
        message = super()._message(fragment, triggers)
        message.rerun_script.cached_message_hashes.extend(self._cached)
        return message

    def _read(self, message: ForwardMsg) -> bool:
        if message.WhichOneof("type") == "ref_hash":
            kept, _ = self._cached[message.ref_hash]
            kept.metadata.CopyFrom(message.metadata)
            message = kept
        if message.hash and message.metadata.cacheable:
            self._cached[message.hash] = message, 0
        is_done = super()._read(message)
        if is_done:
            self._age()
        return is_done

    def _age(self) -> None:
        """Forget what the runs of its own part of the page do not show any more."""
        for key, (message, runs) in list(self._cached.items()):
            if self._running and message.delta.fragment_id not in self._running:
                continue
            if runs >= _KEPT_RUNS:
                del self._cached[key]
            else:
                self._cached[key] = message, runs + 1

    def _is_wanted(self) -> bool:
        # A clock or a button of the page may name other fragments than its own; one run is under way at a time.
        return self._running is not None

    def _show(self, delta: Delta) -> None:
        super()._show(delta)
        element = delta.new_element
        if element.WhichOneof("type") == "bidi_component":
            key = element.bidi_component.id.split("-", 2)[-1]
            self._component(key, element.bidi_component.json)

    def _component(self, key: str, data: str) -> None:
        if key == "class.keys":
            told = json.loads(data)
            self._is_asked = told["ask"]
            self.place = json.loads(told["place"]) if told["place"] else self.place


class Screen(Member):
    """The teacher's big screen.

    Attributes:
        seen: when each drawing came into the gallery, by its number, on the clock of `time.perf_counter`.
        counted: of how many drawings the figures are that the screen shows.
    """

    TICKER, EVERY_S = "class.screen.tick", 0.8

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.seen: dict[int, float] = {}
        self.counted = 0
        self._rows: dict[str, str] = {}

    @classmethod
    async def open(cls, port: int, rounds: int) -> Self:
        """A screen that has opened a room with so many rounds, three or more.

        Raises:
            Lost: no room was opened.
        """
        screen = await cls.arrive(port, "", PATH)
        await screen.tell_kept()
        screen.choose("class.open.rounds", f"{rounds} times")
        await screen.press("class.open.go")
        if screen.place is None:
            raise Lost("no room was opened")
        screen._wind()
        screen._query = f"room={screen.place['code']}"  # the address follows
        return screen

    async def look(self, view: str) -> None:
        """Show another view of the drawings, by its name on the page."""
        await self.rerun(self.choose("class.view", view))

    def _component(self, key: str, data: str) -> None:
        super()._component(key, data)
        if key.startswith("class.gallery.") and self._rows.get(key) != data:
            self._rows[key] = data
            now = time.perf_counter()
            for number in numbers_in(data):
                self.seen.setdefault(number, now)

    def _show(self, delta: Delta) -> None:
        super()._show(delta)
        if found := _COUNTED.search(delta.new_element.markdown.body):
            self.counted = int(found[1])


def numbers_in(row: str) -> list[int]:
    """The numbers of the drawings in a row of the gallery, from what its component gets."""
    return [number for number, *_ in json.loads(json.loads(row)["entries"])]


class Phone(Member):
    """A pupil's phone.

    Attributes:
        asked: the digit that is asked for; None after the last one.
        at: which of the pupil's digits that is, from 1, and so how many have been taken.
        acknowledged: when the page asked for the next one.
        problem: why the page says that a drawing was not sent, in its HTML.
    """

    TICKER, EVERY_S = "class.pupil.tick", 2.0

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.asked: int | None = None
        self.at = 0
        self.acknowledged = 0.0
        self.problem = ""

    @classmethod
    async def join(cls, port: int, code: str) -> Self:
        """A phone that has followed the link and joined.

        Raises:
            Lost: it was asked for nothing.
        """
        phone = await cls.arrive(port, f"room={code}", PATH)
        await phone.tell_kept()
        await phone.press("class.join.link")
        if phone.asked is None:
            raise Lost("nothing is asked for after joining")
        phone._wind()
        return phone

    async def draw(self, drawing: str) -> None:
        """Send what the canvas holds after a stroke."""
        await self.rerun(self._hold("class.canvas", drawing))

    async def submit(self) -> float:
        """Press *Send*; when it was acknowledged, on the clock of `time.perf_counter`.

        Raises:
            Lost: it was not.
        """
        before = self.at
        await self.press("class.send")
        if self.at == before:
            raise Lost(f"a drawing was not taken: {self.problem or 'the page gives no reason'}")
        return self.acknowledged

    def _show(self, delta: Delta) -> None:
        super()._show(delta)
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "heading":
            if found := _REQUEST.match(element.heading.body):
                self.asked = int(found[1])
            elif element.heading.body == "Thank you!":
                self._taken(self.at + 1 if self.asked is not None else self.at)
                self.asked = None
        elif kind == "html":
            if found := _PLACE.search(element.html.body):
                self._taken(int(found[1]))
            elif found := _PROBLEM.search(element.html.body):
                self.problem = found[1]

    def _taken(self, at: int) -> None:
        if at != self.at:
            self.at, self.acknowledged = at, time.perf_counter()
