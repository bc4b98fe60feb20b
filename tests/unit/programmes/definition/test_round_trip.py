"""Whatever programme there is: exported and imported it is the same, in any zone and with any words."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.programmes.api import dump_yaml, load_yaml, parse

OFFSETS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
WORDS = st.one_of(
    st.sampled_from(
        [
            "no",
            "yes",
            "null",
            "~",
            "2020-09-01",
            "16:00",
            "1e3",
            "0x1F",
            "- a",
            "a: b",
            "#1",
            "'",
            '"',
            "{a}",
            "ñ—“x”",
        ]
    ),
    st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60),
).filter(lambda text: bool(text.strip()))

PLAIN = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | WORDS
SECTIONS = st.dictionaries(
    WORDS,
    st.recursive(
        PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4)
    ),
    max_size=2,
)
"""What plugins that are not here have written."""


@st.composite
def definitions(draw: Any) -> dict[str, Any]:
    zone = draw(st.sampled_from(sorted(OFFSETS)))
    local = timezone(timedelta(hours=OFFSETS[zone]))
    day = date(2020, 7, 1) + timedelta(days=draw(st.integers(0, 9000)))
    stages = []
    for no in range(1, draw(st.integers(1, 6)) + 1):
        length = draw(st.integers(3, 60))
        sessions = []
        for number in range(draw(st.integers(0, 3))):
            starts = datetime(
                day.year, day.month, day.day, draw(st.integers(0, 20)), draw(st.integers(0, 59)), tzinfo=local
            )
            sessions.append(
                {
                    "code": f"S{no}{number}",
                    "title": draw(WORDS),
                    "starts_at": (starts + timedelta(days=number)).isoformat(),
                    "ends_at": (starts + timedelta(days=number, hours=2)).isoformat(),
                    "jp": draw(st.integers(0, 40)),
                    "mode": draw(st.sampled_from(["zoom", "onsite"])),
                }
            )
        ends = day + timedelta(days=length)
        due = datetime(
            ends.year, ends.month, ends.day, draw(st.integers(0, 23)), draw(st.integers(0, 59)), tzinfo=local
        )
        stages.append(
            {
                "no": no,
                "title": draw(WORDS),
                "starts_on": day.isoformat(),
                "ends_on": ends.isoformat(),
                "on_service_due_at": due.isoformat(),
                "sessions": sessions,
                "materials": [
                    {
                        "group": draw(WORDS),
                        "title": draw(WORDS),
                        "jp_in": draw(st.integers(0, 80)),
                        "jp_on": 2,
                    }
                ],
            }
        )
        day = ends + timedelta(days=1)
    person = {"position": draw(WORDS), "name": draw(WORDS)}
    return {
        "code": "UJI-1",
        "title": draw(WORDS),
        "school_year": "2020/2021",
        "timezone": zone,
        "participants": [
            {"role": role} for role in draw(st.sampled_from([["teacher"], ["teacher", "headmaster"]]))
        ],
        "sections": draw(SECTIONS),
        "stages": stages,
        "certificate": {
            "activity": draw(WORDS),
            "city": draw(WORDS),
            "signer": person,
            "responsible": person,
        },
    }


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(definitions())
def test_export_and_import_change_nothing(document: dict[str, Any]) -> None:
    definition = parse(document)
    text = dump_yaml(definition)
    again = load_yaml(text)
    assert again == definition
    assert dump_yaml(again) == text
    for stage, typed in zip(again.stages, document["stages"], strict=True):
        # the moment, by arithmetic alone: local wall clock minus the zone's hours
        wall = datetime.fromisoformat(typed["on_service_due_at"]).replace(tzinfo=None)
        exact = wall - timedelta(hours=OFFSETS[document["timezone"]])
        assert stage.on_service_due_at.astimezone(UTC).replace(tzinfo=None) == exact
