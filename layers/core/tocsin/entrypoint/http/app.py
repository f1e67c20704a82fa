"""HTTP for the routes: one `Call` in, one `Response` out, every error in one of two shapes.

Chalice turns an exception of a view into a response before any middleware sees it, so errors are translated by a
decorator around the view. A middleware gives our shape to the responses of Chalice itself (405, 415).
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Concatenate, ParamSpec
from urllib.parse import parse_qs, parse_qsl

from chalice.app import Blueprint, Chalice, Request, Response

from tocsin.entrypoint.http import problems, strict_json
from tocsin.entrypoint.http.late_routes import LateChalice
from tocsin.entrypoint.http.multipart import MultipartForm, is_multipart, multipart_of
from tocsin.entrypoint.http.problems import Failure, Problem
from tocsin.entrypoint.process import observability
from tocsin.kernel.domain.errors import Fault, InvalidRequest, RequestTooLarge

P = ParamSpec("P")

_FORM_BYTES, _FORM_FIELDS = 4096, 10
"""Largest form that is read: those of our own pages are far smaller."""

_GATEWAY_IDS = {"api": "apiId", "stage": "stage"}
"""Words in a pattern of an address, and what the gateway calls them."""

_COMMON_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}

_OF_CHALICE = {
    404: Failure(Problem(404, "Not found"), "NOT_FOUND", "there is nothing here", ()),
    405: Failure(Problem(405, "Method not allowed"), "METHOD_NOT_ALLOWED", "this resource has no such method", ()),
    415: Failure(Problem(415, "Unsupported media type"), "UNSUPPORTED_MEDIA_TYPE", "", ()),
}


class Shape(Enum):
    """The two error shapes; a route has one of them."""

    ENVELOPE = "envelope"  # the apiKey verbs
    PROBLEM = "problem"  # resources


class Call:
    """One HTTP call.

    Attributes:
        client_ref: the caller's own reference, set once it is valid; error responses repeat it.
        notes: facts for the access log (ids and counts only), by names in SAFE_FIELDS of `observability`.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._event: Mapping[str, Any] = request.to_original_event()
        self.client_ref: str | None = None
        self.notes: dict[str, str | int] = {}

    @property
    def request_id(self) -> str:
        """The gateway's id of this call."""
        return request_id_of(self._request)

    @property
    def source_ip(self) -> str:
        """The caller's address as the gateway saw it; never taken from a header."""
        identity = self._request.context.get("identity") or {}
        return str(identity.get("sourceIp") or "")

    @property
    def authorizer(self) -> Mapping[str, Any]:
        """The context from the authorizer function; empty if none ran."""
        return self._request.context.get("authorizer") or {}

    def header(self, name: str) -> str | None:
        """Return a header without surrounding spaces, None if it is absent."""
        value = self._request.headers.get(name)
        return value.strip() if isinstance(value, str) else None

    @property
    def method(self) -> str:
        """The verb: GET, HEAD, POST and so on."""
        return str(self._request.method)

    @property
    def headers(self) -> dict[str, str]:
        """All headers by lower-case name."""
        return {str(name).lower(): str(value) for name, value in self._request.headers.items()}

    def rest_of_path(self, name: str) -> str:
        """Return what a greedy parameter of the path, like `{name+}`, stands for."""
        return str((self._event.get("pathParameters") or {}).get(name, ""))

    def json(self) -> dict[str, Any]:
        """Return the body, which must be one JSON object.

        Raises:
            RequestTooLarge: the body is over 1 MiB.
            InvalidRequest: the body is not strict JSON, or not an object.
        """
        return strict_json.parse_object(self.body())

    def body(self) -> bytes:
        """Return the body as it came. Raises RequestTooLarge over 1 MiB, InvalidRequest if there is none."""
        encoded = bool(self._event.get("isBase64Encoded"))
        return strict_json.bytes_of(self._event.get("body"), is_base64=encoded)

    def form(self) -> dict[str, str]:
        """Return the fields of a submitted form, the last value of each; empty if the body is no such form."""
        encoded = bool(self._event.get("isBase64Encoded"))
        try:
            raw = strict_json.bytes_of(self._event.get("body"), is_base64=encoded)
            return dict(parse_qsl(raw.decode(), max_num_fields=_FORM_FIELDS)) if len(raw) <= _FORM_BYTES else {}
        except (InvalidRequest, RequestTooLarge, ValueError):
            return {}

    def form_fields(self, most_bytes: int, most_fields: int) -> MultipartForm | None:
        """Return every value of every field of a submitted form, and its files; None if it is too big or no form."""
        encoded = bool(self._event.get("isBase64Encoded"))
        try:
            raw = strict_json.bytes_of(self._event.get("body"), is_base64=encoded)
            if len(raw) > most_bytes:
                return None
            if is_multipart(content_type := self.header("content-type") or ""):
                return multipart_of(content_type, raw, most_fields)
            return MultipartForm(parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=most_fields))
        except (InvalidRequest, RequestTooLarge, ValueError):
            return None

    @property
    def path(self) -> str:
        """The path as the function sees it, without the stage."""
        return str(self._event.get("path") or "/")

    @property
    def address(self) -> str:
        """Where the gateway was reached, with its stage, for example `https://api.example.org/live`; "" if unknown."""
        domain = str(self._request.context.get("domainName") or "")
        prefix = str(self._request.context.get("path") or "").removesuffix(self.path)
        return f"https://{domain}{prefix}" if domain else ""

    def address_by(self, pattern: str) -> str:
        """Return where people reach this API, without a slash at the end.

        Args:
            pattern: a custom domain, or an address in which `{api}` and `{stage}` stand for ids that the gateway names;
                "" = where the gateway was reached.
        """
        names = {f"{{{name}}}": str(self._request.context.get(key) or "") for name, key in _GATEWAY_IDS.items()}
        for name, value in names.items():
            pattern = pattern.replace(name, value)
        return pattern or self.address

    @property
    def parameters(self) -> dict[str, str]:
        """The query parameters, the last value of each: for pages, which ignore what they do not know."""
        return {str(name): str(value) for name, value in (self._event.get("queryStringParameters") or {}).items()}

    def query(self, *known: str) -> dict[str, str]:
        """Return the query parameters.

        Raises:
            InvalidRequest: one is not in `known`, or is given twice.
        """
        given: Mapping[str, list[str]] = self._event.get("multiValueQueryStringParameters") or {}
        faults = []
        for name, values in given.items():
            shown = f"`{name}`" if strict_json.is_field_name(name) else "one"
            pointer = f"/{name}" if strict_json.is_field_name(name) else ""
            if name not in known:
                allowed = ", ".join(f"`{k}`" for k in known) or "none"
                faults.append(Fault(pointer, "UNKNOWN_FIELD", f"unknown query parameter {shown}; known: {allowed}"))
            elif len(values) > 1:
                faults.append(Fault(pointer, "DUPLICATE_FIELD", f"query parameter {shown} is given twice"))
        if faults:
            raise InvalidRequest(faults)
        return {name: values[0] for name, values in given.items()}


