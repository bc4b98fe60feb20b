"""Markdown of material: whatever stands in it, the page gets harmless HTML."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.platform.markdown import render

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[klik](javascript:alert(1))",
    "[klik](JaVaScRiPt:alert(1))",
    "[klik](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    '![x](a.png "\\" onload=\\"alert(1)")',
    "<svg/onload=alert(1)>",
    "<iframe src=//jahat.example></iframe>",
    "<a href='https://x' style='position:fixed'>x</a>",
    "<form action=//jahat.example><input name=password></form>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<details open ontoggle=alert(1)>",
    "```\n</code></pre><script>alert(1)</script>\n```",
]
TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
FRAME = ("div", {"class": "scroll", "role": "group", "tabindex": "0", "aria-label": "Tabel"})
"""In which a wide table moves: ours, never the writer's."""
ATTRIBUTES = {"href", "title", "rel", "src", "alt", "loading", "start"}


class _Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def _is_harmless(html: str) -> bool:
    reader = _Reader()
    reader.feed(html)
    for tag, attributes in reader.found:
        if (tag, attributes) == FRAME:
            continue
        if tag not in TAGS or not set(attributes) <= ATTRIBUTES:
            return False
        for name in ("href", "src"):
            address = attributes.get(name) or ""
            if ":" in address and not address.startswith("https:"):
                return False
    return True


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_becomes_text(text: str) -> None:
    assert _is_harmless(render(text, lambda name: f"/materi/gambar/x/{name}"))


@given(
    st.lists(
        st.sampled_from([*ATTACKS, "**a**", "\n\n", "`", "](", "![", "<", ">", '"', "| a | b |\n|---|---|\n"])
    )
)
def test_any_mixture_is_harmless(parts: list[str]) -> None:
    assert _is_harmless(render("".join(parts), lambda name: f"/materi/gambar/x/{name}"))
