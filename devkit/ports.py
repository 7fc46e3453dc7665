"""Ports of this machine: which are free, and whether the portal answers on one."""

import http.client
import random
import socket


def can_listen(port: int) -> bool:
    """Whether nobody listens on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port below the range the kernel gives to outgoing connections, so none takes it before us."""
    return next(port for port in iter(lambda: random.randrange(20000, 32000), None) if can_listen(port))


def answers(port: int) -> bool:
    """Whether the portal's health page says 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
