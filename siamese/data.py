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

from siamese import idx
from siamese.archives import read_arrays
from siamese.errors import MnistUnavailable, UnreadableArchive, UnseenDigitInTraining, UntrustedConnection

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
LARGEST_IDX = 60_000 * 28 * 28  # bytes; the training images
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
    """MNIST's file, or the folder of its four IDX files, that this machine already has, or None.

    Never touches the network. The environment variable `SIAMESE_MNIST` wins over Keras' cache folder.

    Raises:
        MnistUnavailable: `SIAMESE_MNIST` names neither a file nor a folder.
    """
    setting = os.environ.get(MNIST_VARIABLE)
    if setting:
        path = _named(setting)
        if path is None:
            raise MnistUnavailable(f"{MNIST_VARIABLE} names {setting!r}, which is neither a file nor a folder.")
        return path
    path = cache_folder() / "mnist.npz"
    try:
        stat = path.stat()
    except OSError:
        return None
    # A damaged copy counts as none: the next download replaces it.
    return path if _is_mnist(path, stat.st_size, stat.st_mtime_ns) else None


def _named(name: str | os.PathLike) -> Path | None:
    """What a person means who names a file or a folder; None where there is neither."""
    path = Path(name).expanduser()
    if path.is_file():
        return path.parent if idx.is_name(path.name) else path  # one of the four stands for all
    if not path.is_dir():
        return None
    return path / "mnist.npz" if (path / "mnist.npz").is_file() else path


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
        UntrustedConnection: the connection's certificate is not trusted.
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
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> MnistUnavailable:
    import requests

    kind = UntrustedConnection if isinstance(error, requests.exceptions.SSLError) else MnistUnavailable
    return kind(f"MNIST could not be downloaded from {MNIST_URL}: {_reason(error)}")


def _reason(error: Exception) -> str:
    """Why nothing could be downloaded, and what helps, in sentences."""
    import requests

    copy = f"set {MNIST_VARIABLE} to a copy of mnist.npz"
    if isinstance(error, requests.exceptions.SSLError):
        return (
            "the connection's certificate is not trusted, as where a school or a company looks into encrypted "
            "connections. Set REQUESTS_CA_BUNDLE to the file with that network's certificates (pem), "
            f"or {copy}."
        )
    if isinstance(error, (requests.exceptions.Timeout, TimeoutError)):
        why = "the answer took too long"
    elif isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
        why = f"the answer was an error, {error.response.status_code}"
    elif isinstance(error, requests.exceptions.ProxyError):
        why = "the proxy cannot be reached"
    elif isinstance(error, (requests.exceptions.RequestException, ConnectionError)):
        why = "there is no connection, or it broke"
    elif isinstance(error, OSError):
        why = f"the file cannot be kept ({error.strerror or error})"
    else:
        why = "what came is not MNIST"
    return f"{why}. {copy[0].upper()}{copy[1:]}, or try again with a network."


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
    """What to read MNIST from: `file`, else `SIAMESE_MNIST`, else Keras' cache, else a download.

    It is an npz file, or a folder that holds the four IDX files; whoever names one of these means their folder.

    Raises:
        MnistUnavailable: none of these gives a file.
    """
    if file is not None:
        path = _named(file)
        if path is None:
            raise MnistUnavailable(f"There is no MNIST at {str(file)!r}, neither a file nor a folder.")
        return path
    return cached_mnist_path() or download_mnist(progress)


def load_mnist(
    part: str, file: str | os.PathLike | None = None, progress: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8 and digits (n,) uint8 of one part, "train" or "test".

    Only the two arrays asked for are read.

    Raises:
        MnistUnavailable: no file, or one that is not MNIST (truncated, other shapes or types, black on white).
    """
    path = mnist_path(file, progress)
    try:
        if path.is_dir():
            files = {kind: idx.find(path, part, kind) for kind in ("images", "labels")}
            images, digits = (_read_idx(found, kind) for kind, found in files.items())
        else:
            images, digits = read_arrays(path, (f"x_{part}", f"y_{part}"), LARGEST_ARRAY)
    except UnreadableArchive as error:
        raise MnistUnavailable(f"{path.name} cannot be read as MNIST: {error}. Delete it or name another.") from error
    where = f"{path.name} does not hold MNIST's {part} images as they are wanted"
    return _checked_images(images, _ROWS[part], where), _checked_digits(digits, _ROWS[part], where)


def _read_idx(path: Path, kind: str) -> np.ndarray:
    try:
        return idx.read_idx(path, kind, LARGEST_IDX)
    except UnreadableArchive as error:
        raise UnreadableArchive(f"of {path.name}, {error}") from error


def _checked_images(images: np.ndarray, rows: int, where: str) -> np.ndarray:
    """The images as (rows, 28, 28) uint8: flat ones, and those with an axis for their one channel, are reshaped.

    Raises:
        MnistUnavailable: what was found, and what is wanted.
    """
    wanted = f"wanted are {rows:,} images of 28 × 28 whole numbers from 0 (black paper) to 255 (white ink)"
    if images.shape[1:] not in ((28, 28), (784,), (28, 28, 1), (1, 28, 28)):
        raise MnistUnavailable(f"{where}: their shape is {_by(images.shape)}; {wanted}.")
    if len(images) != rows:
        raise MnistUnavailable(f"{where}: there are {len(images):,} of them; {wanted}.")
    if images.dtype != np.uint8:
        if images.dtype.kind == "f":
            found = f"the pixels are decimals from {np.nanmin(images):g} to {np.nanmax(images):g} ({images.dtype})"
        else:
            found = f"the pixels are of the type {images.dtype}"
        raise MnistUnavailable(f"{where}: {found}; {wanted}, of the type uint8.")
    images = images.reshape(rows, 28, 28)
    edges = [images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]]  # where no digit of MNIST has ink
    inverted = int((np.stack([edge.mean(1) for edge in edges]).mean(0) > 127).sum())
    if inverted:
        found = f"{inverted:,} of them are dark ink on white paper"
        raise MnistUnavailable(f"{where}: {found}; {wanted} (255 minus a pixel turns it round).")
    return images


def _checked_digits(digits: np.ndarray, rows: int, where: str) -> np.ndarray:
    """The digits as (rows,) uint8.

    Raises:
        MnistUnavailable: what was found, and what is wanted.
    """
    wanted = f"wanted is a digit from 0 to 9, a whole number, for each of the {rows:,} images"
    if digits.shape == (rows, 10):
        raise MnistUnavailable(f"{where}: the labels are one-hot, ten numbers each (argmax turns them back); {wanted}.")
    if digits.ndim != 1:
        raise MnistUnavailable(f"{where}: the labels have the shape {_by(digits.shape)}; {wanted}.")
    if len(digits) != rows:
        raise MnistUnavailable(f"{where}: there are {len(digits):,} labels; {wanted}.")
    if digits.dtype.kind not in "iu":
        raise MnistUnavailable(f"{where}: the labels are of the type {digits.dtype}; {wanted}.")
    if digits.min() < 0 or digits.max() > 9:
        raise MnistUnavailable(f"{where}: the labels go from {digits.min()} to {digits.max()}; {wanted}.")
    return digits.astype(np.uint8)


def _by(shape: tuple[int, ...]) -> str:
    """A shape in words, such as 10,000 × 28 × 28."""
    return " × ".join(f"{size:,}" for size in shape) or "that of a single number"


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
