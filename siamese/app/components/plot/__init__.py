"""A Plotly figure that is updated in place, hears clicks in 2-D and 3-D, and shows pictures under the pointer.

`st.plotly_chart` builds its chart anew whenever a number in it changes, which loses zoom and camera and
flickers, and it hears no clicks on points in 3-D. Here Plotly's own `react` takes the new figure. The
library is the very file that comes with the Python package, served by Streamlit's route for components.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import plotly
import plotly.graph_objects as go
import streamlit as st
import streamlit.components.v1 as served

from siamese.app import projector
from siamese.app.components._register import component

_FOLDER = Path(plotly.__file__).parent / "package_data"
_CONFIG = {
    "responsive": True,
    "displaylogo": False,
    "showSendToCloud": False,  # nothing leaves the machine
    "displayModeBar": True,
    "scrollZoom": True,
    "modeBarButtonsToRemove": [
        "sendChartToCloud",
        "select2d",
        "lasso2d",
        "autoScale2d",
        "zoom2d",
        "pan2d",
        "zoom3d",
        "pan3d",
        "orbitRotation",
        "tableRotation",
        "resetCameraLastSave3d",
    ],
}
_mount = component(__name__)


def live_chart(
    figure: go.Figure,
    *,
    key: str,
    alt: str,
    on_point: Callable[[int], None] | None = None,
    images: str = "",
    columns: int = 0,
    rows: int = 0,
    toolbar: bool = True,
) -> None:
    """Draws a figure, as high as its layout or its style says.

    Args:
        key: of the component.
        alt: what the chart shows, for those who cannot see it.
        on_point: called with the first entry of a point's `customdata` when it is clicked.
        images: a CSS selector of an <img> with the pictures of all points, in a grid of `columns` by `rows`,
            ordered by the first entry of `customdata`: the point's picture is shown under the pointer.
        toolbar: whether there are buttons to zoom, and the wheel zooms.
    """
    library = served.declare_component("plotly_library", path=str(_FOLDER))

    def clicked() -> None:
        row = (st.session_state.get(key) or {}).get("point")
        if on_point and type(row) is int:  # what comes from a browser may be anything
            on_point(row)

    _mount(
        key=key,
        data={
            "figure": figure.to_json(),
            "library": library.name,
            "version": plotly.__version__,
            "scale": projector.palette().scale,
            # As text: Streamlit imports pandas and PyArrow to see whether a dict is a table.
            "config": json.dumps(_CONFIG if toolbar else _CONFIG | {"displayModeBar": False, "scrollZoom": False}),
            "alt": alt,
            "images": images,
            "columns": columns,
            "rows": rows,
        },
        on_point_change=clicked,
    )
