"""Sphinx: `nox -s docs`, or sphinx-build -W docs build/docs and the same with -b doctest."""

import flipshift

project = "flipshift"
author = "the flipshift developers"
copyright = author
version = release = flipshift.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
]
myst_heading_anchors = 3
exclude_patterns = ["build"]
# Those of the API have tests of their own.
doctest_test_doctest_blocks = ""
autodoc_member_order = "alphabetical"
autodoc_typehints = "none"  # the docstrings say more
numpydoc_show_class_members = False

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_title = f"flipshift {release}"
html_show_copyright = False
html_show_sphinx = False
