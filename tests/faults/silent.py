"""A TCP proxy that can go silent: it takes connections and bytes, and neither answers nor hangs up."""

import selectors
import socket
import threading
from contextlib import suppress


class SilentProxy:
    """In front of the port ``target`` of this machine. Connections of a silent time stay dead for ever, new ones work again."""

    def __init__(self) -> None:
        self.target = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._peers: dict[socket.socket, socket.socket] = {}
        self._swallowed: list[socket.socket] = []
        self._silent, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def silence(self) -> None:
        """From now on nothing comes through."""
        self._silent.set()

    def heal(self) -> None:
        """New connections come through; those from before are as dead as they were."""
        self._silent.clear()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        for sock in (*self._peers, *self._swallowed, self._listener):
            sock.close()
        self._selector.close()

    def _run(self) -> None:
        self._selector.register(self._listener, selectors.EVENT_READ)
        while not self._stopped.is_set():
            for key, _events in self._selector.select(0.05):
                assert isinstance(key.fileobj, socket.socket)
                if key.fileobj is self._listener:
                    self._take()
                else:
                    self._carry(key.fileobj)

    def _take(self) -> None:
        client, _address = self._listener.accept()
        self._selector.register(client, selectors.EVENT_READ)
        if self._silent.is_set():
            self._swallowed.append(client)
            return
        server = socket.create_connection(("127.0.0.1", self.target))
        self._peers[client], self._peers[server] = server, client
        self._selector.register(server, selectors.EVENT_READ)

    def _carry(self, sock: socket.socket) -> None:
        data = b""
        with suppress(OSError):
            data = sock.recv(65536)
        peer = self._peers.get(sock)
        if self._silent.is_set() and peer is not None:
            self._swallowed += [self._peers.pop(sock), self._peers.pop(peer)]  # dead from now on
        elif data and peer is not None:
            with suppress(OSError):
                peer.sendall(data)
        if not data:
            self._selector.unregister(sock)
            if sock in self._peers:
                other = self._peers.pop(sock)
                self._peers.pop(other, None)
                with suppress(KeyError):
                    self._selector.unregister(other)
                other.close()
                sock.close()
