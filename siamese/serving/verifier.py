"""The served model: LiteRT encoder + threshold + calibration -> `Verification`."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from siamese.constants import SIDE
from siamese.errors import InvalidArtefact
from siamese.imaging.data_urls import png_url
from siamese.imaging.framing import as_image, as_images
from siamese.imaging.normalisation import normalise
from siamese.machine import usable_processors
from siamese.serving.card import Card
from siamese.serving.catalogue import available, load_card

#: How far one value of an embedding may differ between Keras and LiteRT, or between two machines.
VALUE_TOLERANCE = 1e-5
_THREADS = usable_processors()
IDLE = 60.0  # seconds after which an interpreter goes that nobody used: each holds some nine megabytes


@cache
def _helpers() -> ThreadPoolExecutor:
    """Threads that embed beside the one that asks; started when first needed, and shared by all verifiers."""
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="embed")


@dataclass(frozen=True)
class Verification:
    """What a model makes of two images.

    Attributes:
        distance: Euclidean distance of the two embeddings; lower is more alike.
        threshold: the pair is called same when distance <= threshold.
        is_same: the verdict.
        probability_same: calibrated on validation pairs of the training digits, balanced.
        left, right: the images (28, 28) float32 that the encoder saw.
        embeddings: (2, d) float32, what it made of them.
    """

    distance: float
    threshold: float
    is_same: bool
    probability_same: float
    left: np.ndarray = field(repr=False, compare=False)
    right: np.ndarray = field(repr=False, compare=False)
    embeddings: np.ndarray = field(repr=False, compare=False)

    def _repr_html_(self) -> str:
        """The verdict with both images, for a notebook, in whatever colours that has."""
        symbol, words = ("=", "Same digit") if self.is_same else ("≠", "Different digits")
        relation = "within" if self.is_same else "beyond"
        left, right = (
            f'<img alt="The {side} digit as the network saw it" src="{png_url(image)}" width="84" height="84" '
            f'style="image-rendering:pixelated;border:1px solid currentColor;margin:0">'
            for side, image in (("left", self.left), ("right", self.right))
        )
        return (
            f'<div style="display:flex;gap:.8em;align-items:center">{left}'
            f'<b aria-hidden="true" style="font-size:2em">{symbol}</b>{right}'
            f"<div><b>{words}</b><br>Distance {self.distance:.3f}, {relation} the threshold of {self.threshold:.3f}<br>"
            f"Probability of <i>same</i>: {self.probability_same:.1%}</div></div>"
        )


class Verifier:
    """Compares two images with a trained model; safe to share between threads."""

    def __init__(self, card: Card) -> None:
        """A verifier of the model that `card` describes.

        Raises:
            InvalidArtefact: the encoder is missing, damaged, or not what the card declares.
        """
        self.card = card
        self._content = card.read("encoder.tflite")
        self._idle = _Idle()
        self._tensors = (0, 0)
        try:  # fail here, at load, not at the first comparison
            self._embed(np.zeros((1, SIDE, SIDE), np.float32))
        except InvalidArtefact:
            raise
        except (ValueError, RuntimeError) as error:
            raise InvalidArtefact(f"the encoder of {self.name!r} cannot be used: {error}") from error

    @staticmethod
    def available() -> list[str]:
        """Names of the trained models, the default first."""
        return available()

    @classmethod
    def load(cls, name: str | None = None) -> Verifier:
        """The verifier of model `name`, or of the default model.

        Raises:
            UnknownModel: no such model. InvalidArtefact: its files are damaged.
        """
        return cls(load_card(name))

    @property
    def name(self) -> str:
        """The model's name."""
        return self.card.name

    @property
    def threshold(self) -> float:
        """The model's own threshold, fixed on validation data."""
        return self.card.threshold

    def normalise(self, images: np.ndarray) -> np.ndarray:
        """Images (n, 28, 28) as this model's encoder sees them, float32 in 0..1."""
        return normalise(as_images(images), self.card.normalisation)

    def embed(self, images: np.ndarray) -> np.ndarray:
        """Embeddings (n, d) float32 of MNIST-framed images (n, 28, 28), uint8 or float 0..1.

        Every image is computed by itself, so its embedding does not depend on the rest.

        Raises:
            InvalidImage: wrong shape, type or range, or not finite.
        """
        return self.encode(self.normalise(images))

    def encode(self, seen: np.ndarray) -> np.ndarray:
        """Embeddings (n, d) float32 of images (n, 28, 28) float32 that are already as `normalise` gives them."""
        return self._embed(as_images(seen))

    def compare(self, left: np.ndarray, right: np.ndarray, threshold: float | None = None) -> Verification:
        """The verification of two MNIST-framed images (28, 28), uint8 or float 0..1.

        Args:
            threshold: another threshold than the model's own.

        Raises:
            InvalidImage: as `embed`. ValueError: the threshold is not a number.
        """
        seen = normalise(np.stack([as_image(left), as_image(right)]), self.card.normalisation)
        embeddings = self._embed(seen)
        left_point, right_point = embeddings.astype(np.float64)
        distance = float(np.sqrt(((left_point - right_point) ** 2).sum()))
        limit = self.card.threshold if threshold is None else float(threshold)
        if math.isnan(limit):
            raise ValueError("the threshold must be a number")
        return Verification(
            distance=distance,
            threshold=limit,
            is_same=distance <= limit,
            probability_same=float(self.card.probability_same(distance)),
            left=seen[0],
            right=seen[1],
            embeddings=embeddings,
        )

    def _embed(self, images: np.ndarray) -> np.ndarray:
        embeddings = np.empty((len(images), self.card.embedding), np.float32)
        count = max(1, min(len(images), _THREADS))
        # Already two images are worth a second core: the encoder is most of the time of a comparison.
        first, *others = zip(np.array_split(images, count), np.array_split(embeddings, count))
        waiting = [_helpers().submit(self._embed_into, *part) for part in others]
        self._embed_into(*first)
        for part in waiting:
            part.result()
        return embeddings

    def _embed_into(self, images: np.ndarray, embeddings: np.ndarray) -> None:
        with self._interpreter() as interpreter:
            source, result = self._tensors
            for row, image in enumerate(images):
                interpreter.set_tensor(source, image[None])
                interpreter.invoke()
                embeddings[row] = interpreter.get_tensor(result)[0]
        if not np.isfinite(embeddings).all():
            raise InvalidArtefact(f"the encoder of {self.name!r} gives numbers that are not finite")

    @contextmanager
    def _interpreter(self) -> Iterator:
        """An interpreter of this thread's own while the block runs; idle ones are kept for the next."""
        interpreter = self._idle.take()
        if interpreter is None:
            interpreter = self._new_interpreter()
        try:
            yield interpreter
        finally:
            self._idle.put(interpreter)

    def _new_interpreter(self):
        from ai_edge_litert.interpreter import Interpreter

        try:
            interpreter = Interpreter(model_content=self._content, num_threads=1)
            interpreter.allocate_tensors()
            (source,), (result,) = interpreter.get_input_details(), interpreter.get_output_details()
        except (ValueError, RuntimeError) as error:
            raise InvalidArtefact(f"the encoder of {self.name!r} cannot be loaded: {error}") from error
        if tuple(source["shape"]) != (1, SIDE, SIDE) or tuple(result["shape"]) != (1, self.card.embedding):
            raise InvalidArtefact(f"the encoder of {self.name!r} has other shapes than its card declares")
        self._tensors = source["index"], result["index"]  # the same in every interpreter of one content
        return interpreter


class _Idle:
    """Interpreters that wait for work; after a burst those go that nobody needs any more, all but one a processor."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: deque[tuple[float, Any]] = deque()  # when each was last used, the latest at the right
        self._shrinking = False

    def __len__(self) -> int:
        return len(self._held)

    def take(self) -> Any | None:
        """The one that was used last, or None."""
        with self._lock:
            return self._held.pop()[1] if self._held else None

    def put(self, interpreter: Any) -> None:
        """Keep it for the next who takes one."""
        with self._lock:
            self._held.append((time.monotonic(), interpreter))
            self._shrink_later()

    def _shrink_later(self) -> None:
        if self._shrinking or len(self._held) <= _THREADS:
            return
        # A clock of its own, since a class may leave all at once and nobody come after it.
        timer = threading.Timer(IDLE, self._shrink)
        timer.name, timer.daemon = "idle-interpreters", True
        try:
            timer.start()
            self._shrinking = True
        except RuntimeError:  # no more threads just now; the next one that is put back tries again
            pass

    def _shrink(self) -> None:
        with self._lock:
            self._shrinking = False
            while len(self._held) > _THREADS and time.monotonic() - self._held[0][0] >= IDLE:
                self._held.popleft()
            self._shrink_later()
