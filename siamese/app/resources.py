"""What all sessions of a server share: the models and their figures; and this session's own network beside them."""

from __future__ import annotations

import atexit
import os
import threading
from typing import Any

import numpy as np
import streamlit as st

from siamese import extras
from siamese.app import session
from siamese.data.splits import ALL_DIGITS
from siamese.errors import SiameseError
from siamese.evaluation.hardest_pairs import Hardest, load_hardest
from siamese.evaluation.robustness import Robustness, has_robustness, load_robustness
from siamese.live.model import LiveModel
from siamese.live.queue import LiveQueue
from siamese.metrics.histograms import PairHistograms
from siamese.metrics.rates import distance_densities
from siamese.serving import catalogue
from siamese.serving.card import Card, load_histograms, load_json
from siamese.serving.verifier import Verifier

LIVE_VARIABLE = "SIAMESE_LIVE"  # "0" turns the page that trains off
_FOLDERS = 4  # of models whose contents are kept in mind; a server has one


_Model = tuple[Verifier, PairHistograms]
_catalogues: dict[str, dict[str, _Model | SiameseError]] = {}  # by folder; read from disk by `look_again` alone
_looking = threading.Lock()


def look_again() -> dict[str, _Model | SiameseError]:
    """What the folder of models holds now, by name; what was loaded before, or was damaged, is not read again.

    Called when a session starts. Between that, nothing looks at the disk: a stroke would wait for it.
    """
    folder = str(catalogue.models_folder())
    with _looking:
        before = _catalogues.pop(folder, {})
        _catalogues[folder] = {name: before.get(name) or _load(name) for name in catalogue.available()}
        for other in list(_catalogues)[:-_FOLDERS]:
            del _catalogues[other]
        return _catalogues[folder]


def _catalogue() -> dict[str, _Model | SiameseError]:
    found = _catalogues.get(str(catalogue.models_folder()))
    return look_again() if found is None else found


def _load(name: str) -> _Model | SiameseError:
    try:
        model = Verifier.load(name)
        for file in ("report.json", "history.json"):  # read later, but a model is shown whole or not at all
            load_json(model.card, file)
        return model, load_histograms(model.card)
    except SiameseError as error:
        return error


def models() -> list[str]:
    """Names of the models that can be used, the default first."""
    return [name for name, model in _catalogue().items() if not isinstance(model, SiameseError)]


def damaged() -> list[str]:
    """For each model that cannot be used, why, in one sentence."""
    return [str(model) for model in _catalogue().values() if isinstance(model, SiameseError)]


def _trained_network(name: str) -> LiveModel | None:
    """The network that this session has trained live, where `name` is its name."""
    network = session.current().trained_network
    return network if network is not None and network.name == name else None


def verifier(name: str) -> Verifier:
    """The verifier of a usable model, loaded once; it is safe to share between threads."""
    network = _trained_network(name)
    return network.verifier if network else _usable(name)[0]


def histograms(name: str) -> PairHistograms:
    """A usable model's histograms of the distances of all pairs of test images."""
    network = _trained_network(name)
    return network.histograms if network else _usable(name)[1]


def _usable(name: str) -> _Model:
    model = _catalogue().get(name) or _load(name)  # a name that is not there says so by its error
    if isinstance(model, SiameseError):
        raise model
    return model


def densities(name: str, split: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(edges, same, different): how the distances of the split's pairs are spread; see `distance_densities`."""
    card = verifier(name).card
    found: tuple[np.ndarray, np.ndarray, np.ndarray] = _densities(content(card), card.splits[split], histograms(name))
    return found


@st.cache_resource(show_spinner=False, max_entries=24)
def _densities(
    content: str, digits: tuple[int, ...], _grid: PairHistograms
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return distance_densities(_grid, digits, bins=400)


def axis_maximum(name: str) -> float:
    """Where scales of the distance end: 99.9% of all test pairs lie below, and the threshold well within."""
    model = verifier(name)
    return _axis_maximum(content(model.card), model.threshold, histograms(name))


@st.cache_data(show_spinner=False, max_entries=8)
def _axis_maximum(content: str, threshold: float, _grid: PairHistograms) -> float:
    edges, same, different = distance_densities(_grid, ALL_DIGITS, bins=400)
    shares = np.cumsum(same + different) / (same + different).sum()
    end = max(float(edges[1:][np.argmax(shares >= 0.999)]), 1.4 * threshold)
    step = _grid.upper / _grid.bins
    return float(min(np.ceil(end / step) * step, _grid.upper))


def content(card: Card) -> str:
    """What a model's histograms are known by in caches that all sessions share: their SHA-256."""
    return str(card.raw["files"]["histograms.npz"])


def committed(name: str, file: str) -> Any:
    """The model's `history.json` or `report.json`."""
    if network := _trained_network(name):
        return network.documents[file]
    return _committed(name, file, str(catalogue.models_folder()))


@st.cache_data(show_spinner=False, max_entries=16)
def _committed(name: str, file: str, folder: str) -> Any:
    return load_json(catalogue.load_card(name), file)


def ladder() -> dict[str, Any] | None:
    """What each idea is worth, where it was measured.

    Raises:
        InvalidArtefact: the file holds something else.
    """
    return _ladder(str(catalogue.models_folder()))


@st.cache_data(show_spinner=False, max_entries=4)
def _ladder(folder: str) -> dict[str, Any] | None:
    return catalogue.load_ladder()


def hardest_pairs(name: str) -> Hardest:
    """The pairs that a usable model gets most wrong.

    Raises:
        InvalidArtefact: it has no such file, or a damaged one.
    """
    return _hardest_pairs(name, str(catalogue.models_folder()))


@st.cache_resource(show_spinner=False, max_entries=16)
def _hardest_pairs(name: str, folder: str) -> Hardest:
    return load_hardest(catalogue.load_card(name))


def robustness(name: str) -> Robustness | None:
    """How much of a change of view a usable model bears, where that was measured.

    Raises:
        InvalidArtefact: its file is damaged.
    """
    return _robustness(name, str(catalogue.models_folder()))


@st.cache_resource(show_spinner=False, max_entries=16)
def _robustness(name: str, folder: str) -> Robustness | None:
    card = catalogue.load_card(name)
    return load_robustness(card) if has_robustness(card) else None


def can_train() -> bool:
    """Whether this server trains live: not where it is turned off, or where TensorFlow or Keras is not installed."""
    return os.environ.get(LIVE_VARIABLE) != "0" and all(map(extras.is_installed, ("tensorflow", "keras")))


@st.cache_resource(show_spinner=False)
def live_queue() -> LiveQueue:
    """The server's line of live trainings."""
    queue = LiveQueue()
    atexit.register(queue.close)
    return queue
