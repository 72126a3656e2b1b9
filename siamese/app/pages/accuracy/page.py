"""The page *Accuracy*: every figure of every model, exact, for any set of digits and any threshold."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from functools import partial

import streamlit as st

from siamese.app import address, choices, frame, projector, resources, terms, widgets
from siamese.app.components.plot import live_chart
from siamese.app.pages.accuracy import digit_by_digit
from siamese.app.pages.accuracy.choices import ADDRESS, current
from siamese.charts import rates as charts
from siamese.data.splits import ALL_DIGITS, SEEN_DIGITS, SPLITS, UNSEEN_DIGITS
from siamese.errors import SiameseError
from siamese.metrics import calibration, histograms, rates, thresholds
from siamese.serving import catalogue

_FURTHER_DOWN = {
    "all figures": "all-figures",
    "per epoch": "epochs",
    "distances": "distances",
    "two kinds of error": "roc",
    "digit by digit": "digits",
    "hardest pairs": "hardest",
    "one-shot": "one-shot",
    "certainty": "certainty",
    "people's drawings": "people",
    "idea by idea": "ladder",
}


def render() -> None:
    """Draws the page."""
    frame.start("accuracy")
    st.title("How accurate is it?")
    st.markdown(
        "Every pair of MNIST's 10,000 test images was compared: some fifty million. "
        "**Seen** pairs are of the digits 2 to 7 that the network learned from; **unseen** pairs of 0, 1, 8 and 9, "
        "which it never met; **mixed** pairs of all ten. Half of the pairs count as same, half as different, "
        "so guessing gives 50%."
    )
    st.markdown("Further down: " + " · ".join(f"[{title}](#{anchor})" for title, anchor in _FURTHER_DOWN.items()))
    _panel()


@st.fragment
def _panel() -> None:
    try:
        _figures()
    except SiameseError as error:
        st.error(f"These figures cannot be shown: {error}.", icon=":material/error:")


def _figures() -> None:
    name, own, others = _controls()
    splits = {**SPLITS, **({"own": own} if own else {})}
    names = {"own": f"own: {', '.join(map(str, own))}"} if own else {}
    histograms = resources.histograms(name)
    curves = {split: rates.pair_curves(histograms, digits) for split, digits in splits.items()}
    limit = choices.threshold(name)
    colours = projector.palette()

    with st.container(border=True):
        chart, figures = st.columns([5, 2], gap="medium")
        with chart:
            st.header("Accuracy against threshold", help=terms.DISTANCE_AND_THRESHOLD)
            _plot(
                charts.accuracy_by_threshold(curves, limit, colours, names), "threshold", "Accuracy against threshold"
            )
            widgets.threshold_slider("accuracy", name)
        with figures, st.container(horizontal=True, key="accuracy-figures"):
            for place, (split, digits) in enumerate(splits.items()):
                low, high = rates.accuracy_interval(histograms, digits, limit)
                st.metric(
                    names.get(split, f"{split} pairs"),
                    f"{rates.accuracy_at(histograms, digits, limit):.2%}",
                    f"95% interval {low:.2%} to {high:.2%}",
                    delta_color="off",
                    delta_arrow="off",
                    help=None if place else terms.INTERVAL,
                )
        seen, unseen = (thresholds.best_threshold(curves[split]) for split in ("seen", "unseen"))
        st.caption(
            f"Notice where each line has its top: seen pairs at {seen:.2f}, unseen pairs at {unseen:.2f}. The further "
            f"apart, the worse one threshold suits both. This model's, {resources.verifier(name).threshold:.2f}, was "
            "fixed on pairs that were kept aside for it, of seen digits and of synthetic classes where it has any; "
            "no unseen digit was looked at."
        )

    _table(name, splits, names)

    with st.container(border=True):
        st.header("Accuracy per epoch", anchor="epochs", help=terms.EPOCH)
        titles = [name, *others]
        histories = {title: resources.committed(title, "history.json") for title in titles}
        lowest = min(min(entry[key] for key in charts.EPOCH_LINES) for each in histories.values() for entry in each)
        with st.container(key="chart-epochs"):
            for place, (title, entries) in enumerate(histories.items()):
                _plot(
                    charts.epochs({title: entries}, colours, lowest), f"epochs-{place}", f"{title}: accuracy per epoch"
                )
        st.caption(
            "At each model's own threshold. "
            "Notice whether unseen accuracy falls while seen accuracy rises: then the network learns what separates "
            "six digits and forgets the rest. "
            + " ".join(_rise_and_fall(title, entries) for title, entries in histories.items())
            + " The epoch was chosen without looking at unseen digits."
        )

    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.header("Distances of all pairs", anchor="distances", help=terms.SPREAD)
        densities = {split: rates.distance_densities(histograms, digits, 50) for split, digits in splits.items()}
        _plot(charts.distances(densities, limit, colours, names), "distances", "Distances of same and different pairs")
        st.caption("Where the two hills overlap, no threshold can be right. Dashed: the threshold.")
    with right, st.container(border=True):
        st.header("Two kinds of error", anchor="roc", help=terms.KINDS_OF_ERROR)
        models = {}
        for title in [name, *others]:
            grid = resources.histograms(title)
            models[title] = (
                {split: rates.pair_curves(grid, digits) for split, digits in splits.items()},
                grid.index(choices.threshold(title)),
            )
        _plot(charts.roc(models, colours, names), "roc", "Two kinds of error: ROC curves, with the thresholds in use")
        st.caption(
            "Each point of a line is one threshold; the dot is the one in use. Across: *false accepts*, different "
            "pairs called the same; up: *true accepts*, same pairs called the same. Top left is perfect. "
            "Both axes are stretched near the perfect corner, where the lines differ."
        )
    digit_by_digit.section(name)
    _one_shot(colours)
    _calibration(name, histograms, colours)
    _people()
    _ladder(colours)


def _rise_and_fall(title: str, entries: list[dict]) -> str:
    """How unseen accuracy went from its best epoch to the last, in words."""
    best = max(entries, key=lambda entry: entry["unseen"])
    return f"{title}: unseen {best['unseen']:.1%} in epoch {best['epoch']}, {entries[-1]['unseen']:.1%} in the last."


def _one_shot(colours) -> None:
    """One-shot recognition of every model, beside published figures."""
    published = json.loads(catalogue.PUBLISHED.read_text(encoding="utf-8"))["one_shot_ten_way"]
    results: dict[str, dict] = {"4-way: 0, 1, 8, 9": {}, "10-way: all digits": {}}
    for model in resources.models():
        found = resources.committed(model, "report.json")["one_shot"]
        for group, key in zip(results, ("unseen", "all")):
            results[group][model] = (found[key]["accuracy"], *found[key]["interval_95"])
    with st.container(border=True):
        st.header("One-shot recognition", anchor="one-shot", help=terms.ONE_SHOT)
        references = {entry["source"]: entry["accuracy"] for entry in published}
        _plot(charts.one_shot(results, references, colours), "one-shot", "Accuracy of one-shot recognition by model")
        st.caption(
            "Shown a single example of each digit, which digit is the next image? The nearest example wins. "
            "Four-way: among the unseen digits; ten-way: among all. Crossed: published ten-way figures of networks "
            "that learned from other alphabets. Intervals: over random sets of examples."
        )


def _calibration(name: str, histograms: histograms.PairHistograms, colours) -> None:
    """Whether the probability on Compare deserves its name, per split."""
    middles = (histograms.thresholds[1:] + histograms.thresholds[:-1]) / 2
    probabilities = resources.verifier(name).card.probability_same(middles)
    errors, tables = {}, {}
    for split, digits in SPLITS.items():
        errors[split], tables[split] = calibration.calibration_error(histograms, digits, probabilities)
    with st.container(border=True):
        st.header("Is its certainty honest?", anchor="certainty", help=terms.CERTAINTY)
        chart, words = st.columns([3, 2], gap="medium")
        with chart:
            _plot(charts.reliability(tables, colours), "reliability", "Reliability of the probability, per split")
        with words:
            st.markdown(
                "When the network says 90%, is it right nine times of ten? On the dotted line it is. "
                "Bigger dots: more pairs. How sure it may be was settled without any **unseen** digit, "
                "so that nothing vouches for its certainty where one takes part.\n\n"
                + "\n".join(f"- {split}: off by {error:.1%} on average" for split, error in errors.items())
            )


def _people() -> None:
    """Every model on digits that people drew with a pen, beside MNIST."""
    with st.container(border=True):
        st.header("Drawn by people with a pen", anchor="people", help=terms.INTERVAL)
        rows, told = [], None
        for name in resources.models():
            report = resources.committed(name, "report.json")
            if people := report.get("people"):
                told = people
                lines = []
                for split in SPLITS:
                    low, high = people["splits"][split]["interval_95"]
                    lines.append(
                        (
                            split,
                            f"{people['splits'][split]['accuracy']:.2%}",
                            f"{low:.2%} – {high:.2%}",
                            f"{report['splits'][split]['accuracy']:.2%}",
                        )
                    )
                rows.append(_model_rows(name, lines, chosen=False))
        if told is None:
            st.markdown("No model here was measured on drawings by people.")
            return
        heads = ("Model", "Pairs", "Drawn by people", "95% interval", "MNIST")
        st.html(_html_table("people", "Drawn by people", heads, rows))
        st.caption(
            f"All pairs of {told['drawings']:,} digits by {told['writers']} people, drawn with a pen on a tablet and "
            "framed as yours are on Compare; each model at its own threshold. People, not pairs, are counted for the "
            "interval. None of these drawings was used in training or for choosing anything. Source: UNIPEN "
            "train_r01_v07, CC BY 4.0."
        )


def _ladder(colours) -> None:
    """What each idea is worth, as a chart."""
    try:
        found = resources.ladder()
    except SiameseError as error:
        st.error(f"This chart cannot be shown: {error}.", icon=":material/error:")
        return
    with st.container(border=True):
        st.header("How each idea closed the gap", anchor="ladder")
        if found is None:
            st.markdown("It was not measured for these models.")
            return
        published = json.loads(catalogue.PUBLISHED.read_text(encoding="utf-8"))
        start = {split: {"accuracy": published[split], "interval_95": [published[split]] * 2} for split in SPLITS}
        _plot(
            charts.ladder([{"idea": "published recipe", "splits": start}, *found["rungs"]], colours),
            "ladder",
            "Accuracy of seen, mixed and unseen pairs, idea by idea",
        )
        st.caption(
            "From left to right each network has one idea more. *Convolutions* in place of fully connected layers; "
            "*even framing*: slant, size and pen width evened out beforehand; *fragments*: synthetic classes joined "
            "from pieces of the digits; *synthetic strokes*: made up by rules instead; *six questions*: is it a 2, a "
            "3, … or none of these; *whitening*: what varies from hand to hand counts less. All but the first were "
            f"trained for {found['steps']:,} steps by `{found['command']}`; the models of the app train longer."
        )


def _controls() -> tuple[str, tuple[int, ...], list[str]]:
    """The model, the person's own split (empty when fewer than two digits), and models to overlay."""
    first, second, third = st.columns([3, 2, 4], vertical_alignment="bottom")
    with first:
        name = widgets.model_picker("accuracy", trained=False)
        if choices.model_name() != name:
            st.caption("Your own network was not measured on the whole test file; here is another one.")
    others = [other for other in resources.models() if other != name]
    now = current()
    overlay = [other for other in (others if now.overlay is None else now.overlay) if other in others]
    if others:
        second.pills(
            "Show beside it",
            others,
            selection_mode="multi",
            help="Other models to show beside the chosen one in *Accuracy per epoch* and *Two kinds of error*.",
            **widgets.bind("accuracy.overlay", overlay, partial(setattr, now, "overlay")),
        )
    third.pills(
        "A split of your own: choose two digits or more",
        ALL_DIGITS,
        selection_mode="multi",
        **widgets.bind_field("accuracy.own", now, "split"),
    )
    address.bar(ADDRESS)
    split = tuple(sorted(now.split))
    return name, split if len(split) > 1 else (), overlay


