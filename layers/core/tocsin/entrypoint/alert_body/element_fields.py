"""What elements of all channels have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field

from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.calendar.domain.time_window import TimeWindow
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.features import LinkedAlertModifiers, Window
from tocsin.entrypoint.alert_body.receivers import (
    ReceiverFields,
    StoredRef,
    receiver_faults,
)
from tocsin.entrypoint.alert_body.words import (
    Encoding,
    Tag,
    decoded,
)
from tocsin.entrypoint.http.wire import one_of, set_in
from tocsin.kernel.domain.errors import Fault


class ElementFields(ReceiverFields):
    """Fields that elements of all channels have."""

    tag: Annotated[Tag, Field(description="your own name for this element; it comes back in answers and events")]
    content: Annotated[str | None, Field(description="the text; this or `storedContent`")] = None
    content_encoding: Annotated[Encoding | None, Field(description="how `content` is written; default utf8")] = None
    stored_content: Annotated[StoredRef | None, Field(description="a store of this type; this or `content`")] = None
    linked_alert_modifiers: LinkedAlertModifiers | None = None
    time_windows: Annotated[
        list[Window] | None,
        Field(max_length=limits.TIME_WINDOWS, description="the element is skipped unless one of them is open"),
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """An element has a receiver and a content."""
        yield from one_of(raw, "content", "storedContent")
        yield from receiver_faults(raw)

    def windows(self) -> tuple[TimeWindow, ...]:
        """Return the windows in which the element may go out; empty = no restriction."""
        return tuple(self.time_windows or ())

    def except_responded(self) -> frozenset[ResponseKind]:
        """Return the ways of answering that exclude a contact."""
        return self.linked_alert_modifiers.except_responded() if self.linked_alert_modifiers else frozenset()

    def element(self) -> Element:
        """Return the element as the use case takes it."""
        raise NotImplementedError

    def text(self) -> str | None:
        """Return the inline content, decoded."""
        return None if self.content is None else decoded(self.content, self.content_encoding)


def shortlink_faults(raw: Mapping[str, Any], *fields: str) -> Iterable[Fault]:
    """Yield a fault if a text contains `{shortlink}` and no short link is defined: receivers would read the braces."""
    lookups = raw.get("lookups")
    if isinstance(lookups, dict) and set_in(lookups, "shortlink"):
        return
    for field in fields:
        value = raw.get(field)
        if field == "content" and isinstance(value, str):
            try:
                value = decoded(value, raw.get("contentEncoding"))
            except ValueError:
                continue
        if isinstance(value, str) and "{shortlink}" in value:
            message = "holds `{shortlink}`, but the element has no `lookups` with a `shortlink`"
            yield Fault(f"/{field}", "SHORTLINK_MISSING", message)
