"""PG kompleks with categories: several statements, each put into one of the categories."""

from imbas_hots_assessment.i18n import message
from imbas_hots_assessment.items import rows
from lms.api import Body, Key


def check(body: Body, key: Key) -> tuple[str, ...]:
    """Every fault of a category table."""
    return tuple(rows.check(body, key))


CATEGORY_TABLE = rows.item_type("category_table", message("Tabel kategori"), "table.html", check)
