"""JSON log lines that carry the request's id; no personal data."""

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("lms_request_id", default="")
_requests = logging.getLogger("lms.request")
_security = logging.getLogger("lms.security")
_VALUES = re.compile(r"^DETAIL:.*\n?", re.MULTILINE)
"""PostgreSQL repeats the row that it refuses, and with it what somebody wrote."""


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message, request id, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request"] = request_id.get()
        line.update(getattr(record, "facts", {}))
        if record.exc_info:
            line["error"] = _VALUES.sub("", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def init_logs(level: str) -> None:
    """Send every log line of this process to standard error, as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it speaks each time a schema is looked at


def request_log(method: str, path: str, status: int, seconds: float) -> None:
    """One line per request: no query string, no token, no person."""
    if _requests.isEnabledFor(logging.INFO):
        _requests.info(
            "%s %s %s",
            method,
            path,
            status,
            extra={"facts": {"status": status, "ms": round(seconds * 1000, 1)}},
        )


def security_log(event: str, *, person: int | None = None, **facts: str | int) -> None:
    """One line of the security log: who signed in, who was throttled or refused, and by which rule.

    People by their number, never by name; a wrong username is nobody's. Source: OWASP ASVS 5.0, 16.3.
    """
    level = logging.INFO if event in {"signed_in", "signed_out"} else logging.WARNING
    who: dict[str, str | int] = {} if person is None else {"person": person}
    _security.log(level, event, extra={"facts": {"event": event, **who, **facts}})
