# SPDX-License-Identifier: BSL-1.0
"""peers.py: who takes part, and how each is asked to send."""
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "correct-horse"


def recipients(job):
    return [f"ops{i + 1}@example.org" for i in range(job["recipients"])]


class Program:
    """One of ours, by the command line of job.hpp."""

    def __init__(self, name, command, *options):
        self.name, self.command, self.options = name, command, options
        self.reuses = True  # several mails over one connection

    def ask(self, job, port):
        return [*self.command, job["tls"], str(port), job["ca"], job["mail"], str(job["count"]),
                str(job["recipients"]), "login" if job["login"] else "anonymous", *self.options], None


class MailmoteSend:
    name = "mailmote-send"
    reuses = True

    def __init__(self, program, *options):
        self.program, self.options = program, options
        self.name = " ".join(["mailmote-send", *options])

    def ask(self, job, port):
        how = {"plain": "none", "starttls": "starttls", "implicit": "implicit"}[job["tls"]]
        login = ["--user", "mote17", "--allow-cleartext-auth"] if job["login"] else []
        to = [word for one in recipients(job) for word in ("--to", one)]
        return [self.program, "--quiet", "--host", "localhost", "--port", str(port), "--tls", how,
                "--ca", job["ca"], "--from", "mote17@example.org", *to, *login, "--body",
                job["mail"], "--count", str(job["count"]), *self.options], None


class Msmtp:
    """One mail a process."""
    name = "msmtp"
    reuses = False

    def ask(self, job, port):
        tls = ["--tls=off"]
        if job["tls"] != "plain":
            tls = ["--tls=on", f"--tls-starttls={'on' if job['tls'] == 'starttls' else 'off'}",
                   f"--tls-trust-file={job['ca']}"]
        login = ["--auth=off"]
        if job["login"]:
            login = ["--auth=plain", "--user=mote17", f"--passwordeval=echo {PASSWORD}"]
        return ["msmtp", "--host=localhost", f"--port={port}", "--from=mote17@example.org", *tls,
                *login, "--", *recipients(job)], job["mail"]


def all_peers(build, bench):
    """In the order of the tables. Those without some option, or kind of TLS, say so themselves."""
    mailmote = [str(bench / "mailmote_peer")]
    return [
        Program("mailmote", mailmote),
        Program("mailmote, chunking", mailmote, "chunking"),
        Program("mailmote, chunking, pipeline_auth", mailmote, "chunking", "pipeline_auth"),
        MailmoteSend(str(build / "mailmote-send")),
        Program("libcurl", [str(bench / "curl_peer")]),
        Program("libESMTP", [str(bench / "esmtp_peer")]),
        Msmtp(),
        Program("Python's smtplib", [sys.executable, str(HERE / "smtplib_peer.py")]),
    ]


def environment():
    return dict(os.environ, MAILMOTE_PASSWORD=PASSWORD, LC_ALL="C")
