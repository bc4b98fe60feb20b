"""What a child process of ``isolated.py`` may still ask of the memory."""

import sys


def need(size: int) -> None:
    """Raise MemoryError unless ``size`` more bytes fit into this process's limit.

    Libraries in C often call a want of memory a damaged file; whoever asks before is tried again with more room.
    """
    if sys.platform == "win32":
        return
    import resource

    limit, _hard = resource.getrlimit(resource.RLIMIT_DATA)
    if limit != resource.RLIM_INFINITY and size > limit - _OWN:
        raise MemoryError(f"{size} bytes wanted, {limit} allowed")


_OWN = 24 * 1024 * 1024
"""Python, with a parser loaded: 12 to 16 MB, and a little for what it makes."""
