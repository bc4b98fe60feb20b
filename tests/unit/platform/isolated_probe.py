"""Functions for the child of ``test_isolated.py``: well-behaved, greedy, slow, broken."""

import ctypes
import os
import sys
import time
from typing import BinaryIO

from lms.contract.errors import Conflict, Invalid
from lms.contract.text import Localized


def told(file: BinaryIO, *arguments: object) -> list[object]:
    return [file.read(), *arguments]


def surroundings(_file: BinaryIO) -> dict[str, object]:
    open_files = [name for name in os.listdir("/proc/self/fd") if int(name) > 5]  # noqa: PTH208
    return {"environment": sorted(os.environ), "modules": sorted(sys.modules), "open": open_files}


def chatty(_file: BinaryIO) -> str:
    print('{"result": "mine"}')  # noqa: T201
    os.write(1, b"noise")
    os.write(2, b"noise")
    return "answer"


def refusing(_file: BinaryIO, kind: str) -> None:
    if kind == "field":
        raise Invalid.at("name", Localized(id="Nama salah.", en="The name is wrong."))
    error = Conflict(Localized(id="Sudah berubah.", en="It has changed."))
    error.status = 460
    raise error


def greedy(file: BinaryIO, megabytes: int) -> int:
    return len([bytearray(1024 * 1024) for _ in range(megabytes)]) + len(file.read())


def slow(_file: BinaryIO, seconds: float) -> str:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"


def pid_and_sleep(_file: BinaryIO, pipe: str) -> None:
    handle = os.open(pipe, os.O_WRONLY)
    os.write(handle, str(os.getpid()).encode())
    os.close(handle)
    time.sleep(60)


def broken(_file: BinaryIO) -> None:
    raise ZeroDivisionError("secret of the file")


def crashing(_file: BinaryIO) -> None:
    ctypes.string_at(0)


def writing(_file: BinaryIO, path: str) -> None:
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"x" * 100)


def lengthy(_file: BinaryIO, size: int) -> bytes:
    return bytes(size)
