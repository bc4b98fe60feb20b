"""Every route declares its rule here; one place enforces it.

``page`` is for reading, ``export`` for taking away, ``command`` for changing, ``public`` for pages
without sign-in. A route without one of them is refused at start (``check_routes``). A command runs
in one write transaction, accepts only the fields it names, and is idempotent by its key (``idempotent_command.py``).
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from flask import Flask, current_app, make_response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.contract.actors import Actor, Place
from lms.contract.errors import Forbidden, Invalid
from lms.contract.text import message
from lms.platform import audit
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.disk import leave_for_files
from lms.platform.logs import security_log
from lms.platform.transaction import write
from lms.web import idempotent_command

PUBLIC = "public"
"""Action of a route that anybody may use."""
SIGNED_IN = "signed_in"
"""Action of a route that every signed-in person may use, on nothing but the person's own things."""

View = Callable[..., ResponseReturnValue]
PlaceOf = Callable[..., Place]
"""``place(session, **view_args)``: where the object of a request stands; raises NotFound."""


class SignInNeeded(Exception):
    """Nobody is signed in; the error handler sends the person to the sign-in page."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route demands: the action, where its object stands, and the fields it takes."""

    action: str
    place: PlaceOf | None = None
    fields: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    changes: bool = False
    prepare: Callable[..., Any] | None = None
    """Runs before a command's transaction; what it returns is the view's first argument."""
    when_closed: bool = False
    """Whether a command also works in a programme that has ended."""
    exports: bool = False


def page(action: str, *, place: PlaceOf | None = None) -> Callable[[View], View]:
    """Wrap a view that only reads: the actor needs ``action`` at the object's place.

    ``place(session, **view_args)`` says where the object stands; without it the action is asked for nowhere in particular.
    Who is not signed in goes to the sign-in page; who may not is answered with 403.
    """

    def decorate(view: View) -> View:
        rule = Rule(action, place)

        @wraps(view)
        def wrapped(**arguments: Any) -> ResponseReturnValue:
            demand(rule, arguments)
            return view(**arguments)

        wrapped.__rule__ = rule  # type: ignore[attr-defined]
        return wrapped

    return decorate


def export(action: str, *, place: PlaceOf | None = None) -> Callable[[View], View]:
    """People's data to take away (a table, an archive): each download stands in the audit trail."""

    def decorate(view: View) -> View:
        rule = Rule(action, place, exports=True)

        @wraps(view)
        def wrapped(**arguments: Any) -> ResponseReturnValue:
            actor = demand(rule, arguments)
            leave_for_files(platform().settings)  # tables and archives are gathered on the disk first
            response = make_response(view(**arguments))
            if actor and response.status_code == 200:
                subject = (request.endpoint or "", next(iter(arguments.values()), 0))
                with write() as session:
                    audit.record(
                        session,
                        actor_id=actor.person_id,
                        action="exports.download",
                        subject=subject,
                        now=now(),
                    )
            return response

        wrapped.__rule__ = rule  # type: ignore[attr-defined]
        return wrapped

    return decorate


def public(view: View) -> View:
    """Wrap a view that anybody may read, without sign-in."""
    view.__rule__ = Rule(PUBLIC)  # type: ignore[attr-defined]
    return view


def command(
    action: str,
    *,
    place: PlaceOf | None = None,
    fields: Iterable[str] = (),
    files: Iterable[str] = (),
    prepare: Callable[..., Any] | None = None,
    when_closed: bool = False,
) -> Callable[[View], View]:
    """Wrap a view that changes something: authorised as by ``page``, in one write transaction, done once for each ``_key``.

    ``fields`` and ``files`` name what the form may carry (``crit-*`` is a prefix); anything else is answered with 400. The
    same ``_key`` with the same body gets the first answer again, with another body 409. ``prepare`` runs before the
    transaction, with the view's arguments; its result is the view's first one. A response of 400 or more, or an error,
    rolls the transaction back.
    In a programme that has ended (``Place.closed``) a command is answered with 403, unless ``when_closed``.
    """
    rule = Rule(
        action, place, tuple(fields), tuple(files), changes=True, prepare=prepare, when_closed=when_closed
    )

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(**arguments: Any) -> ResponseReturnValue:
            _check_fields(rule)
            actor = demand(rule, arguments)
            person_id = actor.person_id if actor else None
            if prepare is None:
                return idempotent_command.run(person_id, lambda: view(**arguments))
            with idempotent_command.in_turn(
                person_id
            ):  # what is slow to prepare is prepared once for each key, too
                known = idempotent_command.answered(person_id)
                if known is not None:
                    return known
                first = prepare(**arguments)
                return idempotent_command.run(person_id, lambda: view(first, **arguments))

        wrapped.__rule__ = rule  # type: ignore[attr-defined]
        return wrapped

    return decorate


