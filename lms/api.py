"""Public interface for plugins. A plugin imports from here, and from ``lms.testing`` in its tests.

What is listed in ``__all__`` is kept stable within a major version of ``API_VERSION``; everything
else under ``lms`` may change without notice. Nothing inside ``lms`` imports this module.
"""

from typing import TYPE_CHECKING

from lms.assessment.api import LoadedItem, Quiz, quiz_items, quiz_responses, quizzes_of_programme
from lms.completion.api import rule_params
from lms.contract import version_1
from lms.contract.actors import Actor, Grant, Permission, Place, Reach, Role
from lms.contract.documents import (
    DocumentContent,
    DocumentField,
    DocumentKind,
    DocumentOption,
    DocumentPart,
    DocumentPermissions,
    DocumentPicture,
    DocumentRow,
    DocumentState,
    DocumentTable,
    DocumentType,
    FieldKind,
    ReviewDecision,
)
from lms.contract.errors import Conflict, Forbidden, ImbasError, Invalid, NotFound, TooLarge
from lms.contract.events import EventHandler, EventType, Fact, Task
from lms.contract.hookspecs import hookimpl
from lms.contract.items import (
    Answer,
    Bloom,
    Body,
    ItemSpec,
    ItemType,
    Key,
    QuizSpec,
    ReviewLine,
    ReviewMark,
    Score,
)
from lms.contract.modules import (
    CompletionRule,
    Deliverable,
    Material,
    ModuleType,
    Phase,
    RuleResult,
    RuleSubject,
    Unit,
    WorkspacePage,
)
from lms.contract.numbers import comma, figure, percent, percentage, rounded
from lms.contract.parsing import parse_choice, parse_date, parse_decimal, parse_int, parse_local_time, whole
from lms.contract.plugin import (
    API_VERSION,
    Award,
    CertificateLine,
    Link,
    OfflinePage,
    Panel,
    Plugin,
    Report,
    StorySchool,
    ToDo,
)
from lms.contract.rubrics import Band, Criterion, Rubric, ScaleKind
from lms.contract.sections import ProgrammeOutline, ProgrammeSection, SectionFault, StageOutline
from lms.contract.text import (
    Joined,
    Localized,
    Number,
    Percent,
    Text,
    by_language,
    verbatim,
)
from lms.contract.typed_fields import Day, FieldFault, FieldLabel, Moment, TypedFields
from lms.documents.api import (
    DocumentLine,
    contents_of,
    create_document,
    document_of_school,
    documents_of,
    find_document,
    latest_reviews,
    load_documents,
    own_documents,
    place_of_document,
    remove_row,
    review_document,
    save_part,
    submit_document,
    waiting_counts,
)
from lms.documents.api import held as hold_document
from lms.documents.api import missing as missing_in_document
from lms.documents.views.links import work_links
from lms.documents.views.pages import add_document_pages
from lms.documents.views.shared import written_parts
from lms.evidence.adoption import adopt_deliverable, adopt_rubric
from lms.evidence.form_files import drop_files, files_by_id
from lms.evidence.models import FormFile
from lms.evidence.rubric_outcomes import CriterionOutcome, criterion_outcomes
from lms.evidence.rubric_scoring import NOT_APPLICABLE, Verdict
from lms.evidence.rubric_scoring import parse as parse_rubric
from lms.evidence.rubric_scoring import verdict as rubric_verdict
from lms.evidence.views.file_field import FileField, SentFiles, keep_files, serve_kept
from lms.modules.api import (
    PersonAt,
    ProgrammeCard,
    SchoolChoice,
    StageCard,
    Workplace,
    people_at,
    place_of_placement,
    place_of_workplace,
    programme_card,
    schools_of,
    workplace,
)
from lms.modules.views.school_picker import school_choice
from lms.people.api import names, notify, plugin_settings, signers, withdraw
from lms.platform.audit import record
from lms.platform.clock import now
from lms.platform.content import load_deliverables, load_quiz, load_rubrics
from lms.platform.db import Base, Exact, UtcDateTime, db, enum_type
from lms.platform.isolated import run_isolated
from lms.platform.long_lists import among
from lms.platform.outbox import emit
from lms.platform.plugins import registry
from lms.platform.storage import storage
from lms.platform.transaction import write
from lms.platform.versions import compare_and_set
from lms.programmes.api import adopt_section, place_of_programme, programme_section
from lms.web.charts import LineChart, line_chart
from lms.web.form import Form, saved
from lms.web.i18n import Translator, format_date, locale
from lms.web.offline_commands import offline_command, offline_page
from lms.web.paging import page_number
from lms.web.papers import pdf_of, send_paper
from lms.web.routing import SIGNED_IN, command, current_actor, export, may, page, public

