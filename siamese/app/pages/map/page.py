"""The page *Map*: where the encoder puts a few thousand digits, and the visitor's two among them."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from siamese.app import address, choices, page_frame, projector, resources, samples, session, style, terms, widgets
from siamese.app.components.plot import live_chart
from siamese.app.pages.compare import sides
from siamese.app.pages.map import data, words
from siamese.app.pages.map.choices import ADDRESS, choose, choose_source, current
from siamese.app.pages.map.data import PlacedDigit, Points
from siamese.charts.map import DIMENSIONS, embedding_map
from siamese.charts.map_scene import Link, UserDigit, digit_colours
from siamese.data.splits import ALL_DIGITS
from siamese.serving.verifier import Verifier


def render() -> None:
    """Draws the page."""
    page_frame.start("map")
    st.html(style.element("map"))
    st.title("A map of what the network sees")
    with st.container(key="map-intro"):
        st.markdown(
            "The network turns every image into a point: **the closer two points, the more alike it finds the "
            "images**. How far apart they are is their *distance*; up to the *threshold* the network calls two digits "
            "the same. Your two digits from Compare are *Left* and *Right*. Point at a dot to see its digit; click it "
            "to keep it."
        )
    _panel()


@st.fragment
def _panel() -> None:
    """Everything on the map: a click or a choice reruns this, and nothing else."""
    verifier, dimensions, shown = _controls()
    points = data.points(verifier, current().source)
    threshold = choices.threshold(verifier.name)
    digits = data.placed_digits(verifier, points, shown)
    link = data.link(digits, threshold)
    chosen = _chosen(points)
    with st.container(horizontal=True, gap="medium", key="map-stage"):
        with st.container(key="map-chart"):
            live_chart(
                _figure(verifier, points, digits, link, chosen, dimensions, shown),
                key="map.chart",
                alt=words.alt(points, digits, link, dimensions, shown),
                on_point=choose,
                images="" if points.images is None else ".st-key-map-pictures img",
                columns=data.COLUMNS,
                rows=points.sheet_rows,
            )
            colours = digit_colours(projector.palette())
            st.html(words.legend(colours, shown, data.unseen(verifier), dimensions))
            st.caption(words.flattened(points, dimensions, data.faithfulness(points, dimensions)))
        with st.container(key="map-side", width=384, gap="small"):
            _chosen_card(points, digits, chosen, threshold)
            missing = [name for name in sides.SIDES if name not in [side.name for side in digits]]
            st.html(words.pair(points, digits, link, missing, words.everything(shown)))
    st.markdown(words.explanation(points, dimensions, data.faithfulness(points, dimensions)), help=terms.DIRECTIONS)
    if points.images is not None:
        with st.container(key="map-pictures"):  # not shown: the chart takes its pictures from here
            st.image(data.sheet(points), width="content", output_format="PNG")


def _controls() -> tuple[Verifier, int, tuple[int, ...]]:
    """The model, the dimensions, and the digits to show."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="map-controls"):
        now = current()
        st.segmented_control(
            "Picture",
            DIMENSIONS,
            format_func=lambda count: f"{count}-D",
            required=True,
            **widgets.bind_field("map.dimensions", now, "dimensions"),
        )
        st.pills(
            "Digits to show",
            ALL_DIGITS,
            selection_mode="multi",
            **widgets.bind_field("map.digits", now, "digits"),
        )
        with st.container(width=384):
            verifier = resources.verifier(widgets.model_picker("map"))
    if data.has_choice(verifier):
        st.segmented_control(
            "Points (MNIST's pictures are not on this machine, so its points have none; the built-in digits have)",
            list(data.SOURCES),
            format_func=data.SOURCES.__getitem__,
            required=True,
            **widgets.bind("map.source", now.source, choose_source),
        )
    elif notice := samples.sample_digits().notice:
        st.caption(notice.replace("sampled", "shown"))
    address.bar(ADDRESS)
    return verifier, now.dimensions, tuple(sorted(now.digits))


def _chosen(points: Points) -> int | None:
    """The row of the point that was clicked, or None."""
    row = current().row
    return row if row is not None and 0 <= row < len(points.map.digits) else None


def _choose_any(points: Points, shown: tuple[int, ...]) -> None:
    rows = np.flatnonzero(np.isin(points.map.digits, shown))
    choose(int(session.current().rng.choice(rows)) if len(rows) else None)


def _figure(
    verifier: Verifier,
    points: Points,
    digits: list[PlacedDigit],
    link: Link | None,
    chosen: int | None,
    dimensions: int,
    shown: tuple[int, ...],
) -> go.Figure:
    project = points.map.projection
    return embedding_map(
        points.places,
        points.map.digits,
        points.map.indices,
        project.variance_shares,
        data.unseen(verifier),
        dimensions=dimensions,
        shown=shown,
        user_digits=[
            UserDigit(
                side.name.capitalize(),
                project.transform(side.embedding[None])[0],
                project.transform(points.map.embeddings[side.rows]),
            )
            for side in digits
        ],
        link=link,
        chosen=None if chosen is None else points.places[chosen],
        point_name=points.point_name,
        view=f"{points.key} {dimensions}",
        colours=projector.palette(),
    )


def _chosen_card(points: Points, digits: list[PlacedDigit], chosen: int | None, threshold: float) -> None:
    """The clicked point and the way to Compare; before a click, what to do."""
    with st.container(border=True, key="map-chosen", gap="small"):
        if chosen is None:
            st.html('<p class="map-hint"><b>Click a point</b> to see its digit here and to take it to Compare.</p>')
            shown = tuple(current().digits)
            st.button(
                "Choose one for me",
                icon=":material/casino:",
                key="map.any",
                on_click=_choose_any,
                args=(points, shown),
                disabled=not shown,
            )
            return
        st.html(words.chosen(points, digits, chosen, threshold))
        if points.images is None:
            st.caption("Its picture is in MNIST, which is not on this machine: choose the built-in digits to take one.")
        else:
            index = int(points.map.indices[chosen])
            with st.container(horizontal=True, gap="small"):
                for side in sides.SIDES:
                    st.button(
                        f"Put it on the {side}",
                        key=f"map.to-{side}",
                        help=f"It takes the {side} digit's place on Compare; a drawing is kept there.",
                        on_click=sides.put_sample,
                        args=(side, index),
                        width="stretch",
                    )
        st.button("Let go", icon=":material/close:", key="map.none", type="tertiary", on_click=choose, args=(None,))
