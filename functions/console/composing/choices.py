"""What the fields of the form let people choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.composing.fields import Composed, Dialogue
from console.composing.languages import LANGUAGE_CHOICES, VOICE_CHOICES
from console.stores import AccountStores, name_of
from console.visit import Visit
from tocsin.kernel.domain.errors import NotFound
from tocsin.stored_content.application.read_stores import group_of
from tocsin.stored_content.domain.stored_content import ContentType

REPEATS = (("", "Once"), ("1d", "Every day"), ("1w", "Every week"), ("1M", "Every month"))

DIALOGUES = (
    (Dialogue.KEY, "they press a key"),
    (Dialogue.CHOICE, "they press a key for yes or no"),
    (Dialogue.NOTHING, "it is answered, also by voicemail"),
)
"""What a call may wait for, in words. The first is the form's own choice: voicemail presses no key."""

ATTEMPTS = tuple((str(n), "once" if n == 1 else f"up to {n} times") for n in range(1, 11))


def choices(visit: Visit, stores: AccountStores, form: Composed, numbers: Sequence[str]) -> dict[str, Any]:
    """Return the choices of each field by the names that the template uses. `numbers`: those of the account."""
    return {
        "groups": _named(stores, visit, ContentType.CONTACT_GROUP),
        "sets": [(name, name) for name in _sets(stores, visit, form.group)],
        "companies": stores.companies.choices(visit),
        "numbers": [(number, number) for number in numbers],
        "recordings": _named(stores, visit, ContentType.CALL),
        "languages": LANGUAGE_CHOICES,
        "voices": VOICE_CHOICES,
        "dialogues": DIALOGUES,
        "attempts": ATTEMPTS,
        "repeats": REPEATS,
    }


def _named(stores: AccountStores, visit: Visit, kind: ContentType) -> list[tuple[str, str]]:
    return [(store.store_id, name_of(store)) for store in stores.all(visit, {kind})]


def _sets(stores: AccountStores, visit: Visit, group: str) -> Sequence[str]:
    """Return the names of the sets of the chosen group; none if there is no such group."""
    try:
        return sorted(group_of(stores.one(visit, group, {ContentType.CONTACT_GROUP})).sets)
    except NotFound:
        return []
