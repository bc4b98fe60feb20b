"""What documents bring: templates, pictures, personal data, what is forgotten. Pages are added by plugins (``views/pages.py``)."""

from lms.documents.kept_pictures import kept_pictures
from lms.documents.personal import export_person, forget_person
from lms.documents.retention import RETENTION
from lms.documents.views import bp
from lms.platform.core import Core


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.blueprints.append(bp)
    core.retention += RETENTION
    core.kept_in_content.append(kept_pictures)
    core.person_exports["documents"] = export_person
    core.person_erasures.append(forget_person)
