"""Writes docs/api.md from the docstrings of the public names: `python -m tests.api`, or `make docs`.

A test holds the file to what this writes, and runs each example.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from types import FunctionType, ModuleType
from typing import Any

import siamese
from siamese import errors
from siamese.charts import accuracy
from siamese.data import mnist
from siamese.evaluation import encoders, few_shot
from siamese.imaging import pens, strokes
from siamese.metrics import histograms, rates, thresholds
from tests.conftest import ROOT

FILE = ROOT / "docs" / "api.md"
MEMBERS = (property, cached_property, classmethod, staticmethod)
HEAD = """# The public names

Written from the docstrings by `make docs`; a test runs every example. Images are framed as MNIST frames digits:
(28, 28), white ink (1 or 255) on black (0). n is a number of images, d the length of an embedding. Distances are
Euclidean, in the unit of the embeddings; rates, accuracies and probabilities are within 0..1. No example needs MNIST
or a network connection.
"""


@dataclass(frozen=True)
class Entry:
    """A public name: as one writes it, and what it stands for."""

    name: str
    value: Any

    @property
    def function(self) -> FunctionType | None:
        """The function with its signature, or None for what has no signature: a dataclass, a property."""
        value = self.value
        if inspect.isclass(value):
            return None if is_dataclass(value) else value.__init__
        if isinstance(value, (staticmethod, classmethod)):
            return value.__func__
        return value if isinstance(value, FunctionType) else None

    @property
    def docstring(self) -> str:
        """The docstring, without the indentation of the code."""
        text = inspect.getdoc(self.value) or ""
        if inspect.isclass(self.value) and self.function:  # what may go wrong when it is made
            made = inspect.getdoc(self.function) or ""
            return text + ("\n\n" + raises if (raises := section(made, "Raises")) else "")
        return text


def at_top(*names: str) -> list[tuple[str, Any]]:
    """Names that `siamese` gives."""
    return [(f"siamese.{name}", getattr(siamese, name)) for name in names]


def of(module: ModuleType, *names: str) -> list[tuple[str, Any]]:
    """Names of a module below."""
    return [(f"{module.__name__}.{name}", getattr(module, name)) for name in names]


SECTIONS: dict[str, list[tuple[str, Any]]] = {
    "Comparing two digits": at_top("Verifier", "Verification"),
    "Drawings and pictures": at_top("from_drawing", "from_picture", "from_upload", "Picture", "FoundDigit"),
    "Recognition from a few examples": [*at_top("rank", "Ranking"), *of(few_shot, "Candidate")],
    "An encoder of your own": [*at_top("evaluate_encoder", "EncoderEvaluation"), *of(encoders, "SplitEvaluation")],
    "All pairs, counted": [
        *of(histograms, "pair_histograms", "PairHistograms"),
        *of(rates, "pair_curves", "PairCurves", "accuracy_at", "accuracy_interval", "roc_auc", "equal_error_rate"),
        *of(thresholds, "best_threshold"),
        *of(accuracy, "accuracy_by_threshold"),
    ],
    "Digits": [
        *of(pens, "image", "images", "draw", "pen_width"),
        *of(strokes, "render"),
        *of(mnist, "load_mnist"),
    ],
}


def entries(section_name: str) -> Iterator[Entry]:
    """The names of a section, each class followed by its public methods and properties."""
    for name, value in SECTIONS[section_name]:
        yield Entry(name, value)
        if inspect.isclass(value):
            field_names = {field.name for field in fields(value)} if is_dataclass(value) else set()
            for member, what in vars(value).items():
                if not member.startswith("_") and member not in field_names:
                    yield Entry(f"{name}.{member}", what)


def every_entry() -> list[Entry]:
    """The names of all sections."""
    return [entry for name in SECTIONS for entry in entries(name)]


def named_errors() -> list[type[Exception]]:
    """The classes of siamese/errors.py, in its order."""
    return [value for value in vars(errors).values() if inspect.isclass(value) and value.__module__ == errors.__name__]


def signature(entry: Entry) -> str:
    """`(argument: type = default) -> type` as the code has it, without `self`; "" for what has none."""
    if entry.function is None:
        return ""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(entry.function))).body
    assert isinstance(node, ast.FunctionDef)
    given = node.args.args
    defaults = [None] * (len(given) - len(node.args.defaults)) + node.args.defaults
    arguments = [argument(*pair) for pair in zip(given, defaults) if pair[0].arg not in ("self", "cls")]
    if node.args.kwonlyargs:
        arguments += ["*", *(argument(*pair) for pair in zip(node.args.kwonlyargs, node.args.kw_defaults))]
    returns = f" -> {ast.unparse(node.returns)}" if node.returns and not inspect.isclass(entry.value) else ""
    line = f"({', '.join(arguments)}){returns}"
    return line if len(line) < 100 else "(\n    " + ",\n    ".join(arguments) + f",\n){returns}"


def argument(name: ast.arg, default: ast.expr | None) -> str:
    """`name: type = default`."""
    kind = f": {ast.unparse(name.annotation)}" if name.annotation else ""
    return name.arg + kind + (f" = {ast.unparse(default)}" if default else "")


def section(docstring: str, name: str) -> str:
    """The part of a docstring under `name:`, with this line; "" where there is none."""
    found = re.search(rf"^{name}:\n(?:(?: .*)?\n?)+", docstring, re.M)
    return found.group().rstrip() if found else ""


def markdown(entry: Entry) -> str:
    """The entry of one name: signature, text, arguments, errors, example."""
    short = entry.name.rpartition(".")[2]
    kind = "class " if inspect.isclass(entry.value) else ""
    depth = "####" if isinstance(entry.value, MEMBERS) or is_method(entry) else "###"
    parts = [f"{depth} `{entry.name}`"]
    if entry.function or kind:
        parts.append(f"```python\n{kind}{short}{signature(entry)}\n```")
    text = entry.docstring
    for name in ("Args", "Attributes", "Raises", "Example"):
        text = text.replace(section(text, name), "") if section(text, name) else text
    parts.append(text.strip())
    for name in ("Args", "Attributes", "Raises"):
        if found := section(entry.docstring, name):
            parts.append(f"{name if name != 'Args' else 'Arguments'}:\n\n{items(found, entry)}")
    parts.append(example(entry.docstring))
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(parts))


def is_method(entry: Entry) -> bool:
    """Whether the name is that of a class's function."""
    return isinstance(entry.value, FunctionType) and "." in entry.value.__qualname__


