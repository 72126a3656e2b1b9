"""What does not fit on a page: text that is cut off or lies over other text, and a page that scrolls sideways."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import settled

#: Where each page lies, in the order of the navigation; Compare, on which the app opens, at "".
PATHS = ("", "map", "teach", "class", "accuracy", "live", "how")
#: Every size that the app is made for: small phone, phone upright and on its side, tablet, zoomed laptop, and wider.
SIZES = {
    "320x568": {"width": 320, "height": 568},
    "390x844": {"width": 390, "height": 844},
    "844x390": {"width": 844, "height": 390},
    "768x1024": {"width": 768, "height": 1024},
    "853x640": {"width": 853, "height": 640},
    "1280x900": {"width": 1280, "height": 900},
    "1366x768": {"width": 1366, "height": 768},
    "1920x1080": {"width": 1920, "height": 1080},
}

_COMMON = """
const SLACK = 1.5;  // pixels: places are fractions, and a letter may reach a little beyond its line
const found = [];
const said = (text) => JSON.stringify(text.trim().replace(/\\s+/g, ' ').slice(0, 60));
const hidden = (style) => style.visibility !== 'visible' || style.clipPath.includes('50%')
  || style.clip.startsWith('rect(0') || style.clip.startsWith('rect(1px');
function* parents(node) {  // through shadow roots, too
  for (let at = node; at; at = at.parentNode instanceof ShadowRoot ? at.parentNode.host : at.parentElement) yield at;
}
function* everything(root) {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
}
"""

# Of each text its lines are taken as the browser sets them, and held against every box around it that cuts.
_HTML = """
const lines = (text) => {
  const range = document.createRange();
  range.selectNodeContents(text);
  return [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
};
function complaint(element, line) {
  let held = 0;
  let across = true, down = true;  // what scrolls by itself, within a keyboard's reach, may be longer than it shows
  for (const box of parents(element)) {
    const style = getComputedStyle(box);
    if (hidden(style) || box.matches('[data-testid=stTooltipContent]')) return '';
    if (style.display === 'inline' || style.display === 'contents') continue;
    const edge = box.getBoundingClientRect();
    if (!held++ && (line.left < edge.left - 3 || line.right > edge.right + 3)) return 'runs out of its box';
    if (edge.width <= 2 && edge.height <= 2 && style.overflow !== 'visible') return '';  // for screen readers alone
    const left = edge.left + box.clientLeft, top = edge.top + box.clientTop;
    if (across && /hidden|clip/.test(style.overflowX)
        && (line.left < left - SLACK || line.right > left + box.clientWidth + SLACK)) return 'cut off sideways';
    if (down && /hidden|clip/.test(style.overflowY)
        && (line.top < top - 0.2 * line.height || line.bottom > top + box.clientHeight + 0.2 * line.height)) {
      return 'cut off above or below';
    }
    if (/auto|scroll/.test(style.overflowX) && box.scrollWidth > box.clientWidth + 1 && !box.matches('.stMain')) {
      if (!box.matches('[tabindex], .journey')) return 'must be scrolled to';
      across = false;
    }
    if (/auto|scroll/.test(style.overflowY)) down = false;
    if (style.position === 'fixed') break;
  }
  return across && (line.left < -SLACK || line.right > innerWidth + SLACK) ? 'leaves the screen' : '';
}
for (const element of everything(document.body)) {
  if (element.closest('svg, script, style, noscript, [data-testid=stIconMaterial], .live-chart')) continue;
  if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
  const ellipsis = getComputedStyle(element).textOverflow === 'ellipsis'
    && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 2;
  if (ellipsis && element.textContent.trim()) found.push(`ends in an ellipsis: ${said(element.textContent)}`);
  const field = element.matches('input:not([type=range], [type=checkbox], [type=radio])') && element.value;
  if (field && element.scrollWidth > element.clientWidth) found.push(`longer than its field: ${said(field)}`);
  for (const text of element.childNodes) {
    if (text.nodeType !== Node.TEXT_NODE || !text.data.trim()) continue;
    const why = lines(text).map((line) => complaint(element, line)).find(Boolean);
    if (why && !ellipsis) found.push(`${why}: ${said(text.data)}`);
  }
}
"""

_CHARTS = """
for (const chart of document.querySelectorAll('.js-plotly-plot')) {
  if (!chart.checkVisibility()) continue;
  const edge = chart.querySelector('.svg-container').getBoundingClientRect();
  const name = said(chart.getAttribute('aria-label') ?? '').slice(0, 32);
  const shown = [...chart.querySelectorAll('.main-svg text')].filter((text) => text.textContent.trim()
    && text.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !text.closest('.hoverlayer, .modebar-container, .gtitle, .trace.heatmap'));
  const boxes = shown.map((text) => [text, text.getBoundingClientRect()]).filter(([, box]) => box.width > 1);
  for (const [text, box] of boxes) {
    if (box.left < edge.left - SLACK || box.right > edge.right + SLACK
        || box.top < edge.top - SLACK || box.bottom > edge.bottom + SLACK) {
      found.push(`${name}: leaves its chart: ${said(text.textContent)}`);
    }
    const turned = Number(/rotate[(]([^,)]+)/.exec(text.getAttribute('transform') ?? '')?.[1] ?? 0);
    if (turned && text.closest('[class^=x][class$=tick]')) {
      found.push(`${name}: lies on its side: ${said(text.textContent)}`);
    }
  }
  const { xaxis, yaxis, annotations = [] } = chart._fullLayout;
  for (const star of chart._fullData.filter((trace) => trace.marker?.symbol === 'star')) {
    const whole = chart.getBoundingClientRect(), half = star.marker.size / 2;
    const x = whole.left + xaxis._offset + xaxis.c2p(star.x[0]), y = whole.top + yaxis._offset + yaxis.c2p(star.y[0]);
    for (const note of annotations.filter(({ name }) => name === 'label' || name === 'link')) {
      const box = chart.querySelector(`.annotation[data-index="${note._index}"] rect`)?.getBoundingClientRect();
      if (box && box.left < x + half && box.right > x - half && box.top < y + half && box.bottom > y - half) {
        found.push(`${name}: ${said(note.text)} lies over the star of ${star.name}`);
      }
    }
  }
  boxes.forEach(([text, a], place) => {
    for (const [other, b] of boxes.slice(place + 1)) {
      // A box holds the room above and below the letters as well.
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 0.3 * Math.min(a.height, b.height)) {
        found.push(`${name}: ${said(text.textContent)} lies over ${said(other.textContent)}`);
      }
    }
  });
}
"""


def cut_off(page: Page) -> list[str]:
    """What is not whole, a line each: text that an edge or an ellipsis cuts, or that leaves the screen or its chart,
    texts of a chart that lie over each other or over an own digit, and labels along an axis that lie on their sides."""
    return page.evaluate(f"() => {{ {_COMMON} {_HTML} {_CHARTS} return [...new Set(found)]; }}")


def sideways(page: Page) -> int:
    """By how many pixels the page, or its part that scrolls, is wider than the screen."""
    return page.evaluate(
        """() => Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
             .map((element) => element.scrollWidth - element.clientWidth))"""
    )


def chart_widths(page: Page) -> dict[str, float]:
    """The width in pixels of each chart that is shown, by the beginning of what it is said to show."""
    return dict(
        page.evaluate(
            """() => [...document.querySelectorAll('.js-plotly-plot')].filter((chart) => chart.checkVisibility())
                 .map((chart) => [chart.getAttribute('aria-label').slice(0, 32), chart.offsetWidth])"""
        )
    )


def drawn(page: Page) -> None:
    """Wait until every chart of the page is drawn, at the width that its column has."""
    settled(page)
    page.wait_for_function(
        """() => [...document.querySelectorAll('.live-chart')].every((chart) => {
             const svg = chart.querySelector('.main-svg');
             return svg && Math.abs(svg.getBoundingClientRect().width - chart.getBoundingClientRect().width) < 2;
           })"""
    )
