"""The child's side of ``isolated.py``: limits first, then the one function. Run by path, never imported.

It starts without the site module and without the web process's environment, so that neither costs time nor holds a secret.
"""

import base64
import json
import os
import signal
import sys
import traceback
from importlib import import_module
from typing import Any

_PR_SET_PDEATHSIG = 1
_LIBRARIES = 256 * 1024 * 1024
"""Address space for code and files that are only mapped: it is no memory of the child's own."""
_MAX_RESULT = 48 * 1024 * 1024
_MAX_OPEN_FILES = 32


def main() -> None:
    """Answer on standard output with two lines of JSON, of the child and of the function; nothing else is written there."""
    task = json.loads(os.environ.pop("IMBAS_ISOLATED"))
    _limit(task["seconds"], task["cpu"], task["megabytes"], task["parent"])
    sys.path[:] = task["path"]
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    answer = json.dumps(_answer(task["function"], task["arguments"]), default=_bytes_as_text).encode()
    if len(answer) > _MAX_RESULT:
        answer = json.dumps({"outgrown": "result"}).encode()
    answers.write(json.dumps({"peak": _peak()}).encode() + b"\n")
    answers.write(answer)
    answers.flush()
    os._exit(0)  # no finalizers over hostile objects


def _limit(seconds: float, cpu: int, megabytes: int, parent: int) -> None:
    """What the kernel enforces by itself, whatever code runs here and whatever becomes of the parent."""
    if sys.platform == "win32":  # the parent's clock is all there is
        return
    import resource

    signal.setitimer(signal.ITIMER_REAL, seconds + 1)  # its default action ends the process
    own = megabytes * 1024 * 1024
    for name, most in (
        ("RLIMIT_DATA", own),
        ("RLIMIT_AS", own + _LIBRARIES),
        ("RLIMIT_CPU", cpu),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NOFILE", _MAX_OPEN_FILES),
        ("RLIMIT_CORE", 0),
    ):
        if hasattr(resource, name):
            hard = most + 1 if name == "RLIMIT_CPU" else most  # at the soft one it is told why it ends
            resource.setrlimit(getattr(resource, name), (most, hard))
    os.nice(5)  # pages come first
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked to follow it
        os._exit(1)


def _answer(function: str, arguments: list[Any]) -> dict[str, Any]:
    from lms.contract.errors import ImbasError
    from lms.contract.text import stored

    module, _, name = function.partition(":")
    try:
        return {"result": getattr(import_module(module), name)(sys.stdin.buffer, *arguments)}
    except ImbasError as error:
        return {
            "refusal": type(error).__name__,
            "status": error.status,
            "text": stored(error.text),
            "fields": {field: stored(text) for field, text in error.fields.items()},
        }
    except MemoryError:
        return {"outgrown": "memory"}
    except Exception:
        return {"bug": traceback.format_exc()[-4000:]}


def _peak() -> float:
    """Megabytes at most resident since this program began; 0 where the system does not tell.

    Not getrusage: its figure is also the web process's, whose memory a child shares until its program begins.
    """
    try:
        with open("/proc/self/status") as status:  # noqa: PTH123  (pathlib costs the start 3 ms)
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return 0.0


def _bytes_as_text(value: Any) -> dict[str, str]:
    if isinstance(value, bytes | bytearray):
        return {"__bytes__": base64.b64encode(value).decode("ascii")}
    raise TypeError(f"{type(value).__name__} cannot leave the child")


if __name__ == "__main__":
    main()
