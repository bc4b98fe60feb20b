"""The device of a sign-in: who has signed in on it, and what a sign-in card's code proves."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flask import Response
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from lms.people.auth import accounts
from lms.people.auth.accounts import Card
from lms.people.auth.passwords import keyed_hash
from lms.platform.application import platform
from lms.platform.clock import now
from lms.settings import Settings
from lms.web import cookies

COOKIE = "imbas_device"
_MOST_PEOPLE = 12
"""A shared phone of a staff room; the cookie stays small."""
_YEAR = 400 * 86400


@dataclass(frozen=True, slots=True)
class Device:
    """A device that signed itself: its random key, and the people who have been in on it."""

    key: str
    people: tuple[int, ...]


def settings() -> Settings:
    """The application's settings."""
    found: Settings = platform().settings
    return found


def lasting() -> timedelta:
    """How long a sign-in lives after its last use."""
    return timedelta(days=settings().session_days)


def this_device() -> Device:
    """The device as its cookie says; a new one when there is none, or when it was tampered with."""
    try:
        key, people = _signer("device").loads(cookies.read(COOKIE))
        return Device(str(key), tuple(int(number) for number in people))
    except (BadSignature, TypeError, ValueError):
        return Device(secrets.token_urlsafe(12), ())


def remember(response: Response, device: Device, person_id: int) -> None:
    """Note in the device's cookie that ``person_id`` has been in."""
    people = (person_id, *(number for number in device.people if number != person_id))[:_MOST_PEOPLE]
    value = _signer("device").dumps([device.key, people])
    cookies.write(response, COOKIE, value, seconds=_YEAR, path="/masuk")


def card_link(card: Card) -> str:
    """The address in a card's QR code. It says who, and it lets a new device try at once."""
    value = _signer("card").dumps([card.person_id, _card_mark(card.seed)])
    return f"{settings().public_url}/masuk?{urlencode({'kartu': value})}"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a card's link proves: its holder was given the card of this person."""

    person_id: int
    username: str
    mark: str


def ticket(session: Session, value: str) -> Ticket | None:
    """The ticket in a link; None when it is missing or forged, or when its code was used."""
    if not value:
        return None
    try:
        person_id, mark = _signer("card").loads(value)
        cards = accounts.cards(session, [int(person_id)], key=settings().key(), now=now())
    except (BadSignature, TypeError, ValueError):
        return None
    found = next((card for card in cards if _card_mark(card.seed) == mark), None)
    return Ticket(found.person_id, found.username, mark) if found else None


def known_people(device: Device, found: Ticket | None) -> frozenset[int]:
    """Whose owner this device may well be in the hands of."""
    return frozenset(device.people) | ({found.person_id} if found else set())


def _card_mark(seed: str) -> str:
    return keyed_hash(seed, "card", settings().key())[:8]


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(settings().key(), salt=f"imbas-{purpose}")
