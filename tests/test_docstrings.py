"""The examples in the docstrings run and print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import flipshift

MODULES = ["flipshift"] + [
    m.name
    for m in pkgutil.walk_packages(flipshift.__path__, "flipshift.")
    if not m.name.endswith(("_core", "__main__"))
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as missing:
        pytest.skip(f"{name} needs {missing.name}, which is not installed")
    failed, _ = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


@pytest.mark.parametrize(
    "module",
    [flipshift, flipshift.fft, flipshift.signal, flipshift.ndimage, flipshift.linalg],
)
def test_every_public_function_has_an_example(module):
    for name in module.__all__:
        function = getattr(module, name)
        if callable(function):
            assert ">>> " in function.__doc__, name
