"""The words of the page *Train live*, and its HTML: settings and results in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from siamese.live.model import LiveModel
from siamese.live.progress import Progress
from siamese.live.protocol import EpochResult
from siamese.live.queue import Status
from siamese.live.settings import LiveSettings, digits_in_words
from siamese.metrics.rates import accuracy_interval

LOSSES = {"supervised": "All pairs at once", "contrastive": "Contrastive"}
LOSS_HELP = (
    "What training makes small. *Contrastive* (2006): same pairs together, different pairs apart up to the margin. "
    "*All pairs at once* (2020): of a handful of images, a batch, each is held against all others; it usually "
    "does better."
)
_STAGES = {
    "starting": "Getting ready: the learning library is loading …",
    "images": "Preparing the images …",
    "learning": "Learning, epoch {next} of {epochs}",
    "packing": "Packing the network for Compare …",
}


def waiting(ahead: int) -> str:
    """A place in the queue, in words."""
    if ahead == 0:
        return "Your training is next."
    before = "One training is" if ahead == 1 else f"{ahead} trainings are"
    return f"{before} before yours; each takes about a minute. Yours starts by itself: you may look at other pages."


def doing(progress: Progress, now: float) -> str:
    """What a running training does, and for how long still."""
    text = _STAGES[progress.stage].format(next=min(len(progress.results) + 1, progress.epochs), epochs=progress.epochs)
    left = progress.seconds_left(now)
    if left is None:
        return text
    return f"{text} · {_about(left)} left"


def _about(seconds: float) -> str:
    if seconds > 90:
        return f"about {seconds / 60:.0f} minutes"
    return f"about {max(5, 5 * round(seconds / 5))} seconds"


def badge(status: Status, shown: bool) -> str:
    """What other pages say of a training, in a few words, or "".

    Args:
        shown: whether its network has been shown to the visitor.
    """
    if status.state == "waiting":
        return "Your training waits for its turn"
    if status.state == "running":
        progress = status.progress
        if progress.stage != "learning":
            return "Your training runs"
        return f"Your training runs: epoch {min(len(progress.results) + 1, progress.epochs)} of {progress.epochs}"
    if status.state == "done" and not shown:
        return "Your network is ready: look at it"
    return ""


def spoken(status: Status) -> str:
    """What a screen reader reads out: one sentence an epoch, and the end."""
    results = status.progress.results
    text = ""
    if status.state == "done":
        text = "The network is ready."
    elif results:
        latest = results[-1]
        text = (
            f"After epoch {latest.epoch}: {latest.seen:.0%} of seen, {latest.mixed:.0%} of mixed and "
            f"{latest.unseen:.0%} of unseen pairs are judged right."
        )
    return f'<p class="live-spoken" role="status" aria-live="polite" data-testid="live-spoken">{text}</p>'


def alt(results: Sequence[EpochResult], predicted: Mapping[str, float]) -> str:
    """What the chart shows."""
    claims = " and ".join(f"{share:.0%} of {split} pairs" for split, share in predicted.items())
    text = "Accuracy and loss per epoch." + (f" You predict that {claims} will be judged right." if claims else "")
    if not results:
        return f"{text} No epoch is over yet."
    latest = results[-1]
    return (
        f"{text} After epoch {latest.epoch}: seen {latest.seen:.1%}, mixed {latest.mixed:.1%}, "
        f"unseen {latest.unseen:.1%}, loss {latest.loss:.3f}."
    )


def summary(settings: LiveSettings) -> str:
    """The settings of a run, as a list."""
    rows = {
        "It learns from": digits_in_words(settings.digits),
        "Unseen": digits_in_words(settings.splits["unseen"]),
        "Loss": LOSSES[settings.loss] + (f", margin {settings.margin:.1f}" if settings.loss == "contrastive" else ""),
        "Embedding": f"{settings.embedding} numbers",
        "Images": "varied anew each time" if settings.augment else "always the same",
        "Epochs": str(settings.epochs),
    }
    items = "".join(f"<div><b>{name}:</b> {escape(value)}</div>" for name, value in rows.items())
    return f'<div class="live-list" data-testid="live-summary">{items}</div>'


def results(model: LiveModel, predicted: Mapping[str, float], colours: Mapping[str, str]) -> str:
    """The accuracy of each split beside what was predicted, from guessing to perfect."""
    limit, rows = model.verifier.threshold, []
    for split, digits in model.splits.items():
        accuracy = model.documents["report.json"]["splits"][split]["accuracy"]
        low, high = accuracy_interval(model.histograms, digits, limit)
        sure = f"95% interval {low:.1%} to {high:.1%}" if accuracy < 1 else "not one pair was wrong"
        mark, verdict = "", ""
        if split in predicted:
            mark = f'<div class="live-mark" style="left:{_place(predicted[split]):.1f}%"></div>'
            verdict = f" · {_verdict(predicted[split], accuracy)}"
        rows.append(
            f'<div class="live-row" data-testid="live-{split}" data-accuracy="{accuracy:.4f}">'
            f'<div class="name"><div><b>{split} pairs</b> <span>{digits_in_words(digits)}</span></div>'
            f'<div class="value">{accuracy:.1%}</div></div>'
            f'<div class="live-track" aria-hidden="true"><div class="live-fill" style="width:{_place(accuracy):.1f}%;'
            f'background:{colours[split]}"></div>{mark}</div>'
            f"<p><span>{sure}</span>{verdict}</p></div>"
        )
    return f"{''.join(rows)}{_ENDS}"


_ENDS = '<div class="live-ends" aria-hidden="true"><span>50%: guessing</span><span>100%: all pairs right</span></div>'


def _place(accuracy: float) -> float:
    return min(max((accuracy - 0.5) * 200, 0), 100)


def _verdict(predicted: float, accuracy: float) -> str:
    """How far a prediction was off, in words."""
    points = round(100 * (accuracy - predicted), 1)
    claim = f'<b aria-hidden="true">┃</b> you said <b>{predicted:.0%}</b>:'
    if abs(points) < 1:
        return f"{claim} spot on"
    return f"{claim} it does {abs(points):.1f} points {'better' if points > 0 else 'worse'}"


def earlier(model: LiveModel) -> str:
    """Which training a result comes from, where another one has been started since."""
    return (
        '<p class="live-earlier" data-testid="live-earlier">You still have the network from <b>before</b>, which '
        f"learned from {digits_in_words(model.splits['seen'])}:</p>"
    )


def conclusion(model: LiveModel) -> str:
    """What a training shows, in a sentence."""
    splits = model.documents["report.json"]["splits"]
    seen, unseen = (splits[split]["accuracy"] for split in ("seen", "unseen"))
    gap = 100 * (seen - unseen)
    if gap < 2:
        return "It does about as well on digits that it has never met as on those it learned from."
    return (
        f"On digits that it never met it is right in <b>{unseen:.0%}</b> of the pairs, "
        f"{gap:.0f} points less than on those it learned from."
    )
