"""Stands between a browser and a server: counts the bytes on the wire, and makes a fast line slow."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """How slow a line is: bytes a second each way, which all connections share, and seconds to the server and back."""

    bytes_a_second: float = float("inf")
    round_trip_s: float = 0.0


class Relay:
    """Passes connections on to a port of this machine; `up` and `down` are the bytes so far."""

    def __init__(self, port: int, line: Line) -> None:
        self._to, self._line = port, line
        self._free = {"up": 0.0, "down": 0.0}  # when the line has passed on all that came so far, by the loop's clock
        self.up = self.down = 0
        self.port = 0

    @property
    def address(self) -> str:
        """Where the server is reached through the relay."""
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, ready: threading.Event) -> None:
        """Pass on until cancelled."""
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._line.round_trip_s)  # what opening a connection takes
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._to)
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._copy(reader, to_server, "up"), self._copy(from_server, writer, "down"))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        """Pass on what comes; the next part is read while the one before is still on its way."""
        arriving: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        delivering = asyncio.ensure_future(self._deliver(arriving, writer))
        try:
            while content := await reader.read(16384):
                setattr(self, way, getattr(self, way) + len(content))
                await arriving.put((self._arrival(way, len(content)), content))
            await arriving.put((0.0, b""))
            await delivering
        finally:
            delivering.cancel()
            writer.close()

    def _arrival(self, way: str, count: int) -> float:
        """When so many bytes have come through the line, which takes one part after another."""
        begins = max(self._free[way], asyncio.get_running_loop().time())
        self._free[way] = begins + count / self._line.bytes_a_second
        return self._free[way] + self._line.round_trip_s / 2

    async def _deliver(self, arriving: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            when, content = await arriving.get()
            if not content:
                return
            await asyncio.sleep(when - asyncio.get_running_loop().time())
            writer.write(content)
            await writer.drain()


@contextmanager
def relayed(port: int, line: Line = Line()) -> Iterator[Relay]:
    """A relay to `port`, in a thread of its own, while the block runs."""
    relay, ready, loop = Relay(port, line), threading.Event(), asyncio.new_event_loop()

    async def run() -> None:
        with suppress(asyncio.CancelledError):
            await relay.serve(ready)

    def work() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(task)
        for connection in asyncio.all_tasks(loop):
            connection.cancel()
        loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(loop), return_exceptions=True))
        loop.close()

    task = loop.create_task(run())
    thread = threading.Thread(target=work, name="relay", daemon=True)
    thread.start()
    ready.wait()
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
