// Draws a Plotly figure, updates it in place, and tells the app of clicks on its points.

const script = () => document.querySelector('script[src*="static/js/"]');
const library = (name, version) =>
  (window.siamesePlotly ??= new Promise((done, failed) => {
    const root = script() ? script().src.split("static/js/")[0] : document.baseURI;
    const element = document.createElement("script");
    const fail = () => {
      window.siamesePlotly = undefined;
      failed();
    };
    element.onload = () => {
      URL.revokeObjectURL(element.src);
      done(window.Plotly);
    };
    element.onerror = fail;
    // A megabyte, which Streamlit serves without saying how long it keeps. What is in the browser's cache is good:
    // another version has another address.
    fetch(new URL(`component/${name}/plotly.min.js?${version}`, root), { cache: "force-cache" })
      .then((response) => (response.ok ? response.blob() : Promise.reject()))
      .then((code) => {
        element.src = URL.createObjectURL(code);
        document.head.append(element);
      })
      .catch(fail);
  }));

// A figure is made for letters `scale` times the usual size. Here they come to the size that the page's letters have.
const PIXELS = [
  "size",
  "thickness",
  "arrowwidth",
  "ax",
  "ay",
  "borderwidth",
  "borderpad",
  "gridwidth",
  "zerolinewidth",
  "xshift",
  "yshift",
  "height",
];
const factor = (scale) => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 / scale;
function enlarge(part, by, within = "") {
  for (const [key, value] of Object.entries(part)) {
    const sized = PIXELS.includes(key) || within === "margin" || (key === "width" && /line|error/.test(within));
    if (key === "template") continue;
    if (sized && typeof value === "number") part[key] = value * by;
    else if (sized && Array.isArray(value)) part[key] = value.map((size) => size * by);
    else if (value && typeof value === "object") enlarge(value, by, Array.isArray(part) ? within : key);
  }
}

// Of the labels along an axis those are shown that have room beside the one before.
function thin(chart) {
  const last = {};
  [...chart.querySelectorAll("g[class^=x][class$=tick] > text")]
    .map((text) => [text, text.parentNode.getAttribute("class"), text.getBoundingClientRect()])
    .sort((a, b) => a[2].left - b[2].left)
    .forEach(([text, axis, box]) => {
      const room = box.left > (last[axis] ?? -Infinity) + 3;
      text.style.visibility = room ? "" : "hidden";
      if (room) last[axis] = box.right;
    });
}

// In a map the names of digits, and the distance between one's own, move off one's own digits and off one another.
function giveWay(chart) {
  const { xaxis, yaxis, annotations = [] } = chart._fullLayout;
  const edge = chart.getBoundingClientRect();
  const yields = ["link", "label"].flatMap((name) => annotations.filter((note) => note.name === name));
  if (!xaxis?.c2p || !yields.length) return;
  const drawn = (note) => chart.querySelector(`.annotation[data-index="${note._index}"]`);
  const extent = (note) => drawn(note)?.querySelector(".annotation-text-g")?.getBoundingClientRect();
  const moved = (box, x, y) => ({ left: box.left + x, right: box.right + x, top: box.top + y, bottom: box.bottom + y });
  const apart = (a, b) => a.right + 2 < b.left || b.right + 2 < a.left || a.bottom + 2 < b.top || b.bottom + 2 < a.top;
  const left = edge.left + xaxis._offset;
  const top = edge.top + yaxis._offset;
  const inside = (box) =>
    box.left >= left && box.right <= left + xaxis._length && box.top >= top && box.bottom <= top + yaxis._length;
  const taken = chart._fullData
    .filter((trace) => trace.marker?.symbol === "star")
    .map((trace) => {
      const x = left + xaxis.c2p(trace.x[0]);
      const y = top + yaxis.c2p(trace.y[0]);
      const half = trace.marker.size / 2;
      return { left: x - half, right: x + half, top: y - half, bottom: y + half };
    });
  taken.push(
    ...annotations
      .filter((note) => !yields.includes(note))
      .map(extent)
      .filter(Boolean),
  );
  for (const note of yields) {
    const element = drawn(note);
    if (!element) continue;
    element.style.transform = "";
    const box = extent(note);
    if (!box?.width) continue;
    const places = [[0, 0]];
    for (let ring = 1; ring <= 10; ring++) {
      for (let turn = 0; turn < 12; turn++) {
        const angle = (turn * Math.PI) / 6;
        const away = (ring * box.height) / 2;
        places.push([Math.cos(angle) * away, Math.sin(angle) * away]);
      }
    }
    const free = ([x, y]) => taken.every((other) => apart(moved(box, x, y), other));
    const [x, y] =
      places.find((place) => free(place) && inside(moved(box, ...place))) ?? places.find(free) ?? [0, 0];
    element.style.transform = x || y ? `translate(${x}px, ${y}px)` : "";
    taken.push(moved(box, x, y));
  }
}

const fit = (chart) => {
  thin(chart);
  giveWay(chart);
};

