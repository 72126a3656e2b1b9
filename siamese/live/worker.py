"""The process of one live training: `python -m siamese.live_worker`, started by the server, ended by it at any time.

It gets ready at once: it loads TensorFlow, which takes most of the time before the first epoch, and rehearses. The
first line of its input, a `live_protocol.Request`, may come before that is done or minutes later; each line of its
output is a message. Its input stays open as long as the server lives and wants it: when that ends, so does the process,
and its folder with it.
"""

from __future__ import annotations

import contextlib
import errno
import faulthandler
import os
import queue
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from siamese.errors import SiameseError
from siamese.evaluation import summary
from siamese.live.data import images_to_learn, images_to_test, prepare
from siamese.live.process import FOLDER_VARIABLE
from siamese.live.protocol import MAX_LINE, MAX_TEXT, Done, EpochResult, Failed, Message, Request, Stage, write
from siamese.serving.card import histograms_bytes, read_card, to_json

COMMAND = "the page Train live"
#: What the process is called in Linux' list of processes, before it has a request and from then on.
WAITS, LEARNS = "live-waiting", "live-learning"
LONGEST_WAIT = 1800  # seconds that it waits for a request; the server ends it long before
_LATE = 10  # seconds after its time in which the server ends the process, if it can
NO_ROOM = "This computer's disk is full, so the network could not be written."


def main() -> int:
    """The exit status: 0 when the training ended or said why it could not."""
    output = _own_output()
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    _call_it(WAITS)
    threading.Thread(target=_listen, args=(Path(os.environ[FOLDER_VARIABLE]), requests), daemon=True).start()
    _be_modest()
    _until(LONGEST_WAIT)
    get_ready(lambda: not requests.empty())
    request = Request.from_line(requests.get())
    _until(request.seconds)

    def say(message: Message) -> None:
        output.write(write(message))
        output.flush()

    try:
        learn(request, say)
        say(Done())
    except SiameseError as error:
        say(Failed(str(error)[:MAX_TEXT]))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        say(Failed(NO_ROOM))
    return 0


def get_ready(asked: Callable[[], bool]) -> None:
    """Loads what every training needs. While nobody has asked, also does what costs time only once.

    Args:
        asked: whether a request is there.
    """
    # TensorFlow takes seconds; the thread that guards this process runs already.
    import siamese.evaluation.report  # noqa: F401 - loaded for what follows
    from siamese.live.settings import LiveSettings
    from siamese.training import all_pairs

    # Whatever fails here fails, or does not, in the training, where somebody hears of it.
    with contextlib.suppress(Exception):
        if not asked():
            all_pairs.rehearse(LiveSettings().recipe("rehearsal"))
        steps = prepare()
        while not asked() and next(steps, ...) is None:
            pass


def learn(request: Request, say: Callable[[Message], None]) -> None:
    """Trains what the request asks for and leaves the model in its folder.

    The test images only measure: threshold, calibration and weights follow from images of the chosen digits alone.
    """
    from siamese.imaging.framing import as_images
    from siamese.imaging.normalisation import normalise
    from siamese.metrics.histograms import pair_histograms
    from siamese.training.encoder import convolutional_encoder
    from siamese.training.publish import history_entry
    from siamese.training.train import Epoch, train

    settings = request.settings
    say(Stage("starting"))
    say(Stage("images"))
    recipe = settings.recipe(request.name)
    images, digits = images_to_learn(settings)
    test_images, test_digits = images_to_test(settings)
    test = normalise(as_images(test_images), recipe.normalisation)
    twin = convolutional_encoder(recipe)  # takes the weights of each epoch, to be measured
    entries = []

    def measure(epoch: Epoch) -> None:
        twin.set_weights(epoch.weights)
        embeddings = twin.predict(test, batch_size=512, verbose=0)
        histograms = pair_histograms(embeddings, test_digits, recipe.upper, knots=2)  # no intervals yet
        entries.append(history_entry(epoch, histograms, settings.splits))
        say(EpochResult(**entries[-1]))

    say(Stage("learning"))
    started = time.perf_counter()
    trained = train(recipe, images, digits, measure)
    seconds = time.perf_counter() - started
    say(Stage("packing"))
    _publish(trained, request.folder / request.name, entries, test_images, test_digits, settings.splits, seconds)


def _publish(trained, folder: Path, entries, test_images, test_digits, splits, seconds: float) -> None:
    """Writes the model's folder: encoder, export, history, histograms and report of the test images, card."""
    from siamese.evaluation.report import one_shot_figures, write_manifest
    from siamese.metrics.histograms import pair_histograms
    from siamese.serving.verifier import Verifier
    from siamese.training.publish import card_values, check_export, export_litert

    folder.mkdir()
    trained.encoder.save(folder / "encoder.keras")
    (folder / "encoder.tflite").write_bytes(export_litert(trained.encoder))
    (folder / "history.json").write_text(to_json(entries), encoding="utf-8")
    values = card_values(trained, COMMAND, seconds)
    write_manifest(folder, values)
    values["largest_export_difference"] = check_export(trained.encoder, read_card(folder), test_images[::7])
    write_manifest(folder, values)
    card = read_card(folder)
    embeddings = Verifier(card).embed(test_images)
    histograms = pair_histograms(embeddings, test_digits, card.upper)
    report = summary.pair_report(histograms, card.threshold, card.probability_same, splits)
    report["one_shot"] = summary.rounded(one_shot_figures(embeddings, test_digits, splits["unseen"]))
    (folder / "histograms.npz").write_bytes(histograms_bytes(histograms))
    (folder / "report.json").write_text(to_json(report), encoding="utf-8")
    write_manifest(folder, values)


def _own_output() -> BinaryIO:
    """The process's output for messages alone: what libraries print goes to its errors."""
    sys.stdout.flush()
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _listen(folder: Path, requests: queue.SimpleQueue[bytes]) -> None:
    """Passes the first line of input on. When the server closes the input, by will or by its end, leaves nothing."""
    # Read bare: a thread that waits in Python's own buffer makes the process abort when it ends.
    line = b""
    while part := os.read(0, 1):
        line += part
        if part == b"\n" or len(line) > MAX_LINE:
            _call_it(LEARNS)
            requests.put(line)
            break
    while os.read(0, 1024):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _until(seconds: float) -> None:
    """Ends the process after so many seconds from now, and some."""
    # A thread of C: it ends the process even where Python does not get its turn.
    faulthandler.dump_traceback_later(seconds + _LATE, exit=True)


def _call_it(name: str) -> None:
    """Gives the process a name, for whoever looks at what runs on the machine."""
    with contextlib.suppress(OSError):  # not Linux
        Path("/proc/self/comm").write_text(name, encoding="ascii")


def _be_modest() -> None:
    """Leaves the machine to those who draw."""
    if hasattr(os, "nice"):
        os.nice(10)
    with contextlib.suppress(OSError):  # not Linux, or not allowed
        # Where memory runs out, Linux shall end this process and not the server.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        pass  # Windows has no such limits


if __name__ == "__main__":
    sys.exit(main())
