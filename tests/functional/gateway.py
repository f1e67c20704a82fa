"""API Gateway in front of a Chalice app, as far as the app can tell: REST proxy events in, answers out."""

from __future__ import annotations

import base64
import copy
import io
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from tocsin.entrypoint.http.late_routes import LateChalice

_EVENT = json.loads((Path(__file__).parents[1] / "events" / "api_gateway_rest.json").read_text())


@dataclass(frozen=True)
class Answer:
    """What the client gets."""

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    def faults(self) -> dict[str, str]:
        """Return code by pointer."""
        return {error["pointer"]: error["code"] for error in self.json["errors"]}


_NO_ROUTE = Answer(
    404,
    {"Content-Type": "application/problem+json"},
    json.dumps(
        {
            "type": "urn:tocsin:problem:not-found",
            "title": "Not found",
            "status": 404,
            "detail": "there is no such route",
            "instance": "r1",
            "code": "NOT_FOUND",
            "errors": [{"code": "NOT_FOUND", "message": "there is no such route", "detail": ""}],
        }
    ),
)
"""The template's gateway response for a route that nobody serves."""


_ONE_PART = re.compile(r"\\{(\w+)\\}")
_GREEDY = re.compile(r"\\{(\w+)\\\+\\}")


class Gateway:
    """Routes as API Gateway does and calls the app with an event of its shape.

    Attributes:
        authorizer: context an authorizer would have added.
        source_ip: where calls come from.
    """

    def __init__(self, app: LateChalice) -> None:
        app.make_all()
        self.app = app
        self.authorizer: Mapping[str, Any] | None = None
        self.source_ip = "198.51.100.7"
        most_exact_first = sorted(app.routes, key=lambda path: ("+}" in path, "{" in path))
        self._routes = [
            (re.compile(_GREEDY.sub(r"(?P<\1>.+)", _ONE_PART.sub(r"(?P<\1>[^/]+)", re.escape(path)))), path)
            for path in most_exact_first
        ]

    def call(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, list[str]] | None = None,
    ) -> Answer:
        found = self._route(path)
        if found is None or method not in self.app.routes[found[0]]:
            return _NO_ROUTE
        event = self.event(method, found[0], path, body, headers or {}, query or {}, found[1])
        response = self.app(event, None)
        text = response["body"]
        assert isinstance(text, str)
        lines = response.get("multiValueHeaders", {}).get("Set-Cookie", [])
        lines = [*lines, response["headers"]["Set-Cookie"]] if "Set-Cookie" in response["headers"] else lines
        return Answer(response["statusCode"], response["headers"], text, tuple(lines))

    def event(
        self,
        method: str,
        resource: str,
        path: str,
        body: str | bytes | None,
        headers: Mapping[str, str],
        query: Mapping[str, list[str]],
        parameters: Mapping[str, str],
    ) -> dict[str, Any]:
        event: dict[str, Any] = copy.deepcopy(_EVENT)
        event |= {"resource": resource, "path": path, "httpMethod": method}
        event["headers"] |= headers
        event["multiValueHeaders"] |= {name: [value] for name, value in headers.items()}
        if query:
            event["queryStringParameters"] = {name: values[-1] for name, values in query.items()}
            event["multiValueQueryStringParameters"] = {name: list(values) for name, values in query.items()}
        event["pathParameters"] = dict(parameters) or None
        context = event["requestContext"]
        context |= {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/live{path}",
            "requestId": str(uuid.uuid4()),
        }
        context["identity"]["sourceIp"] = self.source_ip
        if self.authorizer is not None:
            context["authorizer"] = dict(self.authorizer)
        if isinstance(body, bytes):
            event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
        else:
            event["body"] = body
        return event

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: str) -> Answer:
        return self.call("GET", path, None, headers, {name: [value] for name, value in query.items()})

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        return self.call("POST", path, json.dumps(body), headers)

    def _route(self, path: str) -> tuple[str, dict[str, str]] | None:
        for pattern, template in self._routes:
            if match := pattern.fullmatch(path):
                return template, {name: unquote(value) for name, value in match.groupdict().items()}
        return None


def wsgi(gateway: Gateway) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """Return the gateway as a WSGI application."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = {
            name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        size = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ.get("wsgi.input", io.BytesIO()).read(size)
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        # The document's server is "." (an API stage is a prefix nobody knows beforehand), which some clients keep.
        path = "/" + environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").lstrip("/")
        answer = gateway.call(environ["REQUEST_METHOD"], path, body or None, headers, query)
        status = HTTPStatus(answer.status)
        start_response(f"{status.value} {status.phrase}", list(answer.headers.items()))
        return [answer.text.encode()]

    return application
