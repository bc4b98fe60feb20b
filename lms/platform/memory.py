"""The garbage collector looks at what comes and goes, and not at the application, which stays."""

import gc

_YOUNG, _MIDDLE, _OLD = 20_000, 20, 50


def settle() -> None:
    """Call it when a process has been set up, before its first work.

    Some hundred thousand objects of code, models and plugins never become garbage. Looking through
    them again and again made every page of a process wait, at times 0.1 seconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
