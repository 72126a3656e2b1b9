"""A Streamlit server of one page, of the app or of a yardstick, and what it takes from the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
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
        """Processor seconds that it has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def complaints(self) -> str:
        """The lines of its log that tell of an error."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(line for line in lines if "Error" in line or "Traceback" in line or "Exception" in line)

    def _processes(self) -> list[int]:
        found = [self.process.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += map(int, children.read_text().split())
        return found


def _status(pid: int) -> dict[str, int]:
    """The numbers in /proc/PID/status."""
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1 and words[1].isdigit()}


@contextmanager
def served(page: str, **settings: str) -> Iterator[Server]:
    """A server of `page` with a home of its own, on 127.0.0.1, that asks no network; ends with the block."""
    with tempfile.TemporaryDirectory(prefix=f"bench-{page}-") as home:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SIAMESE_")}
        environment |= {"HOME": home, "KERAS_HOME": f"{home}/keras", "SIAMESE_DOWNLOAD": "0"}
        environment |= {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", **settings}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
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


def _wait_until_healthy(server: Server) -> None:
    while True:
        try:
            urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=5).close()
            return
        except OSError as error:
            if server.process.poll() is not None or time.perf_counter() - server.started > START_S:
                raise RuntimeError(f"the server did not start:\n{server.log.read_text()[-2000:]}") from error
            time.sleep(0.02)
