"""Calls of asked hooks: pluggy's own, in which a plugin that fails is left out instead of ending the call for all.

In pluggy one implementation that raises ends the call. So each implementation is replaced, when its plugin
is registered, by one that notes the failure and answers nothing; order (``tryfirst``, ``trylast``),
wrappers and tracing stay pluggy's.
"""

import functools
import logging
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pluggy
from sqlalchemy.orm import Session

from lms.platform.plugin_failures import Failures
from lms.platform.transaction import savepoint_if_writing

log = logging.getLogger(__name__)

Check = Callable[[str, Any], Any]
"""Hook and answer -> the answer as it is handed on; raises TypeError."""


@dataclass(slots=True)
class _Asking:
    """A call that runs: what was answered so far, by whom."""

    hook: str
    strict: bool
    session: Session | None
    failures: Failures
    check: Check
    answers: list[tuple[str, Any]] = field(default_factory=list)

    def apart(self) -> AbstractContextManager[Any]:
        """Keep a failing query of one plugin from spoiling the transaction of the others."""
        return savepoint_if_writing(self.session) if self.session else nullcontext()

    def note(self, owner: str, answer: Any) -> Any:
        checked = self.check(self.hook, answer)
        self.answers.append((owner, checked))
        return checked

    def note_new(self, owner: str, answers: Any) -> list[Any]:
        """What a wrapper hands on: answers of others stay theirs, the rest is its own."""
        known = list(self.answers)
        return [answer if _take(known, answer) else self.note(owner, answer) for answer in answers]

    def with_owner(self, answer: Any) -> tuple[str, Any]:
        """An answer with the name of its plugin; empty for what an old wrapper of a strict call has put in."""
        return _take(self.answers, answer) or ("", self.check(self.hook, answer))


def _take(pairs: list[tuple[str, Any]], answer: Any) -> tuple[str, Any] | None:
    """Take the pair of this very answer out; each once, since two plugins may have given the same empty tuple."""
    for number, pair in enumerate(pairs):
        if pair[1] is answer:
            return pairs.pop(number)
    return None


_asking: ContextVar[_Asking | None] = ContextVar("lms_asking", default=None)


def ask(
    manager: pluggy.PluginManager,
    hook: str,
    arguments: Mapping[str, Any],
    *,
    strict: bool,
    failures: Failures,
    check: Check,
) -> list[tuple[str, Any]]:
    """Answers with the names of their plugins, in pluggy's order."""
    asking = _Asking(hook, strict, arguments.get("session"), failures, check)
    token = _asking.set(asking)
    try:
        answers = getattr(manager.hook, hook)(**arguments)
    finally:
        _asking.reset(token)
    return [asking.with_owner(answer) for answer in answers]


def guard(implementation: pluggy.HookImpl) -> None:
    """Make what a plugin has registered safe for others."""
    guarded = _wrapper if implementation.wrapper or implementation.hookwrapper else _plain
    implementation.function = guarded(  # type: ignore[misc]  # pluggy offers no other way in
        implementation.plugin_name, implementation.function
    )


def _plain(owner: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def called(*arguments: Any) -> Any:
        asking = _asking.get()
        if asking is None:
            return function(*arguments)
        try:
            with asking.apart():
                answer = function(*arguments)
            return asking.note(owner, answer)
        except Exception as error:
            if asking.strict:
                raise
            asking.failures.add(owner, asking.hook, error)
            return None

    return called


def _wrapper(owner: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A wrapper that fails before or after the others is as if it were not there."""

    @functools.wraps(function)
    def driven(*arguments: Any) -> Generator[None, Any, Any]:
        asking = _asking.get()
        if asking is None or asking.strict:
            answers = yield from function(*arguments)
            return answers if asking is None or answers is None else asking.note_new(owner, answers)
        inner = function(*arguments)
        try:
            with asking.apart():
                next(inner)
        except Exception as error:  # also StopIteration: it did not yield
            asking.failures.add(owner, asking.hook, error)
            return _answers_in((yield))
        outcome = yield
        before = list(_answers_in(outcome))
        try:
            return _finish(asking, owner, inner, outcome)
        except Exception as error:
            asking.failures.add(owner, asking.hook, error)
            if isinstance(outcome, pluggy.Result):
                outcome.force_result(before)
            return before

    return driven


def _finish(asking: _Asking, owner: str, inner: Generator[None, Any, Any], outcome: Any) -> list[Any]:
    try:
        with asking.apart():
            inner.send(outcome)
    except StopIteration as done:
        given = _answers_in(outcome) if isinstance(outcome, pluggy.Result) else done.value
    else:
        inner.close()
        raise RuntimeError("a wrapper yields once")
    answers = asking.note_new(owner, given)
    if isinstance(outcome, pluggy.Result):
        outcome.force_result(answers)
    return answers


def _answers_in(outcome: Any) -> list[Any]:
    """What an old wrapper gets as a ``Result``, and a new one as it is."""
    answers: list[Any] = outcome.get_result() if isinstance(outcome, pluggy.Result) else outcome
    return answers


def trace(manager: pluggy.PluginManager) -> None:
    """Log every call: hook, plugins in their order, time, number of answers. Arguments hold people's names."""
    running = threading.local()

    def before(hook: str, implementations: Any, _arguments: Any) -> None:
        running.__dict__.setdefault("began", []).append(time.perf_counter())
        log.info(
            "hook %s: asks %s",
            hook,
            ", ".join(found.plugin_name for found in reversed(implementations)) or "nobody",
        )

    def after(outcome: pluggy.Result[Any], hook: str, _implementations: Any, _arguments: Any) -> None:
        spent = (time.perf_counter() - running.began.pop()) * 1000
        error = outcome.exception
        said = f"raised {type(error).__name__}" if error else f"{len(outcome.get_result())} answers"
        log.info("hook %s: %s in %.1f ms", hook, said, spent)

    manager.add_hookcall_monitoring(before, after)
