"""The served model: LiteRT encoder + threshold + calibration -> `Verification`."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from siamese.constants import SIDE
from siamese.errors import InvalidArtefact
from siamese.imaging.data_urls import notebook_image
from siamese.imaging.framing import as_image, as_images
from siamese.imaging.normalisation import normalise
from siamese.machine import usable_processors
from siamese.metrics.distances import embedding_distance
from siamese.serving.card import Card
from siamese.serving.catalogue import available, load_card
from siamese.serving.interpreters import InterpreterPool

#: How far one value of an embedding may differ between Keras and LiteRT, or between two machines.
VALUE_TOLERANCE = 1e-5
_THREADS = usable_processors()
_WORTH_A_THREAD = 4  # images


@cache
def _helpers() -> ThreadPoolExecutor:
    """Threads that embed beside the calling one; started when first needed, and shared by all verifiers."""
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="embed")


@dataclass(frozen=True)
class Verification:
    """The result of comparing two images with a model; in a notebook it shows itself.

    Attributes:
        distance: Euclidean distance of the two embeddings, 0 or more; lower is more alike.
        threshold: the pair is called same when distance <= threshold.
        is_same: the verdict.
        probability_same: within 0..1, calibrated on validation pairs of the training digits, balanced.
        left, right: the normalised images (28, 28) float32 in 0..1, as the encoder got them.
        embeddings: (2, d) float32, of left and right.

    Example:
        >>> import numpy as np
        >>> from siamese import Verifier
        >>> from siamese.imaging import pens
        >>> image = pens.image(3, np.random.default_rng(0))
        >>> result = Verifier.load().compare(image, image)
        >>> result.distance, result.is_same
        (0.0, True)
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
            notebook_image(image, f"The {side} digit as the network saw it", 84)
            for side, image in (("left", self.left), ("right", self.right))
        )
        return (
            f'<div style="display:flex;gap:.8em;align-items:center">{left}'
            f'<b aria-hidden="true" style="font-size:2em">{symbol}</b>{right}'
            f"<div><b>{words}</b><br>Distance {self.distance:.3f}, {relation} the threshold of {self.threshold:.3f}<br>"
            f"Probability of <i>same</i>: {self.probability_same:.1%}</div></div>"
        )


