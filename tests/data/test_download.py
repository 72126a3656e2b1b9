"""The download of MNIST against every fault of a network and a disk: a real server on this machine, real processes."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import resource
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from siamese.app import samples
from siamese.data import download
from siamese.errors import MnistUnavailable, UntrustedConnection
from tests.app.sessions import sides_of
from tests.conftest import ROOT
from tests.data.test_mnist import write_mnist

CONTENT = np.random.default_rng(0).bytes(300_000)  # stands for the file; what is in it does not matter here
Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextlib.contextmanager
def server(answer: Answer, encrypted: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a file that `answer` sends, badly or well; a client that goes away is no fault."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            with contextlib.suppress(OSError):
                answer(self)

        def log_message(self, *_):
            pass

    serving = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving.daemon_threads = True
    if encrypted:
        serving.socket = encrypted.wrap_socket(serving.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    try:
        yield f"http{'s' if encrypted else ''}://127.0.0.1:{serving.server_port}/mnist.npz"
    finally:
        serving.shutdown()
        serving.server_close()


def headers(handler, length: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


def whole(handler) -> None:
    headers(handler, len(CONTENT))
    handler.wfile.write(CONTENT)


def truncated(handler) -> None:
    headers(handler, len(CONTENT))
    handler.wfile.write(CONTENT[:1000])


def without_length(handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(CONTENT[:1000])


def another_file(handler) -> None:
    headers(handler, len(CONTENT))
    handler.wfile.write(CONTENT[::-1])


def refused(handler) -> None:
    handler.send_error(403)


def broken(handler) -> None:
    handler.send_error(503)


def no_http(handler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n")


def endless(handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(bytes(1 << 16))


def trickling(handler) -> None:
    headers(handler, len(CONTENT))
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.02)


def silent(handler) -> None:
    time.sleep(30)


def in_a_loop(handler) -> None:
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.end_headers()


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """Keras' cache folder of this test's own, empty; the file to be fetched is `CONTENT`; patience is short."""
    monkeypatch.delenv(download.MNIST_VARIABLE, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(download, "MNIST_SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(download, "DOWNLOAD_TIMEOUT", 0.5)
    monkeypatch.setattr(download, "DOWNLOAD_LIMIT", 0.5)
    monkeypatch.setattr(download, "DOWNLOAD_LARGEST", 2_000_000)
    return tmp_path / "datasets"


def test_a_good_server_gives_the_file(cache, monkeypatch):
    """What the other tests change is what makes them fail; and the file is found afterwards without a network."""
    monkeypatch.setattr(download, "DOWNLOAD_LIMIT", 60)
    with server(whole) as address:
        monkeypatch.setattr(download, "MNIST_URL", address)
        assert download.download_mnist().read_bytes() == CONTENT
    assert download.cached_mnist_path() == cache / "mnist.npz"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (truncated, "it broke"),
        (without_length, "what came is not MNIST"),
        (another_file, "what came is not MNIST"),
        (refused, "an error, 403"),
        (broken, "an error, 503"),
        (no_http, "there is no connection"),
        (endless, ""),  # too long or too much, whichever comes first
        (trickling, "took too long"),
        (silent, "took too long"),
        (in_a_loop, "there is no connection"),
    ],
)
def test_a_bad_server_is_a_named_error_and_leaves_nothing(cache, monkeypatch, answer, why):
    """Cut short, another file, 403, 503, no HTTP, without end, a trickle, silence: why, in words, and no file left."""
    with server(answer) as address:
        monkeypatch.setattr(download, "MNIST_URL", address)
        with pytest.raises(MnistUnavailable, match=download.MNIST_VARIABLE) as caught:
            download.download_mnist()
    assert why in str(caught.value)
    assert "Error" not in str(caught.value)
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/mnist.npz", "http://name.invalid/mnist.npz"])
def test_no_connection_is_a_named_error(cache, monkeypatch, address):
    """Nobody listens, or the name is unknown."""
    monkeypatch.setattr(download, "MNIST_URL", address)
    with pytest.raises(MnistUnavailable):
        download.download_mnist()


@pytest.fixture(scope="module")
def intercepting(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """A server whose certificate only its own network trusts, as one that looks into connections: address, file."""
    folder = tmp_path_factory.mktemp("certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=school"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except OSError:
        pytest.skip("needs openssl, to make a certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with server(whole, context) as address:
        yield address, certificate


def test_a_network_that_looks_into_connections_is_told_what_helps(cache, monkeypatch, intercepting):
    """Its certificate is not trusted: the error names both settings that help, and the one for certificates does."""
    address, certificate = intercepting
    monkeypatch.setattr(download, "DOWNLOAD_TIMEOUT", 60)
    monkeypatch.setattr(download, "DOWNLOAD_LIMIT", 60)
    monkeypatch.setattr(download, "MNIST_URL", address)
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # has no effect
    with pytest.raises(MnistUnavailable, match="certificate is not trusted") as caught:
        download.download_mnist()
    assert "Set REQUESTS_CA_BUNDLE to the file" in str(caught.value)
    assert "set SIAMESE_MNIST to a copy of mnist.npz" in str(caught.value)
    assert isinstance(caught.value, UntrustedConnection)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert download.download_mnist().read_bytes() == CONTENT


_FETCH = """
import sys
from siamese.data import download
from siamese.errors import MnistUnavailable
download.MNIST_URL, download.MNIST_SHA256 = sys.argv[1:3]
try:
    print(download.download_mnist())
