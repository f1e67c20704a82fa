"""Handlers of the sources, as far as they are receipts."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.application.ports.receipts import ProviderReport, Reader, Unread
from tocsin.entrypoint.inbound import Handle, Notice


def receipts(read: Reader, take_in: Callable[[ProviderReport], str]) -> Handle:
    """Return the handler of a provider's events.

    Args:
        read: the provider's table.
        take_in: the use case; `TakeInReport` is one.
    """

    def handle(notice: Notice) -> str:
        report = read(notice.content)
        return report.value if isinstance(report, Unread) else take_in(report)

    return handle