def _plot(figure, key: str, alt: str) -> None:
    # Not Streamlit's own chart: that brings a second Plotly to the browser, five megabytes more.
    live_chart(figure, key=f"chart-{key}", alt=alt, toolbar=False)


_HEADS = ("Model", "Pairs", "Accuracy", "95% interval", "Ranked right", "Even error", "Published")


def _model_rows(name: str, lines: Sequence[tuple[str, ...]], *, chosen: bool) -> str:
    """One model's part of the table; its name stands beside all its lines."""
    parts = []
    for place, line in enumerate(lines):
        head = f'<th scope="rowgroup" rowspan="{len(lines)}">{html.escape(name)}</th>' if place == 0 else ""
        parts.append(f"<tr>{head}{''.join(f'<td>{html.escape(cell)}</td>' for cell in line)}</tr>")
    return f"<tbody{' class=chosen' if chosen else ''}>{''.join(parts)}</tbody>"


def _html_table(name: str, label: str, heads: Sequence[str], rows: Sequence[str]) -> str:
    """A table of `_model_rows`, which scrolls by itself where it is too wide; `name` is for tests."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    # A region that scrolls must be within a keyboard's reach: hence its place among the tab stops.
    return (
        f'<div class="figures" data-testid="{name}" tabindex="0" role="region" aria-label="{label}">'
        f"<table><thead><tr>{head}</tr></thead>{''.join(rows)}</table></div>"
    )


def _table(chosen: str, splits: dict[str, tuple[int, ...]], names: dict[str, str]) -> None:
    """Every model's accuracies at its threshold in use, with intervals, AUC, EER, and the published figures."""
    published = json.loads(catalogue.PUBLISHED.read_text(encoding="utf-8"))
    rows = []
    for name in resources.models():
        histograms, limit = resources.histograms(name), choices.threshold(name)
        train = resources.committed(name, "history.json")[resources.verifier(name).card.raw["epoch"] - 1]["train"]
        own = resources.verifier(name).threshold
        lines = [(f"train, at {own:.3f}", f"{train:.2%}", "", "", "", f"{published['train']:.2%}")]
        for split, digits in splits.items():
            curves = rates.pair_curves(histograms, digits)
            low, high = rates.accuracy_interval(histograms, digits, limit)
            lines.append(
                (
                    names.get(split, split),
                    f"{rates.accuracy_at(histograms, digits, limit):.2%}",
                    f"{low:.2%} – {high:.2%}",
                    f"{rates.roc_auc(curves):.4f}",
                    f"{rates.equal_error_rate(curves):.2%}",
                    f"{published[split]:.2%}" if split in published else "",
                )
            )
        apart = rates.told_apart(histograms, SEEN_DIGITS, UNSEEN_DIGITS, limit)
        lines.append(("one seen, one unseen", f"{apart:.2%}", "", "", "", ""))
        rows.append(_model_rows(name, lines, chosen=name == chosen))
    with st.container(border=True):
        st.header("All figures", anchor="all-figures", help=terms.FIGURES)
        st.html(_html_table("figures", "All figures", _HEADS, rows))
        st.caption(
            "Accuracy at the threshold in use; only *train* was measured once, in training, at the model's own, and "
            "stays. The “?” says what the other columns are. "
            "A pair of one seen and one unseen digit is always different; "
            "its row is not an accuracy of balanced pairs. "
            f"Published: {published['source']}."
        )
