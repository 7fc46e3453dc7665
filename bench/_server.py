"""The portal as production runs it: granian, two workers of four blocking threads."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def portal(**env: str) -> Iterator[int]:
    """Starts the portal on a port of its own with this process's environment; yields the port."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads"]
    command += ["4", "--host", "127.0.0.1", "--port", str(port), "config.wsgi:application"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, env={**os.environ, **env}, stdout=log, stderr=log, start_new_session=True
        )
        try:
            deadline = time.monotonic() + 60
            while not _answers(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    sys.exit(f"the portal did not start:\n{log.read().decode(errors='replace')[-3000:]}")
                time.sleep(0.1)
            yield port
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
