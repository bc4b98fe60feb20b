"""Examples in the documentation run, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])


@pytest.mark.parametrize("number", range(5))
def test_each_python_example_of_the_plugin_guide_runs(number: int) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/plugins.md").read_text(), flags=re.DOTALL)
    assert len(blocks) == 5
    exec(compile(blocks[number], f"docs/plugins.md block {number}", "exec"), {})


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(guide: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", guide.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (guide.parent / target).exists()]
    assert missing == []
