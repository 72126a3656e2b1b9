"""What the project is made of: pinned, safely configured, without secrets."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.conftest import ROOT

REQUIREMENTS = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.txt", "requirements-test.txt")
}
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30}|xox[abp]-\w{10}|"
    r"(?i:api[_-]?key|secret|password|token)\s*[:=]\s*['\"][^'\"\s]{12,}['\"]"
)


def tracked() -> list[str]:
    """The files of the repository."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return done.stdout.splitlines()


def named() -> set[str]:
    """The names of all requirements."""
    lines = [line.split("#")[0].strip() for text in REQUIREMENTS.values() for line in text.splitlines()]
    return {re.split("[><=]", line)[0] for line in lines if line and not line.startswith("-r")}


@pytest.mark.parametrize("file", REQUIREMENTS)
def test_every_requirement_has_a_lower_and_an_upper_bound(file):
    """`name>=1.2,<2`: no release that nobody has tried comes in by itself."""
    for line in REQUIREMENTS[file].splitlines():
        if line and not line.startswith(("#", "-r")):
            assert re.fullmatch(r"[a-z0-9-]+>=\d+(\.\d+)*,<\d+(\.\d+)*", line), line


def test_whatever_is_imported_is_required():
    """Nothing is used that only happens to come along with something else."""
    standard, ours = sys.stdlib_module_names, {"siamese", "tests", "benchmarks", "app"}
    names = named()
    known = packages_distributions()
    for path in (*(ROOT / "siamese").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "app.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            for module in {module.split(".")[0] for module in modules} - standard - ours:
                owners = {owner.lower().replace("_", "-") for owner in known.get(module, [module])}
                # `google` is protobuf's, which Streamlit's protocol is made of.
                assert owners & (names | {"protobuf"}), f"{path.name} imports {module}"


def test_workflows_may_only_read():
    """What runs on GitHub can change nothing there, keeps no credentials, ends, and comes from a named version."""
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    assert workflows
    for path in workflows:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"permissions:\n(.*\n)", text) == ["  contents: read\n"], path.name
        assert text.count("timeout-minutes:") == text.count("runs-on:"), path.name
        assert text.count("persist-credentials: false") == text.count("uses: actions/checkout@"), path.name
        assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in re.findall(r"uses: (\S+)", text)), (
            path.name
        )


def test_streamlit_is_configured_safely():
    """Protection against forged requests, limits to what a client may send, no statistics to anyone, no tracebacks."""
    server = CONFIG["server"]
    assert server["enableXsrfProtection"] is True
    assert server["enableCORS"] is True
    assert server["maxUploadSize"] <= 20
    assert server["maxMessageSize"] <= 50
    assert server["maxWidgetStateSize"] <= 10
    assert not {"enableStaticServing", "enableAgentApi", "trustedUserHeaders"} & set(server)
    assert CONFIG["browser"]["gatherUsageStats"] is False
    # Without an address of its own Streamlit asks a server on the Internet for this machine's at each start.
    assert CONFIG["browser"]["serverAddress"] == "localhost"
    assert CONFIG["client"]["showErrorDetails"] == "none"


def test_no_secret_and_no_image_of_mnist_is_in_the_repository():
    """No keys, tokens or passwords, no pickles, no copy of MNIST, no environment."""
    for name in tracked():
        assert not re.search(r"(^|/)(secrets\.toml|\.env|mnist\.npz)$|\.(pem|key|pkl|pickle|joblib|h5)$", name), name
        path = ROOT / name
        if path.suffix in (".py", ".toml", ".md", ".txt", ".json", ".yml", ".yaml", ".cfg", ".sh", ""):
            assert not SECRET.search(path.read_text(encoding="utf-8", errors="replace")), name


def test_the_search_for_secrets_finds_one():
    """What the test above looks for is found where it is."""
    assert SECRET.search('API_KEY = "' + "0123456789abcdef" + '"')
    assert SECRET.search("ghp_" + "a" * 36)
