"""MNIST, the digit groups of the experiment, its splits, and pairs.

Nothing here imports TensorFlow: the file, its cache folder and its SHA-256 are those of
`keras.datasets.mnist`, so that one copy serves Keras and this package.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from siamese.archives import read_arrays
from siamese.errors import MnistUnavailable, UnreadableArchive, UnseenDigitInTraining

SEEN_DIGITS = (2, 3, 4, 5, 6, 7)
UNSEEN_DIGITS = (0, 1, 8, 9)
ALL_DIGITS = tuple(range(10))
#: The pair splits: both digits of a pair come from these. *mixed* is the union of all ten.
SPLITS = {"seen": SEEN_DIGITS, "mixed": ALL_DIGITS, "unseen": UNSEEN_DIGITS}


def splits_of(seen: Iterable[int]) -> dict[str, tuple[int, ...]]:
    """The pair splits of a network that learned from the digits `seen`; for 2-7 these are `SPLITS`."""
    seen = tuple(sorted(seen))
    return {"seen": seen, "mixed": ALL_DIGITS, "unseen": tuple(digit for digit in ALL_DIGITS if digit not in seen)}


PAIR_KINDS = ("any", "same", "different")

MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
MNIST_VARIABLE = "SIAMESE_MNIST"
DOWNLOAD_TIMEOUT = 20  # seconds without an answer before a download is given up
DOWNLOAD_LARGEST = 16_000_000  # bytes; MNIST has eleven and a half million
DOWNLOAD_LIMIT = 900  # seconds before one that only trickles is given up

LARGEST_ARRAY = 500_000_000  # bytes; all training images as float64 would need less
_ROWS = {"train": 60_000, "test": 10_000}


def cache_folder() -> Path:
    """The folder in which Keras keeps its data sets (`$KERAS_HOME/datasets`).

    Raises:
        MnistUnavailable: this account has no home folder.
    """
    home = os.environ.get("KERAS_HOME")
    try:
        return (Path(home) if home else Path.home() / ".keras") / "datasets"
    except RuntimeError as error:
        raise MnistUnavailable(
            f"There is no home folder to keep MNIST in; set KERAS_HOME or {MNIST_VARIABLE}."
        ) from error


def cached_mnist_path() -> Path | None:
    """The MNIST file that this machine already has, or None. Never touches the network.

    The environment variable `SIAMESE_MNIST` wins over Keras' cache folder.

    Raises:
        MnistUnavailable: `SIAMESE_MNIST` names a file that does not exist.
    """
    setting = os.environ.get(MNIST_VARIABLE)
    if setting:
        path = Path(setting).expanduser()
        if not path.is_file():
            raise MnistUnavailable(f"{MNIST_VARIABLE} names {setting!r}, which is not a file.")
        return path
    path = cache_folder() / "mnist.npz"
    try:
        stat = path.stat()
    except OSError:
        return None
    # A damaged copy counts as none: the next download replaces it.
    return path if _is_mnist(path, stat.st_size, stat.st_mtime_ns) else None


@lru_cache(maxsize=4)
def _is_mnist(path: Path, size: int, changed: int) -> bool:
    """Whether the file has MNIST's SHA-256; read once for each size and time of change."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == MNIST_SHA256
    except OSError:
        return False


def download_mnist(progress: bool = False) -> Path:
    """The path of MNIST in Keras' cache folder, downloaded there and checked by SHA-256.

    Raises:
        MnistUnavailable: no network, a damaged download, or a folder that cannot be written.
    """
    import pooch  # a download with checksum and temporary file; no TensorFlow

    folder = cache_folder()
    try:
        return Path(
            pooch.retrieve(
                MNIST_URL,
                known_hash=f"sha256:{MNIST_SHA256}",
                fname="mnist.npz",
                path=folder,
                downloader=_downloader(progress),
            )
        )
    except (OSError, ValueError) as error:  # requests' errors are OSErrors; a bad hash is a ValueError
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise MnistUnavailable(
            f"MNIST could not be downloaded from {MNIST_URL} ({reason}). "
            f"Set {MNIST_VARIABLE} to a copy of mnist.npz, or try again with a network."
        ) from error


def _downloader(progress: bool) -> Callable[[str, str, object], None]:
    """What pooch calls to fetch a URL into a file: it gives up on a server that trickles or sends too much."""
    import requests
    from tqdm import tqdm
    from urllib3.exceptions import HTTPError

    def fetch(url: str, target: str, _pooch: object) -> None:
        end = time.monotonic() + DOWNLOAD_LIMIT
        with requests.get(url, stream=True, timeout=DOWNLOAD_TIMEOUT) as answer, open(target, "wb") as file:
            answer.raise_for_status()
            with tqdm(unit="B", unit_scale=True, desc="mnist.npz", disable=not progress) as bar:
                # `read1` gives what has come; a plain read waits for a full block, however slowly it fills.
                while chunk := answer.raw.read1(1 << 16, decode_content=True):
                    bar.update(file.write(chunk))
                    if time.monotonic() > end:
                        raise TimeoutError(f"no end after {DOWNLOAD_LIMIT} seconds")
                    if file.tell() > DOWNLOAD_LARGEST:
                        raise ValueError("more bytes than MNIST has")

    def checked(url: str, target: str, _pooch: object) -> None:
        try:
            fetch(url, target, _pooch)
        except HTTPError as error:  # the connection broke in the middle
            raise ConnectionError(str(error)) from error

    return checked


def mnist_path(file: str | os.PathLike | None = None, progress: bool = False) -> Path:
    """The MNIST file to read: `file`, else `SIAMESE_MNIST`, else Keras' cache, else a download.

    Raises:
        MnistUnavailable: none of these gives a file.
    """
    if file is not None:
        path = Path(file).expanduser()
        if not path.is_file():
            raise MnistUnavailable(f"There is no MNIST file at {str(file)!r}.")
        return path
    return cached_mnist_path() or download_mnist(progress)


