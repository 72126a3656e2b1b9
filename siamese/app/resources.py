"""What all sessions of a server share: models, their figures, and the digits to sample from."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from siamese.data.download import MNIST_VARIABLE, cached_mnist_path, download_mnist
from siamese.data.mnist import load_mnist
from siamese.data.splits import ALL_DIGITS
from siamese.errors import MnistUnavailable, SiameseError, UntrustedConnection
from siamese.evaluation.hardest_pairs import Hardest, load_hardest
from siamese.imaging import pens
from siamese.live.model import LiveModel
from siamese.live.queue import LiveQueue
from siamese.metrics.histograms import PairHistograms
from siamese.metrics.rates import distance_densities
from siamese.serving import catalogue
from siamese.serving.card import Card, load_histograms, load_json
from siamese.serving.verifier import Verifier

PENS_PER_DIGIT = 24
PENS_SEED = 20
LOOK_EVERY = 3.0  # seconds between two looks for MNIST's file
RETRY = 600  # seconds after which a download that failed is tried again
_PENS = np.repeat(np.arange(10, dtype=np.uint8), PENS_PER_DIGIT)
DOWNLOAD_VARIABLE = "SIAMESE_DOWNLOAD"  # "0" keeps the app from ever asking the network
LIVE_VARIABLE = "SIAMESE_LIVE"  # "0" turns the page that trains off
_OWN = "kept.own-model"
_FOLDERS = 4  # of models whose contents are kept in mind; a server has one
_log = logging.getLogger("siamese.data")


@dataclass(frozen=True)
class SampleDigits:
    """Digits to sample from, (n,), and where they come from.

    `source` is "mnist" or "pens"; `image` gives one image (28, 28) by its number, `every` all (n, 28, 28); `notice`
    says in plain words why it is not MNIST, or is empty.
    """

    digits: np.ndarray
    source: str
    image: Callable[[int], np.ndarray]
    every: Callable[[], np.ndarray]
    notice: str = ""

    @property
    def images(self) -> np.ndarray:
        """All images (n, 28, 28)."""
        return self.every()


_Model = tuple[Verifier, PairHistograms]
_catalogues: dict[str, dict[str, _Model | SiameseError]] = {}  # by folder; read from disk by `look_again` alone
_looking = threading.Lock()


def look_again() -> dict[str, _Model | SiameseError]:
    """What the folder of models holds now, by name; what was loaded before, or was damaged, is not read again.

    Called when a session starts. Between that, nothing looks at the disk: a stroke would wait for it.
    """
    folder = str(catalogue.models_folder())
    with _looking:
        before = _catalogues.pop(folder, {})
        _catalogues[folder] = {name: before.get(name) or _load(name) for name in catalogue.available()}
        for other in list(_catalogues)[:-_FOLDERS]:
            del _catalogues[other]
        return _catalogues[folder]


def _catalogue() -> dict[str, _Model | SiameseError]:
    found = _catalogues.get(str(catalogue.models_folder()))
    return look_again() if found is None else found


def _load(name: str) -> _Model | SiameseError:
    try:
        model = Verifier.load(name)
        for file in ("report.json", "history.json"):  # read later, but a model is shown whole or not at all
            load_json(model.card, file)
        return model, load_histograms(model.card)
    except SiameseError as error:
        return error


def models() -> list[str]:
    """Names of the models that can be used, the default first."""
    return [name for name, model in _catalogue().items() if not isinstance(model, SiameseError)]


def damaged() -> list[str]:
    """For each model that cannot be used, why, in one sentence."""
    return [str(model) for model in _catalogue().values() if isinstance(model, SiameseError)]


def own() -> LiveModel | None:
    """The network that this session has trained live, or None. No other session can name it."""
    return st.session_state.get(_OWN)


def set_own(model: LiveModel) -> None:
    """Let `model` be this session's own network."""
    st.session_state[_OWN] = model


def _own_named(name: str) -> LiveModel | None:
    mine = own()
    return mine if mine is not None and mine.name == name else None


def verifier(name: str) -> Verifier:
    """The verifier of a usable model, loaded once; it is safe to share between threads."""
    mine = _own_named(name)
    return mine.verifier if mine else _usable(name)[0]


def histograms(name: str) -> PairHistograms:
    """A usable model's histograms of the distances of all pairs of test images."""
    mine = _own_named(name)
    return mine.histograms if mine else _usable(name)[1]


def _usable(name: str) -> _Model:
    model = _catalogue().get(name) or _load(name)  # a name that is not there says so by its error
    if isinstance(model, SiameseError):
        raise model
    return model


