"""Run inside the machine with the garden: a programme that uses everything it brings, and its people."""

import json
import sys
from datetime import UTC, datetime, timedelta

from lms.app import create_app
from lms.contract.actors import Role
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.people import make_agency, make_person, make_school

NOW = datetime.now(UTC)
# the stage is over, so that certificates can be issued, while work is still due
DUE = (NOW + timedelta(days=20)).isoformat()
SIGNER = {"position": "Kepala", "name": "Contoh"}
DEFINITION = {
    "code": "KEBUN",
    "title": "Program kebun",
    "school_year": "2020/2021",
    "participants": [{"role": "teacher"}],
    "passing": {"final_minimum": "50"},
    "stages": [
        {
            "no": 1,
            "title": "Satu",
            "starts_on": str((NOW - timedelta(days=5)).date()),
            "ends_on": str((NOW - timedelta(days=2)).date()),
            "on_service_due_at": DUE,
            "materials": [
                {
                    "group": "POKOK",
                    "title": "Kebun",
                    "module": "garden",
                    "jp_in": 0,
                    "jp_on": 0,
                    "quiz": {"due_at": DUE},
                }
            ],
            "deliverables": [{"key": "garden.photo", "due_at": DUE}],
            "rules": [{"rule": "garden.planted", "params": {"beds": 2}}],
        }
    ],
    "certificate": {"activity": "Kebun", "city": "Palembang", "signer": SIGNER, "responsible": SIGNER},
}

app = create_app()
with app.app_context():
    with write() as session:
        agency = make_agency(session)
        school = make_school(session, agency, name="SD Negeri Kebun")
        ids = {"school": school.id}
        for name, role in (
            ("guru", Role.TEACHER),
            ("tim", Role.QUALITY_TEAM),
            ("kepala", Role.HEADMASTER),
            ("penilai", Role.GRADER),
            ("pendamping", Role.FACILITATOR),
        ):
            ids[name] = make_person(session, role, school=school, username=name).id
        ids["admin"] = make_person(session, Role.ADMIN, agency=agency, username="admin").id
        ids["asing"] = make_person(
            session, Role.QUALITY_TEAM, school=make_school(session, agency), username="asing"
        ).id
        programme = programmes.create_programme(
            session,
            agency_id=agency.id,
            definition=programmes.parse(DEFINITION),
            actor_id=ids["admin"],
            now=NOW,
        )
        programmes.add_school(
            session, programme_id=programme.id, school_id=school.id, kind=programmes.SchoolKind.MODEL, now=NOW
        )
        programmes.enrol(
            session, programme_id=programme.id, people_roles=[(ids["guru"], school.id, Role.TEACHER)], now=NOW
        )
        ids["programme"] = programme.id
        ids["stage"] = programmes.stages_of(session, programme.id)[0].id
    db.session.remove()
sys.stdout.write(json.dumps(ids))
