"""What this domain lets each role do, and who may write which field."""

from collections.abc import Mapping

from lms.contract.actors import Permission, Reach, Role

_SCHOOL_OFFICE = (
    (Role.HEADMASTER, Reach.SCHOOL),
    (Role.OPERATOR, Reach.SCHOOL),
    (Role.ADMIN, Reach.AGENCY),
)
_ADMIN = ((Role.ADMIN, Reach.AGENCY),)

PERMISSIONS: tuple[Permission, ...] = (
    Permission("people.view_accounts", "See the people of a school and their accounts.", _SCHOOL_OFFICE),
    Permission("people.add_person", "Add a person to a school.", _SCHOOL_OFFICE),
    Permission("people.edit_person", "Correct a person's name and numbers.", _SCHOOL_OFFICE),
    Permission("people.reset_password", "Give a new one-time code and print sign-in cards.", _SCHOOL_OFFICE),
    Permission("people.close_account", "Close an account or open it again.", _SCHOOL_OFFICE),
    Permission("people.forget_person", "Erase the data of a person whose account is closed.", _ADMIN),
    Permission("people.import_people", "Import people of a school from a list.", _SCHOOL_OFFICE),
    Permission("people.grant_role", "Grant and end roles.", _ADMIN),
    Permission("people.view_schools", "See and search the agency's schools.", _ADMIN),
    Permission("people.change_plugin_settings", "Choose settings of modules for the agency.", _ADMIN),
    Permission("people.edit_school", "Add a school and correct its data.", _ADMIN),
)

_NAMES = ("full_name", "title_front", "title_back", "nip", "nuptk", "employment_status", "position", "phone")
_OFFICE = frozenset({Role.HEADMASTER, Role.OPERATOR, Role.ADMIN})

FIELDS: Mapping[str, Mapping[str, frozenset[Role]]] = {
    "people.add_person": {
        **dict.fromkeys((*_NAMES, "username"), _OFFICE),
        "role": _OFFICE,
    },
    "people.edit_person": {
        **dict.fromkeys(_NAMES, _OFFICE),
        "username": frozenset({Role.ADMIN}),
    },
}
"""Action -> field -> roles that may write it, within the reach of the action itself."""

ROLES_OF_A_SCHOOL_OFFICE = frozenset({Role.TEACHER, Role.QUALITY_TEAM})
"""What headmaster and operator may give to a new person; all else is the admin's."""
