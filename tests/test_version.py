"""The version stands in one place and shows in all others."""

import re
from importlib import metadata
from pathlib import Path

import pytest

import flipshift
from flipshift import _backend


def test_version_is_that_of_the_metadata():
    assert flipshift.__version__ == metadata.version("flipshift")


def test_version_is_that_of_the_project():
    project = Path(__file__).parents[1] / "pyproject.toml"
    found = re.search(r'^version = "(.+)"$', project.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, "pyproject.toml has no version"
    assert flipshift.__version__ == found[1]


@pytest.mark.skipif(_backend.name != "native", reason="the NumPy backend has no native core")
def test_version_is_that_of_the_native_core():
    assert _backend.core.__version__ == flipshift.__version__


def test_show_config(capsys):
    config = flipshift.show_config("dicts")
    assert config["version"] == flipshift.__version__
    assert config["backend"] == _backend.name
    assert (config["isa"] is None) == (_backend.name == "numpy")
    assert flipshift.show_config() is None
    printed = capsys.readouterr().out
    assert flipshift.__version__ in printed
    assert config["numpy"] in printed
    with pytest.raises(ValueError, match="mode must be 'stdout' or 'dicts'"):
        flipshift.show_config("other")


@pytest.mark.parametrize("module", ["", ".fft", ".signal", ".linalg"])
def test_all_names_exist_and_have_documentation(module):
    import importlib

    m = importlib.import_module("flipshift" + module)
    assert len(set(m.__all__)) == len(m.__all__)
    for name in m.__all__:
        assert getattr(m, name).__doc__ or name == "__version__", name


@pytest.mark.parametrize("name", _backend.PRIMITIVES)
def test_both_backends_have_every_primitive(name):
    from flipshift import _numpy

    assert callable(getattr(_numpy, name))
    assert callable(getattr(_backend.core, name))
