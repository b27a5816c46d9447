#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""run.py BUILD_DIR: measures every peer against the same sink, in one run, and prints tables; a chart
is in BUILD_DIR/bench/bench.svg.

Speed is judged by nobody. What is no matter of speed is: the command fails where mailmote takes more
round trips than it says, or memory that grows with the mail, or where any of its mails is lost.
"""
import pathlib
import subprocess
import sys

import chart
import measure
import peers

BUILD = pathlib.Path(sys.argv[1]).resolve()
BENCH, PKI = BUILD / "bench", BUILD / "pki"
TURNS = 5
KINDS = ("plain", "starttls", "implicit")
PROMISED = {  # plain, STARTTLS, implicit TLS, the next mail
    "mailmote": (6, 9, 7, 2),
    "mailmote, chunking": (5, 8, 6, 1),
    "mailmote, chunking, pipeline_auth": (4, 7, 5, 1),
}
NOISE = 512  # KB that two runs of one program differ by
faults = []


def job(mail, **more):
    return {"tls": "plain", "ca": str(PKI / "ca.pem"), "mail": mail, "count": 1, "recipients": 1,
            "login": False, **more}


def table(title, head, rows):
    rows = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    print(f"\n{title}\n")
    for row in rows:
        cells = [cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in
                 enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip(), flush=True)


def attempt(peer, function, *arguments, **more):
    """What the function says; None with a complaint where the peer fails."""
    try:
        return function(peer, *arguments, **more)
    except (measure.Failed, subprocess.SubprocessError) as why:
        print(f"  {why}", file=sys.stderr)
        if peer.name.startswith("mailmote"):
            faults.append(str(why))
        return None


def round_trips(everybody, mail):
    rows, bars = [], []
    for peer in everybody:
        cells, counts, following = [], [], None
        for kind in KINDS:
            asked = job(mail, tls=kind, recipients=3, login=True, count=2 if peer.reuses else 1)
            result = attempt(peer, measure.send, asked, BENCH, PKI, measure.WAY)
            if result is None:
                cells.append("-")
                continue
            trips, ms, _ = result.mails[0]
            counts.append(trips)
            cells.append(f"{trips}  {ms / 1000:.2f} s")
            if len(result.mails) > 1 and following is None:
                following = [b - a for a, b in zip(result.mails[0], result.mails[1])]
        if not counts:
            continue  # it has no such option yet
        cells.append(f"{following[0]}  {following[1] / 1000:.2f} s" if following else "-")
        promised = PROMISED.get(peer.name)
        if promised and promised != (*counts, following[0]):
            faults.append(f"{peer.name}: round trips {(*counts, following[0])}, not {promised}")
        rows.append([peer.name, *cells])
        bars.append((peer.name, counts[min(1, len(counts) - 1)]))
    table(f"Round trips and time to the last reply: 3 recipients, 10 KB, AUTH PLAIN, TLS 1.3, "
          f"{2 * measure.WAY} ms", ["", *["plain", "STARTTLS", "implicit TLS", "next mail"]], rows)
    return bars


def compare(everybody, job_of):
    """The peers in turn, and again; (peer, its Result) of those that can."""
    results = {peer: [] for peer in everybody}
    for _ in range(TURNS):
        for peer in list(results):
            result = attempt(peer, measure.send, job_of(peer), BENCH, PKI)
            if result:
                results[peer].append(result)
            else:
                del results[peer]
    return [(peer, measure.best(some)) for peer, some in results.items()]


def large_mail(everybody, mail, kind, title):
    rows, bars = [], []
    for peer, result in compare(everybody, lambda _: job(mail, tls=kind)):
        speed = result.mails[0][2] / 1e6 / result.seconds
        rows.append([peer.name, f"{speed:,.0f}", f"{result.cpu:.2f}", f"{result.memory / 1024:.1f}"])
        bars.append((peer.name, speed))
    table(title, ["", "MB/s", "CPU s", "MB of memory"], rows)
    return bars


def small_mails(everybody, mail):
    rows, bars = [], []
    jobs = {peer: job(mail, count=10_000 if peer.reuses else 100) for peer in everybody}
    for peer, result in compare(everybody, jobs.get):
        count = len(result.mails)
        rows.append([peer.name, f"{count / result.seconds:,.0f}", f"{result.cpu / count * 1e6:.0f}",
                     f"{result.memory / 1024:.1f}"])
        bars.append((peer.name, count / result.seconds))
    table("1 KB mails, one after the other, loopback, no TLS (target: 15,000 a second)",
          ["", "mails/s", "CPU us a mail", "MB of memory"], rows)
    return bars


def memory_stays(peer, small, large):
    for kind in ("plain", "implicit"):
        took = [attempt(peer, measure.send, job(mail, tls=kind), BENCH, PKI) for mail in (small, large)]
        if all(took) and took[1].memory > took[0].memory + NOISE:
            faults.append(f"{peer.name}, {kind}: 100 MB take {took[1].memory} KB of memory, and "
                          f"10 MB {took[0].memory}")


def text_speed():
    said = subprocess.check_output([BENCH / "text_speed"], text=True)
    speeds = {}
    for line in said.splitlines():
        what, kind, speed = line.split("\t")
        speeds.setdefault(what, {})[kind] = speed
    kinds = list(next(iter(speeds.values())))
    table("A text alone, MB/s (one core, 64 KB pieces)", ["", *kinds],
          [[what, *by_kind.values()] for what, by_kind in speeds.items()])


def main():
    mails = {name: measure.write_mail(BENCH / f"{name}.eml", size) for name, size in
             {"1KB": 1_000, "10KB": 10_000, "10MB": 10_000_000, "100MB": 100_000_000}.items()}
    everybody = peers.all_peers(BUILD, BENCH)
    ceiling = peers.Program("wolfSSL's own write", [str(BENCH / "wolfssl_peer")])

    trips = round_trips(everybody, mails["10KB"])
    large = large_mail(everybody, mails["100MB"], "plain",
                       "100 MB, loopback, no TLS (targets: 1,500 MB/s, 4 MB of memory)")
    small = small_mails(everybody, mails["1KB"])
    over_tls = large_mail([ceiling, *everybody], mails["100MB"], "implicit",
                          "100 MB, loopback, implicit TLS 1.3 (target: within 10 % of wolfSSL's own)")
    text_speed()
    for peer in everybody:
        if peer.name.startswith("mailmote"):
            memory_stays(peer, mails["10MB"], mails["100MB"])

    chart.write(BENCH / "bench.svg", [
        ("Round trips to the last reply, STARTTLS (shorter is better)", "round trips", trips, None),
        ("One mail of 100 MB, loopback, no TLS", "MB/s", large, 1_500),
        ("Mails of 1 KB over one connection, loopback, no TLS", "mails a second", small, 15_000),
        ("One mail of 100 MB, loopback, implicit TLS", "MB/s", over_tls, None),
    ])
    print(f"\n{BENCH / 'bench.svg'} shows it.")
    for mail in mails.values():
        pathlib.Path(mail).unlink()
    for fault in faults:
        print(f"run.py: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
