"""How a long-running process keeps its memory: the C library's allocator and Python's garbage collector."""

import ctypes
import gc

_YOUNG, _MIDDLE, _OLD = 20_000, 20, 50


def tune_gc() -> None:
    """Call it when a process has been set up, before its first work.

    Some hundred thousand objects of code, models and plugins never become garbage. Looking through
    them again and again made every page of a process wait, at times 0.1 seconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""Numbers of glibc's ``mallopt``."""
_MEGABYTE = 1024 * 1024


def bound_malloc() -> None:
    """Let glibc give back what is free. Call it first, before any thread exists; elsewhere it does nothing.

    By itself glibc makes an arena for each thread, up to eight for each core, and keeps in it whatever
    was once needed there: with 64 request threads that is more than the application.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(_M_ARENA_MAX, 2)
    mallopt(_M_MMAP_THRESHOLD, _MEGABYTE)
    mallopt(_M_TRIM_THRESHOLD, _MEGABYTE)
