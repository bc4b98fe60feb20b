"""Links of the main menu: what each role does daily."""

from flask_babel import gettext as _

from lms.contract.actors import Actor, Role


def navigation(actor: Actor) -> list[tuple[str, ...]]:
    """Text and address of the links for ``actor``, then the addresses of other pages that are reached from there."""
    links: list[tuple[str, ...]] = [(_("Beranda"), "/")]
    if actor.has(Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER):
        links += [(_("Sesi"), "/sesi"), (_("Sertifikat"), "/sertifikat/saya")]
    if actor.has(Role.GRADER):
        links += [(_("Antrean"), "/nilai/", "/uraian/")]
    if actor.has(Role.FACILITATOR) and not actor.has(Role.TEACHER):
        links += [(_("Sesi"), "/sesi")]
    if actor.has(Role.ADMIN, Role.AGENCY_HEAD):
        of_programmes = ("/kuis/nilai-ulang/", "/kuis/buka-kunci/", "/sertifikat/program/", "/sesi/")
        links += [(_("Program"), "/program", *of_programmes)]
    return links
