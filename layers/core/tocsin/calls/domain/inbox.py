"""What waits for a person who calls in: which messages they hear, in which order, and where the call stands.

    no message      ─► "There is no message for this number", and the call ends
    one message     ─► its dialogue, as if we had called
    several         ─► "You have three messages. The newest first." ─► for each its dialogue, and after all but the last
                       "For the next message, press the hash key", and the next one by itself

The messages and the place travel with the call, in the text of the dialogue's state. The state itself is that of the
message that is heard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tocsin.delivery.domain.message_id import MessageId
from tocsin.responses.domain.two_way import Said
from tocsin.voice.domain.dialogue import MAX_STEPS, Event, IvrStep, Signal, Then, step
from tocsin.voice.domain.dialogue_state import DialogueState
from tocsin.voice.domain.own_sentences import OwnSentence
from tocsin.voice.domain.script import PromptName, Script, Simple

MOST_HEARD = 5
"""Messages that one caller hears at most."""

ON = "#"
"""The key that goes on to the next message. It is no response, unless the dialogue of the message asks for it."""

NO_TRY = 0
"""The number of a try that is none: the receiver calls."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class InboxPlace(StrEnum):
    """Where the call stands."""

    GREETING = "g"  # it says how many messages there are
    MESSAGE = "m"  # the dialogue of a message goes on
    BETWEEN = "b"  # a message was heard, and another one follows


@dataclass(frozen=True, slots=True)
class Inbox:
    """The messages of one call in.

    Attributes:
        messages: in the order in which they are heard, at most MOST_HEARD.
        at: the place of the message that is heard in `messages`.
        began: when that message began, to the millisecond.
    """

    messages: tuple[MessageId, ...]
    began: datetime
    place: InboxPlace = InboxPlace.MESSAGE
    at: int = 0

    @property
    def message(self) -> MessageId:
        """The message that is heard."""
        return self.messages[self.at]

    @property
    def last(self) -> bool:
        """Whether no other message follows."""
        return self.at == len(self.messages) - 1

    def __str__(self) -> str:
        """The text of `Inbox.parse`: letters, digits, `-`, `.` and `_`."""
        began = (self.began - _EPOCH) // _MILLISECOND
        return f"{self.place}{self.at}.{began}_{'_'.join(map(str, self.messages))}"

    @staticmethod
    def parse(text: str) -> Inbox:
        """Read the text form.

        Raises:
            ValueError: not the text form of an inbox.
        """
        form = _FORM.fullmatch(text)
        if form is None or int(form[2]) >= len(ids := form[4].split("_")):
            raise ValueError("not the messages of a call in")
        messages = tuple(map(MessageId.parse, ids))
        return Inbox(messages, _EPOCH + int(form[3]) * _MILLISECOND, InboxPlace(form[1]), int(form[2]))


_FORM = re.compile(r"([gmb])(\d)\.(\d{1,15})_([a-z0-9._-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class InboxStep:
    """What follows an event.

    Attributes:
        state: of the message that is heard.
        step: what the provider does next; None = the message is over, and the call goes on to the next one, or ends.
        sentence: what is said, if it is a sentence of ours instead of `step.prompt`.
    """

    state: DialogueState
    place: InboxPlace
    step: IvrStep | None
    sentence: OwnSentence | None = None


_GLANCE = IvrStep(None, False, Then.GLANCE)
_NEXT = IvrStep(PromptName.POST, True, Then.GLANCE)
"""Says how to go on. Sentence and glance take some three seconds, after which the call goes on by itself."""


def in_order(personal: Iterable[Said], open_to_anybody: Iterable[Said]) -> list[Said]:
    """Return the messages in the order in which they are heard, each once: personal ones first, newest first."""
    heard: dict[object, Said] = {}
    for said in (personal, open_to_anybody):
        for one in sorted(said, key=lambda one: (one.at, one.key.alert), reverse=True):
            heard.setdefault((one.key, one.position), one)
    return list(heard.values())


def heard_next(inbox: Inbox, script: Script, state: DialogueState, event: Event) -> InboxStep:
    """Return what follows an event of a message that is heard.

    In a call with one message, its dialogue decides. In a call with several, the hash key leads to the next message,
    and after each message but the last, the caller is told so. A key that is pressed then still answers the message
    that was heard, so that no key of an impatient caller answers a message before it is heard.

    Raises:
        ValueError: `event` is neither a signal nor a key.
    """
    if event == ON and len(inbox.messages) > 1 and not _asks_for(script, ON):
        return InboxStep(state, inbox.place, None)
    after, following = step(script, state, event)
    if inbox.place is InboxPlace.BETWEEN:
        if event is Signal.NO_KEY or after.steps == MAX_STEPS:
            return InboxStep(after, inbox.place, None)
        return _told_how_to_go_on(after) if event in (Signal.PLAYED, Signal.RESUME) else _waits(after)
    if inbox.last or following.then in (Then.GO_ON, Then.LISTEN):
        over = following.prompt is None and following.then is Then.HANG_UP
        return InboxStep(after, InboxPlace.MESSAGE, None if over else following)
    if following.prompt is not None:
        return InboxStep(after, InboxPlace.BETWEEN, replace(following, then=Then.GO_ON))
    return _told_how_to_go_on(after)


def _told_how_to_go_on(state: DialogueState) -> InboxStep:
    return InboxStep(state, InboxPlace.BETWEEN, _NEXT, OwnSentence.NEXT)


def _waits(state: DialogueState) -> InboxStep:
    return InboxStep(state, InboxPlace.BETWEEN, _GLANCE)


def _asks_for(script: Script, key: str) -> bool:
    return not isinstance(script, Simple) and key in script.say_again + script.ok + script.not_ok
