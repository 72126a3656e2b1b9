"""The trained models by name, the folder in which they lie, and the files beside them."""

from __future__ import annotations

import json
import os
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from siamese.data.splits import SPLITS
from siamese.errors import InvalidArtefact, UnknownModel
from siamese.serving.card import MAX_BYTES, Card, read_card


def _assets() -> Path:
    """The folder of what comes with the project: inside an installed package, beside it in a checkout."""
    package = Path(str(files("siamese"))).resolve()
    installed = package / "assets"
    return installed if installed.is_dir() else package.parent / "assets"


ASSETS = _assets()

MODELS = ASSETS / "models"

LADDER = "ladder.json"  # beside the models: the accuracy of each idea; `training.ladder` writes it

PUBLISHED = ASSETS / "published.json"  # published figures for comparison, and their sources

MODELS_VARIABLE = "SIAMESE_MODELS"

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")

#: Shown first to last; models not named here follow by name. The first one present is the default.
PREFERRED = ("strokes", "digits", "baseline")


def models_folder() -> Path:
    """The folder of models: `SIAMESE_MODELS`, or the one that comes with the project."""
    return Path(os.environ.get(MODELS_VARIABLE) or MODELS)


def available() -> list[str]:
    """Names of the trained models, the default first."""
    folder = models_folder()
    if not folder.is_dir():
        return []
    found = {
        entry.name for entry in folder.iterdir() if _NAME.fullmatch(entry.name) and (entry / "card.json").is_file()
    }
    return [name for name in PREFERRED if name in found] + sorted(found - set(PREFERRED))


def load_card(name: str | None = None) -> Card:
    """The card of model `name`, or of the default model.

    Raises:
        UnknownModel: no such model (the message names those there are).
        InvalidArtefact: a card that cannot be read or lacks something.
    """
    names = available()
    if name is None:
        if not names:
            raise UnknownModel("there is no trained model here")
        name = names[0]
    if name not in names:
        raise UnknownModel(f"there is no model {name!r}; there are: {', '.join(names) or 'none'}")
    return read_card(models_folder() / name)


def load_ladder() -> dict[str, Any] | None:
    """The JSON that `python -m siamese ladder --out` wrote beside the models, or None where there is no such file.

    Raises:
        InvalidArtefact: the file holds something else.
    """
    file = models_folder() / LADDER
    if not file.is_file():
        return None
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ValueError("too large")
        value: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        rungs = value["rungs"] + value["ablation"]
        figures = [rung["splits"][split] for rung in rungs for split in SPLITS]
        rates = [rate for each in figures for rate in (each["accuracy"], *each["interval_95"])]
        are_named = all(isinstance(rung["idea"], str) for rung in rungs) and isinstance(value["command"], str)
        are_whole = all(
            isinstance(number, int) for number in (value["steps"], *(rung["seed"] for rung in value["ablation"]))
        )
        if not rungs or not are_named or not are_whole or not all(0 <= rate <= 1 for rate in rates):
            raise ValueError("no rates")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidArtefact(f"{LADDER} does not hold what it should ({type(error).__name__})") from error
    return value
