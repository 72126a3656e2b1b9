"""Verdict, distance scale and what the network saw, as HTML: arrays in, text out."""

from __future__ import annotations

import base64
import html
import io

import numpy as np
from PIL import Image

from siamese.palette import Palette
from siamese.verifier import Verification


def picture(image: np.ndarray, alt: str, css: str = "") -> str:
    """An <img> of a (28, 28) image in 0..1, or uint8, with crisp pixels."""
    pixels = image if image.dtype == np.uint8 else np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img class="digit {css}" alt="{html.escape(alt)}" src="data:image/png;base64,{data}">'


def verdict(result: Verification) -> str:
    """The verdict in words and symbol, how sure, and the distance."""
    css, symbol, words = ("same", "=", "Same digit") if result.is_same else ("different", "≠", "Different digits")
    return (
        f'<div class="verdict {css}" role="status" aria-live="polite" data-testid="verdict" '
        f'data-distance="{result.distance:.6f}">'
        f'<div class="symbol" aria-hidden="true">{symbol}</div>'
        f'<div><div class="words">{words}</div><div class="sure">{sure(result)}</div></div></div>'
    )


def sure(result: Verification) -> str:
    """How sure the network is, in words."""
    same = result.probability_same
    share = same if result.is_same else 1 - same
    if share < 0.5:
        # The person moved the threshold to where the verdict and the odds disagree.
        return f"by your threshold; the network itself gives “same” {_percent(same)}"
    return f"{_percent(share)} sure"


def _percent(share: float) -> str:
    if share > 0.995:
        return "over 99%"
    return "under 1%" if share < 0.005 else f"{share:.0%}"


def prompt(text: str) -> str:
    """What to do, where the verdict would stand."""
    return (
        '<div class="verdict prompt" role="status" aria-live="polite" data-testid="prompt">'
        '<div class="symbol" aria-hidden="true">✎</div>'
        f'<div class="words">{html.escape(text)}</div></div>'
    )


def scale(
    result: Verification | None,
    threshold: float,
    edges: np.ndarray,
    same: np.ndarray,
    different: np.ndarray,
    colours: Palette,
    split: str,
) -> str:
    """An SVG: the distance and the threshold over the spread of same and different pairs.

    Args:
        edges: (m + 1,) of the bins; same, different: (m,) shares of pairs.
    """
    width, base, top = 640, 118, 22
    both = np.cumsum(same + different)
    last = edges[1:][np.searchsorted(both, 0.999 * both[-1]).clip(max=len(same) - 1)]
    reach = float(max(last, threshold * 1.15, (result.distance * 1.05) if result else 0))

    def x(distance: float) -> float:
        return 14 + (width - 28) * min(distance / reach, 1)

    def ridge(shares: np.ndarray, colour: str, stroke: str) -> str:
        height = shares / max(float(shares.max()), 1e-12) * (base - top - 16)
        middles = (edges[:-1] + edges[1:]) / 2
        shown = middles <= reach
        points = " ".join(f"L{x(d):.1f},{base - h:.1f}" for d, h in zip(middles[shown], height[shown]))
        return (
            f'<path d="M{x(0):.1f},{base} {points} L{x(float(middles[shown][-1])):.1f},{base} Z" '
            f'fill="{colour}" fill-opacity=".6" stroke="{stroke}" stroke-width="1.6"/>'
        )

    def label(at: float, y: float, text: str, colour: str, weight: int = 500) -> str:
        anchor = "start" if at < 70 else "end" if at > width - 70 else "middle"
        return f'<text x="{at:.1f}" y="{y}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}">{text}</text>'

    parts = [ridge(different, colours.different_soft, colours.different), ridge(same, colours.same_soft, colours.same)]
    parts.append(f'<line x1="14" x2="{width - 14}" y1="{base}" y2="{base}" stroke="{colours.muted}"/>')
    for tick in np.linspace(0, reach, 5)[:-1]:
        parts.append(label(x(float(tick)), base + 16, f"{tick:.2f}", colours.muted, 400))
    parts.append(label(width - 14, base + 16, "distance →", colours.muted, 400))
    at = x(threshold)
    parts.append(
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top}" y2="{base + 4}" stroke="{colours.text}" '
        f'stroke-width="2" stroke-dasharray="5 4"/>' + label(at, top - 8, f"threshold {threshold:.2f}", colours.text)
    )
    spoken = f"Scale of distances from 0 to {reach:.2f}; threshold {threshold:.3f}."
    if result:
        colour = colours.same if result.is_same else colours.different
        at = x(result.distance)
        parts.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top + 8}" y2="{base}" stroke="{colour}" stroke-width="3"/>'
            f'<circle cx="{at:.1f}" cy="{base}" r="8" fill="{colour}" stroke="{colours.ground}" stroke-width="2.5"/>'
            + label(at, base + 36, f"this pair {result.distance:.3f}", colour, 700)
        )
        side = "below" if result.is_same else "above"
        spoken += f" This pair's distance is {result.distance:.3f}, {side} the threshold."
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 160" font-family="system-ui,sans-serif" '
        f'font-size="15">{"".join(parts)}</svg>'
    )
    # As a picture: Streamlit's sanitizer takes inline SVG out.
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img class="scale" alt="{html.escape(spoken)}" src="data:image/svg+xml;base64,{data}">'
        f'<p class="legend"><span style="color:{colours.same}">▲ same pairs</span> and '
        f'<span style="color:{colours.different}">▲ different pairs</span> of {html.escape(split)} test digits: '
        "where their distances lie</p>"
    )


def seen(result: Verification) -> str:
    """The two images as they went into the encoder."""
    return (
        '<div class="saw"><span>What the network saw</span>'
        + picture(result.left, "The left digit as the network saw it, 28 by 28 pixels", "small")
        + picture(result.right, "The right digit as the network saw it, 28 by 28 pixels", "small")
        + "</div>"
    )


def style(colours: Palette) -> str:
    """The style sheet of these parts."""
    return f"""<style>
.verdict {{display:flex;gap:.9rem;align-items:center;padding:.8rem 1rem;border-radius:.8rem;
  border:2px solid currentColor;min-height:5.4rem;box-sizing:border-box}}
.verdict .symbol {{font-size:2.9rem;font-weight:800;line-height:1;min-width:2.4rem;text-align:center}}
.verdict .words {{font-size:1.65rem;font-weight:750;line-height:1.15}}
.verdict .sure {{font-size:1rem;color:{colours.text};margin-top:.15rem}}
.verdict.same {{color:{colours.same}}} .verdict.different {{color:{colours.different};border-style:dashed}}
.verdict.prompt {{color:{colours.muted};border-style:dotted}}
.verdict.prompt .words {{font-size:1.15rem;font-weight:600}}
.scale {{width:100%;height:auto;aspect-ratio:4;display:block;margin-top:.4rem}}
.legend {{font-size:.85rem;color:{colours.muted};margin:.1rem 0 .4rem}}
.digit {{image-rendering:pixelated;border-radius:.5rem;background:#000;display:block}}
.digit.large {{width:282px;max-width:100%;aspect-ratio:1}} .digit.small {{width:84px;height:84px}}
.saw {{display:flex;gap:.7rem;align-items:center;flex-wrap:wrap;color:{colours.muted};font-size:.85rem}}
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primary"] p {{color:{colours.on_primary} !important}}
</style>"""
