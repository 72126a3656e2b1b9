"""What `pyproject.toml` has no words for.

Beside the packages that are found, `assets/` and its folders become some. Streamlit's script and its settings, which
Streamlit Community Cloud wants at the top of the project, come along as they stand there.
"""

import shutil
from pathlib import Path

from setuptools import find_namespace_packages, find_packages, setup
from setuptools.command.build_py import build_py

ENTRY = ("app.py", ".streamlit/config.toml")  # in a wheel: in siamese/entry/, see siamese/cli/app.py


class BuildWithEntry(build_py):
    def run(self):
        super().run()
        if not self.editable_mode:
            for name in ENTRY:
                target = Path(self.build_lib, "siamese", "entry", name)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(name, target)

    def get_source_files(self):  # what a source distribution holds
        return [*super().get_source_files(), *ENTRY]


setup(
    packages=[
        *find_packages(include=["siamese", "siamese.*"]),
        "siamese.assets",
        *(f"siamese.assets.{folder}" for folder in find_namespace_packages("assets")),
    ],
    cmdclass={"build_py": BuildWithEntry},
)