except MnistUnavailable as error:
    print("named:", error)
"""


def fetching(address: str, home: Path, **more) -> subprocess.Popen:
    """Another process that fetches the file into Keras' folder `home`."""
    return subprocess.Popen(
        [sys.executable, "-c", _FETCH, address, hashlib.sha256(CONTENT).hexdigest()],
        cwd=ROOT,
        env={"KERAS_HOME": str(home), "PATH": "/usr/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def test_two_processes_may_fetch_at_once(cache, tmp_path):
    """Both were being served at the same time; both get the file; no half of one is left."""
    both = threading.Barrier(2)

    def together(handler):
        headers(handler, len(CONTENT))
        handler.wfile.write(CONTENT[:1000])
        both.wait(60)
        handler.wfile.write(CONTENT[1000:])

    with server(together) as address:
        processes = [fetching(address, tmp_path) for _ in range(2)]
        outputs = [process.communicate(timeout=120) for process in processes]
    assert [out.strip() for out, _ in outputs] == [str(cache / "mnist.npz")] * 2, outputs
    assert [path.name for path in cache.iterdir()] == ["mnist.npz"]
    assert (cache / "mnist.npz").read_bytes() == CONTENT


def test_a_full_disk_is_a_named_error_and_leaves_nothing(cache, tmp_path):
    """A process that may write no more than 100 kB says so and takes its half file away."""
    with server(whole) as address:
        process = fetching(
            address, tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        )
        out, error = process.communicate(timeout=120)
    assert out.startswith("named: MNIST could not be downloaded"), error
    assert "File too large" in out
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("home", ["/proc/nowhere", "a file"])
def test_a_home_that_cannot_be_written_is_a_named_error(cache, tmp_path, monkeypatch, home):
    """No folder can be made there."""
    if home == "a file":
        (tmp_path / "file").write_text("")
        home = tmp_path / "file"
    monkeypatch.setenv("KERAS_HOME", str(home))
    with server(whole) as address:
        monkeypatch.setattr(download, "MNIST_URL", address)
        assert download.cached_mnist_path() is None
        with pytest.raises(MnistUnavailable):
            download.download_mnist()


def test_an_account_without_a_home_is_a_named_error(cache, monkeypatch):
    """A container's nameless user has no home folder: the error says which setting helps."""

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setattr(download.Path, "home", homeless)
    with pytest.raises(MnistUnavailable, match="KERAS_HOME"):
        download.mnist_path()


def compare() -> None:
    from siamese.app.pages.compare import page as compare

    compare.render()


@pytest.fixture
def fresh(cache, monkeypatch) -> Iterator[None]:
    """The app's shared memory of the download, empty before and after."""
    monkeypatch.delenv(samples.DOWNLOAD_VARIABLE, raising=False)
    samples._download.clear()
    yield
    samples._download.clear()


def opened() -> AppTest:
    page = AppTest.from_function(compare, default_timeout=60).run()
    assert not page.exception
    return page


def test_a_hanging_server_does_not_hang_the_page_and_the_file_is_found_when_it_comes(fresh, tmp_path, monkeypatch):
    """While nothing comes, built-in digits are sampled and a line says why; afterwards MNIST's own are."""
    file = write_mnist(tmp_path / "made.npz")
    content = file.read_bytes()
    monkeypatch.setattr(download, "MNIST_SHA256", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(download, "DOWNLOAD_TIMEOUT", 300)
    monkeypatch.setattr(download, "DOWNLOAD_LIMIT", 300)
    requests, go_on = threading.Event(), threading.Event()

    def hanging(handler):
        requests.set()
        go_on.wait(300)
        headers(handler, len(content))
        handler.wfile.write(content)

    with server(hanging) as address:
        monkeypatch.setattr(download, "MNIST_URL", address)
        page = opened()
        assert requests.wait(60)
        assert ["still being fetched" in caption.value for caption in page.caption].count(True) == 1
        go_on.set()
        (thread,) = [thread for thread in threading.enumerate() if thread.name == "mnist-download"]
        thread.join(60)
    page.button(key="sample-pair").click().run()
    assert not page.exception
    assert {side.sample.source for side in sides_of(page).values()} == {"mnist"}
    assert not [caption for caption in page.caption if "of our own pen" in caption.value]


def test_a_download_that_failed_is_tried_again_later(fresh, monkeypatch):
    """The page says that it failed, and does not ask at each click; after a while it asks once more."""
    requests = []

    def failing(handler):
        requests.append(handler.path)
        handler.send_error(503)

    def ended():
        for thread in threading.enumerate():
            if thread.name == "mnist-download":
                thread.join(60)

    with server(failing) as address:
        monkeypatch.setattr(download, "MNIST_URL", address)
        page = opened()
        ended()
        page.run()
        assert ["cannot be fetched" in caption.value for caption in page.caption].count(True) == 1
        page.run()
        ended()
        assert len(requests) == 1
        monkeypatch.setattr(samples, "RETRY", -1)
        page.run()
        ended()
        assert len(requests) == 2


@pytest.mark.parametrize("fault", [RuntimeError("no more memory"), AttributeError("a library of another version")])
def test_any_end_of_a_download_is_told_and_tried_again(fresh, monkeypatch, fault):
    """Not only what a network does: an error that nobody foresaw must not leave the page waiting for ever."""
    ended, requests = threading.Event(), []

    def fails():
        requests.append(threading.current_thread())
        ended.set()
        raise fault

    monkeypatch.setattr(samples, "download_mnist", fails)
    opened()
    assert ended.wait(60)
    requests[0].join(60)
    assert samples.sample_digits().notice.startswith("MNIST cannot be fetched just now")
    monkeypatch.setattr(samples, "RETRY", -1)
    ended.clear()
    samples.sample_digits()
    assert ended.wait(60)
    assert len(requests) == 2


def test_the_page_says_what_helps_where_connections_are_looked_into(fresh, monkeypatch, intercepting):
    """A certificate that is not trusted: trying again is no help, so the page names the settings that are."""
    monkeypatch.setattr(download, "MNIST_URL", intercepting[0])
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    page = opened()
    for thread in threading.enumerate():
        if thread.name == "mnist-download":
            thread.join(60)
    page.run()
    (notice,) = [caption.value for caption in page.caption if "cannot be fetched" in caption.value]
    assert "certificate is not trusted" in notice
    assert "Set REQUESTS_CA_BUNDLE to the file" in notice
    assert "set SIAMESE_MNIST to a copy of mnist.npz" in notice


def test_without_room_for_a_thread_the_page_says_so(fresh, monkeypatch):
    """A machine whose processes are all used up: built-in digits, and another try later."""

    def full(thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as limits:
        limits.setattr(threading.Thread, "start", full)
        digits = samples.sample_digits()
    assert digits.source == "pens"
    assert digits.notice.startswith("MNIST cannot be fetched just now")
