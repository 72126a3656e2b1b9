"""Addresses without a browser: what a link of any page sets, on whichever page it opens, each page writes back."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.test_pages import WAIT

pytestmark = pytest.mark.usefixtures("no_mnist")
LINK = {
    "projector": "1",
    "model": "baseline",
    "t": "0.4",
    "split": "seen",
    "pair": "same",
    "why": "1",
    "turn": "1",
    "angle": "180",
    "scale": "0.7",
    "across": "-0.25",
    "down": "0.1",
    "shear": "0.5",
    "tilt": "-30",
    "thick": "1.5",
    "blur": "2",
    "curve": "tilt",
    "journey": "1",
    "own": "019",
    "digits": "12",
    "dim": "3",
    "points": "pens",
    "chosen": "7",
    "first": "3",
    "second": "5",
    "change": "blur",
    "example": "different",
    "step": "2",
    "margin": "0.7",
    "learn": "01",
    "loss": "contrastive",
    "push": "0.6",
    "size": "8",
    "vary": "0",
    "epochs": "3",
    "sayseen": "97",
    "sayunseen": "61",
    "left": "p1",
    "right": "p2",
    "room": "kmrt",
}


def opened(query: dict[str, str]) -> AppTest:
    """A session that this link has opened; it holds what each page writes, and the notices."""

    def script() -> None:
        import streamlit as st

        from siamese.app import address
        from siamese.app.navigation import ADDRESSES

        address.apply(ADDRESSES)
        for page in ADDRESSES:
            st.html(address.mark(page))

    page = AppTest.from_function(script, default_timeout=WAIT)
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def queries(page: AppTest) -> list[str]:
    """What Compare, Map, Teach, Class, Accuracy, Train live and How it works write."""
    bodies = [element.proto.body for element in page.get("html")]
    return [body.split('data-address="')[1].split('"')[0].replace("&amp;", "&") for body in bodies]


def test_what_a_link_sets_comes_back_in_each_page_s_address():
    """Every parameter of every page at once: each page takes its own, in its order, after what all pages hold."""
    shared = "model=baseline&t=0.4000"
    assert queries(opened(LINK)) == [
        f"{shared}&projector=1&split=seen&pair=same&why=1&turn=1&angle=180&scale=0.7&across=-0.25&down=0.1&shear=0.5"
        "&tilt=-30&thick=1.5&blur=2&curve=tilt&journey=1&left=p1&right=p2",
        f"{shared}&projector=1&dim=3&digits=12&points=pens&chosen=7&left=p1&right=p2",
        f"{shared}&projector=1",
        f"{shared}&projector=1&room=KMRT",
        f"{shared}&projector=1&own=019&split=seen&first=3&second=5&change=blur",
        f"{shared}&projector=1&learn=01&loss=contrastive&push=0.6&size=8&vary=0&epochs=3&sayseen=97&sayunseen=61",
        f"{shared}&projector=1&example=different&step=2&margin=0.70",
    ]


def test_how_it_works_holds_the_pair_of_compare_only_where_it_shows_it():
    """With *The pair on Compare* its two digits are in the address, too."""
    pair = {"left": "p1", "right": "p2"}
    assert queries(opened({"example": "compare"} | pair))[-1] == "example=compare&left=p1&right=p2"
    assert queries(opened({"example": "same"} | pair))[-1] == ""


def test_what_is_usual_is_left_out():
    """The defaults, spelled out in a link, are in no page's address."""
    usual = {"split": "mixed", "pair": "any", "own": "none", "digits": "0123456789", "dim": "2", "points": "mnist"}
    usual |= {"example": "same", "step": "5", "margin": "1.0", "learn": "234567", "epochs": "10", "vary": "1"}
    usual |= {"angle": "0", "scale": "1", "thick": "0.0", "curve": "angle"}
    pair = "left=p1&right=p2"
    assert queries(opened(usual | {"left": "p1", "right": "p2"})) == [pair, pair, "", "", "", "", ""]


def test_what_cannot_be_read_is_said_once():
    """A parameter that two pages show, such as the split, gives one notice."""
    page = opened({"split": "x"})
    assert page.info[0].value.count("could not be used") == 1
