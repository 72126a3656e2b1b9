"""Programs that some tests need beside Python."""

from __future__ import annotations

import os
import shutil

import pytest


def require(*commands: str, package: str) -> None:
    """Skip where a program is missing; under CI that fails."""
    missing = [command for command in commands if shutil.which(command) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI must run all tests: install {package}")
    if missing:
        pytest.skip(f"needs {', '.join(missing)} (apt install {package})")
