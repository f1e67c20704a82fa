"""Public routes: health and documentation."""

from __future__ import annotations

import functools
import json

from chalice.app import Blueprint, Response

from tocsin.entrypoint.http.app import Call, Shape, answer, answers

_STABLE: dict[str, str | list[str]] = {"Cache-Control": "public, max-age=300"}


def public_routes() -> Blueprint:
    """Return the routes that need no credential."""
    routes = Blueprint(__name__)

    @routes.route("/health", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_health(call: Call) -> Response:
        return answer({"status": "ok"})

    @routes.route("/openapi.json", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_openapi(call: Call) -> Response:
        return Response(_document(), {"Content-Type": "application/json", **_STABLE})

    @routes.route("/docs", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_docs(call: Call) -> Response:
        page, policy = _page()
        html = "text/html; charset=utf-8"
        return Response(page, {"Content-Type": html, "Content-Security-Policy": policy, **_STABLE})

    return routes


@functools.cache
def _document() -> str:
    from alerts_api.openapi import document  # builds every schema, which takes 0.5 s: not at a cold start

    return json.dumps(document(), separators=(",", ":"))


@functools.cache
def _page() -> tuple[str, str]:
    from alerts_api.docs_page import docs_page  # and this one loads jinja2

    return docs_page()
