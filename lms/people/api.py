"""Public interface of this domain: everything that other domains, plugins and the edge may use."""

from lms.people.access.authorisation_scope import place_in_school, place_of_person
from lms.people.access.authorise import WorkplaceColumns, reach, school_filter, workplace_filter
from lms.people.access.grants import grant_role, grants_of, people_with_role, revoke_role
from lms.people.access.role_labels import role_title
from lms.people.auth.accounts import (
    cards,
    change_username,
    close_account,
    get_account,
    new_one_time,
    person_by_username,
    reset_password,
    set_password,
)
from lms.people.auth.code_throttle import count_guess, refuse_guesser
from lms.people.auth.hashing import hash_password
from lms.people.auth.second_factor import confirm, new_totp_setup, recovery_codes_left, seals
from lms.people.auth.sessions import actor_of, list_sessions, load_signed_in, open_session, revoke
from lms.people.auth.usernames import add_account, suggest_username
from lms.people.directory.agencies import create_agency, get_agency, unclear_unit_codes
from lms.people.directory.identifiers import EmploymentStatus, spaced_nip
from lms.people.directory.models import CALENDAR, Agency, Person, RoleGrant, School
from lms.people.directory.names import display_name
from lms.people.directory.person_validation import PersonFields
from lms.people.directory.persons import (
    create_person,
    edit_person,
    get_person,
    names,
    people_of_school,
    persons_by_id,
)
from lms.people.directory.profile import edit_profile
from lms.people.directory.schools import (
    create_school,
    find_schools,
    get_school,
    school_by_npsn,
    schools_by_id,
)
from lms.people.directory.searching import person_or_school_has, school_has, search_words
from lms.people.directory.signing import Signers, signers
from lms.people.directory.spreadsheet import MAX_BYTES as MAX_TABLE_BYTES
from lms.people.directory.spreadsheet import Sheet, read_sheets
from lms.people.notices.notifying import notify, told, withdraw
from lms.people.plugin_settings.stored import plugin_settings
from lms.people.privacy.personal_data import export_person, forget_person

__all__ = [
    "CALENDAR",
    "MAX_TABLE_BYTES",
    "Agency",
    "EmploymentStatus",
    "Person",
    "PersonFields",
    "RoleGrant",
    "School",
    "Sheet",
    "Signers",
    "WorkplaceColumns",
    "actor_of",
    "add_account",
    "cards",
    "change_username",
    "close_account",
    "confirm",
    "count_guess",
    "create_agency",
    "create_person",
    "create_school",
    "display_name",
    "edit_person",
    "edit_profile",
    "export_person",
    "find_schools",
    "forget_person",
    "get_account",
    "get_agency",
    "get_person",
    "get_school",
    "grant_role",
    "grants_of",
    "hash_password",
    "list_sessions",
    "load_signed_in",
    "names",
    "new_one_time",
    "new_totp_setup",
    "notify",
    "open_session",
    "people_of_school",
    "people_with_role",
    "person_by_username",
    "person_or_school_has",
    "persons_by_id",
    "place_in_school",
    "place_of_person",
    "plugin_settings",
    "reach",
    "read_sheets",
    "recovery_codes_left",
    "refuse_guesser",
    "reset_password",
    "revoke",
    "revoke_role",
    "role_title",
    "school_by_npsn",
    "school_filter",
    "school_has",
    "schools_by_id",
    "seals",
    "search_words",
    "set_password",
    "signers",
    "spaced_nip",
    "suggest_username",
    "told",
    "unclear_unit_codes",
    "withdraw",
    "workplace_filter",
]
