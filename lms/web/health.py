"""``/livez``, ``/readyz`` and ``/metrics`` for whoever runs the installation."""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from lms.contract.times import is_ahead, is_recent
from lms.platform import audit, disk, outbox, schema, storage_check, worker
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugin_failures import recent_failures
from lms.web.request_metrics import request_figures
from lms.web.routing import public

bp = Blueprint("health", __name__)
STALE = timedelta(seconds=60)
_ROOM = {
    disk.Room.PLENTY: "ok",
    disk.Room.LOW: "degraded: little room is left",
    disk.Room.NO_FILES: "degraded: no room for files",
    disk.Room.NO_ROWS: "degraded: no room for anything",
}


@bp.get("/livez")
@public
def livez() -> ResponseReturnValue:
    """The process answers; touches nothing else."""
    return "ok", 200, {"Content-Type": "text/plain"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Database and migrations decide; a late worker degrades but does not take us down.

    Which part is down is said to whoever may see the figures; everybody else hears yes or no.
    """
    checks: dict[str, str] = {"disk": _ROOM[disk.room(platform().settings)]}
    try:
        # first, and so without a connection in hand: who holds two of them could wait for a third for ever
        parts = schema.status(db.engine, platform().components)
        checks["database"] = "ok"
        behind = [part.name for part in parts if not part.at_head]
        checks["migrations"] = "ok" if not behind else f"behind: {', '.join(behind)}"
        waiting = outbox.backlog(db.session())
        late = waiting.oldest_at is not None and now() - waiting.oldest_at > STALE
        checks["queue"] = "degraded: the oldest fact waits too long" if late else "ok"
        ran = {run.name: run.ran_at for run in worker.runs(db.session())}
        ahead = [name for name, at in ran.items() if is_ahead(at, now())]
        checks["clock"] = "degraded: something ran in the future" if ahead else "ok"
        checks["worker"] = (
            "ok" if is_recent(ran.get(worker.HEARTBEAT), now(), STALE) else "degraded: no worker was seen"
        )
    except SQLAlchemyError as error:
        checks["database"] = f"failed: {type(error).__name__}"
    ready = checks.get("database") == "ok" and checks.get("migrations") == "ok"
    said = {"checks": checks} if _may_measure(platform().settings.metrics_token) else {}
    return jsonify(ready=ready, **said), 200 if ready else 503


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Figures for Prometheus; with the token, or from this machine when no token is set."""
    if not _may_measure(platform().settings.metrics_token):
        abort(404)
    registry = CollectorRegistry()
    registry.register(_Figures())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """What the database says now, and what the processes have counted."""

    def collect(self) -> Iterable[Metric]:
        session, moment = db.session(), now()
        waiting = outbox.backlog(session)
        _count, unsealed_at = audit.unsealed(session)
        backup_at, changes_at, compared_at = worker.last_done(
            session, worker.BACKUP, worker.CHANGES, storage_check.TASK.name
        )
        for name, doc, value in (
            ("imbas_outbox_pending", "Deliveries that wait", waiting.pending),
            ("imbas_outbox_parked", "Deliveries that failed for good", waiting.parked),
            (
                "imbas_outbox_oldest_seconds",
                "Age of the oldest waiting fact",
                (moment - waiting.oldest_at).total_seconds() if waiting.oldest_at else 0,
            ),
            (
                "imbas_worker_seen_seconds",
                "Seconds since a worker was seen",
                _seconds_since(worker.last_seen(session), moment),
            ),
            (
                "imbas_backup_seconds",
                "Seconds since a whole backup was last written",
                _seconds_since(backup_at, moment),
            ),
            (
                "imbas_backup_changes_seconds",
                "Seconds since the changes were last written",
                _seconds_since(changes_at, moment),
            ),
            (
                "imbas_audit_unsealed_seconds",
                "Age of the oldest entry of the audit trail that is not sealed yet",
                (moment - unsealed_at).total_seconds() if unsealed_at else 0,
            ),
            ("imbas_disk_free_bytes", "Disk left for data and files", disk.free(platform().settings)),
            (
                "imbas_storage_faults",
                "Stored files that are missing or changed",
                storage_check.count_faulty(session),
            ),
            (
                "imbas_storage_seconds",
                "Seconds since store and database were last compared",
                _seconds_since(compared_at, moment),
            ),
            (
                "imbas_plugin_failures",
                "Failures of plugins at places where one failed in the last three days",
                sum(failure.count for failure in recent_failures(session, moment)),
            ),
        ):
            yield GaugeMetricFamily(name, doc, value)
        yield from request_figures()


def _seconds_since(then: datetime | None, moment: datetime) -> float:
    """Infinite for None, and for a time in the future, which a wrong clock wrote."""
    return (moment - then).total_seconds() if then and not is_ahead(then, moment) else float("inf")


def _may_measure(token: str) -> bool:
    if token:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(token.encode(), sent.encode())
    # behind a proxy on this machine everybody seems to come from here
    carried = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.remote_addr in {"127.0.0.1", "::1"} and not carried
