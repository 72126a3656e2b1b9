"""What the session of a page under test holds, before its first run, too.

Modules that draw a canvas can be imported only where Streamlit runs, so after a page's first run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from streamlit.testing.v1 import AppTest

from siamese.app.session import KEY, Session
from siamese.live.model import LiveModel

if TYPE_CHECKING:
    from siamese.app.pages.compare.guess import Game
    from siamese.app.pages.compare.sides import Side
    from siamese.app.pages.compare.why import Explained
    from siamese.app.pages.teach.support_set import Held

State = TypeVar("State")


def session_of(page: AppTest) -> Session:
    """The page's session."""
    if KEY not in page.session_state:
        page.session_state[KEY] = Session()
    return page.session_state[KEY]


def held(page: AppTest, kind: type[State]) -> State:
    """The session's object of a dataclass."""
    return session_of(page).of(kind)


def sides_of(page: AppTest) -> dict[str, Side]:
    """Compare's two sides."""
    from siamese.app.pages.compare.sides import Pair

    return held(page, Pair).sides


def game(page: AppTest) -> Game:
    """The guessing on Compare."""
    from siamese.app.pages.compare.guess import Game

    return held(page, Game)


def explained(page: AppTest) -> Explained:
    """What *Why?* on Compare has explained."""
    from siamese.app.pages.compare.why import Explained

    return held(page, Explained)


def teach_state(page: AppTest) -> Held:
    """What the session holds for *Teach it a symbol*."""
    from siamese.app.pages.teach.support_set import Held

    return held(page, Held)


def trained(page: AppTest) -> LiveModel | None:
    """The network that the session trained live."""
    return session_of(page).trained_network


def give(page: AppTest, network: LiveModel | None) -> None:
    """Let this be the network that the session trained live."""
    session_of(page).trained_network = network
