"""The elements of a request: each has one channel, one content and its receivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.calendar.domain.time_window import TimeWindow
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.options import EmailOptions, LookupOptions, SmsOptions, VoiceOptions
from tocsin.kernel.domain.warnings import Warned
from tocsin.stored_content.domain.stored_content import StoreRef
from tocsin.voice.domain.script import PromptName
from tocsin.voice.domain.speech import SpeechOptions


@dataclass(frozen=True, slots=True)
class Receivers:
    """The nine receiver forms of one element, arrays and CSV forms merged and trimmed.

    At least one form is set, but for an inbound call that is open to anybody.

    Attributes:
        recipients: raw addresses of `recipients` and `recipientList`.
        contacts: contact ids of `contacts` and `contactList`.
        sets: set names of `contactSets` and `contactSetList`.
        places: where each of `recipients` stands in its field.
        stored_recipients, stored_contacts, stored_sets: content of type recipientList, contactList, contactSetList.
    """

    recipients: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    stored_recipients: StoreRef | None = None
    stored_contacts: StoreRef | None = None
    stored_sets: StoreRef | None = None
    places: tuple[str, ...] = field(default=(), compare=False)

    @property
    def none_named(self) -> bool:
        """Whether no form is given: an inbound call is open to anybody then."""
        return not (self.recipients or self.stored_recipients or self.from_group)

    @property
    def from_group(self) -> bool:
        """Whether receivers are, or may be, contacts of the call's contact group."""
        return bool(self.contacts or self.sets or self.stored_contacts or self.stored_sets)


@dataclass(frozen=True, slots=True)
class PromptSource:
    """Where a prompt beside the main message comes from: exactly one of `content` and `stored` is set.

    Attributes:
        content: a text; of a recording, its file in base64.
        speech: how `content` is said; None if `stored` is set.
        pointer: JSON pointer from its element, e.g. `/additionalContent/0`.
    """

    pointer: str
    content: str | None = None
    speech: SpeechOptions | None = None
    stored: StoreRef | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """One entry of the `alert` array.

    Attributes:
        lookups: how keywords in braces are replaced; None = braces are sent unchanged.
        content: decoded inline content; None if `stored` is set.
        stored: stored content of the channel's content type; None if `content` is set.
        time_windows: the element is sent only while one of them is open; empty = at any time.
        except_responded: contacts who answered the linked set in one of these ways are excluded.
        prompts: what a call says beside `content`.
        ignored: what of the element has no effect; pointers begin at the element.
    """

    channel: Channel
    tag: str
    receivers: Receivers
    options: SmsOptions | EmailOptions | VoiceOptions
    content: str | None = None
    stored: StoreRef | None = None
    lookups: LookupOptions | None = None
    except_responded: frozenset[ResponseKind] = frozenset()
    time_windows: tuple[TimeWindow, ...] = ()
    prompts: Mapping[PromptName, PromptSource] = field(default_factory=dict)
    ignored: tuple[Warned, ...] = ()
