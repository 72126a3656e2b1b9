"""The address that phones open: the one the teacher's browser uses, or this machine's in the local network.

`localhost` in a QR code would lead each phone to itself.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from siamese.errors import InvalidSubmission

PATH = "class"
_PORT = 8501
_LONGEST = 200  # characters
_ELSEWHERE = ("192.0.2.1", 9)  # an address for documentation (RFC 5737): nobody has it, and nothing is sent to it
_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))  # of Docker, of Podman
_SIOCGIFADDR = 0x8915  # netdevice(7): the address of an interface, at byte 20 of what it tells
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")


def base(url: str | None, headers: Mapping[str, str]) -> str:
    """The address of the app as the teacher's browser has it, without a page's path.

    Args:
        url: what the browser says, or None; then the `headers` of its request tell, a proxy's before its own.
    """
    if url:
        parts = urlsplit(url)
        path = parts.path.replace("/~/+", "")  # Community Cloud shows the app in a frame below it
        path = path.rstrip("/").removesuffix(f"/{PATH}").rstrip("/")
        return f"{parts.scheme}://{parts.netloc}{path}"
    scheme = headers.get("X-Forwarded-Proto", "http").split(",")[0].strip()
    host = headers.get("X-Forwarded-Host", headers.get("Host", f"localhost:{_PORT}")).split(",")[0].strip()
    return f"{scheme}://{host}"


def is_local(address: str) -> bool:
    """Whether an address leads each device to itself."""
    host = urlsplit(address).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        place = ipaddress.ip_address(host)
    except ValueError:
        return False
    return place.is_loopback or place.is_unspecified


def own_address() -> str | None:
    """This machine's IPv4 address in the local network, or None where none is found.

    The one that it would send from; without a way out, as in a classroom offline, one of its interfaces', a private one
    first. A container has none that phones reach: they come by the machine around it.
    """
    if any(mark.exists() for mark in _CONTAINER_MARKS):
        return None
    if _is_reachable(routed := _routed()):
        return routed
    found = [address for address in _of_interfaces() if _is_reachable(address)]
    return min(found, key=lambda address: not ipaddress.ip_address(address).is_private, default=None)


def _routed() -> str:
    """The address that this machine would send from, or ""; nothing is sent to find it."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            asked.connect(_ELSEWHERE)  # a datagram socket only notes where it would send, and from which address
            return str(asked.getsockname()[0])
    except OSError:  # no way there
        return ""


def _is_reachable(address: str) -> bool:
    """Whether other devices can reach an address in a network."""
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not (place.is_loopback or place.is_unspecified or place.is_link_local or place.is_multicast)


def _of_interfaces() -> list[str]:
    """The addresses of this machine's interfaces; on Linux those of devices before those of bridges and tunnels."""
    if sys.platform != "linux":
        try:
            return socket.gethostbyname_ex(socket.gethostname())[2]
        except (OSError, UnicodeError):
            return []
    import fcntl  # Windows has none

    found = []
    names = [name for _, name in socket.if_nameindex()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for name in sorted(names, key=lambda name: not Path("/sys/class/net", name, "device").exists()):
            with contextlib.suppress(OSError):  # it has no address
                told = fcntl.ioctl(asked, _SIOCGIFADDR, struct.pack("256s", name.encode()))
                found.append(socket.inet_ntoa(told[20:24]))
    return found


def usable(address: str, own: str | None) -> str:
    """The address with this machine's own in the place of one that leads each device to itself."""
    if own is None or not is_local(address):
        return address
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{own}{port}{parts.path}".rstrip("/")


def checked(typed: object) -> str:
    """The address that a person typed, without what a link to a room needs none of.

    Raises:
        InvalidSubmission: it is no address of a web page.
    """
    wrong = InvalidSubmission("This is no address. Type one such as http://192.168.1.20:8501")
    text = typed.strip().rstrip("/") if isinstance(typed, str) else ""
    if not text or len(text) > _LONGEST:
        raise wrong
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port
    except ValueError:
        raise wrong from None
    if not _is_plain(parts) or port == 0:
        raise wrong
    path = parts.path.rstrip("/").removesuffix(f"/{PATH}")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _is_plain(parts: SplitResult) -> bool:
    """Whether an address has a scheme, a host and a path that a browser takes, and nothing else."""
    host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc.rstrip(":")
    return (
        parts.scheme in ("http", "https")
        and bool(_HOST.fullmatch(host))
        and re.fullmatch(r"[A-Za-z0-9._~/-]*", parts.path) is not None
        and not (parts.query or parts.fragment or parts.username or parts.password)
    )


def link(address: str, code: str) -> str:
    """The link that joins a room."""
    return f"{address}/{PATH}?room={code}"
