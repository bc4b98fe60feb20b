"""Requests by endpoint, method and class of status, with the time they took.

Under ``lms serve`` the processes write into files of one folder, so that whichever is asked gives the sum of all;
without that folder a process speaks for itself.
"""

import os
import time
from collections.abc import Iterable

from flask import Flask, Response, g, request, request_finished
from prometheus_client import Histogram, Metric, disable_created_metrics
from prometheus_client.multiprocess import MultiProcessCollector

disable_created_metrics()  # type: ignore[no-untyped-call]
_SECONDS = Histogram(
    "imbas_request_seconds",
    "Requests answered, and how long it took",
    ("endpoint", "method", "status"),
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=None,
)
_kinds: dict[tuple[str | None, str, int], Histogram] = {}
"""The histograms met so far: looking one up by its labels costs more than counting."""


def init_counting(app: Flask) -> None:
    """Count each answer when nothing is left to do but sending it."""
    request_finished.connect(_count, app, weak=False)


def request_figures() -> Iterable[Metric]:
    """What was counted, for Prometheus."""
    together = "PROMETHEUS_MULTIPROC_DIR" in os.environ
    return (MultiProcessCollector(None) if together else _SECONDS).collect()  # type: ignore[no-untyped-call]


def _count(_app: Flask, *, response: Response, **_more: object) -> None:
    endpoint = request.endpoint
    # what no route knows is one kind: neither its address nor its method is ours
    kind = (endpoint, request.method if endpoint else "", response.status_code // 100)
    counted = _kinds.get(kind)
    if counted is None:
        counted = _kinds[kind] = _SECONDS.labels(endpoint or "", kind[1], f"{kind[2]}xx")
    counted.observe(time.perf_counter() - g.started)
