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

_FOLDER = Path(plotly.__file__).parent / "package_data"
_CSS = """
.live-chart {height: clamp(340px, 60vh, 680px); width: 100%}
@media (max-width: 640px) {.live-chart {height: clamp(340px, 104vw, 70vh)}}
.live-chart .failed {padding: 2rem 1rem}
.live-chart-tile {position: fixed; z-index: 1000; width: 84px; height: 84px; pointer-events: none; display: none;
  border-radius: .4rem; image-rendering: pixelated; filter: invert(1); box-shadow: 0 0 0 2px #fff, 0 0 0 4px #000}
"""
_JS = """
const script = () => document.querySelector('script[src*="static/js/"]');
const library = (name, version) => window.siamesePlotly ??= new Promise((done, failed) => {
  const root = script() ? script().src.split('static/js/')[0] : document.baseURI;
  const element = document.createElement('script');
  const fail = () => { window.siamesePlotly = undefined; failed(); };
  element.onload = () => { URL.revokeObjectURL(element.src); done(window.Plotly); };
  element.onerror = fail;
  // A megabyte, which Streamlit serves without saying how long it keeps: what is in the browser's cache is good, since
  // another version has another address.
  fetch(new URL(`component/${name}/plotly.min.js?${version}`, root), { cache: 'force-cache' })
    .then((response) => response.ok ? response.blob() : Promise.reject())
    .then((code) => { element.src = URL.createObjectURL(code); document.head.append(element); })
    .catch(fail);
});

function listen(chart) {
  const tile = document.createElement('div');
  tile.className = 'live-chart-tile';
  chart.parentElement.append(tile);
  const hide = () => { tile.style.display = 'none'; };
  let x = 0, y = 0;
  const move = () => {
    tile.style.left = `${Math.max(4, Math.min(x - 42, innerWidth - 92))}px`;
    tile.style.top = `${y > 116 ? y - 106 : y + 26}px`;
  };
  chart.addEventListener('pointermove', (event) => { [x, y] = [event.clientX, event.clientY]; move(); });
  chart.addEventListener('pointerleave', hide);
  chart.addEventListener('wheel', hide, { passive: true });
  chart.on('plotly_unhover', hide);
  chart.on('plotly_hover', (event) => {
    const row = event.points[0].customdata?.[0];
    const { columns, rows, images } = chart.component.data;
    const sheet = images && document.querySelector(images);
    if (row === undefined || !sheet?.src) return hide();
    tile.style.backgroundImage = `url("${sheet.src}")`;
    tile.style.backgroundSize = `${columns * 84}px ${rows * 84}px`;
    tile.style.backgroundPosition = `${-84 * (row % columns)}px ${-84 * Math.floor(row / columns)}px`;
    tile.style.display = 'block';
    move();
  });
  // Plotly forgets a zoom when the range that a figure gives has changed, as it does with one's own digits.
  chart.on('plotly_relayout', (change) => {
    if (Object.keys(change).some((key) => /^[xy]axis[.]range/.test(key))) chart.zoomed = chart.layout.uirevision;
  });
  chart.on('plotly_click', (event) => {
    const row = event.points[0].customdata?.[0];
    if (row !== undefined) chart.component.setTriggerValue('point', row);
  });
}

export default function (component) {
  const { data, parentElement } = component;
  const chart = parentElement.querySelector('.live-chart');
  chart.component = component;
  chart.setAttribute('role', 'figure');
  chart.setAttribute('aria-label', data.alt);
  library(data.library, data.version).then((Plotly) => {
    if (chart.drawn === data.figure || chart.component !== component) return;
    chart.drawn = data.figure;
    const figure = JSON.parse(data.figure);
    if (figure.layout.height) chart.style.height = `${figure.layout.height}px`;
    // A finger that drags over a flat map scrolls the page; zoom by the buttons. In space it turns the camera.
    if (matchMedia('(pointer: coarse)').matches && !figure.layout.scene) figure.layout.dragmode = false;
    if (chart.listening && chart.zoomed && chart.zoomed === figure.layout.uirevision) {
      for (const axis of ['xaxis', 'yaxis']) figure.layout[axis].range = [...chart._fullLayout[axis].range];
    }
    Plotly.react(chart, figure.data, figure.layout, JSON.parse(data.config)).then(() => {
      if (!chart.listening) { chart.listening = true; listen(chart); }
      // The chart may be drawn before its column has its width; Plotly itself watches the window alone.
      chart.watch ??= new ResizeObserver(() => {
        // Taken off the page it has no width, which Plotly would refuse.
        if (chart.listening && chart.offsetWidth) Plotly.Plots.resize(chart);
      });
      chart.watch.observe(chart);
      chart.dataset.drawn = String(1 + Number(chart.dataset.drawn ?? 0));
    });
  }, () => { chart.innerHTML = '<p class="failed">This chart cannot be drawn: its library did not load.</p>'; });
  return () => {  // on leaving the page: browsers allow few WebGL contexts
    chart.watch?.disconnect();
    if (chart.listening) window.Plotly.purge(chart);
    chart.listening = false;
    chart.drawn = chart.component = chart.zoomed = undefined;
  };
}
"""
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
_mount = st.components.v2.component(
    "siamese.live_chart", html='<div class="live-chart"></div>', css=_CSS, js=_JS, isolate_styles=False
)


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
    """Draws the figure, as high as it says or as its style has it.

    A click on a point calls `on_point` with the first entry of its `customdata`.

    Args:
        alt: what the chart shows, for those who cannot see it.
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
            # As text: Streamlit imports pandas and PyArrow to see whether a dict is a table.
            "config": json.dumps(_CONFIG if toolbar else _CONFIG | {"displayModeBar": False, "scrollZoom": False}),
            "alt": alt,
            "images": images,
            "columns": columns,
            "rows": rows,
        },
        on_point_change=clicked,
    )
