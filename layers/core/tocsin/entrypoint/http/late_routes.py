"""Routes that a function makes with the first request for one of them.

A cold start pays for the routes of its request only. Before a SnapStart snapshot all routes are made: no client waits
for them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Chalice


@dataclass(frozen=True, slots=True)
class LateRoutes:
    """Routes that are made together.

    Attributes:
        paths: paths as the gateway's resources have them; what lies below a path belongs to it as well.
        make: imports the modules of the routes and returns these.
    """

    paths: Sequence[str]
    make: Callable[[], Iterable[Blueprint]]

    def has(self, resource: str) -> bool:
        """Whether a resource of the gateway is one of these paths or lies below one."""
        return any(resource == path or resource.startswith(f"{path}/") for path in self.paths)


class LateChalice(Chalice):
    """A Chalice app, some of whose routes are late.

    Attributes:
        late: groups whose routes are not made yet. Of two that have a resource, the first is made first.
    """

    def __init__(self, app_name: str) -> None:
        super().__init__(app_name=app_name, configure_logs=False, env={})
        self.late: list[LateRoutes] = []

    def add(self, routes: Iterable[Blueprint | LateRoutes]) -> None:
        """Register routes; those that are late are registered with the first request for one of them."""
        for each in routes:
            if isinstance(each, LateRoutes):
                self.late.append(each)
            else:
                self.register_blueprint(each)

    def make_before_a_snapshot(self) -> bool:
        """Make all routes, and build what requests are checked with, if this is the start for a SnapStart snapshot.

        Such a process serves no calls: its copies do. Returns whether it is one. Source: AWS Lambda Developer Guide,
        "Defined runtime environment variables".
        """
        if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
            return False
        from tocsin.entrypoint.http.wire import build_all

        self.make_all()
        build_all()
        return True

    def make_all(self) -> None:
        """Make all routes that are not made yet."""
        while self.late:
            self._make_group(self.late[-1])

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer a call of the gateway."""
        resource = event["requestContext"]["resourcePath"]
        if resource not in self.routes:
            self._make(resource)
        answer: dict[str, Any] = super().__call__(event, context)
        return answer

    def _make(self, resource: str) -> None:
        """Make groups that have a resource, the first of them first, until the resource is served."""
        for group in [group for group in self.late if group.has(resource)]:
            self._make_group(group)
            if resource in self.routes:
                return

    def _make_group(self, group: LateRoutes) -> None:
        """Make a group. If that fails, the next request for one of its routes tries again."""
        routes = list(group.make())
        self.late.remove(group)
        self.add(routes)
