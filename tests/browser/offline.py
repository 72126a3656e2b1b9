"""A phone's network, which can be gone for a while."""

from __future__ import annotations

from playwright.sync_api import Page, WebSocketRoute

CONNECTED = "document.querySelector('[data-testid=stApp]').dataset.testConnectionState === 'CONNECTED'"


class Wireless:
    """The network of a page that is opened already: it is loaded again, and keeps its place.

    Chromium's own switch leaves open WebSockets as they are, so that a page on which nothing else is done would notice
    nothing of it: these are cut here, too.
    """

    def __init__(self, page: Page) -> None:
        self._page, self._is_gone = page, False
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket(lambda url: True, self._carry)
        page.reload()
        page.wait_for_selector("h1")

    def cut(self) -> None:
        """Nothing comes through any more; wait until the page has noticed."""
        self._is_gone = True
        self._page.context.set_offline(True)
        for socket in self._sockets:
            socket.close()
        self._sockets.clear()
        self._page.wait_for_function(f"!({CONNECTED})")

    def mend(self) -> None:
        """Everything comes through again; wait until the page has connected by itself."""
        self._is_gone = False
        self._page.context.set_offline(False)
        self._page.wait_for_function(CONNECTED)

    def _carry(self, browser_end: WebSocketRoute) -> None:
        if self._is_gone:
            browser_end.close()
        else:
            self._sockets += [browser_end, browser_end.connect_to_server()]