def request_id_of(request: Request) -> str:
    """Return the gateway's id of a request."""
    return str(request.context.get("requestId") or "unknown")


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    return Response(body, {"Content-Type": problems.JSON_TYPE, **(headers or {})}, status)


def reject(call: Call, failure: Failure, shape: Shape) -> Response:
    """Return an error response in the shape of the route."""
    if shape is Shape.ENVELOPE:
        body, kind = problems.envelope(failure, call.request_id, call.client_ref), problems.JSON_TYPE
    else:
        body, kind = problems.problem_details(failure, call.request_id), problems.PROBLEM_TYPE
    return Response(body, {"Content-Type": kind, **failure.headers}, failure.problem.status)


def answers(
    routes: Blueprint, shape: Shape
) -> Callable[[Callable[Concatenate[Call, P], Response]], Callable[P, Response]]:
    """Make a Chalice view of a function that takes a `Call`. An exception becomes an error response in `shape`.

    A server error (5xx) is logged here, once, without its text.
    """

    def decorate(view: Callable[Concatenate[Call, P], Response]) -> Callable[P, Response]:
        @functools.wraps(view)
        def wrapped(*args: P.args, **path: P.kwargs) -> Response:
            call = Call(routes.current_request)
            try:
                response = view(call, *args, **path)
            except Exception as error:
                failure = problems.failure_of(error)
                call.notes["outcome"] = failure.code
                if failure.problem.status >= 500:
                    observability.logger().error("a call failed", exc_info=error)
                response = reject(call, failure, shape)
            observability.note(**call.notes)
            return response

        return wrapped

    return decorate


PUBLISHED = "/api/json"
"""Under this the apiKey verbs are served as well: clients of the published API spell them so."""


def verb(routes: Blueprint, name: str) -> Callable[[Callable[[Call], Response]], Callable[[], Response]]:
    """Make an apiKey verb of a function that takes a `Call`: a POST to `/name`, and to its place under PUBLISHED."""

    def decorate(view: Callable[[Call], Response]) -> Callable[[], Response]:
        served: Callable[[], Response] = answers(routes, Shape.ENVELOPE)(view)
        for path in (f"/{name}", f"{PUBLISHED}/{name}"):
            routes.route(path, methods=["POST"], name=path)(served)
        return served

    return decorate


def create_app(name: str) -> LateChalice:
    """Return an empty Chalice app that logs every call and has our error shapes only.

    `observability` does the logging. The process environment is not changed.
    """
    observability.configure(name)
    app = LateChalice(name)
    app.register_middleware(functools.partial(_observed, app), "http")
    return app


def _observed(app: Chalice, request: Request | None, get_response: Callable[[Any], Response]) -> Response:
    started = time.perf_counter()
    response = get_response(request)
    if request is not None:
        if _is_of_chalice(response):
            response = _in_our_shape(app, request, response)
        for name, value in _COMMON_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = request_id_of(request)
        observability.called(
            route=f"{request.method} {request.path}",
            status=response.status_code,
            seconds=time.perf_counter() - started,
            request_id=request_id_of(request),
        )
    return response


def _is_of_chalice(response: Response) -> bool:
    return response.status_code >= 400 and isinstance(response.body, dict) and "Code" in response.body


def _in_our_shape(app: Chalice, request: Request, response: Response) -> Response:
    failure = _OF_CHALICE.get(response.status_code) or problems.failure_of(RuntimeError())
    sentence = failure.sentence
    if response.status_code == 415:
        sentence = f"send {' or '.join(app.routes[request.path][request.method].content_types)}"
    faults = failure.faults or (Fault("", failure.code, sentence),)
    ours = reject(Call(request), Failure(failure.problem, failure.code, sentence, faults), _shape_of(app, request))
    ours.headers.update({k: v for k, v in response.headers.items() if k.lower() == "allow"})
    return ours


def _shape_of(app: Chalice, request: Request) -> Shape:
    """Return the shape of a route's errors: the apiKey verbs are the POSTs that PUBLISHED has too."""
    published = f"{PUBLISHED}/{str(request.path).removeprefix(PUBLISHED).strip('/')}"
    return Shape.ENVELOPE if request.method == "POST" and published in app.routes else Shape.PROBLEM
