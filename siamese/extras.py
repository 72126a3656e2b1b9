"""Which extra of the package brings a module, and a named error where the module is missing.

Comparing needs NumPy, Pillow and LiteRT alone. Whatever needs more calls `require` before it imports it.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from siamese.errors import MissingExtra

#: For each module that the core does without: what needs it, what people call it, and the extra that brings it.
MODULES = {
    "cv2": ("reading a picture of more than 64 pixels a side", "OpenCV", "photo"),
    "keras": ("training", "Keras", "train"),
    "plotly": ("the page", "Plotly", "app"),
    "pooch": ("downloading MNIST", "pooch", "mnist"),
    "redis": ("sharing rooms between replicas", "redis", "rooms"),
    "requests": ("downloading MNIST", "requests", "mnist"),
    "segno": ("the page", "segno", "app"),
    "streamlit": ("the page", "Streamlit", "app"),
    "streamlit_drawable_canvas": ("the page", "streamlit-drawable-canvas", "app"),
    "tensorflow": ("training", "TensorFlow", "train"),
    "tqdm": ("showing progress", "tqdm", "mnist"),
    "urllib3": ("downloading MNIST", "urllib3", "mnist"),
}


def is_installed(module: str) -> bool:
    """Whether a module of this name can be found; it is not imported."""
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # a finder refuses it, or something incomplete stands in its place
        return False


def require(*modules: str) -> None:
    """Returns where all these modules, keys of `MODULES`, are installed.

    Raises:
        MissingExtra: one of them is not; the text says what needs it and what to install.
    """
    for module in modules:
        if not is_installed(module):
            purpose, package, extra = MODULES[module]
            raise MissingExtra(f'{purpose} needs {package}: pip install "{_project()}[{extra}]"')


def _project() -> str:
    """What pip knows this project by: its name where it is installed, else its folder.

    By name, pip would fetch a stranger's package from its index for someone who runs this one from a checkout.
    """
    return "siamese" if (Path(__file__).resolve().parent / "assets").is_dir() else "."
