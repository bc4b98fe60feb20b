"""The text of a placed module, cut into sections."""

from functools import lru_cache

from lms.contract.modules import Material, ModuleType
from lms.modules.models import ModulePlacement
from lms.platform.markdown import Section, sections
from lms.platform.plugins import registry


def module_of(placement: ModulePlacement) -> ModuleType | None:
    """What the plugin says about the module; None when the plugin is gone."""
    return registry().module_types.get(placement.module_key)


def sections_of(placement: ModulePlacement) -> tuple[Section, ...]:
    """The module's text, rendered once; empty when the plugin is gone, or brings no text."""
    module = module_of(placement)
    if module is None or module.material is None:
        return ()
    return _rendered(module.material, f"/materi/gambar/{module.key}")


@lru_cache(maxsize=64)
def _rendered(material: Material, picture_url: str) -> tuple[Section, ...]:
    return sections(material.markdown.read_text(encoding="utf-8"), lambda name: f"{picture_url}/{name}")
