"""What is measured on an open page: size of targets, sideways scrolling, what axe finds."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

_TARGETS = """() => {
  const small = [];
  for (const node of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    const style = getComputedStyle(node);
    if (node.type === 'hidden' || node.tabIndex < 0 || style.visibility === 'hidden') continue;
    if (!node.getClientRects().length || node.classList.contains('skip')) continue;
    if (node.tagName === 'A' && style.display === 'inline') {
      const sentence = node.parentElement.textContent.replace(node.textContent, '').replace(/[\\s·,.]+/g, '');
      if (sentence) continue;  // a link in a sentence (WCAG 2.5.8, exception "inline")
    }
    let area = node;
    if (/^(checkbox|radio)$/.test(node.type)) area = node.closest('label') || node;
    if (getComputedStyle(node, '::after').position === 'absolute') {
      while (area.parentElement && getComputedStyle(area).position === 'static') area = area.parentElement;
    }
    const box = area.getBoundingClientRect();
    if (box.width < 43.5 || box.height < 43.5) {
      small.push(`${(node.textContent || node.name || '').trim().slice(0, 30)} ` +
                 `<${node.tagName.toLowerCase()}> ${Math.round(box.width)} x ${Math.round(box.height)}`);
    }
  }
  return small;
}"""
_SCROLL = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_AXE = """async tags => (await axe.run(document, {runOnly: tags, resultTypes: ['violations']})).violations
  .map(v => `${v.id}: ${v.nodes.slice(0, 2).map(n => n.html.slice(0, 110)).join(' | ')}`)"""


def small_targets(page: Page) -> list[str]:
    """What a thumb misses: less than 44 px in one direction."""
    found: list[str] = page.evaluate(_TARGETS)
    return found


def sideways(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    return int(page.evaluate(_SCROLL))


def axe(page: Page) -> list[str]:
    """What axe finds by WCAG 2.0 to 2.2, levels A and AA."""
    page.evaluate(AXE)  # through the debugger: the page's own policy allows no foreign script
    found: list[Any] = page.evaluate(_AXE, RULES)
    return found
