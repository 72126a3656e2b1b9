"""What the map shows: its points, from the model's file or made here, and the visitor's two digits among them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from siamese.app import samples
from siamese.app.pages.compare import sides
from siamese.app.patches import media
from siamese.charts.map_scene import Link
from siamese.data.splits import ALL_DIGITS
from siamese.errors import InvalidArtefact
from siamese.evaluation import projection
from siamese.evaluation.projection import EmbeddingMap
from siamese.metrics.distances import embedding_distance
from siamese.serving.verifier import Verifier

COLUMNS = 52  # of the sheet with all points' pictures; Streamlit shrinks a picture that is wider than 1460 pixels
SOURCES = {"mnist": "MNIST's test digits", "pens": "built-in digits"}
_POINT_NAMES = {"mnist": "MNIST test image", "pens": "built-in digit"}


@dataclass(frozen=True)
class Points:
    """The points of a map.

    Attributes:
        source: what they are of, a key of `SOURCES`.
        images: the images that their indices count, where this machine has them.
        key: names them in caches: it changes when the encoder or the source does.
    """

    map: EmbeddingMap
    source: str
    images: np.ndarray | None
    key: str

    @property
    def point_name(self) -> str:
        """What one of them is called, before its number."""
        return _POINT_NAMES[self.source]

    @property
    def places(self) -> np.ndarray:
        """(n, 3): where they are in the picture."""
        return self.map.projection.transform(self.map.embeddings)

    @property
    def sheet_rows(self) -> int:
        """How many rows the sheet of their pictures has."""
        return -(-len(self.map.digits) // COLUMNS)


@dataclass(frozen=True)
class PlacedDigit:
    """One of the visitor's two digits on the map.

    Attributes:
        name: of its side.
        image: (28, 28).
        embedding: (d,).
        rows: the rows of its nearest points, the nearest first.
        distances: to these points.
    """

    name: str
    image: np.ndarray
    embedding: np.ndarray
    rows: np.ndarray
    distances: np.ndarray


class _Unhashed:
    """Carries a value into a cached function without being part of the cache's key."""

    def __init__(self, value: Any) -> None:
        self.value = value


_HASHES: dict[str | type[Any], Callable[[Any], Any]] = {_Unhashed: lambda value: None}


def committed(verifier: Verifier) -> EmbeddingMap | None:
    """The model's own file of the map, or None where it has none that can be used."""
    return _read(verifier.name, str(verifier.card.raw["files"].get("map.npz")), _Unhashed(verifier))


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=_HASHES)
def _read(name: str, digest: str, verifier: _Unhashed) -> EmbeddingMap | None:
    try:
        return projection.load_map(verifier.value.card)
    except InvalidArtefact:
        return None


def has_choice(verifier: Verifier) -> bool:
    """Whether MNIST's points can be shown though its images are not here: then the built-in digits are a choice."""
    return samples.sample_digits().source != "mnist" and committed(verifier) is not None


def points(verifier: Verifier, preferred: str) -> Points:
    """The points to show; those of the `preferred` source where there is a choice."""
    digits, ready = samples.sample_digits(), committed(verifier)
    encoder = verifier.card.raw["files"]["encoder.tflite"]
    if digits.source != "mnist" and ready is not None and preferred == "mnist":
        return Points(ready, "mnist", None, f"{encoder} mnist")
    if digits.source != "mnist" or ready is None:
        ready = _made(f"{encoder} {digits.source}", _Unhashed((verifier, digits)))
    return Points(ready, digits.source, digits.images, f"{encoder} {digits.source}")


@st.cache_resource(show_spinner="Placing the digits …", max_entries=8, hash_funcs=_HASHES)
def _made(key: str, inputs: _Unhashed) -> EmbeddingMap:
    """The map made here and now: for a model without its file, or of the built-in digits."""
    verifier, digits = inputs.value
    return projection.make_map(verifier, digits.images, digits.digits)


def placed_digits(verifier: Verifier, shown_points: Points, shown: tuple[int, ...]) -> list[PlacedDigit]:
    """The digits that Compare holds now, each with its nearest points among the digits shown."""
    candidates = np.flatnonzero(np.isin(shown_points.map.digits, shown))
    found = []
    for name in sides.SIDES:
        image = sides.image(name)
        if image is None:
            continue
        embedding = verifier.embed(image[None])[0]
        rows = candidates
        if shown_points.images is not None:  # an image is no neighbour of its own
            images = shown_points.images[shown_points.map.indices[rows]]
            rows = rows[(_as_bytes(images) != _as_bytes(image)).any((1, 2))]
        nearest, distances = projection.nearest(embedding[None], shown_points.map.embeddings[rows])
        found.append(PlacedDigit(name, image, embedding, rows[nearest[0]], distances[0]))
    return found


def _as_bytes(images: np.ndarray) -> np.ndarray:
    return images if images.dtype == np.uint8 else np.round(images * 255).astype(np.uint8)


def link(digits: list[PlacedDigit], threshold: float) -> Link | None:
    """The distance of the visitor's two digits and the verdict on them, or None while one is missing."""
    if len(digits) < 2:
        return None
    apart = embedding_distance(digits[0].embedding, digits[1].embedding)
    return Link(apart, apart <= threshold)


def unseen(verifier: Verifier) -> tuple[int, ...]:
    """The digits that the model was not trained on."""
    return tuple(digit for digit in ALL_DIGITS if digit not in verifier.card.digits)


def faithfulness(shown_points: Points, dimensions: int) -> float:
    """See `projection.neighbourhood_preservation`; measured once for each map."""
    return _faithfulness(shown_points.key, dimensions, _Unhashed(shown_points))


@st.cache_data(show_spinner=False, max_entries=32, hash_funcs=_HASHES)
def _faithfulness(key: str, dimensions: int, shown_points: _Unhashed) -> float:
    shown = shown_points.value
    return projection.neighbourhood_preservation(shown.map.embeddings, shown.places[:, :dimensions])


def sheet(shown_points: Points) -> bytes:
    """A PNG with the pictures of all points, row by row, which the map shows under the pointer."""
    indices = shown_points.map.indices
    assert shown_points.images is not None, "a map without pictures has no sheet of them"
    return _sheet(shown_points.source, indices.tobytes(), _Unhashed(shown_points.images[indices]))


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs=_HASHES)
def _sheet(source: str, indices: bytes, images: _Unhashed) -> bytes:
    pictures = _as_bytes(images.value) // 16 * 17  # sixteen greys are enough here, and half the bytes
    rows = -(-len(pictures) // COLUMNS)
    tiles = np.zeros((rows * COLUMNS, 28, 28), np.uint8)
    tiles[: len(pictures)] = pictures
    grid = tiles.reshape(rows, COLUMNS, 28, 28).swapaxes(1, 2).reshape(rows * 28, COLUMNS * 28)
    buffer = io.BytesIO()
    Image.fromarray(grid).save(buffer, "PNG")
    return media.persist(buffer.getvalue())
