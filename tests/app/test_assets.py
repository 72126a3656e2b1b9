"""The `.js`, `.css` and `.html` files of the app: complete, well-formed, in a wheel."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from siamese.app import assets, style
from siamese.charts.palette import DARK, LIGHT
from tests.conftest import ROOT

APP = ROOT / "siamese" / "app"
SCRIPTS = sorted(APP.rglob("*.js"))
SHEETS = sorted(APP.rglob("*.css"))


def name(path: Path) -> str:
    """A file's path within the app."""
    return path.relative_to(APP).as_posix()


def properties() -> set[str]:
    """The custom properties that a sheet of ours sets, or a page's markup or its script does."""
    texts = [path.read_text(encoding="utf-8") for path in (*SHEETS, *APP.rglob("*.py"))]
    return set(re.findall(r"(--[a-z-]+):", "\n".join([*texts, style.sheet(LIGHT)])))


@pytest.mark.parametrize("path", [*SCRIPTS, *SHEETS], ids=name)
def test_a_file_says_what_it_does_and_keeps_the_width(path):
    """A comment first; spaces, short lines and a line's end at the end, as `.editorconfig` has it."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("// " if path.suffix == ".js" else "/* ")
    assert text.endswith("\n")
    for line in text.splitlines():
        assert len(line) <= 120
        assert line == line.rstrip()
        assert "\t" not in line


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_is_a_module_with_one_function_that_streamlit_calls(path):
    """And it stands in a folder of its name, where `component` looks for it."""
    assert len(re.findall(r"^export default function \(", path.read_text(encoding="utf-8"), re.MULTILINE)) == 1
    assert path.stem == path.parent.name
    assert (path.parent / "__init__.py").is_file()


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_a_sheet_is_whole_and_refers_to_what_there_is(path):
    """Its braces match, and each custom property is the palette's, Streamlit's, or set in one of our files."""
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    depth = 0
    for brace in re.findall("[{}]", rules):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    used = {found for found in re.findall(r"var\((--[a-z-]+)", rules) if not found.startswith("--st-")}
    assert used <= properties()


def test_every_sheet_is_used():
    """By the style of all pages, by one page, or by the component whose folder it is in."""
    python = "\n".join(path.read_text(encoding="utf-8") for path in APP.rglob("*.py"))
    for path in SHEETS:
        assert re.search(rf"[\"']{path.stem}[\"']", python) or (path.parent / f"{path.stem}.js").is_file(), name(path)


def test_the_browser_gets_neither_comments_nor_indentation():
    """And a component's sheet keeps its line breaks: Streamlit would take it for the path of a file."""
    for path in SHEETS:
        package = ".".join(path.parent.relative_to(ROOT).parts)
        rules = assets.stylesheet(package, path.stem)
        assert not re.search(r"/\*|\n\s|\s\n", rules)
        assert "\n" in rules


def test_what_is_not_there_is_said():
    """A misspelt sheet fails; a component may have no HTML."""
    with pytest.raises(FileNotFoundError, match=r"siamese\.app\.style has no colours\.css"):
        style.rules("colours")
    assert assets.text("siamese.app.style", "style.html") is None


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_sheet_of_all_pages_has_the_palette_and_ends_with_the_systems_own_colours(palette):
    """What is given as more rules comes between the two."""
    sheet = style.sheet(palette, ".more {}")
    assert sheet.startswith(f"<style>.stApp{{--same:{palette.same};--different:{palette.different};")
    assert f"--on-primary:{palette.on_primary};" in sheet
    assert sheet.index(".verdict") < sheet.index(".more {}") < sheet.index("@media (forced-colors: active)")
    assert sheet.count("<") == 2, "only its own two tags: `st.html` would take another one for markup"


def test_a_wheel_holds_them():
    """Each kind of file that the app has beside its Python files is package data."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    kinds = {path.suffix for path in APP.rglob("*.*") if path.suffix not in (".py", ".pyc")}
    assert {f"**/*{kind}" for kind in kinds} <= set(settings["tool"]["setuptools"]["package-data"]["siamese"])
