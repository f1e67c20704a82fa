"""Warnings about an element: what is done as asked, and may not be what was meant."""

from __future__ import annotations

from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.personal_element import RenderedContent
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.content.domain.lookup_check import placeholder_warnings
from tocsin.content.domain.options import EmailOptions
from tocsin.content.domain.sms_text import segments_warning
from tocsin.kernel.domain.warnings import Warned, WarningCode


def element_warnings(
    element: Element, rendered: RenderedContent, custom: frozenset[str], *, click_counts: bool
) -> tuple[Warned, ...]:
    """Return the warnings about an element; their pointers begin at the element.

    Args:
        custom: lookup keys of the contact group.
        click_counts: whether visits to short links count as answers.
    """
    said_in = "/content" if element.stored is None else "/storedContent"
    warnings = [
        *_placeholder_warnings(element, said_in, rendered.content, custom),
        *segments_warning(said_in, rendered.segments),
    ]
    if click_counts and rendered.terms is not None and rendered.terms.shortlink:
        message = "visits to this link count as answers (`clickCounts`), although machines visit links too"
        warnings.append(Warned("/lookups/shortlink", WarningCode.CLICKS_COUNT, message))
    return tuple(warnings)


def _placeholder_warnings(
    element: Element, said_in: str, content: SmsContent | EmailContent, custom: frozenset[str]
) -> tuple[Warned, ...]:
    if isinstance(content, SmsContent):
        return placeholder_warnings(said_in, content.text, element.lookups, custom)
    subject = element.options.subject if isinstance(element.options, EmailOptions) else None
    return (
        *placeholder_warnings("/subject", subject or "", element.lookups, custom),
        *placeholder_warnings(said_in, content.body, element.lookups, custom),
    )
