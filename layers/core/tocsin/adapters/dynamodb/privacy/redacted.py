"""Redaction: sealed values of rows, without one person.

    recipients of an alert   the entry stays without the person: positions, counts and histories stay right
    result events            stay, without the receiver and without what the person wrote

A value that does not mention the person is returned unchanged.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tocsin.adapters.dynamodb.results.event_row import from_list, to_list
from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.kernel.domain.ids import AlertRef
from tocsin.privacy.domain.erasure import (
    Person,
    known_by,
    step_without,
    without_alertee,
    without_contact,
    without_mention,
)

_ANY_ALERT = AlertRef("")
"""The sealed form of an event does not hold its alert."""


def without_recipients(recipients: list[Any], person: Person) -> list[Any]:
    """Return a chunk of recipients with the person's entries emptied.

    Each is `[address, contact id, lookups, quiet hours]`, or the beginning of it.
    """
    return [[ERASED_ADDRESS] if person.means(*each[:2]) else without_mention(each, person) for each in recipients]


def without_excluded(left: dict[str, list[Any]], person: Person) -> dict[str, list[Any]]:
    """Return an alert's excluded receivers (`[contact id, address, why, …]`), the person anonymous: the count stays.

    An address that is not valid was kept as written, and may hold the person's in any form.
    """
    return {
        item: [
            [None, ERASED_ADDRESS, *who[2:]]
            if person.means(who[1], who[0]) or person.written_in(who[1])
            else without_mention(who, person)
            for who in those
        ]
        for item, those in left.items()
    }


def found_in_excluded(left: dict[str, list[Any]], person: Person) -> Person:
    """Return the ids and addresses of an alert's excluded receivers that are the person."""
    found = Person()
    for contact_id, address, *_ in (who for those in left.values() for who in those):
        if person.means(address, contact_id):
            found = found.and_also(known_by({"id": contact_id, "email": address}))
    return found


def without_alertees(events: list[Any], person: Person) -> list[Any]:
    """Return result events (`event_row.to_list`), none of which names the person or says what they answered."""
    return [_anonymous(event, person) for event in events]


def without_receiver_of_callback(stored: list[Any], person: Person) -> list[Any]:
    """Return a callback (`[URL, encoding, JSON of an event]`) that neither names the person nor quotes them.

    That of a rule has more parts (`delivery_row`), and no JSON if it is a GET; a push is encrypted for its browser.
    """
    url, encoding, body, *of_rule = stored
    told = without_alertee(body, person) if body.startswith("{") else body
    kept: list[Any] = without_mention([url, encoding, told, *of_rule], person)
    return kept


def without_person_on_policy(policy: dict[str, Any], person: Person) -> dict[str, Any]:
    """Return an escalation (`steps` and `on_stopped` are JSON text, or None) that sends the person nothing."""
    stopped = policy["on_stopped"]
    steps = [step_without(text, person) for text in policy["steps"]]
    return {
        **without_mention(policy, person),
        "steps": steps,
        "on_stopped": None if stopped is None else step_without(stopped, person),
    }


def without_receiver_of_rule(rule: dict[str, Any], person: Person) -> dict[str, Any]:
    """Return an alert rule that sends the person nothing; a notification without other receivers is removed."""
    actions = []
    for action in rule["actions"]:
        before = [action["to"]] if action["type"] == "email" else action.get("to", ())
        after = [address for address in before if not person.means(address)]
        if before and not after:
            continue
        actions.append({**action, "to": after} if len(after) < len(before) else action)
    kept: dict[str, Any] = without_mention({**rule, "actions": actions}, person)
    return kept


def without_recipient_of_mail_settings(settings: dict[str, Any], person: Person) -> dict[str, Any]:
    """Return mail settings that mail the person nothing and do not name the person as sender."""
    others = [address for address in settings["recipients"] if not person.means(address)]
    named = {name: None for name in ("from_address", "reply_to") if person.means(settings[name])}
    kept: dict[str, Any] = without_mention({**settings, **named, "recipients": others}, person)
    return kept


def without_maker_of_appointment(appointment: dict[str, Any], person: Person) -> dict[str, Any]:
    """Return another person's appointment that neither names the person nor says that the person made it."""
    named = {name: None for name in ("by", "assigned_by") if appointment[name] in person.things}
    kept: dict[str, Any] = without_mention({**appointment, **named}, person)
    return kept


def without_custom_number(personal: dict[str, Any], person: Person) -> dict[str, Any]:
    """Return what is sealed of notification settings (`number`, `quiet`) without a number that is the person's."""
    return {**personal, "number": None} if person.means(personal["number"]) else personal


def without_contact_in_set(link_set: dict[str, Any], person: Person) -> dict[str, Any]:
    """Return a linked set (`ref` and `group`) without the person's contact."""
    return {
        **without_mention(link_set, person),
        "group": without_mention(without_contact(link_set["group"], person), person),
    }


def _anonymous(sealed: list[Any], person: Person) -> list[Any]:
    event = from_list(_ANY_ALERT, sealed)
    if person.means(event.alertee, event.contact_id):
        sealed = to_list(replace(event, alertee=ERASED_ADDRESS, contact_id=None, details={}))
    # Details may name another person, such as the sender of a mail in the place of its receiver.
    unmentioned: list[Any] = without_mention(sealed, person)
    return unmentioned
