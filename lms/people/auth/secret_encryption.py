"""Secrets of second factors as they lie in the database: sealed under the installation's key.

Whoever has the database or a backup alone can compute no code. The key of the seal is derived from
``LMS_SECRET_KEY`` with HKDF (RFC 5869), so that it opens nothing else that the key is used for.
"""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_MARK = "gAAAA"
"""How a Fernet token begins. An unsealed secret is base32: it has no small letters."""


def seal(secret: str, key: str) -> str:
    """``secret`` as it may be stored; a token of 140 characters for a secret of 32."""
    return _box(key).encrypt(secret.encode()).decode()


def opened(stored: str, keys: Sequence[str]) -> str | None:
    """The secret in ``stored``, None when none of ``keys`` opens it.

    What was stored before secrets were sealed is given back as it is.
    """
    from cryptography.fernet import InvalidToken

    if not stored.startswith(_MARK):
        return stored
    for key in keys:
        try:
            return _box(key).decrypt(stored).decode()
        except InvalidToken:
            continue
    return None


def is_sealed(stored: str, key: str) -> bool:
    """Whether ``stored`` is sealed, and under this very key."""
    return stored.startswith(_MARK) and opened(stored, (key,)) is not None


def _box(key: str) -> "Fernet":
    from cryptography.fernet import Fernet  # with the first secret: most processes never open one
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"imbas second factor").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
