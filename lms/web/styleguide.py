"""``/gaya``: every component of the pages in each of its states, for whoever builds pages."""

from datetime import date, timedelta
from decimal import Decimal

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.platform.application import platform
from lms.platform.clock import now
from lms.web.charts import LineChart, line_chart
from lms.web.i18n import gettext as _
from lms.web.routing import public
from lms.web.status_labels import STATUS_WORDS

bp = Blueprint("look", __name__, template_folder="templates")


@bp.get("/gaya")
@public
def components() -> ResponseReturnValue:
    """All of them on one page; not there in production."""
    if platform().settings.environment == "production":
        abort(404)
    moment = now()
    return render_template(
        "web/styleguide.html",
        words=STATUS_WORDS,
        criteria=_criteria(),
        stages=_stages(),
        soon=moment + timedelta(days=3),
        saved_at=moment,
        series=_series(),
        page_url=lambda number: f"?hal={number}",
    )


def _series() -> LineChart:
    values = (("2020-09-03", 45), ("2020-10-01", 52), ("2020-10-20", 61))
    points = [(date.fromisoformat(day), Decimal(value), f"{day}: {value}\u00a0%") for day, value in values]
    return line_chart(points, [(f"{_('target')} 70\u00a0%", Decimal(70))])


def _criteria() -> list[tuple[str, str, dict[str, object], object]]:
    """Scale, its name, a criterion and a value for each of the five scales."""
    levels = [_("Belum ada"), _("Sebagian"), _("Lengkap"), _("Lengkap dan terukur")]
    marks = [_("Nomor dan tanggal"), _("Tanda tangan dan cap")]
    return [
        (
            "level",
            _("Tingkat"),
            {"code": "L1", "text": _("Kegiatan sejalan dengan tujuan"), "parts": levels},
            2,
        ),
        ("descriptor_count", _("Deskriptor"), {"code": "D1", "text": _("Isi dokumen"), "parts": marks}, [0]),
        ("binary", _("Ya atau belum"), {"code": "Y1", "text": _("Berkas terbaca"), "critical": True}, 1),
        (
            "binary_tree",
            _("Daftar periksa"),
            {"code": "P1", "text": _("Kelengkapan"), "parts": marks},
            [0, 1],
        ),
        ("percent", _("Angka 0-100"), {"code": "A1", "text": _("Kualitas bukti")}, "85"),
    ]


def _stages() -> list[dict[str, object]]:
    here = url_for("look.components")
    return [
        {"title": f"{_('Tahap')} 1", "text": _("Selesai"), "in_share": 100, "on_share": 100, "href": here},
        {
            "title": f"{_('Tahap')} 2",
            "text": "In 100\u00a0% · On 40\u00a0%",
            "in_share": 100,
            "on_share": 40,
            "current": True,
        },
        {"title": f"{_('Tahap')} 3", "text": _("Belum mulai"), "in_share": 0, "on_share": 0},
    ]
