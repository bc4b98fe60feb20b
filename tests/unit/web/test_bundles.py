"""Parts are joined in the order of their imports, once, without comments; what cannot be joined is told."""

import gzip
from pathlib import Path

import pytest

from lms.web.bundles import BundleError, bundled

ROOT = Path(__file__).parents[3]
ALL_SCRIPTS = 25_000
"""Source: requirement U3."""


def published(folder: Path, **files: str) -> dict[str, str]:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_js", ".js").replace("_css", ".css")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {path.relative_to(folder).as_posix(): content.decode() for path, content in bundled(folder)}


def test_a_part_stands_before_what_uses_it_and_once(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        page_js='/* What it is. */\nimport { one } from "./parts/one.js";\nimport { two } from "./parts/two.js";\n\none(two);\n',
        parts__one_js='import {\n  two,\n} from "./two.js";\n\n/** Says. */\nexport function one() {\n  return two;\n}\n',
        parts__two_js="export const two = 2;\n",
    )
    assert found == {"page.js": "const two = 2;\nfunction one() {\nreturn two;\n}\none(two);\n"}


def test_a_line_that_begins_with_a_comment_stays(tmp_path: Path) -> None:
    cast = "/** @type {any} */ (one).two();\n/** Says. */\nconst three = 3;\n"
    assert published(tmp_path, page_js=cast) == {"page.js": "(one).two();\nconst three = 3;\n"}


def test_styles_are_joined_in_their_order(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        app_css='@import "./b.css";\n@import "./a.css";\nlast { top: 0 }\n',
        a_css='/* a\n   b */\na {\n  content: "/";\n}\n',
        b_css="b { top: 0 } /* after */\n",
    )
    assert found == {"app.css": 'b { top: 0 } a {\ncontent: "/";\n}\nlast { top: 0 }\n'}


def test_casts_and_comments_stay_at_home_and_strings_are_kept(tmp_path: Path) -> None:
    kept = 'const accept = "image/*"; const glob = "a/**/b"; const address = "https://x";\n'
    script = f"{kept}// why\nconst node = /** @type {{HTMLElement}} */ (find());\n  /* two\n     lines */\nuse(node);\n"
    assert published(tmp_path, a_js=script) == {"a.js": f"{kept}const node = (find());\nuse(node);\n"}


def test_other_files_pass_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_bytes(b"  <svg>\n\n<!-- x --></svg>")
    assert list(bundled(tmp_path)) == [(tmp_path / "a.svg", b"  <svg>\n\n<!-- x --></svg>")]
    assert list(bundled(tmp_path / "nothing")) == []


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ('import { gone } from "./gone.js";\n', "gone.js"),
        ('import { out } from "../../out.js";\n', "out.js"),
        ('import everything from "./part.js";\n', "import everything"),
        ('import * as part from "./part.js";\n', "import * as part"),
        ('import { some } from "library";\n', "library"),
        ('import "./page.js";\n', "page.js"),
        ('import { round } from "./round.js";\n', "both need"),
        ("export default 1;\n", "export default"),
        ('export { same } from "./part.js";\n', "export { same }"),
        ('import { same } from "./part.js";\nconst same2 = same;\nconst same = 1;\n', "same"),
        ("const text = `over\n  lines`;\n", "over"),
    ],
)
def test_what_cannot_be_joined_is_told(tmp_path: Path, script: str, word: str) -> None:
    with pytest.raises(BundleError, match=rf"page\.js.*{word.replace('*', '.')}"):
        published(
            tmp_path,
            page_js=script,
            part_js="export const same = 1;\n",
            round_js='import { page } from "./page.js";\nexport const round = page;\n',
        )


def test_scripts_together_are_light() -> None:
    scripts = [
        content
        for folder in [*ROOT.glob("lms/*/static"), *ROOT.glob("plugins/*/*/static")]
        for path, content in bundled(folder)
        if path.suffix == ".js"
    ]
    assert len(scripts) >= 4
    assert sum(len(gzip.compress(script)) for script in scripts) <= ALL_SCRIPTS
