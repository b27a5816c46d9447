# SPDX-License-Identifier: BSL-1.0
"""aiosmtpd_server.py CONFIG: aiosmtpd on the ports of CONFIG, until it is ended.

CONFIG is JSON: {"ports": {NAME: NUMBER}, "certificates": {NAME: FILE-WITHOUT-SUFFIX}, "log": FILE,
"mailbox": MAILDIR, "user": ..., "password": ..., "small": OCTETS}. The log has the events of
sessions.sh. A mail is stored as it came, once a recipient, below two lines of its envelope.
"""
import asyncio
import itertools
import json
import re
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

config = json.load(open(sys.argv[1]))
log = open(config["log"], "a", buffering=1)
numbers = itertools.count()


class Session(SMTP):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.number = next(numbers)
        self.in_message = False
        self.note("open")

    def connection_made(self, transport):  # and made again by STARTTLS
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        if tls is not None:
            self.note("TLS: " + tls.version())
        if not hasattr(self, "read"):
            self.read, self._reader.readuntil = self._reader.readuntil, self.read_line

    async def read_line(self, *arguments):
        line = await self.read(*arguments)
        if self.in_message:
            self.in_message = line != b".\r\n"
        else:
            self.note("C: " + line.decode("latin-1").rstrip("\r\n"))
        return line

    def connection_lost(self, error):
        super().connection_lost(error)
        self.note("close")

    async def push(self, status):
        text = status if isinstance(status, str) else status.decode()
        self.note("S: " + text)
        self.in_message = text.startswith("354")
        await super().push(status)

    def note(self, event):
        log.write(f"{self.number} {event}\n")


class ImplicitTls(asyncio.Protocol):
    """asyncio's own would not tell of a handshake that failed."""

    def __init__(self, inner, tls):
        self.inner, self.tls = inner, tls

    def connection_made(self, transport):
        transport.pause_reading()
        self.task = asyncio.create_task(self.shake_hands(transport))

    async def shake_hands(self, transport):
        loop = asyncio.get_running_loop()
        try:
            made = await loop.start_tls(transport, self.inner, self.tls, server_side=True)
        except OSError:
            self.inner.note("close")
        else:
            self.inner.connection_made(made)


class Inbox:
    count = itertools.count()

    async def handle_MAIL(self, server, session, envelope, address, options):
        if server._auth_required and not session.authenticated:
            return "530 log in first"
        envelope.mail_from = address or "<>"  # which may not be empty
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if not re.fullmatch(r"(mote17|ops|night|jürgen|ops[0-9]+)@example\.test", address):
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        lines = envelope.original_content.replace(b"\r\n", b"\n")
        if b"\r" in lines or lines.replace(b"\n", b"\r\n") != envelope.original_content:
            return "550 a bare CR or LF"
        for recipient in envelope.rcpt_tos:
            sender = envelope.mail_from.strip("<>")
            top = f"Return-Path: <{sender}>\nDelivered-To: {recipient}\n"
            with open(f"{config['mailbox']}/new/{next(self.count)}", "wb") as file:
                file.write(top.encode() + lines)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, login):
    known = (login.login, login.password) == (config["user"].encode(), config["password"].encode())
    return AuthResult(success=known, handled=False)


def context(name):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    files = config["certificates"].get(name, config["certificates"]["starttls"])
    tls.load_cert_chain(files + ".pem", files + ".key")
    if name == "tls12":
        tls.maximum_version = ssl.TLSVersion.TLSv1_2
    if name == "tls13":
        tls.minimum_version = ssl.TLSVersion.TLSv1_3
    return tls


def protocol(name):
    inner = session(name)
    return ImplicitTls(inner, context(name)) if name.endswith("implicit") else inner


def session(name):
    implicit = name.endswith("implicit")
    return Session(
        Inbox(),
        hostname="mail.example.test",
        data_size_limit=config["small"] if name == "small" else 20_000_000,
        tls_context=None if implicit or name == "no_starttls" else context(name),
        require_starttls=not implicit and name != "no_starttls",
        enable_SMTPUTF8=name == "utf8",
        auth_required=name != "no_auth",
        auth_require_tls=not implicit and name != "no_starttls",
        auth_exclude_mechanism=["PLAIN", "LOGIN"] if name == "no_auth" else [],
        authenticator=authenticate,
    )


async def serve():
    loop = asyncio.get_running_loop()
    for name, port in config["ports"].items():
        await loop.create_server(lambda name=name: protocol(name), "127.0.0.1", port)
    await asyncio.Event().wait()


asyncio.run(serve())
