"""kombu's Redis transport, which takes a connection that is gone for what it is."""

from typing import Any

from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError as ConnectionLost


class _Channel(kombu_redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection.client is None:
            raise ConnectionLost("this connection was put away after it had been lost")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]  # missing in its types


class Transport(kombu_redis.Transport):
    """What kombu's does; but a channel that outlives its connection says that the connection is lost.

    A worker that holds a message when its broker goes acknowledges it, or puts it back, by the channel on which
    it came. With kombu 5.7 that is an AttributeError where the connection has been put away meanwhile, which
    ends the worker; a lost connection Celery knows how to mend.
    """

    Channel = _Channel
