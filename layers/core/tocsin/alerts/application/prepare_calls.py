"""Prepare the call elements of a request: read what they say, and check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tocsin.alerts.application.call_group import CallGroup, StoreUse
from tocsin.alerts.application.element_warnings import open_warnings, voice_warnings
from tocsin.alerts.application.preparation import Preparation, Prepared, failed
from tocsin.alerts.domain.capacity import PreparedElement
from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.exclusion import ExclusionReason
from tocsin.alerts.domain.personal_element import Unreadable, callable_to, terms_of_texts
from tocsin.alerts.domain.receivers import Resolved
from tocsin.calendar.domain.quiet_hours import Reachable
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import LookupTerms
from tocsin.content.domain.lookup_check import placeholder_warnings
from tocsin.content.domain.options import VoiceOptions
from tocsin.content.domain.rendered_size import octets
from tocsin.content.domain.rendering import readable
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.warnings import Warned
from tocsin.stored_content.application.call_stores import CallStores, StoreUnusable
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import PromptName
from tocsin.voice.domain.speech import Said, said, stored_said
from tocsin.voice.domain.unusable import UnusableSpeech
from tocsin.voice.ports import DecodeAudio

_KINDS = {
    Channel.CALL: (ContentType.CALL,),
    Channel.INBOUND_CALL: (ContentType.INBOUND_CALL, ContentType.CALL),
}
"""The types of stores that a message may come from; those of a prompt are of type call."""

NO_VOICE = "the voice channel is not available yet"
RECORDED = "a recording cannot hold lookups"


@dataclass(frozen=True, slots=True)
class InlineSpeech:
    """What the elements of a request say themselves.

    Attributes:
        said: by place of the element and name of the prompt, without those that are stored.
        faults: what cannot be said; pointers begin at the request.
    """

    said: Mapping[tuple[int, PromptName], Said]
    faults: Sequence[Fault]


def inline_speech(elements: Sequence[Element], decode: DecodeAudio | None) -> InlineSpeech:
    """Return what the call elements say themselves; recordings are decoded. Nothing without `decode`.

    Raises:
        StorageUnavailable: a recording could not be looked at; the call may be repeated.
    """
    found: dict[tuple[int, PromptName], Said] = {}
    faults = []
    for index, element in enumerate(elements if decode is not None else ()):
        if not isinstance(element.options, VoiceOptions):
            continue
        given = {PromptName.MAIN: ("", element.content, element.options.speech)}
        given |= {name: (source.pointer, source.content, source.speech) for name, source in element.prompts.items()}
        for name, (pointer, content, speech) in given.items():
            if content is None or speech is None or decode is None:
                continue
            try:
                found[index, name] = said(content, speech, decode)
            except UnusableSpeech as error:
                faults.append(Fault(f"/alert/{index}{pointer}/content", error.code, error.sentence))
    return InlineSpeech(found, faults)


@dataclass(frozen=True, slots=True)
class CallPreparation:
    """Prepares the call elements of one request.

    Attributes:
        speech: what the elements say themselves.
        client_ref: of the request.
    """

    terms: Preparation
    speech: InlineSpeech
    stores: CallStores
    group: CallGroup
    client_ref: str

    def __call__(self, index: int, element: Element, resolved: Resolved, uses: Sequence[StoreUse]) -> Prepared:
        """Return a prepared element; one that cannot be sent has a `failure_reason`.

        Args:
            uses: the stored content that names the receivers.

        Raises:
            StorageUnavailable: stored content cannot be read.
            RequestTooLarge: all stored texts together are larger than one call may have.
        """
        options, terms = element.options, self.terms
        assert isinstance(options, VoiceOptions)
        if terms.decode is None:
            return failed(element, NO_VOICE, resolved, ExclusionReason.CHANNEL_UNAVAILABLE)
        used = list(uses)
        try:
            prompts = self._prompts(index, element, terms.decode, used)
            custom = self.group.lookup_keys() if element.lookups else frozenset()
            lookups = self._lookups(element, prompts, custom)
        except StoreUnusable as error:
            return failed(element, str(error), resolved, ExclusionReason.STORE_UNUSABLE)
        except Unreadable as error:
            return failed(element, str(error), resolved, ExclusionReason.LOOKUP_UNUSABLE)
        content = CallContent(options.number, options.script, prompts, options.attempts)
        reached = callable_to(content, lookups, resolved, element.channel, terms.alert, terms.now, terms.link)
        if element.channel is Channel.INBOUND_CALL:
            # They call when they like: a message for callers knows no quiet hours.
            reached = replace(reached, recipients=tuple(replace(w, quiet=Reachable.ALWAYS) for w in reached.recipients))
        return Prepared(
            PreparedElement(
                element.channel,
                element.tag,
                reached.recipients,
                resolved.requested,
                content,
                reached.failure_reason,
                lookups,
                excluded=reached.excluded,
                except_responded=element.except_responded,
                warnings=self._warnings(element, options, content, custom),
            ),
            tuple(used),
        )

    def _prompts(
        self, index: int, element: Element, decode: DecodeAudio, used: list[StoreUse]
    ) -> Mapping[PromptName, Said]:
        stored = {name: (source.stored, _KINDS[Channel.CALL]) for name, source in element.prompts.items()}
        stored[PromptName.MAIN] = (element.stored, _KINDS[element.channel])
        found = {name: said for (at, name), said in self.speech.said.items() if at == index}
        for name, (ref, kinds) in stored.items():
            if ref is not None:
                found[name] = self._stored(ref, kinds, decode, used)
        return {name: found[name] for name in PromptName if name in found}

    def _stored(self, ref: StoreRef, kinds: Sequence[ContentType], decode: DecodeAudio, used: list[StoreUse]) -> Said:
        unusable = None
        for kind in kinds:
            try:
                store = self.stores.load(ref, kind)
            except StoreUnusable as error:
                unusable = unusable or error
                continue
            used.append(StoreUse(ref, kind))
            self.terms.totals.add_stored(octets(store.content))
            try:
                return stored_said(store.content, store.extras, decode)
            except UnusableSpeech as error:
                raise StoreUnusable(f"the stored {kind.value} {error.sentence}") from error
        assert unusable is not None
        raise unusable

    def _lookups(
        self, element: Element, prompts: Mapping[PromptName, Said], custom: frozenset[str]
    ) -> LookupTerms | None:
        if element.lookups is not None and isinstance(prompts[PromptName.MAIN], Recording):
            raise Unreadable(RECORDED)
        texts = [text for prompt in prompts.values() if (text := readable(prompt)) is not None]
        return terms_of_texts(texts, element.lookups, custom, self.client_ref)

    def _warnings(
        self, element: Element, options: VoiceOptions, content: CallContent, custom: frozenset[str]
    ) -> tuple[Warned, ...]:
        said_in = "/content" if element.stored is None else "/storedContent"
        main = readable(content.prompts[PromptName.MAIN]) or ""
        return (
            *element.ignored,
            *open_warnings(element),
            *voice_warnings(element, options.speech),
            *placeholder_warnings(said_in, main, element.lookups, custom),
        )
