"""The digits to sample from: MNIST's test images where this machine has them, else digits of our own pen."""

from __future__ import annotations

import functools
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from siamese.data.download import MNIST_VARIABLE, cached_mnist_path, download_mnist
from siamese.data.mnist import load_mnist
from siamese.errors import MnistUnavailable, UntrustedConnection
from siamese.imaging import pens

PENS_PER_DIGIT = 24
PENS_SEED = 20
SIX = 148  # the number of a 6 of our pen; turned upside down, the known digits of every model take it for a 9
LOOK_EVERY = 3.0  # seconds between two looks for MNIST's file
RETRY = 600  # seconds after which a download that failed is tried again
_PENS = np.repeat(np.arange(10, dtype=np.uint8), PENS_PER_DIGIT)
DOWNLOAD_VARIABLE = "SIAMESE_DOWNLOAD"  # "0" keeps the app from ever asking the network
_log = logging.getLogger("siamese.app")


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
