"""Replace what a store holds. Its id, name and lifetime stay, so what refers to it says the new content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import StoreId
from tocsin.kernel.domain.version import check_version, version_of
from tocsin.kernel.ports import Clock
from tocsin.stored_content.application.key_stores import KeyStores
from tocsin.stored_content.domain.stored_content import SPOKEN, StoredContent
from tocsin.stored_content.domain.validation import why_unstorable
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.voice.domain.speech import to_store
from tocsin.voice.domain.unusable import UnusableSpeech
from tocsin.voice.ports import DecodeAudio


@dataclass(frozen=True, slots=True)
class ReplaceContent:
    """Replaces the content of one store of a key. Of changes at once all hold, each over the one before.

    Attributes:
        decode: decodes recordings; None = they are kept as they are given, without a look.
    """

    stores: StoredContentRepository
    clock: Clock
    decode: DecodeAudio | None = None

    def __call__(
        self,
        key: ApiKey,
        store_id: StoreId,
        content: str,
        extras: Mapping[str, Any],
        if_match: str | None = None,
    ) -> StoredContent:
        """Return the store as it is now.

        Args:
            content, extras: as in `StoredContent`, of the type that the store has.
            if_match: the version that the caller has seen, see `content_version`; None = any.

        Raises:
            NotFound: this key has no such store.
            PreconditionFailed: the store has another version.
            InvalidRequest: the content is not valid for the type.
            StaleWrite: other calls kept changing the store.
        """

        def changed(store: StoredContent) -> StoredContent:
            check_version(if_match, _data(store))
            reason = why_unstorable(store.type, content, extras)
            if reason is not None:
                raise InvalidRequest([Fault("/content", "WRONG_FORM", reason)])
            if store.type not in SPOKEN or self.decode is None:
                return replace(store, content=content, extras=extras)
            try:
                said, kept = to_store(content, extras, self.decode)
            except UnusableSpeech as error:
                raise InvalidRequest([Fault("/content", error.code, error.sentence)]) from error
            return replace(store, content=said, extras=kept)

        return KeyStores(self.stores, key).change(store_id, self.clock(), changed)


def content_version(store: StoredContent) -> str:
    """Return the version of what a store holds."""
    return version_of(_data(store))


def _data(store: StoredContent) -> dict[str, Any]:
    return {"content": store.content, "extras": dict(store.extras)}
