"""The pages, a line each: what the navigation shows, and what each keeps in its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from siamese.app import resources
from siamese.app.address import Address
from siamese.app.pages.accuracy import page as accuracy
from siamese.app.pages.accuracy.choices import ADDRESS as ACCURACY
from siamese.app.pages.class_room import page as class_room
from siamese.app.pages.class_room.address import ADDRESS as CLASS
from siamese.app.pages.compare import page as compare
from siamese.app.pages.compare.address import ADDRESS as COMPARE
from siamese.app.pages.how import page as how
from siamese.app.pages.how.choices import ADDRESS as HOW
from siamese.app.pages.live import page as live
from siamese.app.pages.live.choices import ADDRESS as LIVE
from siamese.app.pages.map import page as map
from siamese.app.pages.map.choices import ADDRESS as MAP
from siamese.app.pages.teach import page as teach
from siamese.app.pages.teach.support_set import ADDRESS as TEACH


@dataclass(frozen=True)
class Page:
    """One page of the app.

    Attributes:
        title, icon: as the navigation shows them.
        address: its path, and what of its state its address holds.
        render: draws it.
        is_offered: whether the navigation shows it on this server.
    """

    title: str
    icon: str
    address: Address
    render: Callable[[], None]
    is_offered: Callable[[], bool] = lambda: True


PAGES = (
    Page("Compare", ":material/compare_arrows:", COMPARE, compare.render),
    Page("Map", ":material/scatter_plot:", MAP, map.render),
    Page("Teach it a symbol", ":material/school:", TEACH, teach.render),
    Page("Class", ":material/groups:", CLASS, class_room.render),
    Page("Accuracy", ":material/monitoring:", ACCURACY, accuracy.render),
    Page("Train live", ":material/model_training:", LIVE, live.render, resources.can_train),
    Page("How it works", ":material/menu_book:", HOW, how.render),
)
ADDRESSES = tuple(page.address for page in PAGES)
