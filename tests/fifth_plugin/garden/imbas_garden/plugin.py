"""All that the garden declares, and the hooks that the core asks."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from importlib.resources import files

import click
from sqlalchemy.orm import Session

from imbas_garden import api, rules, views, visit_views, visits
from imbas_garden.blueprint import bp
from imbas_garden.i18n import message
from lms.api import (
    Actor,
    Award,
    Bloom,
    CertificateLine,
    CompletionRule,
    Deliverable,
    EventHandler,
    EventType,
    ItemSpec,
    ItemType,
    Link,
    ModuleType,
    OfflinePage,
    Permission,
    Phase,
    Place,
    Plugin,
    QuizSpec,
    Reach,
    Role,
    Task,
    Text,
    ToDo,
    Unit,
    hookimpl,
    now,
    write,
)

PAGES = (views, visit_views)  # imported for their routes
HERE = files("imbas_garden")
SCHOOL = ((Role.QUALITY_TEAM, Reach.SCHOOL), (Role.ADMIN, Reach.AGENCY))
QUESTION = ItemSpec(
    key="garden.q1",
    type="garden.how_many",
    bloom=Bloom.C1,
    competence=message("Menghitung petak"),
    minutes=2,
    indicator="Menghitung",
    maximum=Decimal(1),
    body={"stem": "Berapa petak dalam dua baris?"},
    secret={"count": 4},
)


@click.group()
def commands() -> None:
    """School gardens."""


@commands.command()
def greet() -> None:
    """Say hello."""
    click.echo("selamat berkebun")


@commands.command()
def water() -> None:
    """Water every bed now."""
    with write() as session:
        api.water(session, now())
    click.echo("sudah disiram")


def lms_plugin() -> Plugin:
    return Plugin(
        name="garden",
        title=message("Kebun sekolah"),
        version="0.1.0",
        api=">=2.0,<3",
        migrations=HERE / "migrations",
        blueprint=bp,
        commands=commands,
        permissions=(
            Permission(
                "garden.view", "See a school's garden.", (*SCHOOL, (Role.FACILITATOR, Reach.ASSIGNED))
            ),
            Permission("garden.visit", "Visit gardens.", ((Role.FACILITATOR, Reach.ASSIGNED),)),
            Permission("garden.plant", "Plant in the own school's garden.", SCHOOL),
            Permission("garden.wish", "Wish for a plant in every garden.", ((Role.ADMIN, Reach.AGENCY),)),
        ),
        module_types=(
            ModuleType(
                key="garden",
                title=message("Kebun sekolah"),
                help=message("Menanam bersama."),
                phases=frozenset({Phase.IN_SERVICE}),
                quiz=QuizSpec(
                    "garden.quiz",
                    message("Kuis kebun"),
                    minutes=10,
                    attempts=2,
                    items=(QUESTION,),
                ),
            ),
        ),
        item_types=(
            ItemType(
                key="garden.how_many",
                version=1,
                title=message("Berapa banyak"),
                template="garden/how_many.html",
                check=rules.check,
                parse=rules.parse,
                is_answered=lambda answer: answer is not None,
                score=rules.score,
                display=rules.display,
            ),
        ),
        deliverables=(
            Deliverable(
                key="garden.photo",
                title=message("Foto kebun"),
                unit=Unit.SCHOOL,
                rubric="onservice_evidence",
                media_types=frozenset({"photo"}),
                guide=message("Satu foto kebun, tanpa wajah anak."),
            ),
        ),
        completion_rules=(
            CompletionRule(
                key="garden.planted",
                title=message("Kebun ditanami"),
                unit=Unit.SCHOOL,
                phase=Phase.ON_SERVICE,
                gather=api.gather,
                evaluate=rules.planted,
                defaults={"beds": 2},
                after=frozenset({api.PLANTED}),
            ),
        ),
        event_types=(EventType(api.PLANTED, "A bed was planted. Payload: bed_id, school_id, programme_id."),),
        event_handlers=(EventHandler("garden.paint_label", api.PLANTED, api.paint_label),),
        tasks=(Task("garden.water", api.water, every_seconds=5, doc="Waters every bed."),),
    )


@hookimpl
def lms_navigation(actor: Actor, place: Place) -> Iterable[Link]:
    return (
        [Link("Kebun", f"/m/garden/{place.programme_id}/{place.school_id}")]
        if place.programme_id and place.school_id
        else []
    )


@hookimpl
def lms_offline_pages(session: Session, actor: Actor) -> list[OfflinePage]:
    return [
        OfflinePage(f"Kunjungan kebun: {at.school}", f"/m/garden/{at.programme_id}/{at.school_id}/kunjungan")
        for at in visits.round_of(session, actor=actor, search="", page=1, now=now()).choice.schools
    ]


@hookimpl
def lms_to_dos(session: Session, actor: Actor, now: datetime) -> list[ToDo]:
    return visits.to_dos(session, actor, now)


@hookimpl
def lms_certificate_lines(session: Session, award: Award) -> tuple[CertificateLine, ...]:
    return api.certificate_lines(session, award)


@hookimpl
def lms_school_predicate(session: Session, award: Award) -> Text | None:
    return api.predicate(session, award)


@hookimpl
def lms_copy_programme(session: Session, source_id: int, target_id: int) -> None:
    api.copy_wishes(session, source_id, target_id)
