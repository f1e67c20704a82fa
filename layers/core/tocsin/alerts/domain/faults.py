"""The faults of a send that concern several fields and need no store."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.request import SendRequest
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.content.domain.compose import email_content
from tocsin.content.domain.lookup_check import LookupFault, checked
from tocsin.content.domain.mail_faults import SENTENCES, wire_field
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.options import EmailOptions, VoiceOptions
from tocsin.content.domain.subject_reference import ENTROPY_BYTES, subject_reference
from tocsin.kernel.domain.errors import Fault

_SAMPLE_REFERENCE = subject_reference(bytes(ENTROPY_BYTES))


def send_faults(request: SendRequest) -> list[Fault]:
    """Return all faults. If there are none, later problems can fail single elements only."""
    faults = []
    # The lookup keys of a stored contact group are not known yet; `prepare_elements` checks them.
    group = request.group if isinstance(request.group, ContactGroup) else None
    custom = lookup_keys(group) if any(element.lookups for element in request.elements) else frozenset()
    for index, element in enumerate(request.elements):
        at = f"/alert/{index}"
        if _asks_for_contacts(element) and request.group is None and request.link is None:
            message = "contacts and contactSets need a contactGroup in the request"
            faults.append(Fault(at, "CONTACT_GROUP_REQUIRED", message))
        if isinstance(element.options, EmailOptions) and element.content is not None:
            try:
                email_content(element.options, element.content, {}, _SAMPLE_REFERENCE)
            except UnsafeMail as error:
                faults.append(Fault(f"{at}/{wire_field(error)}", error.code, SENTENCES[error.code]))
        faults += lookup_faults(element, custom, at)
    return faults


def lookup_keys(group: ContactGroup | None) -> frozenset[str]:
    """Return the lookup keys that at least one contact of the group has."""
    return frozenset(key for contact in group.contacts.values() for key in contact.lookups) if group else frozenset()


def lookup_faults(element: Element, custom: frozenset[str], at: str) -> Iterator[Fault]:
    """Yield the faults of lookup keywords in the request itself.

    Args:
        custom: lookup keys of the call's contacts.
        at: JSON pointer of the element.
    """
    texts = {"content": element.content}
    if isinstance(element.options, VoiceOptions):
        if element.options.speech is None or element.options.speech.form is not None:
            texts = {}
        for prompt in element.prompts.values():
            if prompt.speech is not None and prompt.speech.form is None:
                texts[f"{prompt.pointer[1:]}/content"] = prompt.content
    if isinstance(element.options, EmailOptions):
        texts["subject"] = element.options.subject
    for field, text in texts.items():
        if text is not None and isinstance(found := checked(text, element.lookups, custom), LookupFault):
            yield Fault(f"{at}/{field}", found.code, found.message)


def _asks_for_contacts(element: Element) -> bool:
    who = element.receivers
    return bool(who.contacts or who.sets or who.stored_contacts or who.stored_sets)
