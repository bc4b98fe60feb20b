"""Links of the main menu: what each role does daily."""

from lms.contract.actors import Actor, Role
from lms.contract.plugin import Link
from lms.web.i18n import gettext as _


def navigation(actor: Actor) -> list[Link]:
    """The links for ``actor``."""
    links = [Link(_("Beranda"), "/"), Link(_("Agenda"), "/agenda")]
    if actor.has(Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER):
        links += [Link(_("Sesi"), "/sesi"), Link(_("Sertifikat"), "/sertifikat/saya")]
    if actor.has(Role.GRADER):
        links += [Link(_("Antrean"), "/nilai/", also=("/uraian/",))]
    if actor.has(Role.FACILITATOR) and not actor.has(Role.TEACHER):
        links += [Link(_("Sesi"), "/sesi")]
    if actor.has(Role.ADMIN, Role.AGENCY_HEAD):
        of_programmes = ("/kuis/nilai-ulang/", "/kuis/buka-kunci/", "/sertifikat/program/", "/sesi/")
        links += [Link(_("Program"), "/program", also=of_programmes)]
    return links