def densities(name: str, split: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(edges, same, different): how the distances of the split's pairs are spread; see `distance_densities`."""
    card = verifier(name).card
    return _densities(content(card), card.splits[split], histograms(name))


@st.cache_resource(show_spinner=False, max_entries=24)
def _densities(content: str, digits: tuple[int, ...], _grid: PairHistograms):
    return distance_densities(_grid, digits, bins=400)


def reach(name: str) -> float:
    """Where scales of the distance end: 99.9% of all test pairs lie below, and the threshold well within."""
    model = verifier(name)
    return _reach(content(model.card), model.threshold, histograms(name))


@st.cache_data(show_spinner=False, max_entries=8)
def _reach(content: str, threshold: float, _grid: PairHistograms) -> float:
    edges, same, different = distance_densities(_grid, ALL_DIGITS, bins=400)
    shares = np.cumsum(same + different) / (same + different).sum()
    end = max(float(edges[1:][np.argmax(shares >= 0.999)]), 1.4 * threshold)
    step = _grid.upper / _grid.bins
    return float(min(np.ceil(end / step) * step, _grid.upper))


def content(card: Card) -> str:
    """What a model's histograms are known by in caches that all sessions share: their SHA-256."""
    return str(card.raw["files"]["histograms.npz"])


def committed(name: str, file: str) -> Any:
    """The model's `history.json` or `report.json`."""
    if mine := _own_named(name):
        return mine.documents[file]
    return _committed(name, file, str(catalogue.models_folder()))


@st.cache_data(show_spinner=False, max_entries=16)
def _committed(name: str, file: str, folder: str) -> Any:
    return load_json(catalogue.load_card(name), file)


def ladder() -> dict | None:
    """What each idea is worth, where it was measured.

    Raises:
        InvalidArtefact: the file holds something else.
    """
    return _ladder(str(catalogue.models_folder()))


@st.cache_data(show_spinner=False, max_entries=4)
def _ladder(folder: str) -> dict | None:
    return catalogue.load_ladder()


def hardest_pairs(name: str) -> Hardest:
    """The pairs that a usable model gets most wrong.

    Raises:
        InvalidArtefact: it has no such file, or a damaged one.
    """
    return _hardest_pairs(name, str(catalogue.models_folder()))


@st.cache_resource(show_spinner=False, max_entries=16)
def _hardest_pairs(name: str, folder: str) -> Hardest:
    return load_hardest(catalogue.load_card(name))


def sample_digits() -> SampleDigits:
    """MNIST's test images when this machine has them, else our pen-stroke digits, at once.

    Never waits for the network: a download runs beside the pages, which find its file later.
    """
    try:
        place = _mnist_place(os.environ.get(MNIST_VARIABLE), os.environ.get("KERAS_HOME"))
        if place is not None:
            return _mnist(*place)
        if os.environ.get(DOWNLOAD_VARIABLE) == "0":
            return _pens("MNIST is not on this machine")
        return _pens(*_download().state())
    except MnistUnavailable as error:
        return _pens("MNIST cannot be read here", str(error))
    except OSError as error:
        return _pens(f"MNIST cannot be read here ({error.strerror or 'a fault of the disk'})")


def digits_of(source: str) -> SampleDigits:
    """The digits of "mnist" or "pens".

    Raises:
        MnistUnavailable: MNIST is not on this machine.
    """
    if source == "pens":
        return _pens("")
    digits = sample_digits()
    if digits.source != "mnist":
        raise MnistUnavailable("MNIST is not on this machine")
    return digits


@st.cache_resource(show_spinner=False, max_entries=4, ttl=LOOK_EVERY)
def _mnist_place(setting: str | None, home: str | None) -> tuple[str, int] | None:
    """Where MNIST's file lies and when it was changed; the disk is asked every few seconds, not at every run."""
    path = cached_mnist_path()
    return None if path is None else (str(path), path.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=1)
def _mnist(path: str, changed: int) -> SampleDigits:
    images, digits = load_mnist("test", Path(path))
    return SampleDigits(digits, "mnist", images.__getitem__, lambda: images)


def _pens(reason: str, more: str = "") -> SampleDigits:
    notice = f"{reason}, so digits of our own pen are sampled instead. {more}".rstrip()
    return SampleDigits(_PENS, "pens", _pen_image, _pen_images, notice)


@functools.cache
def _pen_image(index: int) -> np.ndarray:
    # Each by itself: a first visitor who wants two does not wait until all are drawn.
    return pens.image(int(_PENS[index]), np.random.default_rng((PENS_SEED, index)))


@functools.cache
def _pen_images() -> np.ndarray:
    return np.stack([_pen_image(index) for index in range(len(_PENS))])


class _Download:
    """A download of MNIST that runs beside the pages."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._start()

    def state(self) -> tuple[str, str]:
        """How it stands, and what would help. One that ended without a file is tried again after a while."""
        with self._lock:
            if self._ended is not None and time.monotonic() - self._ended > RETRY:
                self._start()
            return "MNIST cannot be fetched just now" if self._failed else "MNIST is still being fetched", self._advice

    def _start(self) -> None:
        self._ended: float | None = None
        self._failed = False
        self._advice = ""
        try:
            threading.Thread(target=self._run, name="mnist-download", daemon=True).start()
        except RuntimeError:  # no more threads just now
            self._ended, self._failed = time.monotonic(), True

    def _run(self) -> None:
        try:
            download_mnist()
        except MnistUnavailable as error:
            if isinstance(error, UntrustedConnection):  # trying again does not help; only a setting does
                self._advice = str(error)
            self._failed = True
            _log.warning("%s", error)
        except Exception:  # whatever it is, a page must not say for ever that the file is on its way
            self._failed = True
            _log.exception("the download of MNIST ended unexpectedly")
        finally:
            _mnist_place.clear()  # the file is looked for at once
            self._ended = time.monotonic()


@st.cache_resource(show_spinner=False)
def _download() -> _Download:
    return _Download()


def can_train() -> bool:
    """Whether this server trains live: not where it is turned off, or where TensorFlow is not installed."""
    return os.environ.get(LIVE_VARIABLE) != "0" and importlib.util.find_spec("tensorflow") is not None


@st.cache_resource(show_spinner=False)
def live_queue() -> LiveQueue:
    """The server's line of live trainings."""
    queue = LiveQueue()
    atexit.register(queue.close)
    return queue
