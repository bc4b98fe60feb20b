"""The hooks of the lesson planning module: values only."""

from importlib.resources import files

from lms.api import (
    Deliverable,
    Material,
    ModuleType,
    Phase,
    PluginInfo,
    Rubric,
    Text,
    hookimpl,
    load_deliverables,
    load_quiz,
    load_rubrics,
)

HERE = files("imbas_lesson_planning")
CONTENT = HERE / "content"


@hookimpl
def lms_plugin() -> PluginInfo:
    """The card; the quiz uses item types of the HOTS module."""
    return PluginInfo(
        name="lesson_planning",
        title=Text("Rencana pembelajaran", "Lesson planning"),
        version="0.1.0",
        api=">=1.0,<2",
        requires=("hots_assessment",),
    )


@hookimpl
def lms_module_types() -> tuple[ModuleType, ...]:
    """The module with its text and quiz."""
    return (
        ModuleType(
            key="lesson_planning",
            title=Text("RPP terintegrasi karakter, literasi, 4C, dan HOTS", "Integrated lesson planning"),
            help=Text(
                "Menulis, menelaah, dan mengajarkan rencana pembelajaran.",
                "Writing, reviewing and teaching a lesson plan.",
            ),
            phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
            material=Material(CONTENT / "material.md", CONTENT / "pictures", minutes=35),
            quiz=load_quiz(CONTENT / "quiz.yaml"),
        ),
    )


@hookimpl
def lms_deliverables() -> tuple[Deliverable, ...]:
    """Plan, teaching practice, reflection."""
    return load_deliverables(CONTENT / "deliverables.yaml")


@hookimpl
def lms_rubrics() -> tuple[Rubric, ...]:
    """One review for each kind of plan, and one each for practice and reflection."""
    return load_rubrics(CONTENT / "rubrics.yaml")
