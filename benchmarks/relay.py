"""Counts the bytes that pass between a browser and a server, as they are on the wire."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Relay:
    """Passes connections on to a port of this machine; `up` and `down` are the bytes so far."""

    def __init__(self, port: int) -> None:
        self._to = port
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
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._to)
        with suppress(OSError):
            await asyncio.gather(self._copy(reader, to_server, "up"), self._copy(from_server, writer, "down"))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        try:
            while content := await reader.read(65536):
                setattr(self, way, getattr(self, way) + len(content))
                writer.write(content)
                await writer.drain()
        finally:
            writer.close()


@contextmanager
def relayed(port: int) -> Iterator[Relay]:
    """A relay to `port`, in a thread of its own, while the block runs."""
    relay, ready, loop = Relay(port), threading.Event(), asyncio.new_event_loop()

    async def run() -> None:
        with suppress(asyncio.CancelledError):
            await relay.serve(ready)

    def work() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(task)
        loop.run_until_complete(asyncio.sleep(0))
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
