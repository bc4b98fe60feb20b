"""What the templates of plugins name, looked up before anybody opens a page.

Templates are parsed, not rendered: what ``extends``, ``include``, ``import``, ``url_for``, ``may`` and filters name is
looked up where it is written as plain text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jinja2 import BaseLoader, Environment, TemplateSyntaxError, nodes

from lms.platform.plugin_validation.words import did_you_mean

Found = Iterator[tuple[int, str]]
"""Line and fault."""


@dataclass(slots=True)
class Names:
    """What a template may name."""

    environment: Environment
    templates: frozenset[str]
    endpoints: frozenset[str]
    actions: frozenset[str]
    _exported: dict[str, frozenset[str]] = field(default_factory=dict)

    def exported(self, template: str) -> frozenset[str]:
        """Macros and variables that another template can import from ``template``."""
        if template not in self._exported:
            assert self.environment.loader is not None
            source, _file, _fresh = self.environment.loader.get_source(self.environment, template)
            tree = self.environment.parse(source)
            macros = {node.name for node in tree.find_all(nodes.Macro)}
            stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
            self._exported[template] = frozenset(macros | stored)
        return self._exported[template]


def template_faults(owner: str, loader: BaseLoader, names: Names) -> Iterator[str]:
    """Every fault of a plugin's templates, each with the template and the line."""
    for template in sorted(loader.list_templates()):
        if not template.startswith(f"{owner}/"):
            yield f"template {template!r} must lie in the folder {owner + '/'!r}: all templates share their names"
            continue
        try:
            source, _file, _fresh = loader.get_source(names.environment, template)
            tree = names.environment.parse(source, template)
        except TemplateSyntaxError as error:
            yield f"template {template!r}, line {error.lineno}: {error.message}"
        except UnicodeDecodeError:
            yield f"template {template!r} is not written in UTF-8"
        else:
            for line, fault in (*_imports(tree, names), *_calls(owner, tree, names), *_filters(tree, names)):
                yield f"template {template!r}, line {line}: {fault}"


def _imports(tree: nodes.Template, names: Names) -> Found:
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        assert isinstance(node, nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport)
        wanted = _text(node.template)
        if not wanted or getattr(node, "ignore_missing", False):
            continue
        if wanted not in names.templates:
            yield node.lineno, f"there is no template {wanted!r}{did_you_mean(wanted, names.templates)}"
        elif isinstance(node, nodes.FromImport):
            offered = names.exported(wanted)
            for entry in node.names:
                macro = entry if isinstance(entry, str) else entry[0]
                if macro not in offered:
                    yield node.lineno, f"{wanted!r} has no {macro!r}{did_you_mean(macro, offered)}"


def _calls(owner: str, tree: nodes.Template, names: Names) -> Found:
    for node in tree.find_all(nodes.Call):
        function = node.node.name if isinstance(node.node, nodes.Name) else ""
        wanted = _text(node.args[0]) if node.args else ""
        if function == "url_for" and wanted:
            endpoint = f"{owner}{wanted}" if wanted.startswith(".") else wanted
            if endpoint not in names.endpoints:
                yield node.lineno, f"there is no page {endpoint!r}{did_you_mean(endpoint, names.endpoints)}"
        elif function == "may" and wanted and wanted not in names.actions:
            yield (
                node.lineno,
                f"nobody declares the permission {wanted!r}{did_you_mean(wanted, names.actions)}",
            )


def _filters(tree: nodes.Template, names: Names) -> Found:
    known = names.environment.filters
    for node in tree.find_all(nodes.Filter):
        if node.name not in known:
            yield node.lineno, f"there is no filter {node.name!r}{did_you_mean(node.name, known)}"


def _text(node: Any) -> str:
    """What is written as plain text, or nothing."""
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else ""
