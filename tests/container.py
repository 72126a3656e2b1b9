"""What docs/deploy/Dockerfile copies, without Docker: the files that .dockerignore lets through."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = ROOT / "docs" / "deploy" / "Dockerfile"
IGNORED = ROOT / ".dockerignore"


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile in their order: each one's name and what follows it, its lines joined."""
    lines = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ").splitlines()
    return [(name, rest) for name, _, rest in (line.strip().partition(" ") for line in lines) if name]


def copies(text: str) -> list[str]:
    """What a Dockerfile copies from the project's folder: files and folders."""
    found = [shlex.split(rest) for name, rest in instructions(text) if name == "COPY"]
    return [source for words in found if not words[0].startswith("--") for source in words[:-1]]


def allowed(files: Iterable[str], ignored: str) -> list[str]:
    """Those of the files that a .dockerignore lets through: for each file the last line that matches decides."""
    lines = [line for line in ignored.splitlines() if line and not line.startswith("#")]
    rules = [(not line.startswith("!"), _pattern(line.removeprefix("!"))) for line in lines]
    kept = []
    for file in files:
        matching = [out for out, pattern in rules if pattern.fullmatch(file)]
        if not (matching and matching[-1]):
            kept.append(file)
    return kept


def _pattern(line: str) -> re.Pattern[str]:
    """What a line matches: a path, and everything below it."""
    text = re.escape(line).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return re.compile(f"{text}(?:/.*)?")


def copied(files: Iterable[str]) -> list[str]:
    """Those of the project's files that come into the build of the image."""
    sources = copies(DOCKERFILE.read_text(encoding="utf-8"))
    context = allowed(files, IGNORED.read_text(encoding="utf-8"))
    return [file for file in context if any(file == source or file.startswith(f"{source}/") for source in sources)]


def copy(files: Iterable[str], project: Path, folder: Path) -> None:
    """Copies what comes into the build of the image from the project's folder to another."""
    for file in copied(files):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project / file, folder / file)
