"""Stores as people use them: those of the account, which all its people share, and those of API keys, to copy."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.companies import Companies
from console.entries import Record
from console.visit import Visit
from console.words import sentence
from tocsin.audit.domain.entry import Thing
from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import AlreadyExists, Fault, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import ApiKeyId, StoreId
from tocsin.kernel.domain.plain_text import named
from tocsin.stored_content.application.delete import DeleteContent
from tocsin.stored_content.application.key_stores import KeyStores
from tocsin.stored_content.application.rename import RenameStore
from tocsin.stored_content.application.store import StoreContent, seeded_id
from tocsin.stored_content.domain.store_request import DeleteElement, DeleteRequest, StoreElement, Waiting
from tocsin.stored_content.domain.stored_content import SPOKEN, ContentType, StoredContent, StoreRef
from tocsin.stored_content.domain.validation import why_unstorable
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.voice.domain.speech import to_store
from tocsin.voice.domain.unusable import UnusableSpeech

KEYS_LISTED = 50
"""Most API keys whose stores one page lists."""

FOR_EVER = Lifetime()

NAME_CHARACTERS = 128

_KEY_ID = re.compile(r"[0-9a-z]{1,24}")
_STORE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOT_ONE_LINE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_TAKEN = Fault("name", "ALREADY_EXISTS", "There is one of this name already.")
_THINGS = {ContentType.CONTACT_GROUP: "contact_group", ContentType.ALERT: "stored_alert"}


@dataclass(frozen=True, slots=True)
class AccountStores:
    """Reads, makes, copies and deletes stores for the visitor of a page; each change has an audit entry."""

    repository: StoredContentRepository
    keys: ApiKeyRepository
    store: StoreContent
    delete_content: DeleteContent
    rename: RenameStore
    record: Record
    companies: Companies

    def all(self, visit: Visit, kinds: Collection[ContentType]) -> list[StoredContent]:
        """Return the account's stores of these kinds by name, without content."""
        kind = next(iter(kinds)) if len(kinds) == 1 else None
        found = KeyStores(self.repository, visit.key()).list(kind, visit.now)
        return sorted((store for store in found if store.type in kinds), key=lambda store: name_of(store).casefold())

    def one(self, visit: Visit, store_id: str, kinds: Collection[ContentType] = tuple(ContentType)) -> StoredContent:
        """Return a store of the account. Raises NotFound."""
        return self._found(visit, visit.key(), store_id, kinds)

    def api_keys(self, visit: Visit) -> Sequence[ApiKey]:
        """Return the API keys whose things are shown; none to those who do not reach the whole account."""
        return self.keys.list(visit.principal.tenant) if visit.may(Permission.ALERTS_SEND, Reach.ALL) else ()

    def api_key(self, visit: Visit, key_id: str) -> ApiKey:
        """Return an API key whose things are shown. Raises NotFound, also where `api_keys` has none."""
        there = _KEY_ID.fullmatch(key_id) and key_id != ACCOUNT_KEY and visit.may(Permission.ALERTS_SEND, Reach.ALL)
        key = self.keys.get(visit.principal.tenant, ApiKeyId(key_id)) if there else None
        if key is None:
            raise NotFound("API key")
        return key

    def of_keys(self, visit: Visit, kinds: Collection[ContentType]) -> Iterator[tuple[ApiKey, StoredContent]]:
        """Yield the stores of API keys, without content; none to those who do not reach the whole account."""
        for key in self.api_keys(visit)[:KEYS_LISTED]:
            for store in self.repository.list(key.tenant, key.id, None, visit.now):
                if store.type in kinds:
                    yield key, store

    def of_key(
        self, visit: Visit, key_id: str, store_id: str, kinds: Collection[ContentType]
    ) -> tuple[ApiKey, StoredContent]:
        """Return a store of an API key. Raises NotFound, also for those who do not reach the whole account."""
        key = self.api_key(visit, key_id)
        return key, self._found(visit, key, store_id, kinds)

    def add(self, visit: Visit, element: StoreElement, once: str) -> StoreId:
        """Make a store. A form that is sent twice makes one.

        Args:
            once: the form's own random value.

        Raises:
            InvalidRequest: faults of the fields `name`, `content` and `company`.
        """
        key, name = self.companies.making(visit), name_typed(element.name or "")
        seed = f"console|{key.tenant}|{visit.principal.actor.id}|{once}".encode()
        there = self.repository.get(key.tenant, key.id, StoreRef(name=name), element.type, visit.now, key.made)
        if there is not None:
            if there.store_id == seeded_id(seed, 0):
                return there.store_id
            raise InvalidRequest([_TAKEN])
        content, extras = self.judged(element.type, element.content, element.extras)
        element = replace(element, name=name, content=content, extras=extras)
        self.record(visit, f"{_noun(element.type)}.created", Thing(_noun(element.type), seeded_id(seed, 0), name))
        (result,) = self.store(key, [element], seed).items
        assert result.store_id is not None
        return result.store_id

    def judged(self, kind: ContentType, content: str, extras: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Return content and extras as they are stored: a recording as calls play it. No entry says yet that they are.

        Raises:
            InvalidRequest: a fault of the field `content`.
        """
        if reason := why_unstorable(kind, content, extras):
            raise InvalidRequest([Fault("content", "WRONG_FORM", sentence(reason))])
        if kind not in SPOKEN or self.store.decode is None:
            return content, extras
        try:
            return to_store(content, extras, self.store.decode)
        except UnusableSpeech as error:
            raise InvalidRequest([Fault("content", error.code, f"It {error.sentence}.")]) from error

    def copy(self, visit: Visit, store: StoredContent, name: str, once: str) -> StoreId:
        """Make a store of the account with the same content.

        Args:
            name: cut to a name of one line; one that is taken gets a number.
        """
        key = visit.key()
        seed = f"console|{key.tenant}|{visit.principal.actor.id}|{once}".encode()
        there = KeyStores(self.repository, key).find(seeded_id(seed, 0), visit.now)
        if there is not None:
            return there.store_id
        taken = {name_of(each) for each in self.all(visit, {store.type})}
        name = free_name(named(_NOT_ONE_LINE.sub(" ", name))[:NAME_CHARACTERS].strip() or "Copy", taken)
        return self.add(visit, StoreElement(store.type, "copy", store.content, name, FOR_EVER, store.extras), once)

    def rename_to(self, visit: Visit, store: StoredContent, typed: str) -> None:
        """Give a store another name. Raises InvalidRequest: a fault of the field `name`."""
        name = name_typed(typed)
        if name == store.name:
            return
        key = visit.key()
        if self.repository.get(key.tenant, key.id, StoreRef(name=name), store.type, visit.now, store.made) is not None:
            raise InvalidRequest([_TAKEN])
        self.changed(visit, store, "updated", name=name)
        try:
            self.rename(key, store.store_id, name)
        except AlreadyExists:
            raise InvalidRequest([_TAKEN]) from None

    def delete(self, visit: Visit, store: StoredContent, *, end_waiting: bool) -> Sequence[Waiting]:
        """Delete a store. What waits for it is returned, and then it is not deleted, unless `end_waiting` ends that."""
        if not end_waiting and (waiting := self.waiting(visit, store)):
            return waiting
        self.changed(visit, store, "deleted")
        element = DeleteElement(store_id=store.store_id, end_waiting=end_waiting)
        (result,) = self.delete_content(visit.key(), DeleteRequest((element,))).items
        return tuple(result.in_use.get(store.store_id, ()))

    def waiting(self, visit: Visit, store: StoredContent) -> Sequence[Waiting]:
        """Return what waits for a store."""
        users, key = self.delete_content.users, visit.key()
        return () if users is None else users.of_key(key, visit.now)(store)

    def changed(self, visit: Visit, store: StoredContent, how: str, **after: object) -> None:
        """Record a change of a store, which follows."""
        noun = _noun(store.type)
        self.record(visit, f"{noun}.{how}", Thing(noun, store.store_id, name_of(store)), after)

    def _found(self, visit: Visit, key: ApiKey, store_id: str, kinds: Collection[ContentType]) -> StoredContent:
        found = (
            KeyStores(self.repository, key).find(StoreId(store_id), visit.now)
            if _STORE_ID.fullmatch(store_id)
            else None
        )
        if found is None or found.type not in kinds:
            raise NotFound("store")
        return found


def name_of(store: StoredContent) -> str:
    """Return the name that a page shows."""
    return store.name or f"{store.type.value} {store.store_id[:8]}"


def name_typed(text: str) -> str:
    """Return a name as it is stored. Raises InvalidRequest: a fault of the field `name`."""
    name = named(text)
    if not name:
        raise InvalidRequest([Fault("name", "REQUIRED", "Give it a name.")])
    if len(name) > NAME_CHARACTERS:
        raise InvalidRequest([Fault("name", "TOO_LONG", f"A name has up to {NAME_CHARACTERS} characters.")])
    if _NOT_ONE_LINE.search(name):
        raise InvalidRequest([Fault("name", "WRONG_FORM", "A name is one line of text.")])
    return name


def free_name(name: str, taken: Collection[str]) -> str:
    """Return the name, with the first number from 2 that makes it differ from those that are taken."""
    if name not in taken:
        return name
    number = 2
    while (numbered := f"{name[: NAME_CHARACTERS - 6]} {number}") in taken:
        number += 1
    return numbered


def _noun(kind: ContentType) -> str:
    return _THINGS.get(kind, "stored_content")
