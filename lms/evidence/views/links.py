"""The workspace in which a product is written."""

from flask import url_for
from sqlalchemy.orm import Session

from lms.contract.plugin import Link
from lms.evidence.models import Assignment
from lms.modules import api as modules
from lms.programmes import api as programmes
from lms.web.i18n import locale
from lms.web.routing import may_open


def workspace_link(session: Session, due: Assignment) -> Link | None:
    """The workspace in which a product is written, by its own name; None without one that the reader may open."""
    module_key = due.deliverable_key.rpartition(".")[0]
    programme_id = programmes.get_stage(session, due.stage_id).programme_id
    placement = modules.placement_in(session, programme_id=programme_id, module_key=module_key)
    module = modules.module_of(placement) if placement else None
    if placement is None or module is None or module.home_endpoint is None:
        return None
    if not may_open(module.home_endpoint, placement_id=placement.id):
        return None
    name = (module.home_title or module.title).in_(locale())
    return Link(name, url_for(module.home_endpoint, placement_id=placement.id))
