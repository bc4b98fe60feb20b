"""The hooks: values only."""

from collections.abc import Iterable
from decimal import Decimal
from importlib.resources import files

import click
from sqlalchemy.orm import Session

from imbas_garden import api, rules
from imbas_garden.views import bp
from lms.api import (
    Actor,
    Award,
    Bloom,
    CertificateLine,
    Command,
    CompletionRule,
    Deliverable,
    EventHandler,
    EventType,
    ItemSpec,
    ItemType,
    Link,
    ModuleType,
    Permission,
    Phase,
    Place,
    PluginBlueprint,
    PluginInfo,
    QuizSpec,
    Reach,
    Role,
    Task,
    Text,
    Unit,
    hookimpl,
)

SCHOOL = ((Role.QUALITY_TEAM, Reach.SCHOOL), (Role.ADMIN, Reach.ANY))


@hookimpl
def lms_plugin() -> PluginInfo:
    here = files("imbas_garden")
    return PluginInfo(
        name="garden",
        title=Text("Kebun sekolah", "School garden"),
        version="0.1.0",
        api=">=1.0,<2",
        migrations=here / "migrations",
        translations=here / "translations",
    )


@hookimpl
def lms_module_types() -> tuple[ModuleType, ...]:
    """A module with a quiz of one question and no material."""
    question = ItemSpec(
        key="garden.q1",
        type="garden.how_many",
        bloom=Bloom.C1,
        competence=Text("Menghitung petak", "Counting beds"),
        minutes=2,
        indicator="Menghitung",
        maximum=Decimal(1),
        body={"stem": "Berapa petak dalam dua baris?"},
        secret={"count": 4},
    )
    quiz = QuizSpec(
        "garden.quiz", Text("Kuis kebun", "Garden quiz"), minutes=10, attempts=2, items=(question,)
    )
    return (
        ModuleType(
            key="garden",
            title=Text("Kebun sekolah", "School garden"),
            help=Text("Menanam bersama.", "Planting together."),
            phases=frozenset({Phase.IN_SERVICE}),
            material=None,
            quiz=quiz,
        ),
    )


@hookimpl
def lms_item_types() -> tuple[ItemType, ...]:
    return (
        ItemType(
            key="garden.how_many",
            version=1,
            title=Text("Berapa banyak", "How many"),
            template="garden/how_many.html",
            check=rules.check,
            parse=rules.parse,
            is_answered=lambda answer: answer is not None,
            score=rules.score,
            display=rules.display,
        ),
    )


@hookimpl
def lms_deliverables() -> tuple[Deliverable, ...]:
    return (
        Deliverable(
            key="garden.photo",
            title=Text("Foto kebun", "Photo of the garden"),
            unit=Unit.SCHOOL,
            rubric="onservice_evidence",
            media_types=frozenset({"photo"}),
            guide=Text("Satu foto kebun, tanpa wajah anak.", "One photo of the garden, no children's faces."),
        ),
    )


@hookimpl
def lms_completion_rules() -> tuple[CompletionRule, ...]:
    return (
        CompletionRule(
            key="garden.planted",
            title=Text("Kebun ditanami", "Garden planted"),
            unit=Unit.SCHOOL,
            phase=Phase.ON_SERVICE,
            gather=api.gather,
            evaluate=rules.planted,
            defaults={"beds": 2},
            after=frozenset({api.PLANTED}),
        ),
    )


@hookimpl
def lms_permissions() -> tuple[Permission, ...]:
    return (
        Permission("garden.view", "See a school's garden.", SCHOOL),
        Permission("garden.plant", "Plant in the own school's garden.", SCHOOL),
        Permission("garden.wish", "Wish for a plant in every garden.", ((Role.ADMIN, Reach.AGENCY),)),
    )


@hookimpl
def lms_event_types() -> tuple[EventType, ...]:
    return (EventType(api.PLANTED, "A bed was planted. Payload: bed_id, school_id, programme_id."),)


@hookimpl
def lms_event_handlers() -> tuple[EventHandler, ...]:
    return (EventHandler("garden.paint_label", api.PLANTED, api.paint_label),)


@hookimpl
def lms_copy_programme(session: Session, source_id: int, target_id: int) -> None:
    api.copy_wishes(session, source_id, target_id)


@hookimpl
def lms_tasks() -> tuple[Task, ...]:
    return (Task("garden.water", api.water, every_seconds=5, doc="Waters every bed."),)


@hookimpl
def lms_blueprints() -> tuple[PluginBlueprint, ...]:
    return (PluginBlueprint(bp),)


@hookimpl
def lms_commands() -> tuple[Command, ...]:
    @click.group()
    def garden() -> None:
        """School gardens."""

    @garden.command()
    def greet() -> None:
        """Say hello."""
        click.echo("selamat berkebun")

    return (Command(garden),)


@hookimpl
def lms_navigation(actor: Actor, place: Place) -> Iterable[Link]:
    return (
        [Link("Kebun", f"/m/garden/{place.programme_id}/{place.school_id}")]
        if place.programme_id and place.school_id
        else []
    )


@hookimpl
def lms_certificate_lines(session: Session, award: Award) -> tuple[CertificateLine, ...]:
    return api.certificate_lines(session, award)
