"""Where the texts to a person go, and why none may go (UP-25 to UP-28)."""

from __future__ import annotations

from enum import StrEnum

from tocsin.identity.domain.user import User
from tocsin.preferences.domain.settings import NotificationSettings


class TextState(StrEnum):
    """Whether texts reach a person; the values are words of the API. The first that holds is shown."""

    OFF = "off"  # texts are switched off
    NO_NUMBER = "no_number"  # there is no custom number, and no backup phone
    OWN_NUMBER = "own_number"  # the number is one of the account's own by now
    OPTED_OUT = "opted_out"  # the number is suppressed, for example because its holder said STOP
    READY = "ready"


def texts_go_to(settings: NotificationSettings, user: User) -> str | None:
    """Return the number for texts, in E.164, whether texts are on or not; None = there is none.

    It is the custom number, if that is on and there is one, or else the backup phone (UP-26).
    """
    return (settings.custom_number if settings.custom_on else None) or user.backup_phone
