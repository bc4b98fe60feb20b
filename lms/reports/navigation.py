"""Links of the main menu: what each role does daily."""

from flask_babel import gettext as _

from lms.contract.actors import Actor, Role


def navigation(actor: Actor) -> list[tuple[str, str]]:
    """(text, address) of the links for ``actor``."""
    links = [(_("Beranda"), "/")]
    if actor.has(Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER):
        links += [(_("Sesi"), "/sesi"), (_("Sertifikat"), "/sertifikat/saya")]
    if actor.has(Role.GRADER):
        links += [(_("Antrean"), "/nilai/")]
    if actor.has(Role.FACILITATOR) and not actor.has(Role.TEACHER):
        links += [(_("Sesi"), "/sesi")]
    if actor.has(Role.ADMIN, Role.AGENCY_HEAD):
        links += [(_("Program"), "/program")]
    return links