function listen(chart) {
  const tile = document.createElement("div");
  tile.className = "live-chart-tile";
  chart.parentElement.append(tile);
  const hide = () => {
    tile.style.display = "none";
  };
  let x = 0;
  let y = 0;
  const move = () => {
    tile.style.left = `${Math.max(4, Math.min(x - 42, innerWidth - 92))}px`;
    tile.style.top = `${y > 116 ? y - 106 : y + 26}px`;
  };
  chart.addEventListener("pointermove", (event) => {
    [x, y] = [event.clientX, event.clientY];
    move();
  });
  chart.addEventListener("pointerleave", hide);
  chart.addEventListener("wheel", hide, { passive: true });
  // In space Plotly tells of a click only where it draws between the press and the next, however small, movement, and
  // as soon as the pointer goes down, also where a drag begins that turns the camera. So the point that it found under
  // the pointer counts there: that of the press, or the first that it finds once the pointer has gone up.
  const LATE = 500; // ms that this may take
  let found; // { row, x, y }: the point under the pointer, and where the pointer was
  let from;
  let pending;
  let pressed = false;
  let dragged = false;
  let until = 0;
  const inSpace = () => Boolean(chart._fullLayout.scene);
  const choose = (row) => {
    until = 0;
    if (row !== undefined) chart.component?.setTriggerValue("point", row);
  };
  const far = (event) => Math.hypot(event.clientX - from[0], event.clientY - from[1]) > 5;
  chart.on("plotly_unhover", () => {
    found = undefined;
    hide();
  });
  chart.on("plotly_hover", (event) => {
    const row = event.points[0].customdata?.[0];
    found = { row, x, y };
    if (performance.now() < until) choose(row);
    const { columns, rows, images } = chart.component.data;
    const sheet = images && document.querySelector(images);
    if (row === undefined || !sheet?.src) return hide();
    tile.style.backgroundImage = `url("${sheet.src}")`;
    tile.style.backgroundSize = `${columns * 84}px ${rows * 84}px`;
    tile.style.backgroundPosition = `${-84 * (row % columns)}px ${-84 * Math.floor(row / columns)}px`;
    tile.style.display = "block";
    move();
  });
  // Plotly forgets a zoom when the range that a figure gives has changed, as it does with one's own digits.
  chart.on("plotly_relayout", (change) => {
    if (Object.keys(change).some((key) => /^[xy]axis[.]range/.test(key))) chart.zoomed = chart.layout.uirevision;
  });
  chart.addEventListener(
    "pointerdown",
    (event) => {
      from = [event.clientX, event.clientY];
      pending = found && inSpace() && !far({ clientX: found.x, clientY: found.y }) ? found.row : undefined;
      [pressed, dragged, until] = [true, false, 0];
    },
    true,
  );
  chart.lifted = (event) => {
    // it may go up outside the chart
    if (!pressed) return;
    pressed = false;
    dragged ||= event.type === "pointercancel" || far(event);
    if (dragged) return;
    if (pending !== undefined) choose(pending);
    else if (inSpace()) until = performance.now() + LATE;
  };
  chart.moved = (event) => {
    if (pressed) dragged ||= far(event);
    else if (until && far(event)) until = 0;
  };
  for (const kind of ["pointerup", "pointercancel"]) window.addEventListener(kind, chart.lifted, true);
  window.addEventListener("pointermove", chart.moved, true);
  chart.on("plotly_click", (event) => {
    const row = event.points[0].customdata?.[0];
    if (pressed) pending ??= row;
    else if (inSpace() ? performance.now() < until : !dragged) choose(row);
  });
  chart.on("plotly_afterplot", () => fit(chart));
}

function draw(Plotly, chart) {
  const { data } = chart.component;
  const figure = JSON.parse(data.figure);
  chart.drawn = data.figure;
  chart.factor = factor(data.scale);
  if (Math.abs(chart.factor - 1) > 0.01) enlarge(figure, chart.factor);
  if (figure.layout.height) chart.style.height = `${figure.layout.height}px`;
  // A finger that drags over a flat map scrolls the page; zoom by the buttons. In space it turns the camera.
  if (matchMedia("(pointer: coarse)").matches && !figure.layout.scene) figure.layout.dragmode = false;
  if (chart.listening && chart.zoomed && chart.zoomed === figure.layout.uirevision) {
    for (const axis of ["xaxis", "yaxis"]) figure.layout[axis].range = [...chart._fullLayout[axis].range];
  }
  return Plotly.react(chart, figure.data, figure.layout, JSON.parse(data.config));
}

// Where a legend takes another number of rows, Plotly moves the plot and leaves the legend where it was, in the plot.
async function resize(Plotly, chart) {
  const before = chart._fullLayout._size.t;
  await Plotly.Plots.resize(chart);
  if (chart.component && chart._fullLayout._size.t !== before) Plotly.redraw(chart);
}

export default function (component) {
  const { data, parentElement } = component;
  const chart = parentElement.querySelector(".live-chart");
  chart.component = component;
  chart.setAttribute("role", "figure");
  chart.setAttribute("aria-label", data.alt);
  library(data.library, data.version).then(
    (Plotly) => {
      if (chart.drawn === data.figure || chart.component !== component) return;
      draw(Plotly, chart).then(() => {
        if (!chart.component) return Plotly.purge(chart); // the page was left meanwhile
        if (!chart.listening) {
          chart.listening = true;
          listen(chart);
          fit(chart);
        }
        // The chart may be drawn before its column has its width; Plotly itself watches the window alone.
        chart.watch ??= new ResizeObserver(() => {
          // Taken off the page it has no width, which Plotly would refuse.
          if (!chart.component || !chart.offsetWidth) return;
          if (Math.abs(factor(chart.component.data.scale) - chart.factor) > 0.01) draw(Plotly, chart);
          else resize(Plotly, chart);
        });
        chart.watch.observe(chart);
        chart.dataset.drawn = String(1 + Number(chart.dataset.drawn ?? 0));
      });
    },
    () => {
      chart.innerHTML = '<p class="failed">This chart cannot be drawn: its library did not load.</p>';
    },
  );
  return () => {
    // on leaving the page: browsers allow few WebGL contexts
    chart.watch?.disconnect();
    for (const kind of ["pointerup", "pointercancel"]) window.removeEventListener(kind, chart.lifted, true);
    window.removeEventListener("pointermove", chart.moved, true);
    if (chart.listening) window.Plotly.purge(chart);
    chart.listening = false;
    chart.drawn = chart.component = chart.zoomed = undefined;
  };
}
