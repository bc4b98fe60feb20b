"""Links between documents lead somewhere, and the tree they draw is the tree."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(guide: Path) -> None:
    text = re.sub(
        r"(?ms)^```.*?^```|`[^`\n]*`", "", guide.read_text(encoding="utf-8")
    )  # examples lead nowhere
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing = [target for target in targets if "://" not in target and not (guide.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize(
    "guide", [ROOT / "README.md", ROOT / "docs" / "architecture.md"], ids=lambda path: path.name
)
def test_the_tree_that_is_drawn_is_the_tree(guide: Path) -> None:
    tree = re.findall(r"^lms/ .*?^```|^lms/$.*?^```", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)[0]
    drawn = re.findall(r"^  (\w+)/ ", tree, re.MULTILINE)
    packages = {path.parent.name for path in (ROOT / "lms").glob("*/__init__.py")}
    assert packages == set(drawn) - {"translations"}
    assert [name for name in re.findall(r"^(\w+)/ ", tree, re.MULTILINE) if not (ROOT / name).is_dir()] == []


def test_every_number_that_is_cited_is_explained() -> None:
    """``requirement K8``, ``requirements U1, U3``, ``requirement F6``: each has its row."""
    explained = set(
        re.findall(
            r"^\| <a id=\"\w+\"></a>(\w\d+) \|",
            (ROOT / "docs/requirements.md").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    cited: dict[str, Path] = {}
    for folder in ("lms", "plugins", "tests", "bench", "docs"):
        for path in [*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.md")]:
            text = path.read_text("utf-8")
            for number in re.findall(r"\b([KRU]\d{1,2})\b(?![-.])", text) + re.findall(
                r"requirement (F\d+)", text
            ):
                cited[number] = path
    assert len(cited) > 30
    assert {number: str(path) for number, path in cited.items() if number not in explained} == {}
