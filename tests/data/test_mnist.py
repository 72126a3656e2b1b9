"""MNIST's loading: where its file is found, and every fault that a file can have."""

from __future__ import annotations

import hashlib
import zipfile

import numpy as np
import pytest

from siamese.data import download, mnist
from siamese.errors import MnistUnavailable


def write_mnist(path, *, train=60_000, test=10_000, **replaced):
    """A file in MNIST's layout with blank images; digits repeat 0..9."""
    arrays = {
        "x_train": np.zeros((train, 28, 28), np.uint8),
        "y_train": np.arange(train) % 10,
        "x_test": np.zeros((test, 28, 28), np.uint8),
        "y_test": np.arange(test) % 10,
    } | replaced
    np.savez_compressed(path, **arrays)
    return path


def test_loads_one_part_from_the_file_that_the_variable_names(tmp_path, monkeypatch):
    """SIAMESE_MNIST wins, and only the part asked for is read."""
    file = write_mnist(tmp_path / "any.npz", train=5)  # a train part that would be refused
    monkeypatch.setenv(download.MNIST_VARIABLE, str(file))
    images, digits = mnist.load_mnist("test")
    assert images.shape == (10_000, 28, 28)
    assert images.dtype == np.uint8
    assert digits.dtype == np.uint8


def test_a_named_file_wins_over_the_variable(tmp_path, monkeypatch):
    """`file` (the option --mnist) comes first in the load order."""
    monkeypatch.setenv(download.MNIST_VARIABLE, str(tmp_path / "absent.npz"))
    file = write_mnist(tmp_path / "named.npz")
    assert download.mnist_path(file) == file