__all__ = [
    "API_VERSION",
    "NOT_APPLICABLE",
    "SIGNED_IN",
    "Actor",
    "Answer",
    "Award",
    "Band",
    "Base",
    "Bloom",
    "Body",
    "CertificateLine",
    "CompletionRule",
    "Conflict",
    "Criterion",
    "CriterionOutcome",
    "Day",
    "Deliverable",
    "DocumentContent",
    "DocumentField",
    "DocumentKind",
    "DocumentLine",
    "DocumentOption",
    "DocumentPart",
    "DocumentPermissions",
    "DocumentPicture",
    "DocumentRow",
    "DocumentState",
    "DocumentTable",
    "DocumentType",
    "EventHandler",
    "EventType",
    "Exact",
    "Fact",
    "FieldFault",
    "FieldKind",
    "FieldLabel",
    "FileField",
    "Forbidden",
    "Form",
    "FormFile",
    "Grant",
    "ImbasError",
    "Invalid",
    "ItemSpec",
    "ItemType",
    "Joined",
    "Key",
    "LineChart",
    "Link",
    "LoadedItem",
    "Localized",
    "Material",
    "ModuleType",
    "Moment",
    "NotFound",
    "Number",
    "OfflinePage",
    "Panel",
    "Percent",
    "Permission",
    "PersonAt",
    "Phase",
    "Place",
    "Plugin",
    "ProgrammeCard",
    "ProgrammeOutline",
    "ProgrammeSection",
    "Quiz",
    "QuizSpec",
    "Reach",
    "Report",
    "ReviewDecision",
    "ReviewLine",
    "ReviewMark",
    "Role",
    "Rubric",
    "RuleResult",
    "RuleSubject",
    "ScaleKind",
    "SchoolChoice",
    "Score",
    "SectionFault",
    "SentFiles",
    "StageCard",
    "StageOutline",
    "StorySchool",
    "Task",
    "Text",
    "ToDo",
    "TooLarge",
    "Translator",
    "TypedFields",
    "Unit",
    "UtcDateTime",
    "Verdict",
    "Workplace",
    "WorkspacePage",
    "add_document_pages",
    "adopt_deliverable",
    "adopt_rubric",
    "adopt_section",
    "among",
    "by_language",
    "comma",
    "command",
    "compare_and_set",
    "contents_of",
    "create_document",
    "criterion_outcomes",
    "current_actor",
    "db",
    "document_of_school",
    "documents_of",
    "drop_files",
    "emit",
    "enum_type",
    "export",
    "figure",
    "files_by_id",
    "find_document",
    "format_date",
    "hold_document",
    "hookimpl",
    "keep_files",
    "latest_reviews",
    "line_chart",
    "load_deliverables",
    "load_documents",
    "load_quiz",
    "load_rubrics",
    "locale",
    "may",
    "missing_in_document",
    "names",
    "notify",
    "now",
    "offline_command",
    "offline_page",
    "own_documents",
    "page",
    "page_number",
    "parse_choice",
    "parse_date",
    "parse_decimal",
    "parse_int",
    "parse_local_time",
    "parse_rubric",
    "pdf_of",
    "people_at",
    "percent",
    "percentage",
    "place_of_document",
    "place_of_placement",
    "place_of_programme",
    "place_of_workplace",
    "plugin_settings",
    "programme_card",
    "programme_section",
    "public",
    "quiz_items",
    "quiz_responses",
    "quizzes_of_programme",
    "record",
    "registry",
    "remove_row",
    "review_document",
    "rounded",
    "rubric_verdict",
    "rule_params",
    "run_isolated",
    "save_part",
    "saved",
    "school_choice",
    "schools_of",
    "send_paper",
    "serve_kept",
    "signers",
    "storage",
    "submit_document",
    "verbatim",
    "waiting_counts",
    "whole",
    "withdraw",
    "work_links",
    "workplace",
    "write",
    "written_parts",
]

if not TYPE_CHECKING:  # a type checker tells an author more than a stand-in would

    def __getattr__(name: str) -> type:
        """A plugin of version 1 can be imported, so that all that it must change is told at once."""
        if name in version_1.GONE:
            return version_1.OldValue
        if name in version_1.RENAMED:
            raise ImportError(
                f"{name} of version 1 is called {version_1.RENAMED[name]} now; see UPGRADING.md"
            )
        raise AttributeError(f"lms.api has no {name!r}; docs/plugins.md says what a plugin may use")
