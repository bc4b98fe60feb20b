"""Make ``2482f94.tar.xz``: a backup as revision 2482f94 wrote it, of the invented programme of six schools.

Run by the code of that revision, which has its own environment::

    git worktree add /tmp/old 2482f94
    make -C /tmp/old .venv/.dev
    /tmp/old/.venv/bin/python tests/contract/old_backups/make_old_backup.py

The story is told to its end, all certificates are ordered, one is replaced and one revoked, the admin has a second factor
with recovery codes. All but three stored files are taken out before the backup, to keep it small: it is about rows.
"""

import lzma
import secrets
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyotp
from flask import Flask
from imbas_demo.story import STORY_ENDS, play
from lms.people.models import Account
from lms.people.second_factor import Enrolment, confirm
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.app import create_app
from lms.certificates import api as certificates
from lms.cli.backup import write_backup
from lms.people import api as people
from lms.platform import migrate
from lms.platform.db import db
from lms.platform.outbox import drain, prune
from lms.platform.storage import storage
from lms.platform.transaction import write
from lms.programmes.models import Programme
from lms.settings import Settings

KEY = "a key of an invented installation, 2020"
FILES_KEPT = 3


def main() -> None:
    """Write the archive beside this script."""
    target = Path(__file__).with_name("2482f94.tar.xz")
    with TemporaryDirectory() as folder:
        archive = Path(folder) / "old.tar"
        app = _told(Path(folder) / "data")
        with app.app_context():
            _certificates()
            _second_factor()
            with write() as session:
                while prune(session, before=STORY_ENDS - timedelta(days=3)):
                    pass
            for key in sorted(storage().keys())[FILES_KEPT:]:
                storage().delete(key)
            write_backup(archive)
        target.write_bytes(lzma.compress(archive.read_bytes(), preset=9 | lzma.PRESET_EXTREME))


def _told(data: Path) -> Flask:
    settings = Settings(
        data=data, secret_key=KEY, environment="demo", require_totp=False, log_level="WARNING"
    )
    app = create_app(settings)
    with app.app_context():
        migrate.upgrade(db.engine, app.extensions["components"])
        db.session.remove()
    play(app, until=STORY_ENDS)
    return app


def _certificates() -> None:
    later = STORY_ENDS + timedelta(hours=1)
    with write() as session:
        programme = session.scalars(select(Programme)).one()
        admin = _admin(session).person_id
        certificates.order(session, programme_id=programme.id, actor_id=admin, now=later)
    drain(lambda: later)
    with write() as session:
        first, second, *_others = session.scalars(
            select(certificates.Certificate).order_by(certificates.Certificate.id)
        )
        why = {"reason": "Nama sudah dibetulkan.", "actor_id": admin, "now": later}
        certificates.replace(session, certificate_id=first.id, **why)
        certificates.revoke(session, certificate_id=second.id, **why)
    drain(lambda: later)


def _second_factor() -> None:
    secret = pyotp.random_base32()
    with write() as session:
        confirm(
            session,
            actor=people.actor_of(session, _admin(session).person_id, STORY_ENDS),
            enrolment=Enrolment(secret, tuple(secrets.token_hex(6) for _ in range(8))),
            code=pyotp.TOTP(secret).at(STORY_ENDS),
            key=KEY,
            now=STORY_ENDS,
            real_now=STORY_ENDS,
        )


def _admin(session: Session) -> Account:
    return session.scalars(select(Account).where(Account.username == "lpmp.admin")).one()


if __name__ == "__main__":
    main()
