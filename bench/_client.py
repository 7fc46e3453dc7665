"""A small HTTP client that keeps many connections busy; it shares the cores with the server."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

CONNECTIONS = 32


@dataclass
class Outcome:
    """What came back, in the order of the requests; and how long all of it took."""

    seconds: float
    statuses: list[int]
    bodies: list[bytes] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.statuses) / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds within which that share of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000


def request(method: str, path: str, cookies: Mapping[str, str], body: str = "", **headers: str) -> bytes:
    """The bytes of one request on a kept connection."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Language: zh-CN"]
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    if method == "POST":
        lines.append("Content-Type: application/x-www-form-urlencoded")
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        return status, await _chunks(reader)
    start = lower.find(b"content-length:")
    length = int(lower[start + 15 : lower.index(b"\r\n", start)]) if start >= 0 else 0
    return status, await reader.readexactly(length) if length else b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body


async def _play(port: int, scripts: Sequence[Sequence[bytes]], connections: int, *, keep: bool) -> Outcome:
    statuses: dict[tuple[int, int], int] = {}
    bodies: dict[tuple[int, int], bytes] = {}
    latencies: list[float] = []
    waiting = iter(enumerate(scripts))

    async def worker() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, script in waiting:
            for step, message in enumerate(script):
                start = time.perf_counter()
                writer.write(message)
                statuses[number, step], body = await _answer(reader)
                latencies.append(time.perf_counter() - start)
                if keep:
                    bodies[number, step] = body
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(min(connections, len(scripts)))))
    seconds = time.perf_counter() - start
    order = sorted(statuses)
    return Outcome(seconds, [statuses[k] for k in order], [bodies[k] for k in order if keep], latencies)


def play(
    port: int, scripts: Sequence[Sequence[bytes]], *, connections: int = CONNECTIONS, keep: bool = False
) -> Outcome:
    """Sends every script (requests that follow each other) and waits for all answers."""
    return asyncio.run(_play(port, scripts, connections, keep=keep))


def alternate(
    port: int, one: Sequence[Sequence[bytes]], other: Sequence[Sequence[bytes]], parts: int = 8
) -> tuple[Outcome, Outcome]:
    """Plays both in turns of equal size, so that whatever else the machine does disturbs both alike."""
    both = Outcome(0, []), Outcome(0, [])
    for part in range(parts):
        for total, scripts in zip(both, (one, other), strict=True):
            done = play(port, scripts[len(scripts) * part // parts : len(scripts) * (part + 1) // parts])
            total.seconds += done.seconds
            total.statuses += done.statuses
            total.latencies += done.latencies
    return both


def hammer(port: int, message: bytes, seconds: float, connections: int = CONNECTIONS) -> Outcome:
    """Sends one request again and again for a while."""

    async def until() -> Outcome:
        statuses: list[int] = []
        latencies: list[float] = []
        start = time.perf_counter()

        async def worker() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while (begun := time.perf_counter()) - start < seconds:
                writer.write(message)
                statuses.append((await _answer(reader))[0])
                latencies.append(time.perf_counter() - begun)
            writer.close()

        await asyncio.gather(*(worker() for _ in range(connections)))
        return Outcome(time.perf_counter() - start, statuses, latencies=latencies)

    return asyncio.run(until())
