"""A Streamlit server of one page, of the app or of a yardstick, and what it takes from the machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"app": "app.py"} | {name: f"benchmarks/pages/{name}.py" for name in ("peer", "echo", "minimal")}
START_S = 120


@dataclass(frozen=True)
class Server:
    """A running server; `started` is when its process was, on the clock of `time.perf_counter`."""

    process: subprocess.Popen
    port: int
    started: float
    log: Path

    @property
    def address(self) -> str:
        """Where its page is."""
        return f"http://127.0.0.1:{self.port}"

    def memory_mb(self) -> float:
        """Resident memory of the process and of those it started, MB."""
        return sum(_status(pid).get("VmRSS", 0) for pid in self._processes()) / 1024

    def held(self) -> dict[str, int]:
        """How many processes, threads and open files it has."""
        pids = self._processes()
        return {
            "processes": len(pids),
            "threads": sum(_status(pid).get("Threads", 0) for pid in pids),
            "files": sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids),
        }

    def cpu_s(self) -> float:
        """Processor seconds that the process and those it started have used so far."""
        ticks = 0
        for pid in self._processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def complaints(self) -> str:
        """The lines of its log that tell of an error."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(line for line in lines if "Error" in line or "Traceback" in line or "Exception" in line)

    def _processes(self) -> list[int]:
        found = [self.process.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended meanwhile
                    found += map(int, children.read_text().split())
        return found


@dataclass(frozen=True)
class Replicas:
    """Several servers behind nginx, which listens on `port`; what they take, they take together, nginx included."""

    servers: tuple[Server, ...]
    balancer: Server
    port: int

    def memory_mb(self) -> float:
        """As `Server.memory_mb`."""
        return sum(server.memory_mb() for server in (*self.servers, self.balancer))

    def cpu_s(self) -> float:
        """As `Server.cpu_s`."""
        return sum(server.cpu_s() for server in (*self.servers, self.balancer))

    def complaints(self) -> str:
        """As `Server.complaints`."""
        return "\n".join(filter(None, (server.complaints() for server in self.servers)))


def _status(pid: int) -> dict[str, int]:
    """The numbers in /proc/PID/status."""
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1 and words[1].isdigit()}


@contextmanager
def served(page: str, port: int | None = None, **settings: str) -> Iterator[Server]:
    """A server of `page` with a home of its own, on 127.0.0.1, that asks no network; ends with the block.

    Args:
        port: a free one, by default any.
        settings: of its environment.
    """
    with tempfile.TemporaryDirectory(prefix=f"bench-{page}-") as home:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SIAMESE_")}
        environment |= {"HOME": home, "KERAS_HOME": f"{home}/keras", "SIAMESE_DOWNLOAD": "0"}
        environment |= {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", **settings}
        port = free_port() if port is None else port
        command = [sys.executable, "-m", "streamlit", "run", PAGES[page], "--server.port", str(port)]
        command += ["--server.address", "127.0.0.1"]
        log = Path(home) / "server.log"
        with log.open("w") as output:
            started = time.perf_counter()
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        server = Server(process, port, started, log)
        try:
            _wait_until_healthy(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def replicated(count: int) -> Iterator[Replicas]:
    """So many servers of the app behind nginx, as docs/deploy/nginx.conf has it; they end with the block."""
    secret = {"STREAMLIT_SERVER_COOKIE_SECRET": "of these servers alone"}
    with ExitStack() as stack:
        servers = tuple(stack.enter_context(served("app", **secret)) for _ in range(count))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-nginx-")))
        process, port = stack.enter_context(balanced(folder, [server.port for server in servers]))
        yield Replicas(servers, Server(process, port, time.perf_counter(), folder / "error.log"), port)


@contextmanager
def balanced(folder: Path, ports: Sequence[int], is_logged: bool = True) -> Iterator[tuple[subprocess.Popen, int]]:
    """nginx before servers on these ports of this machine, and the port that it listens on; it ends with the block.

    Args:
        folder: for its files; its access log there, access.log, has a line a request: replica, cookie, path.
        is_logged: False keeps the example's own rule on what is logged, below logs as distributions set them.
    """
    import pwd  # Unix alone has it

    program = nginx()
    assert program, "nginx is missing (apt install nginx-light)"
    port = free_port()
    site = (ROOT / "docs" / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    example = "    server 127.0.0.1:8501;\n    server 127.0.0.1:8502;\n"
    ours = "".join(f"    server 127.0.0.1:{each};\n" for each in ports)
    changes = [(example, ours), ("listen 8080", f"listen 127.0.0.1:{port}")]
    if is_logged:
        changes.append(("access_log off;", f"access_log {folder}/access.log to;"))
    for old, new in changes:
        assert old in site, f"docs/deploy/nginx.conf has no {old!r} any more"
        site = site.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = pwd.getpwuid(os.getuid()).pw_name
    main = f"user {user}; daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
    log = f"log_format to '$upstream_addr $cookie_siamese_replica $uri'; access_log {folder}/default.log;"
    (folder / "nginx.conf").write_text(f"{main}\nhttp {{ {log} {places}\n{site}}}", encoding="utf-8")
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        _wait_until_healthy(Server(process, port, time.perf_counter(), folder / "error.log"))
        yield process, port
    finally:
        process.terminate()
        process.wait(20)


def nginx() -> str | None:
    """Where nginx is on this machine (apt install nginx-light), or None."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _wait_until_healthy(server: Server) -> None:
    while True:
        try:
            urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=5).close()
            return
        except OSError as error:
            if server.process.poll() is not None or time.perf_counter() - server.started > START_S:
                raise RuntimeError(f"the server did not start:\n{server.log.read_text()[-2000:]}") from error
            time.sleep(0.02)
