"""A port that another program has is said before anything starts."""

import socket

import click
import pytest

from lms.cli import serve


def test_a_port_in_use_is_said_with_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            click.ClickException, match=f"port {port} is in use on 127.0.0.1; .* --port {port + 1}"
        ):
            serve._hold("127.0.0.1", port)
