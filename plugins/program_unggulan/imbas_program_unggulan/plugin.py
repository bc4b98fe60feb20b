"""The hooks of the flagship programme module: values only."""

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

HERE = files("imbas_program_unggulan")
CONTENT = HERE / "content"


@hookimpl
def lms_plugin() -> PluginInfo:
    """The card; the quiz uses item types of the HOTS module."""
    return PluginInfo(
        name="program_unggulan",
        title=Text("Program unggulan dan tri pusat pendidikan", "Flagship programme and three centres"),
        version="0.1.0",
        api=">=1.0,<2",
        requires=("hots_assessment",),
    )


@hookimpl
def lms_module_types() -> tuple[ModuleType, ...]:
    """The module with its text and quiz."""
    return (
        ModuleType(
            key="program_unggulan",
            title=Text("Program unggulan dan tri pusat pendidikan", "Flagship programme and three centres"),
            help=Text(
                "Satu program dari data, dengan peran sekolah, keluarga, dan masyarakat.",
                "One programme from data, with roles of school, family and community.",
            ),
            phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
            material=Material(CONTENT / "material.md", CONTENT / "pictures", minutes=35),
            quiz=load_quiz(CONTENT / "quiz.yaml"),
        ),
    )


@hookimpl
def lms_deliverables() -> tuple[Deliverable, ...]:
    """Plan, evidence of the three centres, report."""
    return load_deliverables(CONTENT / "deliverables.yaml")


@hookimpl
def lms_rubrics() -> tuple[Rubric, ...]:
    """The review of the plan, of the evidence and of the report."""
    return load_rubrics(CONTENT / "rubrics.yaml")
