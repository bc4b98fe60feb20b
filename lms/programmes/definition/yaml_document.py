"""The definition as YAML: read with line numbers for every fault, written for people."""

import re
from collections.abc import Iterable
from typing import Any

import yaml

from lms.contract.characters import has_controls
from lms.contract.sections import ProgrammeSection
from lms.contract.text import Text, message
from lms.programmes.definition.document import Definition, dump, parse
from lms.programmes.definition.errors import DefinitionFault, Path

LONGEST = 200_000
"""Characters of a document; a programme of six stages has about 15,000."""


def load_yaml(text: str, sections: Iterable[ProgrammeSection] = ()) -> Definition:
    """A definition from YAML; raises DefinitionFault, each fault with its line. ``sections`` as ``parse`` takes them."""
    values = _values(text)
    try:
        return parse(values, sections)
    except DefinitionFault as fault:
        raise located(_first(fault), text) from None


def dump_yaml(definition: Definition) -> str:
    """The definition as YAML; ``load_yaml(dump_yaml(d)) == d``."""
    return yaml.dump(dump(definition), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110)


def located(fault: DefinitionFault, text: str) -> DefinitionFault:
    """The same fault with ``baris 12: `` in front of each sentence whose place is known."""
    root = _compose(text)
    if root is None:
        return fault
    lines = [_line(root, path) if path else 0 for path in fault.paths]
    sentences = [
        message("baris %(line)s: %(sentence)s", line=line, sentence=sentence) if line else sentence
        for line, sentence in zip(lines, fault.faults, strict=True)
    ]
    return DefinitionFault(sentences, fault.paths)


def _first(fault: DefinitionFault) -> DefinitionFault:
    """The first faults, and how many more there are: nobody mends a thousand at once."""
    more = len(fault.faults) - MOST_FAULTS
    if more <= 0:
        return fault
    sentences = [
        *fault.faults[:MOST_FAULTS],
        message("dan %(more)s kesalahan lain; betulkan dulu yang di atas", more=more),
    ]
    return DefinitionFault(sentences, [*fault.paths[:MOST_FAULTS], ()])


_NO_YAML: Text = message("bukan YAML yang benar")
MOST_NODES = 4000
"""Keys, values and lists of a document: eight times what the demonstration's programme has. 40,000 took 12 seconds."""
MOST_FAULTS = 50
DEEPEST = 12
"""Levels of a document; a programme has six."""


class _Refused(yaml.MarkedYAMLError):
    """What YAML allows and a programme does not."""

    def __init__(self, text: Text, mark: yaml.Mark) -> None:
        super().__init__(problem_mark=mark)
        self.text = text


class _Plain(yaml.SafeDumper):
    """Writes what ``_Strict`` reads, without quotes around ``no``."""


class _Strict(yaml.SafeLoader):
    """Knows ``true`` and ``false`` only as booleans: ``no`` is the number of a stage.

    Refuses aliases (a few of them can unfold to gigabytes) and keys that stand twice.
    """

    depth = 0
    nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.depth += 1
        self.nodes += 1
        try:
            if self.depth > DEEPEST:
                raise yaml.YAMLError
            if self.nodes > MOST_NODES:
                mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
                raise _Refused(
                    message("berkas terlalu banyak isinya (paling banyak %(most)s)", most=MOST_NODES), mark
                )
            return self._composed(parent, index)
        finally:
            self.depth -= 1

    def _composed(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise _Refused(message("rujukan (*) tidak dipakai di pengaturan program"), event.start_mark)
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.ScalarNode) and has_controls(
            node.value
        ):  # written as "\\x07"; no paper takes it
            raise _Refused(message("memuat tanda yang tidak dapat disimpan"), node.start_mark)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if str(key.value) in seen:
                raise _Refused(message("%(key)s tertulis dua kali", key=str(key.value)), key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


for _dialect in (_Strict, _Plain):
    _dialect.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    _dialect.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def _values(text: str) -> Any:
    if len(text) > LONGEST:
        raise DefinitionFault(
            [message("berkas terlalu panjang (paling banyak %(most)s huruf)", most=LONGEST)]
        )
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - a SafeLoader that refuses more
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        why = error.text if isinstance(error, _Refused) else _NO_YAML
        if mark:
            why = message(
                "baris %(line)s, kolom %(column)s: %(why)s",
                line=mark.line + 1,
                column=mark.column + 1,
                why=why,
            )
        raise DefinitionFault([why]) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        # a character that YAML forbids, an impossible date such as 2020-02-31, brackets without end
        raise DefinitionFault([_NO_YAML]) from None


def _compose(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=_Strict)
    except (yaml.YAMLError, RecursionError):
        return None


def _line(node: yaml.Node, path: Path) -> int:
    """The line, from 1, of the deepest part of ``path`` that is written down."""
    line = node.start_mark.line + 1
    for step in path:
        found = _child(node, step)
        if found is None:
            return line
        key, node = found
        line = key.start_mark.line + 1
    return line


def _child(node: yaml.Node, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step], node.value[step]
    return None
