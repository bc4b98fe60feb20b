"""Who acts, in which role, where."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The hats of requirement F1. A person may wear several at once."""

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
    """One hat: ``role`` in a school, or for a whole agency when ``school_id`` is None.

    ``programme_id`` None means every programme of the place.
    """

    role: Role
    agency_id: int
    school_id: int | None = None
    programme_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person with the grants valid now; ``session_id`` names the sign-in."""

    person_id: int
    full_name: str
    locale: str
    grants: tuple[Grant, ...]
    session_id: int

    def has(self, *roles: Role) -> bool:
        """Whether one of ``roles`` is among the actor's hats, anywhere."""
        return any(grant.role in roles for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands, for authorisation: whose, which school, which programme, which agency.

    None means the object has no such side (a whole programme has no school).
    """

    agency_id: int | None = None
    school_id: int | None = None
    programme_id: int | None = None
    person_id: int | None = None
    draft: bool = False
    """In a programme that has not been started: only an admin's hat counts there."""


class Reach(StrEnum):
    """How far a role's permission reaches."""

    OWN = "own"  # the person's own objects
    SCHOOL = "school"  # objects of the school in which the role is held
    ASSIGNED = "assigned"  # schools the role is granted for (facilitator, supervisor, grader)
    AGENCY = "agency"  # everything of the agency
    MEMBER = "member"  # what an agency has for everybody who wears a hat there: its material
    ANY = "any"  # things that belong to nobody


@dataclass(frozen=True, slots=True)
class Permission:
    """``action`` (``<domain>.<verb>``) and how far each role reaches with it.

    Raises ValueError for a grader who reaches a whole agency: graders are assigned school by
    school, since nobody grades where he coaches or works (permission_matrix.csv).
    """

    action: str
    doc: str
    reach: tuple[tuple[Role, Reach], ...]

    def __post_init__(self) -> None:
        if (Role.GRADER, Reach.AGENCY) in self.reach:
            raise ValueError(f"{self.action}: a grader reaches assigned schools, not a whole agency")
