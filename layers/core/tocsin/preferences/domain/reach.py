"""How a notice would reach a person, in one sentence."""

from __future__ import annotations

from tocsin.identity.domain.user import User, UserState
from tocsin.preferences.domain.settings import Communication, NotificationSettings
from tocsin.preferences.domain.text_number import TextState, texts_go_to


def missed_call_reaches(settings: NotificationSettings, user: User, state: TextState, name: str = "you") -> str:
    """Return how a missed call would reach a person, as the settings stand.

    Args:
        state: of the texts to the person.
        name: who it is, in the middle of a sentence.
    """
    if user.state is UserState.DISABLED:
        return f"A missed call would not reach {name}: the account of this person is disabled."
    if Communication.CALL not in settings.communication:
        return f"A missed call would not reach {name}: notices of calls are off."
    ways = []
    if settings.email_on and user.not_me_at is None:
        ways.append(f"by email to {user.email}")
    if state is TextState.READY:
        ways.append(f"by text to {texts_go_to(settings, user)}")
    if settings.browser_on:
        ways.append("by a push to the browsers that were added")
    if not ways:
        return f"A missed call would reach {name} in the inbox only."
    return f"A missed call would reach {name} {_listed(ways)}, and in the inbox."


def _listed(ways: list[str]) -> str:
    return ways[0] if len(ways) == 1 else f"{', '.join(ways[:-1])} and {ways[-1]}"
