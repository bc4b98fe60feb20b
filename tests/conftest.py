"""How ``make test`` shares the suite between processes: nothing dear is built twice, the longest comes first."""

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.inhabited import (  # noqa: F401 - fixtures of every folder
    inhabited,
    inhabited_both,
    inhabited_postgresql,
    province,
    province_both,
    site,
    site_both,
)

DEAR = {"demo": "demo", "settled": "province", "inhabited": "inhabited", "inhabited_both": "inhabited"}
"""Fixtures that take long to build -> the group whose tests stay in one process, for each database."""

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # a slow or busy machine is no fault of what is tested


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for a browser, a server or a child."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        for group in {DEAR[name] for name in getattr(item, "fixturenames", ()) if name in DEAR}:
            item.add_marker(pytest.mark.xdist_group(f"{group}-{params.get('database_kind', 'sqlite')}"))
    yield
    grouped = [item for item in items if item.get_closest_marker("xdist_group")]
    if getattr(config.option, "loadgroup", False) and not all("@" in item.nodeid for item in grouped):
        raise pytest.UsageError(
            "this pytest-xdist does not group tests: all that is dear would be built twice"
        )
    items.sort(key=_turn)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI every program is installed: a test skipped for want of one is a check that nobody has made."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", ()) if reporter and os.environ.get("IMBAS_CI") else ()
    missing = [report for report in skipped if "not installed" in report.longrepr[2]]
    for report in missing:
        reporter.write_line(f"\nin CI that fails: {report.nodeid}: {report.longrepr[2]}", red=True)
    if missing:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _turn(item: pytest.Item) -> tuple[bool, bool]:
    """Slow ones first, and of these last what moves the demonstration on that the others look at."""
    return item.get_closest_marker("slow") is None, item.get_closest_marker("moves_the_story") is not None
