# SPDX-License-Identifier: BSL-1.0
"""measure.py: lets one peer send to a sink of its own, and says what that took."""
import os
import pathlib
import subprocess
import tempfile

import peers

HAS_NO_SUCH_THING = 69
WAY = 100  # milliseconds, in each direction


class Failed(Exception):
    pass


class Result:
    """`mails` are (round trips, milliseconds, octets), as the sink counts them from the beginning."""

    def __init__(self, mails, cpu, memory):
        self.mails, self.cpu, self.memory = mails, cpu, memory

    @property
    def seconds(self):
        return self.mails[-1][1] / 1000


def finish(process):
    out, _ = process.communicate(timeout=120)
    return out


def send(peer, job, bench, pki, way=0):
    """The Result, or None where the peer has no such option."""
    runs = 1 if peer.reuses else job["count"]
    sink = subprocess.Popen(
        [bench / "sink", pki / "good.pem", pki / "good.key",
         "implicit" if job["tls"] == "implicit" else "starttls", str(way), str(runs)],
        stdout=subprocess.PIPE, text=True)
    try:
        port = int(sink.stdout.readline().split()[1])
        cpu = memory = 0
        for _ in range(runs):
            took = launch(peer, job, port, bench)
            if took is None:
                return None
            cpu += took[0]
            memory = max(memory, took[1])
        lines = [line.split() for line in finish(sink).splitlines()]
    finally:
        sink.kill()
        sink.wait()
    mails = [(int(trips), float(ms), int(octets)) for trips, ms, octets in lines]
    least = os.stat(job["mail"]).st_size
    if len(mails) != job["count"] or any(octets < least for _, _, octets in mails):
        raise Failed(f"{peer.name}: {len(mails)} of {job['count']} mails arrived whole")
    return Result(mails, cpu, memory)


def launch(peer, job, port, bench):
    command, source = peer.ask(job, port)
    with tempfile.NamedTemporaryFile(mode="r") as figures, open(source or os.devnull, "rb") as mail:
        subprocess.run([bench / "launch", figures.name, *command], stdin=mail,
                       stdout=subprocess.DEVNULL, env=peers.environment(), timeout=120, check=True)
        cpu, memory, status = figures.read().split()
    if int(status) == HAS_NO_SUCH_THING:
        return None
    if int(status) != 0:
        raise Failed(f"{peer.name}: exit status {status}")
    return float(cpu), int(memory)


def best(results):
    """The fastest, with the least CPU time and the most memory of any of them."""
    fastest = min(results, key=lambda r: r.seconds)
    return Result(fastest.mails, min(r.cpu for r in results), max(r.memory for r in results))


def write_mail(path, octets):
    """A ready-made mail of so many octets or a few more: lines of prose, one in twenty with a dot."""
    header = b"From: <mote17@example.org>\r\nTo: <ops1@example.org>\r\nSubject: hot\r\n\r\n"
    line = b"Boiler 2 is too hot, and nobody has looked at it for a while. Please go.\r\n"
    block = line * 19 + b"." + line
    text = header + block * (octets // len(block) + 1)
    end = text.find(b"\r\n", octets - 2)
    pathlib.Path(path).write_bytes(text[:end + 2])
    return str(path)