def items(text: str, entry: Entry) -> str:
    """The lines `name: what it is` of a section as a list; an attribute of a dataclass with its type."""
    types = {field.name: field.type for field in fields(entry.value)} if is_dataclass(entry.value) else {}
    lines = []
    for item in re.split(r"\n(?! )", textwrap.dedent(text.partition("\n")[2])):
        head, _, rest = " ".join(item.split()).partition(": ")
        names = head.split(", ")
        kind = f" ({types[names[0]]})" if names[0] in types else ""
        lines.append(f"- {', '.join(f'`{name}`' for name in names)}{kind}: {rest}")
    return "\n".join(lines)


def example(docstring: str) -> str:
    """The example of a docstring as a block of code."""
    return f"```pycon\n{textwrap.dedent(section(docstring, 'Example').partition(chr(10))[2])}\n```"


def errors_markdown() -> str:
    """The named errors as a table, and how they are caught."""
    text = inspect.getdoc(errors) or ""
    rows = []
    for error in named_errors():
        bases = ", ".join(f"`{base.__name__}`" for base in error.__bases__)
        rows.append(f"| `{error.__name__}` | {bases} | {inspect.getdoc(error)} |")
    intro = text.replace(section(text, "Example"), "").strip()
    return "\n\n".join([intro, example(text), "\n".join(["| error | is a | when |", "|---|---|---|", *rows])])


def page() -> str:
    """All of docs/api.md."""
    parts = [HEAD.strip()]
    for name in SECTIONS:
        parts += [f"## {name}", *(markdown(entry) for entry in entries(name))]
    parts += ["## Errors", "`siamese.errors`: " + errors_markdown()]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8", newline="\n")
