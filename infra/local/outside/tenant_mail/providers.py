"""Simulated Google and Microsoft on loopback: a page of authorization with one button, tokens, and their ways to send.

The path begins with the host that is played: `/accounts.google.com/o/oauth2/v2/auth`. What they send lies in a folder.

Sources: "Using OAuth 2.0 for web server applications", Gmail API "users.messages.send" (Google); "OAuth 2.0
authorization code flow", Microsoft Graph "user: sendMail".
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import getaddresses
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlencode, urlsplit

from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.tenant_mail.consents import GOOGLE, MICROSOFT, Consents, Refusal
from infra.local.simulator.loopback import LoopbackServer

MAILBOX = "desk@northwater.example"
"""The mailbox that consents, unless another is typed on the page."""

PAGES = {
    "/accounts.google.com/o/oauth2/v2/auth": "google",
    "/login.microsoftonline.com/organizations/oauth2/v2.0/authorize": "microsoft",
}
TOKENS = {
    "/oauth2.googleapis.com/token": "google",
    "/login.microsoftonline.com/organizations/oauth2/v2.0/token": "microsoft",
}
GMAIL = "/gmail.googleapis.com/upload/gmail/v1/users/me/messages/send"
GRAPH = "/graph.microsoft.com/v1.0/me/sendMail"

LONGEST_BODY = 40_000_000

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{provider}, simulated</title>
<h1>{provider}, simulated</h1><p>Tocsin asks to send mails as you.</p>
<form method="post"><label>Mailbox <input name="mailbox" type="email" value="{mailbox}" required></label>
<button>Allow</button></form></html>"""


class MailProviders:
    """Both providers. Start it once, stop it once.

    Args:
        mails: where the mails lie that they send, a file for each receiver.
        port: the preferred port; if it is taken, any other.

    Attributes:
        consents: what each was asked and gave, by name: `google`, `microsoft`.
    """

    def __init__(self, mails: MailFolder, port: int = 0) -> None:
        self.mails = mails
        self.consents = {"google": Consents(GOOGLE), "microsoft": Consents(MICROSOFT)}
        self._port = port
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        if self._server is None:
            raise RuntimeError("the mail providers are not started")
        return self._server.url

    def start(self) -> None:
        """Listen."""
        self._server = _Server.at(self._port, _Request)
        self._server.providers = self
        self._server.start("mail providers")

    def stop(self) -> None:
        """Stop listening. No effect if it does not run."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def keep(self, mail: bytes) -> None:
        """Keep a mail for each of its receivers. Raises Refusal."""
        read = message_from_bytes(mail)
        receivers = [address for _, address in getaddresses([*read.get_all("To", []), *read.get_all("Cc", [])])]
        if not receivers or not all("@" in receiver for receiver in receivers):
            raise Refusal("invalidArgument", "Recipient address required")
        for receiver in receivers:
            self.mails.keep(receiver, mail, datetime.now(UTC))


class _Server(LoopbackServer):
    providers: MailProviders


class _Request(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Show a page of authorization."""
        asked = urlsplit(self.path)
        if (name := PAGES.get(asked.path)) is None:
            self._send(404, b"")
            return
        query = dict(parse_qsl(asked.query))
        try:
            self.server.providers.consents[name].check_page(query)
        except Refusal as refusal:
            self._send(400, html.escape(str(refusal)).encode(), "text/html; charset=utf-8")
            return
        mailbox = query.get("login_hint") or MAILBOX
        page = _PAGE.format(provider=name.title(), mailbox=html.escape(mailbox))
        self._send(200, page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        """Take the button of a page, give tokens, or send a mail."""
        asked = urlsplit(self.path)
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._send(413, b"")
            return
        body = self.rfile.read(int(length))
        try:
            if (name := PAGES.get(asked.path)) is not None:
                self._allowed(name, dict(parse_qsl(asked.query)), dict(parse_qsl(body.decode())))
            elif (name := TOKENS.get(asked.path)) is not None:
                self._say(200, self.server.providers.consents[name].token(dict(parse_qsl(body.decode()))))
            elif asked.path == GMAIL:
                self._by_gmail(asked.query, body)
            elif asked.path == GRAPH:
                self._by_graph(body)
            else:
                self._send(404, b"")
        except Refusal as refusal:
            status = 401 if refusal.error in ("invalid_client", "invalid_token") else 400
            self._say(status, {"error": refusal.error, "error_description": refusal.why})

    def _allowed(self, name: str, asked: Mapping[str, str], form: Mapping[str, str]) -> None:
        mailbox = form.get("mailbox") or MAILBOX
        code = self.server.providers.consents[name].consent(asked, mailbox)
        back = urlencode({"code": code, "state": asked["state"]})
        self._send(302, b"", location=f"{asked['redirect_uri']}?{back}")

    def _by_gmail(self, query: str, body: bytes) -> None:
        self.server.providers.consents["google"].mailbox_of(self.headers.get("Authorization", ""))
        if dict(parse_qsl(query)).get("uploadType") != "media" or self.headers.get("Content-Type") != "message/rfc822":
            raise Refusal("invalidArgument", "a media upload of message/rfc822 is needed")
        self.server.providers.keep(body)
        id = secrets.token_hex(8)
        self._say(200, {"id": id, "threadId": id, "labelIds": ["SENT"]})

    def _by_graph(self, body: bytes) -> None:
        self.server.providers.consents["microsoft"].mailbox_of(self.headers.get("Authorization", ""))
        if self.headers.get("Content-Type") != "text/plain":
            raise Refusal("ErrorInvalidRequest", "MIME in base64 is sent as text/plain")
        try:
            mail = base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise Refusal("ErrorMimeContentInvalidBase64String", "no base64") from error
        self.server.providers.keep(mail)
        self._send(202, b"")

    def _say(self, status: int, answer: object) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str = "text/plain", location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: codes are in the addresses."""
