"""The audit trail as ``lms doctor`` sees it: the chain itself, and the end that was seen last time.

A chain shows what was changed, removed or put in between, but not that its end was cut off or that
all of it was written anew. So each look leaves the newest entry in the data folder, outside the
database, and the next look asks for it again.
"""

import json
from pathlib import Path

from sqlalchemy.orm import Session

from lms.platform import audit
from lms.platform.private import write_whole

SEEN = "audit-seen.json"


def fault(session: Session, data: Path) -> str:
    """What is wrong with the trail, in plain words, or "". The end of a whole trail is remembered; raises OSError."""
    broken = audit.first_broken(session)
    if broken is not None:
        return f"The audit trail was changed at entry {broken}"
    note = data / SEEN
    seen = _read(note)
    if seen is not None and not audit.verify_entry(session, *seen):
        return f"Entry {seen[0]} of the audit trail, seen before, is gone or was written anew"
    newest, digest = audit.latest_digest(session)
    write_whole(note, json.dumps({"entry": newest, "digest": digest}))
    if seen is None:
        return (
            f"{note} could not be read, so whether the end of the audit trail was cut off is not known; "
            "it was written anew"
        )
    return ""


def _read(note: Path) -> tuple[int, str] | None:
    """The entry that was the newest at the last look, (0, "") before the first; None when the note is garbled."""
    if not note.exists():
        return 0, ""
    try:
        seen = json.loads(note.read_text(encoding="utf-8"))
        return int(seen["entry"]), str(seen["digest"])
    except (ValueError, KeyError, TypeError):
        return None
