"""Routes that are made with the first request for one of them."""

from __future__ import annotations

import pytest
from chalice.app import Blueprint, Response

from tests.functional.gateway import Gateway
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.http.late_routes import LateChalice, LateRoutes


class Made:
    """An app of one early route and of late ones.

    Attributes:
        names: the groups that were made so far.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.app: LateChalice = create_app("late")
        self.app.add(
            [_routes("/early"), self._late("new", "/things/new"), self._late("things", "/things", "/things/{id}")]
        )

    def _late(self, name: str, path: str, *more: str) -> LateRoutes:
        def make() -> list[Blueprint]:
            self.names.append(name)
            return [_routes(path, *more)]

        return LateRoutes([path], make)

    def status(self, resource: str, path: str) -> int:
        """Call as the gateway does, which knows all resources before the function has made its routes."""
        gateway = Gateway(create_app("shape of events"))
        answer = self.app(gateway.event("GET", resource, path, None, {}, {}, {}), None)
        return int(answer["statusCode"])


def _routes(*paths: str) -> Blueprint:
    routes = Blueprint(f"tests{paths[0]}")
    for path in paths:

        def view(**named: str) -> Response:
            return Response({}, status_code=200)

        routes.route(path, methods=["GET"], name=path)(view)
    return routes


def test_nothing_is_made_before_it_is_asked_for() -> None:
    made = Made()
    assert made.status("/early", "/early") == 200
    assert made.names == []


def test_a_request_makes_the_routes_of_its_path_once() -> None:
    made = Made()
    assert made.status("/things", "/things") == 200
    assert made.status("/things", "/things") == 200
    assert made.names == ["things"]


def test_the_first_of_two_groups_that_have_a_path_is_made() -> None:
    made = Made()
    assert made.status("/things/new", "/things/new") == 200
    assert made.names == ["new"]


def test_a_path_that_only_begins_alike_makes_nothing() -> None:
    made = Made()
    assert made.status("/thingsandmore", "/thingsandmore") >= 400
    assert made.names == []


def test_all_are_made_for_a_snapshot() -> None:
    made = Made()
    made.app.make_all()
    assert sorted(made.names) == ["new", "things"]
    assert made.status("/things/new", "/things/new") == 200
    assert sorted(made.names) == ["new", "things"]


def test_a_group_that_could_not_be_made_is_made_with_the_next_request() -> None:
    app: LateChalice = create_app("late")
    tries: list[int] = []

    def make() -> list[Blueprint]:
        tries.append(1)
        if len(tries) == 1:
            raise ImportError("the disk was busy")
        return [_routes("/things")]

    app.add([LateRoutes(["/things"], make)])
    event = Gateway(create_app("shape of events")).event("GET", "/things", "/things", None, {}, {}, {})
    with pytest.raises(ImportError):
        app(event, None)
    assert app(event, None)["statusCode"] == 200
