"""MNIST as it was published first: four IDX files in a folder, packed or not."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from siamese.app import samples
from siamese.data import download, idx, mnist
from siamese.errors import MnistUnavailable, UnreadableArchive
from tests.app.sessions import sides_of
from tests.app.test_pages import WAIT, compare


def content(array: np.ndarray) -> bytes:
    """An IDX file of bytes."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture(scope="module")
def test_part() -> tuple[np.ndarray, np.ndarray]:
    """Images and labels as MNIST's test file has them, of noise."""
    images = np.zeros((10_000, 28, 28), np.uint8)
    images[:, 4:24, 4:24] = np.random.default_rng(1).integers(0, 256, (10_000, 20, 20))
    return images, (np.arange(10_000) % 10).astype(np.uint8)


def write(folder: Path, images: np.ndarray, labels: np.ndarray, *, dash: str = "-", packed: bool = False) -> Path:
    """The folder with the two files of the test part in it."""
    folder.mkdir(exist_ok=True)
    for kind, array in (("images", images), ("labels", labels)):
        name = f"t10k-{kind}{dash}idx{array.ndim}-ubyte"
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content(array), 1))
        else:
            (folder / name).write_bytes(content(array))
    return folder


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("dash", ["-", "."])
def test_a_folder_of_them_is_read(tmp_path, monkeypatch, test_part, packed, dash):
    """By the option and by the variable, with the names under which they are found, and only the part asked for."""
    folder = write(tmp_path / "raw", *test_part, packed=packed, dash=dash)
    monkeypatch.setenv(download.MNIST_VARIABLE, str(folder))
    for source in (folder, None):
        images, digits = mnist.load_mnist("test", source)
        assert np.array_equal(images, test_part[0])
        assert np.array_equal(digits, test_part[1])
        assert images.dtype == digits.dtype == np.uint8


def test_one_of_them_stands_for_its_folder(tmp_path, monkeypatch, test_part):
    """Whoever names the labels of the training part has the others beside them."""
    folder = write(tmp_path / "raw", *test_part)
    named = folder / "train-labels-idx1-ubyte.gz"
    named.write_bytes(b"")
    assert download.mnist_path(named) == folder
    monkeypatch.setenv(download.MNIST_VARIABLE, str(named))
    assert download.cached_mnist_path() == folder
    assert len(mnist.load_mnist("test")[0]) == 10_000


def test_a_folder_with_the_npz_file_is_that_file(tmp_path):
    """Such as Keras' own."""
    (tmp_path / "mnist.npz").write_bytes(b"")
    assert download.mnist_path(tmp_path) == tmp_path / "mnist.npz"


def test_a_folder_without_them_is_said(tmp_path, test_part):
    """The error names the folder and the file that is missing: of all, or of the other part."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(MnistUnavailable, match="empty cannot be read as MNIST: it has no file t10k-images-idx3-ubyte"):
        mnist.load_mnist("test", tmp_path / "empty")
    with pytest.raises(MnistUnavailable, match="it has no file train-images-idx3-ubyte"):
        mnist.load_mnist("train", write(tmp_path / "raw", *test_part))


IMAGES = np.arange(2 * 28 * 28, dtype=np.uint32).astype(np.uint8).reshape(2, 28, 28)
GOOD = content(IMAGES)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (GOOD[:-1], "less than it says"),
        (GOOD + b"x", "more than it says"),
        (GOOD[:9], "damaged or incomplete"),
        (b"", "not an IDX file"),
        (b"PK\3\4" + GOOD, "not an IDX file"),
        (b"\0\0\x0d" + GOOD[3:], "another type of number"),
        (content(np.zeros(5, np.uint8)), "1 dimensions, but images have 3"),
        (struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1), "more than MNIST does"),
        (struct.pack(">4B3I", 0, 0, 8, 3, 60_001, 28, 28), "more than MNIST does"),
    ],
)
def test_what_is_wrong_with_one_is_said(tmp_path, bad, words, packed):
    """Too short, too long, another kind, a size that cannot be: one error, from a path and from its content."""
    file = tmp_path / "file"
    file.write_bytes(gzip.compress(bad) if packed else bad)
    for source in (file, file.read_bytes()):
        with pytest.raises(UnreadableArchive, match=words):
            idx.read_idx(source, "images", mnist.LARGEST_IDX)


@pytest.mark.parametrize("spoil", [lambda file: file[:-9], lambda file: file[:60] + bytes(20) + file[80:]])
def test_a_damaged_packed_file_is_said(spoil):
    """Cut short, or with other bytes in its middle."""
    with pytest.raises(UnreadableArchive, match="damaged or incomplete"):
        idx.read_idx(spoil(gzip.compress(GOOD)), "images", mnist.LARGEST_IDX)


def test_a_file_that_unpacks_to_much_more_takes_no_memory():
    """A gigabyte of nothing in a megabyte: no more is unpacked than its head says."""
    import tracemalloc

    bomb = gzip.compress(GOOD[:4] + struct.pack(">3I", 1, 28, 28) + bytes(300_000_000), 1)
    tracemalloc.start()
    with pytest.raises(UnreadableArchive, match="more than it says"):
        idx.read_idx(bomb, "images", mnist.LARGEST_IDX)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


def test_the_damaged_file_of_a_folder_is_named(tmp_path, test_part):
    """There are four: the error says which."""
    folder = write(tmp_path / "raw", *test_part)
    (folder / "t10k-labels-idx1-ubyte").write_bytes(content(test_part[1])[:-1])
    with pytest.raises(MnistUnavailable, match="of t10k-labels-idx1-ubyte, it holds less"):
        mnist.load_mnist("test", folder)


def test_the_app_samples_from_them(tmp_path, monkeypatch, test_part):
    """Compare takes them for MNIST's own, without a notice; a folder without them is said in a sentence."""
    monkeypatch.setenv("SIAMESE_DOWNLOAD", "0")
    monkeypatch.setenv(download.MNIST_VARIABLE, str(write(tmp_path / "raw", *test_part, packed=True)))
    page = AppTest.from_function(compare, default_timeout=WAIT).run()
    assert not page.exception
    assert {side.sample.source for side in sides_of(page).values()} == {"mnist"}
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv(download.MNIST_VARIABLE, str(tmp_path / "empty"))
    notice = samples.sample_digits().notice
    assert notice.startswith("MNIST cannot be read here, so digits of our own pen are sampled instead. empty cannot")


def test_real_mnist_from_both_forms_is_the_same(tmp_path, mnist_file):
    """The arrays of the npz file, written as IDX files and packed, are read back to the byte."""
    images, digits = mnist.load_mnist("test", mnist_file)
    found = mnist.load_mnist("test", write(tmp_path / "raw", images, digits, packed=True))
    assert np.array_equal(found[0], images)
    assert np.array_equal(found[1], digits)
