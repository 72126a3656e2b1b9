"""What one side of the comparison holds: a drawing, a sample and an uploaded picture, of which it shows one."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

import numpy as np

from siamese.app.pages.compare.photo import Photo
from siamese.imaging.drawing import Drawing, image_or_problem

MODES = {"draw": "Draw", "sample": "Sample", "upload": "Upload"}


@dataclass(frozen=True, eq=False)
class SampledDigit:
    """A digit that was sampled.

    Attributes:
        image: (28, 28).
        digit: which digit it shows.
        source, index: where it comes from, one of `samples.SampleDigits`' sources, and its number there.
        split: the pair split that it was sampled from.
        caption: what it is, in plain words.
    """

    image: np.ndarray
    digit: int
    source: str
    index: int
    split: str
    caption: str


@dataclass
class Upload:
    """What one side holds of uploaded pictures.

    Attributes:
        photo: the picture, or None.
        chosen: which digit of the picture the side shows.
        problem: why the last file cannot be used, in plain words, or "".
        count: goes up whenever the side shows another uploaded digit.
        widget: the number of the widget that takes files; another number is an empty widget.
        camera: whether the camera takes the picture, in place of a file.
    """

    photo: Photo | None = None
    chosen: int = 0
    problem: str = ""
    count: int = 0
    widget: int = 0
    camera: bool = False

    @property
    def image(self) -> np.ndarray | None:
        """The chosen digit (28, 28) of the picture, or None."""
        return None if self.photo is None else self.photo.digits[self.chosen]

    def choose(self, number: int) -> None:
        """Show another digit of the picture, where it has one of that number."""
        if self.photo is not None and 0 <= number < len(self.photo.digits):
            self.chosen = number
            self.count += 1

    def clear(self) -> None:
        """Forget the picture, for another one."""
        self.photo, self.chosen, self.problem = None, 0, ""
        self.count += 1


@dataclass
class Side:
    """One side of the comparison. Each mode has its own digit, so that changing the mode loses none.

    Attributes:
        mode: a key of `MODES`: which of the three is shown.
        sample: None until this side has had one.
    """

    mode: str = "sample"
    drawing: Drawing = field(default_factory=Drawing)
    sample: SampledDigit | None = None
    upload: Upload = field(default_factory=Upload)

    @property
    def image(self) -> np.ndarray | None:
        """The image (28, 28) that this side shows, or None where there is none that can be used."""
        if self.mode == "draw":
            return image_or_problem(self.drawing)[0]
        if self.mode == "upload":
            return self.upload.image
        return None if self.sample is None else self.sample.image

    @property
    def shown_sample(self) -> SampledDigit | None:
        """The sample, while this side shows it; else None."""
        return self.sample if self.mode == "sample" else None

    @property
    def digit(self) -> int | None:
        """The digit that this side shows, or None where nobody knows it: only a sample's digit is known."""
        return None if self.shown_sample is None else self.shown_sample.digit

    @property
    def identity(self) -> Hashable:
        """Equal as long as this side shows the same drawing, however it grows, the same sample or the same upload."""
        if self.mode == "draw":
            return self.mode, self.drawing.number
        if self.mode == "upload":
            return self.mode, self.upload.count
        return self.mode, None if self.sample is None else (self.sample.source, self.sample.index)

    def snapshot(self) -> Side:
        """This side as it is now, without the steps of its drawing; see `put_back`."""
        # Shallow copies are enough: the arrays and lists that they share are never changed in place.
        return Side(self.mode, replace(self.drawing, past=[], future=[]), self.sample, replace(self.upload))

    def put_back(self, before: Side) -> None:
        """Show again what a snapshot of this side shows; what the other modes hold stays as it is."""
        self.mode = before.mode
        if before.mode == "sample":
            self.sample = before.sample
        elif before.mode == "upload":
            self.upload.photo, self.upload.chosen, self.upload.problem = before.upload.photo, before.upload.chosen, ""
            self.upload.count, self.upload.widget = before.upload.count, self.upload.widget + 1
        else:
            self.drawing.number += 1  # what is drawn from now on is another drawing
            self.drawing.past, self.drawing.future = [], []  # those steps belong to the drawing before
            self.drawing.restart(before.drawing.strokes)