def test_keras_cache_is_used_without_a_variable(tmp_path, monkeypatch):
    """Without a setting, the copy in Keras' cache folder is found, and nothing is downloaded."""
    monkeypatch.delenv(download.MNIST_VARIABLE, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(download, "download_mnist", lambda progress: pytest.fail("downloaded"))
    (tmp_path / "datasets").mkdir()
    file = write_mnist(tmp_path / "datasets" / "mnist.npz")
    monkeypatch.setattr(download, "MNIST_SHA256", hashlib.sha256(file.read_bytes()).hexdigest())
    assert download.mnist_path() == file


def test_a_cached_copy_with_another_hash_counts_as_none(tmp_path, monkeypatch):
    """A file in the cache that is not MNIST by its SHA-256 is not used, and would be downloaded anew."""
    monkeypatch.delenv(download.MNIST_VARIABLE, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(download, "MNIST_URL", "http://127.0.0.1:9/mnist.npz")
    (tmp_path / "datasets").mkdir()
    write_mnist(tmp_path / "datasets" / "mnist.npz")
    assert download.cached_mnist_path() is None
    with pytest.raises(MnistUnavailable, match="downloaded"):
        download.mnist_path()


def test_without_a_copy_and_without_a_network_the_error_says_what_to_do(tmp_path, monkeypatch):
    """No network becomes MnistUnavailable, which names the setting."""
    monkeypatch.delenv(download.MNIST_VARIABLE, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(download, "MNIST_URL", "http://127.0.0.1:9/mnist.npz")  # nothing listens there
    with pytest.raises(MnistUnavailable, match="SIAMESE_MNIST"):
        mnist.load_mnist("test")


def test_a_download_with_another_hash_is_refused_and_leaves_no_file(tmp_path, monkeypatch):
    """A file whose SHA-256 is not MNIST's never reaches the cache."""
    import http.server
    import threading

    class Liar(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"not MNIST")

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(download, "MNIST_URL", f"http://127.0.0.1:{server.server_port}/mnist.npz")
    try:
        with pytest.raises(MnistUnavailable):
            download.download_mnist()
    finally:
        server.shutdown()
        server.server_close()
    assert not (tmp_path / "datasets" / "mnist.npz").exists()


@pytest.mark.parametrize(
    ("fault", "make"),
    [
        ("missing", lambda path: None),
        ("not an archive", lambda path: path.write_bytes(b"nonsense")),
        ("truncated", lambda path: path.write_bytes(write_mnist(path).read_bytes()[:-3000])),
        ("wrong shape", lambda path: write_mnist(path, test=9_999)),
        ("wrong type", lambda path: write_mnist(path, x_test=np.zeros((10_000, 28, 28), np.float32))),
        ("wrong digits", lambda path: write_mnist(path, y_test=np.full(10_000, 11))),
        ("pickled", lambda path: write_mnist(path, x_test=np.array([{}], object))),
    ],
)
def test_a_damaged_file_is_a_named_error(tmp_path, fault, make):
    """Whatever is wrong with the file, the error is MnistUnavailable."""
    path = tmp_path / "mnist.npz"
    make(path)
    with pytest.raises(MnistUnavailable):
        mnist.load_mnist("test", path)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x_test": np.full((10_000, 28, 28), 255, np.uint8)}, "10,000 of them are dark ink on white paper"),
        ({"x_test": np.zeros((10_000, 28, 28), np.float32)}, "decimals from 0 to 0 (float32)"),
        ({"x_test": np.full((10_000, 28, 28), 0.5)}, "decimals from 0.5 to 0.5 (float64)"),
        ({"x_test": np.zeros((10_000, 28, 28), np.int64)}, "of the type int64"),
        ({"x_test": np.zeros((9_000, 28, 28), np.uint8)}, "there are 9,000 of them; wanted are 10,000 images"),
        ({"x_test": np.zeros((10_000, 32, 32), np.uint8)}, "their shape is 10,000 × 32 × 32"),
        ({"x_test": np.zeros((10_000, 28, 28, 3), np.uint8)}, "their shape is 10,000 × 28 × 28 × 3"),
        ({"x_test": np.uint8(3)}, "that of a single number"),
        ({"y_test": np.eye(10)[np.arange(10_000) % 10]}, "one-hot"),
        ({"y_test": np.zeros(9_000, int)}, "there are 9,000 labels"),
        ({"y_test": np.zeros((10_000, 1), int)}, "the labels have the shape 10,000 × 1"),
        ({"y_test": np.zeros(10_000)}, "of the type float64"),
        ({"y_test": np.arange(10_000) % 11}, "go from 0 to 10"),
        ({"y_test": np.arange(10_000) % 10 - 1}, "go from -1 to 8"),
        ({"x_test": np.array([{}], object)}, "Python objects"),
    ],
)
def test_what_was_found_and_what_is_wanted_is_said(tmp_path, arrays, words):
    """Each way in which arrays are not MNIST's has its own sentence, and none names a class of Python's."""
    path = write_mnist(tmp_path / "mnist.npz", train=5, **arrays)
    with pytest.raises(MnistUnavailable) as caught:
        mnist.load_mnist("test", path)
    assert words in str(caught.value)
    assert "Error" not in str(caught.value)


def test_one_inverted_image_is_enough(tmp_path):
    """A file of which a part was turned round is no better."""
    images = np.zeros((10_000, 28, 28), np.uint8)
    images[7] = 255
    images[7, 10:18, 10:18] = 0
    with pytest.raises(MnistUnavailable, match="1 of them are dark"):
        mnist.load_mnist("test", write_mnist(tmp_path / "mnist.npz", train=5, x_test=images))


@pytest.mark.parametrize("shape", [(10_000, 784), (10_000, 28, 28, 1), (10_000, 1, 28, 28)])
def test_flat_images_and_an_axis_for_one_channel_are_reshaped(tmp_path, rng, shape):
    """Nothing else can be meant by them."""
    images = np.zeros((10_000, 28, 28), np.uint8)
    images[:, 4:24, 4:24] = rng.integers(0, 256, (10_000, 20, 20))
    found, _ = mnist.load_mnist("test", write_mnist(tmp_path / "mnist.npz", train=5, x_test=images.reshape(shape)))
    assert np.array_equal(found, images)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-300]), "damaged or incomplete"),
        (lambda path: path.write_bytes(b"<html>Please sign in"), "it is not an npz file"),
        (lambda path: path.write_bytes(b""), "it is not an npz file"),
        (lambda path: np.savez(path, x_train=1), "it has no array x_test"),
        (lambda path: _zipped(path, {"x_test.npy": b"text", "y_test.npy": b"text"}), "it has no array x_test"),
    ],
)
def test_a_damaged_file_is_called_so(tmp_path, spoil, words):
    """In plain words, with what to do."""
    path = write_mnist(tmp_path / "mnist.npz", train=5)
    spoil(path)
    with pytest.raises(MnistUnavailable, match=words) as caught:
        mnist.load_mnist("test", path)
    assert str(caught.value).endswith("Delete it or name another.")
    assert "Error" not in str(caught.value)
    assert "Bad" not in str(caught.value)


def _zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def test_real_mnist_has_its_known_counts(mnist_file):
    """The real test file has 10,000 images, 980 of them zeros."""
    images, digits = mnist.load_mnist("test", mnist_file)
    assert images.shape == (10_000, 28, 28)
    assert np.bincount(digits).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
