"""MNIST's file: its path on this machine, and its download with a checksum.

URL, cache folder and SHA-256 are those of `keras.datasets.mnist`, so that one copy serves Keras and this package.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from siamese import extras
from siamese.data import idx
from siamese.errors import MnistUnavailable, UntrustedConnection

MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"

MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"

MNIST_VARIABLE = "SIAMESE_MNIST"

DOWNLOAD_TIMEOUT = 20  # seconds without an answer before a download is given up

DOWNLOAD_LARGEST = 16_000_000  # bytes; MNIST has eleven and a half million

DOWNLOAD_LIMIT = 900  # seconds before one that only trickles is given up


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
    """The path of MNIST's file, or of the folder of its four IDX files, on this machine, or None.

    The network is not used. The environment variable `SIAMESE_MNIST` wins over Keras' cache folder.

    Raises:
        MnistUnavailable: `SIAMESE_MNIST` names neither a file nor a folder.
    """
    setting = os.environ.get(MNIST_VARIABLE)
    if setting:
        path = _chosen_path(setting)
        if path is None:
            raise MnistUnavailable(f"{MNIST_VARIABLE} names {setting!r}, which is neither a file nor a folder.")
        return path
    path = cache_folder() / "mnist.npz"
    try:
        stat = path.stat()
    except OSError:
        return None
    # A damaged copy counts as none, so that the next download replaces it.
    return path if _is_mnist(path, stat.st_size, stat.st_mtime_ns) else None


def _chosen_path(name: str | os.PathLike[str]) -> Path | None:
    """The file or folder that a person chose by its name, or None where there is neither."""
    path = Path(name).expanduser()
    if path.is_file():
        return path.parent if idx.is_name(path.name) else path  # one of the four IDX files stands for all
    if not path.is_dir():
        return None
    return path / "mnist.npz" if (path / "mnist.npz").is_file() else path


@lru_cache(maxsize=4)
def _is_mnist(path: Path, size: int, changed: int) -> bool:
    """Whether the file has MNIST's SHA-256; it is read once for each size and time of change."""
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
        MissingExtra: the packages that download are not installed.
    """
    extras.require("pooch", "requests", "tqdm", "urllib3")
    import pooch  # downloads with a checksum and a temporary file, without TensorFlow

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
    """The named error for an error of a download."""
    import requests

    kind = UntrustedConnection if isinstance(error, requests.exceptions.SSLError) else MnistUnavailable
    return kind(f"MNIST could not be downloaded from {MNIST_URL}: {_reason(error)}")


def _reason(error: Exception) -> str:
    """Why the download failed, and what helps, in plain words."""
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
    """The function that pooch calls to fetch a URL into a file.

    It gives up on a server that sends too slowly or too much.
    """
    import requests
    from tqdm import tqdm
    from urllib3.exceptions import HTTPError

    def fetch(url: str, target: str, _pooch: object) -> None:
        end = time.monotonic() + DOWNLOAD_LIMIT
        with requests.get(url, stream=True, timeout=DOWNLOAD_TIMEOUT) as answer, open(target, "wb") as file:
            answer.raise_for_status()
            with tqdm(unit="B", unit_scale=True, desc="mnist.npz", disable=not progress) as bar:
                # `read1` returns what has come; `read` would wait for a full block, however slowly it fills.
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


def mnist_path(file: str | os.PathLike[str] | None = None, progress: bool = False) -> Path:
    """The path of MNIST's npz file, or of the folder of its four IDX files.

    It is `file` if given, else the setting `SIAMESE_MNIST`, else the copy in Keras' cache, else a download. The name of
    one IDX file stands for its folder.

    Raises:
        MnistUnavailable: none of these gives a file.
    """
    if file is not None:
        path = _chosen_path(file)
        if path is None:
            raise MnistUnavailable(f"There is no MNIST at {str(file)!r}, neither a file nor a folder.")
        return path
    return cached_mnist_path() or download_mnist(progress)