def demand(rule: Rule, arguments: dict[str, Any]) -> Actor | None:
    """Enforce ``rule``; the actor, or None on a public route.

    Raises SignInNeeded, Forbidden, and what the rule's ``place`` raises.
    """
    if rule.action == PUBLIC:
        return actor_or_none()
    actor = current_actor()
    place = rule.place(db.session(), **arguments) if rule.place else Place()
    if rule.action != SIGNED_IN and not may(rule.action, place):
        raise Forbidden(
            message(
                "Peran Bapak/Ibu belum mencakup halaman ini. Tidak ada pekerjaan yang hilang. "
                "Kembali ke beranda atau hubungi operator sekolah."
            )
        )
    if rule.changes and place.closed and not rule.when_closed:
        raise Forbidden(
            message(
                "Program ini sudah ditutup, jadi isinya tidak berubah lagi. Yang tersimpan tetap aman dan dapat dibaca."
            )
        )
    return actor


def may(action: str, place: Place) -> bool:
    """Whether the current actor may do ``action`` at ``place``; False when nobody is signed in. Also a template global."""
    actor = actor_or_none()
    return actor is not None and platform().core.authorise(actor, action, place)


def may_open(endpoint: str, **arguments: Any) -> bool:
    """Whether the current actor may open the page ``endpoint`` with these arguments: no link leads to a refusal."""
    rule = getattr(current_app.view_functions.get(endpoint), "__rule__", None)
    if not isinstance(rule, Rule):
        return False
    if rule.action in {PUBLIC, SIGNED_IN}:
        return rule.action == PUBLIC or actor_or_none() is not None
    return may(rule.action, rule.place(db.session(), **arguments) if rule.place else Place())


def actor_or_none() -> Actor | None:
    """The signed-in person, if any."""
    return getattr(current_user, "actor", None)


def person_or_none() -> int | None:
    """The number of the signed-in person, if any."""
    actor = actor_or_none()
    return actor.person_id if actor else None


def current_actor() -> Actor:
    """The signed-in person; without one the answer is the sign-in page."""
    actor = actor_or_none()
    if actor is None:
        raise SignInNeeded
    return actor


def new_key() -> str:
    """A fresh idempotency key for a form."""
    return secrets.token_urlsafe(12)


def check_routes(app: Flask) -> None:
    """Refuse to start when a route has no rule; raises RuntimeError naming them."""
    bare = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if not isinstance(getattr(view, "__rule__", None), Rule)
    ]
    if bare:
        raise RuntimeError(f"routes without a rule: {', '.join(sorted(bare))}")


def _check_fields(rule: Rule) -> None:
    unknown = [
        name
        for name in request.form
        if not (name in idempotent_command.FURNITURE or _named(name, rule.fields))
    ]
    unknown += [name for name in request.files if not _named(name, rule.files)]
    if unknown:
        security_log("unknown_fields_refused", person=person_or_none())
        error = Invalid(
            message(
                "Formulir ini memuat isian yang tidak dikenal. Tidak ada yang diubah. "
                "Muat ulang halaman, lalu coba lagi."
            )
        )
        error.status = 400
        raise error


def _named(name: str, names: tuple[str, ...]) -> bool:
    return name in names or name.startswith(_prefixes(names))


@cache
def _prefixes(names: tuple[str, ...]) -> tuple[str, ...]:
    """``crit-*`` stands for every name that begins with ``crit-``."""
    return tuple(name.removesuffix("*") for name in names if name.endswith("*"))
