"""Who acts, in which role, where."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of requirement F1. A person may hold several at once."""

    TEACHER = "teacher"
    QUALITY_TEAM = "quality_team"
    HEADMASTER = "headmaster"
    OPERATOR = "operator"
    FACILITATOR = "facilitator"
    SUPERVISOR = "supervisor"
    GRADER = "grader"
    ADMIN = "admin"
    AGENCY_HEAD = "agency_head"
    EDUCATION_OFFICE = "education_office"


SCHOOL_ROLES = frozenset({Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER, Role.OPERATOR})
AGENCY_ROLES = frozenset({Role.GRADER, Role.ADMIN, Role.AGENCY_HEAD})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role assignment: ``role`` in a school, or for a whole agency when ``school_id`` is None.

    ``programme_id`` None means every programme of the school or agency.
    """

    role: Role
    agency_id: int
    school_id: int | None = None
    programme_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person with the role assignments that are valid now.

    ``locale`` is the language of the person's pages, a code such as ``"id"``; ``session_id`` is the row of this sign-in.
    """

    person_id: int
    full_name: str
    locale: str
    grants: tuple[Grant, ...]
    session_id: int

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds one of ``roles``, in any school or agency."""
        return any(grant.role in roles for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands, for authorisation: its agency, school, programme and owner, each a row's id.

    None means that the object has no such side (a whole programme has no school).
    """

    agency_id: int | None = None
    school_id: int | None = None
    programme_id: int | None = None
    person_id: int | None = None
    closed: bool = False
    """In a programme that has ended: a command is refused there, unless its route says ``when_closed``."""
    draft: bool = False
    """In a programme that has not been started: only the role of an admin counts there."""


class Reach(StrEnum):
    """How far a role's permission reaches."""

    OWN = "own"  #: the person's own objects
    SCHOOL = "school"  #: objects of the school in which the role is held
    ASSIGNED = "assigned"  #: schools that the role is assigned to (facilitator, supervisor, grader)
    AGENCY = "agency"  #: everything of the agency
    MEMBER = "member"  #: what an agency has for everybody who holds a role there: its material
    ANY = "any"  #: things that belong to nobody


@dataclass(frozen=True, slots=True)
class Permission:
    """``action`` (``<domain>.<verb>``, a plugin's ``<plugin>.<verb>``), and how far each role reaches with it.

    ``doc`` is a sentence in English for lists of permissions. Raises ValueError for a grader who reaches a whole agency:
    graders are assigned school by school, since nobody grades where they coach or work (requirement K14).
    """

    action: str
    doc: str
    reach: tuple[tuple[Role, Reach], ...]

    def __post_init__(self) -> None:
        if (Role.GRADER, Reach.AGENCY) in self.reach:
            raise ValueError(f"{self.action}: a grader reaches assigned schools, not a whole agency")
