"""Scripts and styles in many files by subject, published as one file for each page that asks (decision 0026).

A script says ``import { name } from "./part.js";``, a style sheet ``@import "./part.css";``, which browsers
understand, too; here each part takes the place of its first import. Comments and indentation are removed to
save bytes. No other form of import or export is allowed, so a few patterns are enough.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

_IMPORT = {
    ".js": re.compile(r'^import (?:\{[^}]*\} from )?"(\.[\w./-]+\.js)";\n', re.MULTILINE),
    ".css": re.compile(r'^@import "(\.[\w./-]+\.css)";\n', re.MULTILINE),
}
_OTHER_IMPORT = re.compile(r"^(?:import|export|@import)\b.*", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function\b|const\b|let\b|class\b)", re.MULTILINE)
_DECLARED = re.compile(r"^(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)
_COMMENT = {
    ".js": re.compile(
        r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*\n|/\*\* @type [^\n]*?\*/ ?", re.MULTILINE | re.DOTALL
    ),
    ".css": re.compile(r"/\*.*?\*/\n?", re.DOTALL),
}
_BLANK = re.compile(r"^[ \t]+|^\n", re.MULTILINE)


class BundleError(ValueError):
    """A script or style sheet that cannot be joined; the message names the file and what to change."""


def bundled(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Each file of a folder with what it imports, in the order of their names.

    Files that another one imports are part of that and do not come by themselves.

    Raises:
        BundleError: an import that leads nowhere, out of the folder or in a circle, a form of import that browsers know and
            this does not, the same name declared in two files of one script, a template literal over lines.
    """
    found: dict[Path, bytes] = {}
    parts: set[Path] = set()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sources = {path: path.read_text("utf-8") for path in files if path.suffix in _IMPORT}
    for path in files:
        if path in sources:
            joined: dict[Path, str] = {}
            _join(path, sources, joined, above=())
            parts |= joined.keys() - {path}
            found[path] = _checked(path, "".join(joined.values())).encode()
        else:
            found[path] = path.read_bytes()
    yield from ((path, content) for path, content in found.items() if path not in parts)


def _join(path: Path, sources: dict[Path, str], joined: dict[Path, str], above: tuple[Path, ...]) -> None:
    """Add to ``joined`` what ``path`` imports and then itself, each file once; ``above`` are those that led here."""
    pattern = _IMPORT[path.suffix]
    for name in pattern.findall(sources[path]):
        part = Path(os.path.normpath(path.parent / name))
        if part not in sources:
            raise BundleError(f"{path}: {name} is no file of its folder")
        if part in (*above, path):
            raise BundleError(f"{path}: {name} imports this file, too: put what both need into a third one")
        if part not in joined:
            _join(part, sources, joined, (*above, path))
    own = _COMMENT[path.suffix].sub("", pattern.sub("", sources[path]))
    joined[path] = _EXPORT.sub("", own) if path.suffix == ".js" else own


def _checked(path: Path, text: str) -> str:
    """The joined text without indentation, when nothing in it would mean something else than in its files."""
    if other := _OTHER_IMPORT.search(text):
        raise BundleError(f'{path}: write `import {{ name }} from "./part.js";` instead of `{other[0]}`')
    if path.suffix == ".js":
        names = _DECLARED.findall(text)
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise BundleError(f"{path}: declared in two of its files: {', '.join(twice)}")
        if over := next((line for line in text.splitlines() if line.count("`") % 2), ""):
            raise BundleError(f"{path}: a template literal over several lines: {over.strip()}")
    return _BLANK.sub("", text)
