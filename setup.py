"""What `pyproject.toml` has no words for: beside the packages that are found, the folder `assets/` becomes one."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["siamese", "siamese.*"]), "siamese.assets"])
