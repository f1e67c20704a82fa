"""The nine receiver forms of an element, and their merge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field
from pydantic import Tag as Branch

from tocsin.alerts.domain.elements import Receivers
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.words import Id, Name, digits_meant
from tocsin.entrypoint.http.wire import WireModel, one_of
from tocsin.kernel.domain.csv_list import has_entries, parse_list, placed_list
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.ids import StoreId
from tocsin.kernel.domain.plain_text import named
from tocsin.stored_content.domain.stored_content import StoreRef

RECIPIENT_FORMS = ("recipients", "recipientList", "storedRecipients")
CONTACT_FORMS = (
    "contacts",
    "contactList",
    "storedContactList",
    "contactSets",
    "contactSetList",
    "storedContactSetList",
)
"""Forms that need a contact group."""


class StoreChoice(WireModel):
    """A store, by id or by name."""

    store_id: Annotated[Id | None, Field(description="id of the store")] = None
    store_name: Annotated[Name | None, Field(description="name of the store")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Exactly one of the two."""
        return one_of(raw, "storeId", "storeName")


def _id_or_choice(raw: Any) -> str | None:
    if isinstance(raw, str):
        return "<id>"
    # A StoreChoice: when a step is written as JSON again.
    return "<choice>" if isinstance(raw, (dict, StoreChoice)) else None


StoredRef = Annotated[
    Annotated[Id, Branch("<id>")] | Annotated[StoreChoice, Branch("<choice>")],
    Discriminator(
        _id_or_choice,
        custom_error_type="WRONG_TYPE",
        custom_error_message="must be the id of a store, or an object with `storeId` or `storeName`",
    ),
]


def store_ref(given: str | StoreChoice | None) -> StoreRef | None:
    """Return the reference of a store, None if none is given."""
    match given:
        case None:
            return None
        case str():
            return StoreRef(store_id=StoreId(given))
        case StoreChoice():
            return StoreRef(StoreId(given.store_id) if given.store_id else None, given.store_name)


Address = Annotated[str, Field(max_length=limits.ADDRESS_CHARACTERS)]


def _name_meant(raw: Any) -> Any:
    raw = digits_meant(raw)
    return named(raw) if isinstance(raw, str) else raw


OfGroup = Annotated[Name, BeforeValidator(_name_meant)]
"""The id of a contact, or the name of a set."""


class ReceiverFields(WireModel):
    """The receiver forms of an element. Any mix of them may be given; they are merged."""

    recipients: Annotated[list[Address] | None, Field(description="phone numbers (E.164) or email addresses")] = None
    recipient_list: Annotated[
        str | None, Field(description="the same in one string, separated by commas", examples=["a@x.org, b@y.org"])
    ] = None
    stored_recipients: Annotated[StoredRef | None, Field(description="a stored `recipientList`")] = None
    contacts: Annotated[list[OfGroup] | None, Field(description="ids of contacts of the call's group")] = None
    contact_list: Annotated[str | None, Field(description="the same in one string, separated by commas")] = None
    stored_contact_list: Annotated[StoredRef | None, Field(description="a stored `contactList`")] = None
    contact_sets: Annotated[
        list[OfGroup] | None, Field(description="names of sets of the call's group; `all` always exists")
    ] = None
    contact_set_list: Annotated[str | None, Field(description="the same in one string, separated by commas")] = None
    stored_contact_set_list: Annotated[StoredRef | None, Field(description="a stored `contactSetList`")] = None

    def receivers(self) -> Receivers:
        """Return the merge of all forms, blanks dropped."""
        listed = placed_list(self.recipient_list or "")
        entries = enumerate(map(named, self.recipients or ()))
        placed = [(raw, f"recipients[{number}]") for number, raw in entries if raw]
        placed += [(raw, f"{at} of recipientList") for raw, at in listed]
        return Receivers(
            recipients=tuple(raw for raw, _ in placed),
            contacts=_merged(self.contacts, self.contact_list),
            sets=_merged(self.contact_sets, self.contact_set_list),
            stored_recipients=store_ref(self.stored_recipients),
            stored_contacts=store_ref(self.stored_contact_list),
            stored_sets=store_ref(self.stored_contact_set_list),
            places=tuple(at for _, at in placed),
        )


def receiver_faults(raw: Mapping[str, Any]) -> Iterable[Fault]:
    """Yield a fault if an element has no receiver."""
    if not any(_says_something(raw.get(form)) for form in (*RECIPIENT_FORMS, *CONTACT_FORMS)):
        forms = ", ".join(f"`{form}`" for form in (*RECIPIENT_FORMS, *CONTACT_FORMS))
        yield Fault("", "NO_RECEIVERS", f"has no receiver; give at least one of {forms}")


def asks_for_contacts(raw: Mapping[str, Any]) -> list[str]:
    """Return the fields of an element that need a contact group."""
    return [form for form in CONTACT_FORMS if _says_something(raw.get(form))]


def _says_something(value: Any) -> bool:
    if isinstance(value, str):
        return has_entries(value)
    if isinstance(value, list):
        return any(not isinstance(entry, str) or named(entry) for entry in value)
    return value is not None


def _merged(entries: list[str] | None, listed: str | None) -> tuple[str, ...]:
    plain = map(named, entries or ())
    return (*(entry for entry in plain if entry), *parse_list(listed or ""))
