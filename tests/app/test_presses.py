"""What was pressed is carried out, though another run is asked for in the same moment."""

from __future__ import annotations

import tomllib

import pytest

from tests.app import upstream
from tests.conftest import ROOT

FAULT = "A press is lost when another run is asked for"
INSTALL = "from siamese.app.patches import presses; presses.install()"
#: As .streamlit/config.toml has it: the script starts its server without that file.
SLOWLY = "from streamlit import config; config.set_option('runner.fastReruns', False)"


def test_no_press_is_lost(tmp_path):
    """Each of five presses is carried out, and the run that was asked for next shows it."""
    assert upstream.run(FAULT, tmp_path, before=f"{INSTALL}\n{SLOWLY}").endswith("of 5 presses 0 were lost")


def test_the_server_joins_what_waits():
    """What the patch rests on is set where the app's server finds it."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["runner"]["fastReruns"] is False


@pytest.mark.parametrize("before", ["", SLOWLY], ids=["by default", "where runs are joined"])
def test_streamlit_still_needs_it(tmp_path, before):
    """Untaught, presses are lost; once none is, `presses` can go, and this says so."""
    said = upstream.run(FAULT, tmp_path, before=before)
    if said.endswith("of 5 presses 0 were lost"):
        pytest.skip(f"{said}: siamese/app/patches/presses and its report in docs/upstream.md can go")
    assert "were lost" in said
