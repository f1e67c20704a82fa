"""Read and change notification settings: one's own, and as an owner or admin those of others (UP-31)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tocsin.audit.domain.entry import Thing, changes
from tocsin.directory.domain.things import Group, Kind, Line
from tocsin.directory.ports import Directory
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Fault, Forbidden, InvalidRequest, NotFound, StaleWrite
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock, Randomness
from tocsin.preferences.domain.fields import Fields, patched, resource, settable, with_fields
from tocsin.preferences.domain.following import may_follow
from tocsin.preferences.domain.refusals import LineNotYours
from tocsin.preferences.domain.settings import AccountTopic, NotificationSettings
from tocsin.preferences.domain.text_number import TextState, texts_go_to
from tocsin.preferences.domain.visibility import is_administrator, topics_of
from tocsin.preferences.ports import PreferencesStore

ROUNDS = 3
"""How often a change is tried that loses against others."""

ME = "me"
"""The caller, in place of an id."""

ReadFields = Callable[[Mapping[str, Any]], Fields]
"""Returns all fields, complete and in canonical form; what is absent has its default. Raises InvalidRequest."""

Judge = Callable[[NotificationSettings], None]
"""Judges the version that stands, for `If-Match`. Raises PreconditionFailed."""


@dataclass(frozen=True, slots=True)
class SettingsView:
    """Settings and what belongs to them.

    Attributes:
        user: whose they are.
        state: whether texts reach the person.
    """

    settings: NotificationSettings
    user: User
    state: TextState

    @property
    def topics(self) -> frozenset[AccountTopic]:
        """The topics that the person may see."""
        return topics_of(self.user)

    @property
    def version(self) -> int:
        """How often the settings were saved; for the ETag."""
        return self.settings.version

    def shown(self) -> dict[str, Any]:
        """Return them as the API shows them."""
        return resource(self.settings, self.topics, self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagePreferences:
    """Reads and changes settings for a caller. Every method may be repeated.

    Args of the methods: `id` is that of a person, or `ME`.

    Attributes:
        is_ours: whether a number in E.164 belongs to the account, so that a text to it would come back.
        is_suppressed: whether no text may go to a number.
        read: reads the body of a call.
    """

    settings: PreferencesStore
    directory: Directory
    is_ours: Callable[[TenantId, str], bool]
    is_suppressed: Callable[[TenantId, str], bool]
    read: ReadFields
    clock: Clock
    randomness: Randomness

    def get(self, caller: Principal, id: str) -> SettingsView:
        """Return settings; the defaults if they were never saved. Raises Forbidden, NotFound."""
        user = self._person(caller, id)
        return self._view(self.settings.get(user.tenant, user.id), user)

    def check_may_change(self, caller: Principal, id: str) -> None:
        """Raise Forbidden unless the caller may change settings of this person, if there is one."""
        self._check(caller, id)
        if caller.read_only:
            raise Forbidden("this token reads only")
        if id not in (ME, caller.user and caller.user.id):
            caller.check_may_manage_people()

    def change(self, caller: Principal, id: str, patch: Mapping[str, Any], judge: Judge) -> SettingsView:
        """Apply a JSON merge patch; what comes of it is judged. Nothing is written if nothing changes.

        Raises:
            Forbidden: also for a topic of the account that the person may not see.
            NotFound, PreconditionFailed, InvalidRequest.
            LineNotYours: the person may not follow a line that is new in the list.
            TextsAreOff: the custom number is enabled, and texts are off.
            StaleWrite: the settings kept changing.
        """
        self.check_may_change(caller, id)
        user, by = self._person(caller, id), caller.user.id if caller.user else None
        topics = topics_of(user)
        _check_topics(patch, topics)

        def changed(before: NotificationSettings) -> NotificationSettings:
            judge(before)
            fields = self.read(patched(before, topics, patch))
            self._judge_fields(before, user, fields)
            return with_fields(before, topics, fields, patch, by)

        return self._replace(caller, user, changed)

    def follow(self, caller: Principal, id: str, lines: Callable[[], Sequence[str]], judge: Judge) -> SettingsView:
        """Replace the list of lines that a person follows.

        Args:
            lines: returns ids; what it raises is raised.

        Raises:
            Forbidden, NotFound, PreconditionFailed, InvalidRequest, LineNotYours, StaleWrite.
        """
        self.check_may_change(caller, id)
        user = self._person(caller, id)

        def changed(before: NotificationSettings) -> NotificationSettings:
            judge(before)
            wanted = tuple(dict.fromkeys(lines()))
            self._judge_lines(before, user, wanted)
            return before if wanted == before.lines else replace(before, lines=wanted, version=before.version + 1)

        return self._replace(caller, user, changed)

    def _replace(
        self, caller: Principal, user: User, changed: Callable[[NotificationSettings], NotificationSettings]
    ) -> SettingsView:
        for _ in range(ROUNDS):
            stored = self.settings.get(user.tenant, user.id)
            before = self._without_gone(stored)
            after = changed(before)
            if after == before:
                return self._view(before, user)
            topics = topics_of(user)
            was, became = changes(_flat(settable(before, topics)), _flat(settable(after, topics)))
            thing = Thing("notification_settings", user.id, user.name)
            entry = audit_entry(
                caller, "notification_settings.updated", thing, was, became,
                at=self.clock(), randomness=self.randomness,
            )  # fmt: skip
            if self.settings.save(after, entry):
                return self._view(after, user)
        raise StaleWrite("another call kept changing these settings")

    def _judge_fields(self, before: NotificationSettings, user: User, fields: Fields) -> None:
        number = fields["channels"]["text"]["custom"]["number"]
        if number not in (None, before.custom_number) and self.is_ours(user.tenant, number):
            message = "is a number of the account itself; give one that people answer"
            raise InvalidRequest([Fault("/channels/text/custom/number", "OWN_NUMBER", message)])
        self._judge_lines(before, user, fields["lines"])

    def _judge_lines(self, before: NotificationSettings, user: User, wanted: Sequence[str]) -> None:
        """Judge the lines that are new. Those that the person follows already are looked at when a notice is sent."""
        new = [id for id in dict.fromkeys(wanted) if id not in before.lines]
        if not new:
            return
        things = self.directory.get_many(user.tenant, [(Kind.LINE, id) for id in new])
        lines = {each.id: each for each in things if isinstance(each, Line)}
        if unknown := [id for id in new if id not in lines]:
            raise InvalidRequest([Fault("/lines", "NO_SUCH_THING", "there is no such line", tuple(unknown))])
        groups = self._groups(user.tenant)
        if foreign := [id for id in new if not may_follow(user, lines[id], groups)]:
            raise LineNotYours(foreign)

    def _view(self, settings: NotificationSettings, user: User) -> SettingsView:
        return SettingsView(self._without_gone(settings), user, self._state(settings, user))

    def _without_gone(self, settings: NotificationSettings) -> NotificationSettings:
        """Return settings without lines that were deleted. So a deletion need not walk through all people."""
        if not settings.lines:
            return settings
        found = self.directory.get_many(settings.tenant, [(Kind.LINE, id) for id in settings.lines])
        there = {each.id for each in found}
        return replace(settings, lines=tuple(id for id in settings.lines if id in there))

    def _state(self, settings: NotificationSettings, user: User) -> TextState:
        number = texts_go_to(settings, user)
        if not settings.text_on:
            return TextState.OFF
        if number is None:
            return TextState.NO_NUMBER
        if self.is_ours(user.tenant, number):
            return TextState.OWN_NUMBER
        return TextState.OPTED_OUT if self.is_suppressed(user.tenant, number) else TextState.READY

    def _check(self, caller: Principal, id: str) -> None:
        caller.need(Permission.SELF)
        if caller.user is None:
            raise Forbidden("an API key is no person")
        if id not in (ME, caller.user.id) and not is_administrator(caller.user):
            raise Forbidden("settings of others are changed by owners and admins")

    def _person(self, caller: Principal, id: str) -> User:
        self._check(caller, id)
        assert caller.user is not None
        found = self._user(caller.tenant, caller.user.id if id == ME else UserId(id))
        if found is None:
            raise NotFound("user")
        return found

    def _user(self, tenant: TenantId, id: UserId) -> User | None:
        found = self.directory.get(tenant, Kind.USER, id)
        return found if isinstance(found, User) else None

    def _groups(self, tenant: TenantId) -> Sequence[Group]:
        return [each for each in self.directory.all(tenant, Kind.GROUP) if isinstance(each, Group)]


def _flat(fields: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return fields by their names with dots, so that an entry of the audit trail has only what changed."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        found |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {f"{prefix}{name}": value}
    return found


def _check_topics(patch: Mapping[str, Any], topics: frozenset[AccountTopic]) -> None:
    """Raise Forbidden if a patch names topics of the account that the person may not see (UP-8, UP-9)."""
    if "account" not in patch:
        return
    named, hidden = patch["account"], frozenset(AccountTopic) - topics
    if not topics or (isinstance(named, Mapping) and hidden & named.keys()):
        raise Forbidden("topics of the account are for owners and admins, billing warnings for those with billing")
