"""Public routes: health and documentation."""

from __future__ import annotations

import functools
import json

from chalice.app import Blueprint, Response

from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.kernel.domain.errors import NotFound

_STABLE: dict[str, str | list[str]] = {"Cache-Control": "public, max-age=300"}
_FOR_A_YEAR: dict[str, str | list[str]] = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For files whose names have their digests."""


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
        from alerts_api.reference import VIEWER_POLICY, reference_page  # loads jinja2, and every schema

        return _page(reference_page(), VIEWER_POLICY)

    @routes.route("/docs/guides/{guide}", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_guide(call: Call, guide: str) -> Response:
        from alerts_api.reference import GUIDE_POLICY, guide_page

        try:
            return _page(guide_page(guide), GUIDE_POLICY)
        except KeyError:
            raise NotFound("guide") from None

    @routes.route("/docs/assets/{file}", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_asset(call: Call, file: str) -> Response:
        from alerts_api.reference import asset

        try:
            found = asset(file)
        except KeyError:
            raise NotFound("file") from None
        return Response(found.text, {"Content-Type": found.type, **_FOR_A_YEAR})

    return routes


def _page(page: str, policy: str) -> Response:
    return Response(page, {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy, **_STABLE})


@functools.cache
def _document() -> str:
    from alerts_api.openapi import document  # builds every schema, which takes 0.5 s: not at a cold start

    return json.dumps(document(), separators=(",", ":"))
