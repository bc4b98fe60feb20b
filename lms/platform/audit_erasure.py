"""Taking an erased person out of the audit trail without breaking its chain.

What somebody was called may stand in entries of earlier versions and in reasons that people wrote. ``erase`` takes it
out; the digests of what is left stand in the entry of the erasure, later in the chain. So an entry that was changed
is accepted only where a whole later entry says how it must read now.
"""

import json
import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from lms.platform.audit import ERASED_FROM, ERASURE, AuditEntry, digest_of, hold_chain, record, seal

KNOWN_BY = frozenset(
    {"full_name", "title_front", "title_back", "nip", "nuptk", "position", "phone", "username"}
)
"""Names of values that earlier versions wrote into the trail, and by which a person is known."""
_UNLIKE_OTHERS = KNOWN_BY - {"title_front", "title_back", "position"}
GONE = "[dihapus]"
_SHORTEST = 4
"""A shorter word would be found within others."""


def erase(
    session: Session, *, person_id: int, words: Collection[str], actor_id: int | None, now: datetime
) -> None:
    """Take ``words``, by which a person could be known, out of every entry, and seal the entry of the erasure.

    Nobody else seals meanwhile, and everything that waited is sealed with it: so from the first moment the chain
    holds what the erased entries read now. Of entries about the person the values that a person is known by go
    altogether, and what they once were joins the words; everywhere else the words themselves are replaced, in any case
    of letters. Entries of earlier erasures stay: they hold digests only, in which a short word of a to f and figures may
    stand by chance, and a digest that was changed would break the chain for ever.
    """
    hold_chain(session)
    about = AuditEntry.concerns == person_id
    former = {
        str(part)
        for entry in session.scalars(select(AuditEntry).where(about))
        for values in (entry.before, entry.after)
        for name, part in values.items()
        if name in _UNLIKE_OTHERS
    }
    words = tuple(
        sorted({word for word in {*words, *former} if len(word) >= _SHORTEST}, key=len, reverse=True)
    )
    texts = (cast(AuditEntry.before, Text), cast(AuditEntry.after, Text), AuditEntry.reason)
    forms = {form for word in words for form in (word, json.dumps(word)[1:-1])}
    named = [text.icontains(form, autoescape=True) for text in texts for form in forms]
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None
    erased: dict[str, str] = {}
    searched = select(AuditEntry).where(AuditEntry.action != ERASURE, or_(about, *named))
    for entry in session.scalars(searched.order_by(AuditEntry.id)):
        own = entry.concerns == person_id
        before, after = _without(entry.before, pattern, own=own), _without(entry.after, pattern, own=own)
        reason = _without(entry.reason, pattern, own=own)
        if (before, after, reason) != (entry.before, entry.after, entry.reason):
            entry.before, entry.after, entry.reason = before, after, reason
            if entry.digest is not None:
                erased[str(entry.id)] = digest_of(vars(entry))
    session.flush()
    record(
        session,
        actor_id=actor_id,
        action=ERASURE,
        subject=("person", person_id),
        concerns=person_id,
        now=now,
        after={ERASED_FROM: erased},
    )
    while seal(session):
        pass


def _without(value: Any, pattern: re.Pattern[str] | None, *, own: bool) -> Any:
    """A value of an entry without what an erased person is known by."""
    if isinstance(value, dict):
        return {
            name: GONE if own and name in KNOWN_BY and part else _without(part, pattern, own=own)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_without(part, pattern, own=own) for part in value]
    return pattern.sub(GONE, value) if isinstance(value, str) and pattern else value