def load_mnist(
    part: str, file: str | os.PathLike | None = None, progress: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8 and digits (n,) uint8 of one part, "train" or "test".

    Only the two arrays asked for are read from the file.

    Raises:
        MnistUnavailable: no file, or one that is not MNIST (truncated, other shapes or types).
    """
    path = mnist_path(file, progress)
    try:
        images, digits = read_arrays(path, (f"x_{part}", f"y_{part}"), LARGEST_ARRAY)
    except UnreadableArchive as error:
        raise MnistUnavailable(
            f"{path.name} is not a readable MNIST file ({error}); delete it or name another."
        ) from error
    rows = _ROWS[part]
    if (
        images.shape != (rows, 28, 28)
        or images.dtype != np.uint8
        or digits.shape != (rows,)
        or digits.dtype.kind not in "iu"
        or digits.min() < 0
        or digits.max() > 9
    ):
        raise MnistUnavailable(f"{path.name} does not hold MNIST's {part} images: wrong shape, type or digits.")
    return images, digits.astype(np.uint8)


@dataclass(frozen=True)
class TrainingData:
    """The images that a model may learn from: digits of `allowed` alone.

    `train_*` fits the weights; `validation_*` (never trained on) fixes epoch, threshold and
    calibration. Images are (n, 28, 28) uint8, digits (n,) uint8.
    """

    train_images: np.ndarray
    train_digits: np.ndarray
    validation_images: np.ndarray
    validation_digits: np.ndarray
    allowed: tuple[int, ...] = SEEN_DIGITS

    def __post_init__(self) -> None:
        refuse_unseen(self.train_digits, self.allowed)
        refuse_unseen(self.validation_digits, self.allowed)


def refuse_unseen(digits: np.ndarray, allowed: Iterable[int] = SEEN_DIGITS) -> None:
    """None, when every digit may be trained on.

    Raises:
        UnseenDigitInTraining: some digit is not in `allowed`.
    """
    strangers = sorted(set(np.unique(digits).tolist()) - set(allowed))
    if strangers:
        raise UnseenDigitInTraining(
            f"Training refuses to start: digits {strangers} are in the data, only {sorted(allowed)} may be."
        )


def validation_split(
    digits: np.ndarray, allowed: Iterable[int], fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows (train, validation) of the images of `allowed` digits (n,), split at random, stratified by digit.

    Nothing but these arguments decides about it, and each card keeps `fraction` and `seed` (`Card.validation`): whoever
    has the training images finds those that a model never learned from.
    """
    rng = np.random.default_rng(seed)
    train, validation = [], []
    for digit in allowed:
        rows = rng.permutation(np.flatnonzero(digits == digit))
        held_out = max(1, round(fraction * len(rows)))
        validation.append(np.sort(rows[:held_out]))
        train.append(np.sort(rows[held_out:]))
    return np.concatenate(train), np.concatenate(validation)


def training_data(
    images: np.ndarray, digits: np.ndarray, *, allowed: tuple[int, ...] = SEEN_DIGITS, fraction: float, seed: int
) -> TrainingData:
    """The images of `allowed` digits, divided by `validation_split`."""
    fitted, kept = validation_split(digits, allowed, fraction, seed)
    return TrainingData(images[fitted], digits[fitted], images[kept], digits[kept], tuple(allowed))


def balanced_pairs(digits: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Index pairs (2m, 2) and is_same (2m,): the published procedure, one same and one different each time.

    Per digit, consecutive images are a *same* pair and image i goes with image i of a random
    other digit as a *different* pair (the scheme of the Keras example after Hadsell et al. 2006).
    """
    groups = [np.flatnonzero(digits == digit) for digit in np.unique(digits)]
    count = min(len(group) for group in groups) - 1
    pairs, is_same = [], []
    for index, group in enumerate(groups):
        others = (index + rng.integers(1, len(groups), size=count)) % len(groups)
        partner = np.stack([other[:count] for other in groups])[others, np.arange(count)]  # (count,)
        pairs += [np.stack([group[:count], group[1 : count + 1]], 1), np.stack([group[:count], partner], 1)]
        is_same += [np.ones(count, bool), np.zeros(count, bool)]
    return np.concatenate(pairs), np.concatenate(is_same)


def sample_pair(digits: np.ndarray, allowed: Iterable[int], kind: str, rng: np.random.Generator) -> tuple[int, int]:
    """Indices (left, right) of two different images, both of digits in `allowed`.

    `kind` is "same", "different" or "any" (a fair coin between the two, as in the published
    tables). Digits are drawn uniformly, then images of that digit uniformly.

    Raises:
        ValueError: `kind` is another word, or the digits do not allow such a pair.
    """
    if kind not in PAIR_KINDS:
        raise ValueError(f"kind must be one of {PAIR_KINDS}, got {kind!r}")
    groups = {digit: rows for digit in allowed if len(rows := np.flatnonzero(digits == digit))}
    choices = [digit for digit, rows in groups.items() if len(rows) > 1]
    can_differ = len(groups) > 1
    same = kind == "same" or (kind == "any" and (not can_differ or (bool(choices) and rng.random() < 0.5)))
    if same:
        if not choices:
            raise ValueError("no digit has two images")
        left, right = rng.choice(groups[rng.choice(choices)], size=2, replace=False)
    else:
        if not can_differ:
            raise ValueError("a different pair needs two digits")
        first, second = rng.choice(list(groups), size=2, replace=False)
        left, right = rng.choice(groups[first]), rng.choice(groups[second])
    return int(left), int(right)
