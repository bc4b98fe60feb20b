"""The audit trail as ``lms doctor`` sees it: the chain itself, and the end that was seen last time.

A chain shows what was changed, removed or put in between, but not that its end was cut off or that
all of it was written anew. So each look leaves the newest entry in the data folder, outside the
database, and the next look asks for it again.
"""

import json
from pathlib import Path

from sqlalchemy.orm import Session

from lms.platform import audit

SEEN = "audit-seen.json"


def fault(session: Session, data: Path) -> str:
    """What is wrong with the trail, in plain words, or "". A whole trail's end is remembered."""
    broken = audit.first_broken(session)
    if broken is not None:
        return f"The audit trail was changed at entry {broken}"
    note = data / SEEN
    seen = json.loads(note.read_text()) if note.exists() else {}
    entry, digest = int(seen.get("entry", 0)), str(seen.get("digest", ""))
    if not audit.holds(session, entry, digest):
        return f"Entry {entry} of the audit trail, seen before, is gone or was written anew"
    newest, digest = audit.head(session)
    note.write_text(json.dumps({"entry": newest, "digest": digest}))
    return ""
