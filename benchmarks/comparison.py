"""One comparison of two new drawings, in one way: `python -m benchmarks.comparison WAY`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks.processes import fresh
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing
from siamese.imaging.normalisation import normalise
from siamese.serving.catalogue import load_card
from siamese.serving.verifier import Verifier

WAYS = ("litert", "tf_function", "call", "predict")
LIMIT = "arithmetic"  # a matrix product of as many multiply-adds as the encoder takes for two images
PAIRS = 40
WARM_UP = 5


def drawings() -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs of RGBA drawings, each new."""
    rng = np.random.default_rng(0)
    picks = rng.integers(0, 10, (PAIRS + WARM_UP, 2))
    return [tuple(strokes.render(pens.draw(int(digit), rng)) for digit in pair) for pair in picks]


def comparer(way: str) -> Callable[[np.ndarray, np.ndarray], float]:
    """A function from two framed images to their distance, by one way of running the same encoder."""
    card = load_card()
    if way == "litert":
        verifier = Verifier(card)
        return lambda left, right: verifier.compare(left, right).distance
    import tensorflow as tf

    from siamese.training.encoder import load_encoder

    encoder = load_encoder(card.folder / "encoder.keras")
    compiled = tf.function(lambda images: encoder(images, training=False))
    run = {
        "predict": lambda images: encoder.predict(images, verbose=0),
        "call": lambda images: encoder(images, training=False).numpy(),
        "tf_function": lambda images: compiled(tf.constant(images)).numpy(),
    }[way]

    def distance(left: np.ndarray, right: np.ndarray) -> float:
        embeddings = run(normalise(np.stack([left, right]), card.normalisation))
        return float(np.linalg.norm(embeddings[0] - embeddings[1]))

    return distance


def memory_mb() -> float:
    """Peak resident memory of this process, MB; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def profile() -> dict[str, float]:
    """Median milliseconds of each step of our way."""
    verifier = Verifier.load()
    steps: dict[str, list[float]] = {
        "from_drawing, twice": [],
        "slant, size and thickness correction": [],
        "encoder and the rest": [],
    }
    for left, right in drawings():
        start = time.perf_counter()
        images = [from_drawing(left), from_drawing(right)]
        framed = time.perf_counter()
        verifier.normalise(np.stack(images))
        upright = time.perf_counter()
        verifier.compare(*images)
        end = time.perf_counter()
        steps["from_drawing, twice"].append(framed - start)
        steps["slant, size and thickness correction"].append(upright - framed)
        steps["encoder and the rest"].append((end - upright) - (upright - framed))
    return {name: 1000 * float(np.median(values[WARM_UP:])) for name, values in steps.items()}


def multiply_adds(verifier: Verifier) -> int:
    """How many multiply-adds the encoder takes for one image: those of its convolutions and matrix products."""
    interpreter = verifier._new_interpreter()
    shapes = {tensor["index"]: tensor["shape"] for tensor in interpreter.get_tensor_details()}
    count = 0
    for step in interpreter._get_ops_details():  # LiteRT has no public way to list them
        if step["op_name"] in ("CONV_2D", "FULLY_CONNECTED"):
            weights = shapes[step["inputs"][1]]  # (outputs, ...): each output takes all but the first axis
            count += int(np.prod(shapes[step["outputs"][0]])) * int(np.prod(weights[1:]))
    return count


def limit() -> dict:
    """The median milliseconds of a square matrix product of as many multiply-adds as two images take."""
    count = 2 * multiply_adds(Verifier.load())
    side = round(count ** (1 / 3))
    left, right = np.random.default_rng(0).random((2, side, side), np.float32)
    times = []
    for _ in range(WARM_UP + 10 * PAIRS):
        start = time.perf_counter()
        left @ right
        times.append(time.perf_counter() - start)
    return {"multiply_adds": count, "median_ms": 1000 * float(np.median(times[WARM_UP:]))}


def measure(quick: bool) -> dict:
    """Each way in a fresh process of its own kind, on one and the same encoder, and the arithmetic's limit."""
    found = {way: fresh("comparison", way) for way in (WAYS[:1] if quick else WAYS)}
    return found | {LIMIT: fresh("comparison", LIMIT, OPENBLAS_NUM_THREADS="1")}


def main(way: str) -> None:
    """Print medians as JSON."""
    print(json.dumps(limit() if way == LIMIT else compared(way)))


def compared(way: str) -> dict:
    """What comparisons in one way take."""
    compare = comparer(way)
    times, framed = [], []
    for drawn in drawings():
        start = time.perf_counter()
        left, right = (from_drawing(drawing) for drawing in drawn)
        middle = time.perf_counter()
        compare(left, right)
        end = time.perf_counter()
        times.append(end - start)
        framed.append(end - middle)
    times = 1000 * np.array(times[WARM_UP:])
    result = {
        "median_ms": float(np.median(times)),
        "p95_ms": float(np.percentile(times, 95)),
        "framed_ms": 1000 * float(np.median(framed[WARM_UP:])),
        "memory_mb": memory_mb(),
    }
    if way == "litert":
        result["profile_ms"] = profile()
    return result


if __name__ == "__main__":
    main(sys.argv[1])
