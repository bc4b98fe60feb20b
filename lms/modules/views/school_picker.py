"""The first page of a module's workspace: one's only school at once, or the schools to choose from."""

from lms.modules.school_context import SchoolChoice, schools_of
from lms.platform.db import db
from lms.web.paging import page_number
from lms.web.routing import current_actor


def school_choice(placement_id: int, permission: str) -> SchoolChoice:
    """The schools of the module's programme where the reader has ``permission``, on the page that the address names."""
    return schools_of(
        db.session(),
        actor=current_actor(),
        permission=permission,
        placement_id=placement_id,
        page=page_number(),
    )
