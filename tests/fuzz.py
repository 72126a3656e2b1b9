"""Damages good inputs at random until something else than a named error comes: `python -m tests.fuzz --seconds 60`.

What breaks a reader is kept in a folder outside the repository, and is tried first the next time.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from siamese.app import links
from siamese.data.archives import read_arrays
from siamese.data.idx import read_idx
from siamese.errors import SiameseError
from siamese.imaging import pens, strokes
from siamese.imaging.photographs.reader import from_upload

CORPUS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "siamese-fuzz"
_TOKENS = (
    b"",
    b"\0",
    b"\xff" * 4,
    b"-1",
    b"1e999",
    b"NaN",
    b"[" * 2000,
    b'{"a":',
    b"null",
    b"\x7f\xff\xff\xff",
    b"~",
    b"%FF",
)


def _picture(kind: str, mode: str) -> bytes:
    drawing = Image.fromarray(strokes.render(pens.draw(5, np.random.default_rng(5)), size=96))
    page = Image.new("RGBA", drawing.size, "white")
    page.alpha_composite(drawing)
    converted = page.convert("L").convert("I").convert(mode) if mode == "I;16" else page.convert(mode)
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    converted.save(buffer, kind, **({"exif": exif} if kind in ("JPEG", "PNG", "WEBP") else {}))
    return buffer.getvalue()


def _archive() -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, a=np.arange(400), b=np.eye(9, dtype=np.float32))
    return buffer.getvalue()


def _idx_files() -> list[bytes]:
    images = bytes((0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28)) + bytes(range(196)) * 8
    return [images, gzip.compress(images)]


def _link(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    for parse in (links.side, links.symbol, links.digits, links.whole(0, 9), links.number(0, 2)):
        reader = links.Reader({"x": [text]})
        reader.get("x", "part", parse)


def _canvas(content: bytes) -> None:
    drawing = json.loads(content)
    strokes.render(strokes.from_canvas(drawing))


def _upload(content: bytes) -> None:
    image = from_upload(content)
    assert image.shape == (28, 28)
    assert np.isfinite(image).all()


def targets() -> dict[str, tuple[Callable[[bytes], object], list[bytes], tuple[type[Exception], ...]]]:
    """Name -> (the reader, good inputs, the errors that it may raise)."""
    drawing = pens.draw(3, np.random.default_rng(3))
    pictures = [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "I;16"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
    ]
    pictures += [("GIF", "P"), ("BMP", "RGB"), ("WEBP", "RGBA"), ("TIFF", "L"), ("TIFF", "F"), ("TIFF", "I")]
    texts = [links.side_text(drawing), links.symbol_text("a~b", [drawing, drawing]), "m12", "0189", "0.5"]
    return {
        "upload": (_upload, [_picture(*kind) for kind in pictures], (SiameseError,)),
        "canvas": (
            _canvas,
            [json.dumps(strokes.to_canvas(drawing)).encode()],
            (SiameseError, json.JSONDecodeError, UnicodeDecodeError, RecursionError),
        ),
        "link": (_link, [text.encode() for text in texts], ()),
        "archive": (lambda content: read_arrays(content, ("a", "b"), 10_000), [_archive()], (SiameseError,)),
        "idx": (lambda content: read_idx(content, "images", 10_000), _idx_files(), (SiameseError,)),
    }


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """The content with a few bytes changed, cut out, doubled or replaced."""
    result = bytearray(content)
    for _ in range(rng.integers(1, 5)):
        if not result:
            break
        start = int(rng.integers(len(result)))
        end = min(len(result), start + int(rng.integers(1, 40)))
        way = rng.integers(5)
        if way == 0:
            result[start] ^= 1 << rng.integers(8)
        elif way == 1:
            del result[start:end]
        elif way == 2:
            result[start:start] = result[start:end]
        elif way == 3:
            result[start:end] = _TOKENS[rng.integers(len(_TOKENS))]
        else:
            result[start:end] = rng.bytes(end - start)
    return bytes(result)


def fuzz(name: str, seconds: float, rng: np.random.Generator, corpus: Path) -> tuple[int, list[Path]]:
    """How many inputs the reader `name` was given, and the files of those that broke it."""
    read, good, allowed = targets()[name]
    folder, broken, count = corpus / name, [], 0
    known = [path.read_bytes() for path in sorted(folder.glob("*"))] if folder.is_dir() else []
    end = time.monotonic() + seconds
    while known or time.monotonic() < end:
        content = known.pop() if known else damaged(good[rng.integers(len(good))], rng)
        count += 1
        try:
            read(content)
        except allowed:
            continue
        except Exception:
            folder.mkdir(parents=True, exist_ok=True)
            broken.append(folder / hashlib.sha256(content).hexdigest()[:16])
            broken[-1].write_bytes(content)
            traceback.print_exc()
    return count, broken


def main() -> int:
    """0 when nothing broke."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="for all readers together; default: 60")
    parser.add_argument("--seed", type=int, help="default: another one each time")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help=f"where what breaks is kept; default: {CORPUS}")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # Pillow's remarks on damaged files
    rng, failed = np.random.default_rng(options.seed), 0
    for name in targets():
        count, broken = fuzz(name, options.seconds / len(targets()), rng, options.corpus)
        failed += len(broken)
        print(f"{name}: {count:,} inputs, {len(broken)} broke it", *broken, sep="\n  " if broken else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
