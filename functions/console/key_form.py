"""What the form of a new API key takes, and what it shows of a key."""

from __future__ import annotations

from collections.abc import Sequence

from console.visit import Form, Visit
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.application.read_capacities import CAPACITIES
from tocsin.identity.domain.api_key import READS, Right
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.kernel.domain.errors import Fault

MOST_UNITS = 1_000_000_000
"""Most units of a capacity that a form takes."""

RIGHTS = {
    Right.SET_LIFETIME: "chooses how long alerts and stored content are kept",
    Right.READ_ALERTS: "reads sent alerts with their receivers",
    Right.READ_STORES: "reads stored content",
}
"""Each right as a sentence that begins with "It"."""

CHANNELS = {Channel.SMS: "Texts", Channel.EMAIL: "Emails", Channel.CALL: "Calls"}
_FIELDS = {"ownerEmail": "owner", "callbackURL": "callback", "networks": "networks", "name": "name"}
"""Fields of the form, by the first part of a fault's pointer."""


def givable(visit: Visit) -> list[Right]:
    """Return the rights that the visitor can give: no one gives a right that they do not have."""
    return [right for right in Right if right not in READS or visit.may(Permission.ALERTS_READ, Reach.ALL)]


def rights_of(visit: Visit) -> tuple[frozenset[Right], list[Fault]]:
    """Return the rights that were ticked, and a fault if the visitor cannot give one of them."""
    wanted = frozenset(Right(each) for each in visit.form.all("right") if each in set(Right))
    if wanted <= set(givable(visit)):
        return wanted, []
    return wanted, [Fault("right", "EXCEEDS_YOURS", "You cannot give a right that you do not have yourself.")]


def units_of(form: Form, prefix: str) -> tuple[dict[Channel, int], list[Fault]]:
    """Return the numbers that were typed, by channel; an empty field is omitted."""
    units: dict[Channel, int] = {}
    faults: list[Fault] = []
    for channel in CAPACITIES:
        typed = "".join(form.get(f"{prefix}-{channel}").split())
        if typed.isascii() and typed.isdecimal() and len(typed) <= len(str(MOST_UNITS)) and int(typed) <= MOST_UNITS:
            units[channel] = int(typed)
        elif typed:
            message = f"{CHANNELS[channel]}: a whole number up to 1,000,000,000."
            faults.append(Fault(f"{prefix}-{channel}", "WRONG_FORM", message))
    return units, faults


def placed(faults: Sequence[Fault]) -> list[Fault]:
    """Return faults of the core at the fields of the form."""
    return [Fault(_field(fault.pointer), fault.code, fault.message) for fault in faults]


def _field(pointer: str) -> str:
    first, _, rest = pointer.strip("/").partition("/")
    return f"capacity-{rest}" if first == "capacities" else _FIELDS.get(first, first)