class Verifier:
    """Compares two images with a trained model; safe to share between threads.

    Attributes:
        card: what the model declares about itself.
        interpreters: the pool of LiteRT interpreters, one a thread at a time.

    Example:
        >>> import numpy as np
        >>> from siamese import Verifier
        >>> from siamese.imaging import pens
        >>> rng = np.random.default_rng(0)
        >>> verifier = Verifier.load()
        >>> verifier.compare(pens.image(3, rng), pens.image(3, rng)).is_same
        True
        >>> verifier.compare(pens.image(3, rng), pens.image(7, rng)).is_same
        False
    """

    def __init__(self, card: Card) -> None:
        """A verifier of the model that `card` describes.

        Raises:
            InvalidArtefact: the encoder is missing, damaged, or not what the card declares.
        """
        self.card = card
        self._content = card.read("encoder.tflite")
        self.interpreters = InterpreterPool(size=_THREADS)
        self._tensors = (0, 0)
        try:  # fail here, at load, not at the first comparison
            self._embed(np.zeros((1, SIDE, SIDE), np.float32))
        except InvalidArtefact:
            raise
        except (ValueError, RuntimeError) as error:
            raise InvalidArtefact(f"the encoder of {self.name!r} cannot be used: {error}") from error

    @staticmethod
    def available() -> list[str]:
        """Names of the trained models, the default first.

        Example:
            >>> from siamese import Verifier
            >>> Verifier.available()
            ['strokes', 'digits', 'baseline']
        """
        return available()

    @classmethod
    def load(cls, name: str | None = None) -> Verifier:
        """The verifier of model `name`, or of the default model.

        Raises:
            UnknownModel: no such model.
            InvalidArtefact: its files are missing, damaged, or not what its card declares.

        Example:
            >>> from siamese import Verifier
            >>> Verifier.load("baseline").name
            'baseline'
        """
        return cls(load_card(name))

    @property
    def name(self) -> str:
        """The model's name.

        Example:
            >>> from siamese import Verifier
            >>> Verifier.load().name == Verifier.available()[0]
            True
        """
        return self.card.name

    @property
    def threshold(self) -> float:
        """The model's threshold, a distance, fixed on validation data.

        Example:
            >>> from siamese import Verifier
            >>> Verifier.load("baseline").threshold
            0.5
        """
        return self.card.threshold

    def normalise(self, images: np.ndarray) -> np.ndarray:
        """Images (n, 28, 28) float32 in 0..1, normalised as this model's encoder expects them.

        Args:
            images: (n, 28, 28), framed as MNIST, uint8 0..255 or float 0..1.

        Raises:
            InvalidImage: wrong shape, type or range, or not finite.

        Example:
            >>> import numpy as np
            >>> from siamese import Verifier
            >>> from siamese.imaging import pens
            >>> images, digits = pens.images(1, np.random.default_rng(0))
            >>> Verifier.load().normalise(images).shape
            (10, 28, 28)
        """
        return normalise(as_images(images), self.card.normalisation)

    def embed(self, images: np.ndarray) -> np.ndarray:
        """Embeddings (n, d) float32 of MNIST-framed images (n, 28, 28), uint8 0..255 or float 0..1.

        Each image is embedded by itself, so that its embedding does not depend on the others.

        Raises:
            InvalidImage: wrong shape, type or range, or not finite.
            InvalidArtefact: the encoder gives numbers that are not finite.

        Example:
            >>> import numpy as np
            >>> from siamese import Verifier
            >>> from siamese.imaging import pens
            >>> images, digits = pens.images(1, np.random.default_rng(0))
            >>> verifier = Verifier.load()
            >>> embeddings = verifier.embed(images)
            >>> embeddings.shape == (10, verifier.card.embedding), embeddings.dtype
            (True, dtype('float32'))
        """
        return self.encode(self.normalise(images))

    def encode(self, normalised: np.ndarray) -> np.ndarray:
        """Embeddings (n, d) float32 of `normalised` images (n, 28, 28) float32 in 0..1, as `normalise` gives them.

        Raises:
            InvalidImage, InvalidArtefact: as `embed`.

        Example:
            >>> import numpy as np
            >>> from siamese import Verifier
            >>> from siamese.imaging import pens
            >>> images, digits = pens.images(1, np.random.default_rng(0))
            >>> verifier = Verifier.load()
            >>> bool((verifier.encode(verifier.normalise(images)) == verifier.embed(images)).all())
            True
        """
        return self._embed(as_images(normalised))

    def compare(self, left: np.ndarray, right: np.ndarray, threshold: float | None = None) -> Verification:
        """The verification of two MNIST-framed images (28, 28), uint8 0..255 or float 0..1.

        The distance is symmetric in `left` and `right`, to the last bit.

        Args:
            threshold: a distance to be used in place of the model's.

        Raises:
            InvalidImage, InvalidArtefact: as `embed`.
            ValueError: the threshold is not a number.

        Example:
            >>> import numpy as np
            >>> from siamese import Verifier
            >>> from siamese.imaging import pens
            >>> rng = np.random.default_rng(0)
            >>> left, right = pens.image(3, rng), pens.image(5, rng)
            >>> result = Verifier.load().compare(left, right, threshold=0.0)
            >>> result.is_same, result.distance > result.threshold
            (False, True)
        """
        normalised = normalise(np.stack([as_image(left), as_image(right)]), self.card.normalisation)
        embeddings = self._embed(normalised)  # (2, d)
        distance = embedding_distance(*embeddings)
        limit = self.card.threshold if threshold is None else float(threshold)
        if math.isnan(limit):
            raise ValueError("the threshold must be a number")
        return Verification(
            distance=distance,
            threshold=limit,
            is_same=distance <= limit,
            probability_same=float(self.card.probability_same(distance)),
            left=normalised[0],
            right=normalised[1],
            embeddings=embeddings,
        )

    def _embed(self, images: np.ndarray) -> np.ndarray:
        embeddings = np.empty((len(images), self.card.embedding), np.float32)
        # Handing two images to two threads takes longer than embedding them one after the other.
        count = max(1, min(len(images) // _WORTH_A_THREAD, _THREADS))
        first, *others = zip(np.array_split(images, count), np.array_split(embeddings, count))
        waiting = [_helpers().submit(self._embed_into, *part) for part in others]
        self._embed_into(*first)
        for part in waiting:
            part.result()
        return embeddings

    def _embed_into(self, images: np.ndarray, embeddings: np.ndarray) -> None:
        with self.interpreters.lease(self._new_interpreter) as interpreter:
            source, result = self._tensors
            for row, image in enumerate(images):
                interpreter.set_tensor(source, image[None])
                interpreter.invoke()
                embeddings[row] = interpreter.get_tensor(result)[0]
        if not np.isfinite(embeddings).all():
            raise InvalidArtefact(f"the encoder of {self.name!r} gives numbers that are not finite")

    def _new_interpreter(self) -> Any:
        """A LiteRT interpreter of this model's encoder, for one thread at a time.

        Raises:
            InvalidArtefact: the encoder cannot be loaded, or has other shapes than the card declares.
        """
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
