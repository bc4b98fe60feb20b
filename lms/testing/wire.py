"""A village's network: a proxy between a phone and the server that is slow, late, and cuts."""

import socket
import threading
import time
from contextlib import suppress

STEP = 4096
"""Bytes passed on at once."""
ROOM = 8192
"""Bytes that may wait in the proxy's socket: what the phone sent beyond them would not be counted."""


class Wire:
    """Listens on ``port`` of this machine and passes on to ``target`` (a port, too).

    ``speed`` limits what the phone sends, in bytes a second; ``delay`` in seconds holds each connection
    back once. ``sent`` counts the bytes that left the phone, those that were lost in a cut included;
    ``received`` those that came back.
    """

    def __init__(self, target: int, *, speed: float = 0, delay: float = 0) -> None:
        self.target, self.speed, self.delay = target, speed, delay
        self.sent = self.received = 0
        self._whole = True
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The address for the phone."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every connection and take no new one."""
        self._whole = False
        with self._lock:
            broken, self._open = self._open, set()
        for one in broken:
            _close(one)

    def mend(self) -> None:
        """Take connections again."""
        self._whole = True

    def close(self) -> None:
        """End for good."""
        self.cut()
        _close(self._listener)

    def _accept(self) -> None:
        while True:
            try:
                phone, _address = self._listener.accept()
            except OSError:
                return
            if not self._whole:
                _close(phone)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:  # a server that was killed
                _close(phone)
                continue
            with self._lock:
                self._open |= {phone, server}
            for source, sink, up in ((phone, server, True), (server, phone, False)):
                threading.Thread(target=self._pass, args=(source, sink, up), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        time.sleep(self.delay if up else 0)
        with suppress(OSError):
            while chunk := source.recv(STEP):
                with self._lock:
                    self.sent += len(chunk) if up else 0
                    self.received += 0 if up else len(chunk)
                if up and self.speed:
                    time.sleep(len(chunk) / self.speed)
                sink.sendall(chunk)
        for one in (source, sink):
            with self._lock:
                self._open.discard(one)
            _close(one)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
