"""The first page of a module's workspace: one's only school at once, or the schools to choose from."""

from dataclasses import dataclass

from lms.contract.paging import PAGE
from lms.modules.school_context import Workplace, workplaces_of_placement
from lms.platform.db import db
from lms.web.paging import page_number
from lms.web.routing import current_actor, may


@dataclass(frozen=True, slots=True)
class SchoolChoice:
    """A page of the schools that the reader may see; ``only`` is set when there is nothing to choose."""

    schools: tuple[Workplace, ...]
    number: int
    has_more: bool

    @property
    def only(self) -> Workplace | None:
        """The one school, when the reader sees no other."""
        alone = len(self.schools) == 1 and self.number == 1 and not self.has_more
        return self.schools[0] if alone else None


def school_choice(placement_id: int, permission: str) -> SchoolChoice:
    """The schools of the module's programme where the reader has ``permission``."""
    grants, number = current_actor().grants, page_number()
    everywhere = any(grant.school_id is None for grant in grants)
    found = workplaces_of_placement(
        db.session(),
        placement_id=placement_id,
        school_ids=None if everywhere else {grant.school_id for grant in grants if grant.school_id},
        limit=PAGE + 1,
        offset=(number - 1) * PAGE,
    )
    seen = tuple(entry for entry in found[:PAGE] if may(permission, entry.place))
    return SchoolChoice(seen, number, has_more=len(found) > PAGE)
