"""People and schools get the key that searches look into: their names, folded. A short name may be a long one."""

import sqlalchemy as sa
from alembic import op
from lms.people.directory.models import person_key, school_key

revision = "core_0015"
down_revision = "core_0014"
branch_labels = None
depends_on = None

_AT_ONCE = 2000
_PERSON = sa.table("person", sa.column("id"), sa.column("full_name"), sa.column("name_key"))
_SCHOOL = sa.table(
    "school", sa.column("id"), sa.column("name"), sa.column("short_name"), sa.column("name_key")
)


def upgrade() -> None:
    for name in ("person", "school"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("name_key", sa.String(300), nullable=False, server_default=""))
    _fill()
    with op.batch_alter_table("school") as table:
        table.alter_column("short_name", existing_type=sa.String(80), type_=sa.String(200))


def downgrade() -> None:
    op.execute(sa.update(_SCHOOL).values(short_name=sa.func.substr(_SCHOOL.c.short_name, 1, 80)))
    with op.batch_alter_table("school") as table:
        table.alter_column("short_name", existing_type=sa.String(200), type_=sa.String(80))
    for name in ("person", "school"):
        with op.batch_alter_table(name) as table:
            table.drop_column("name_key")


def _fill() -> None:
    connection = op.get_bind()
    for table in (_PERSON, _SCHOOL):
        statement = (
            sa.update(table).where(table.c.id == sa.bindparam("of")).values(name_key=sa.bindparam("key"))
        )
        last = 0
        while rows := connection.execute(
            sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(_AT_ONCE)
        ).all():
            keys = [
                {"of": row.id, "key": person_key(row.full_name)}
                if table is _PERSON
                else {"of": row.id, "key": school_key(row.name, row.short_name)}
                for row in rows
            ]
            connection.execute(statement, keys)
            last = rows[-1].id
