"""Credentials: S5, and who may call from where."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import TENANT
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import VirtualClock
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.callback_url import Callback, CallbackEncoding
from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.application.change_api_key import ChangeApiKey
from tocsin.identity.application.create_api_key import CreateApiKey, NewApiKey
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.identity.domain.api_key_token import ApiKeyToken, parse_token
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest, NotFound, Unauthorized
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

HOME = "203.0.113.7"


class RecordingSealer(FakeSealer):
    """Notes for which tenants a pepper was asked: the real one makes a data key for each."""

    def __init__(self, secret: bytes = b"pepper") -> None:
        super().__init__(secret)
        self.asked: list[TenantId] = []

    def fingerprint(self, tenant: TenantId, purpose: str, value: bytes) -> bytes:
        self.asked.append(tenant)
        return super().fingerprint(tenant, purpose, value)


class Gate:
    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.keys = FakeApiKeyRepository()
        self.sealer = RecordingSealer()
        self.create = CreateApiKey(self.keys, self.sealer, SeededRandomness())
        self.authenticate = Authenticate(self.keys, self.sealer, self.clock)
        self.change = ChangeApiKey(self.keys, self.sealer, SeededRandomness(7))

    def disable(self, tenant: TenantId, key_id: ApiKeyId) -> None:
        self.change.enable(tenant, key_id, enabled=False)

    def new(self, *networks: str, kind: KeyKind = KeyKind.LIVE) -> NewApiKey:
        return self.create(TENANT, kind, "night desk", networks=networks)


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_a_new_key_opens_the_gate(gate: Gate) -> None:
    new = gate.create(
        TENANT,
        KeyKind.SANDBOX,
        " night desk ",
        rights=frozenset({Right.READ_ALERTS}),
        capacities={Channel.SMS: 5},
        notification=NotificationMode.NONE,
    )
    key = gate.authenticate(new.token, HOME)
    assert key == new.key
    assert (key.sandbox, key.name, key.rights) == (True, "night desk", frozenset({Right.READ_ALERTS}))
    assert (key.limited, key.notification) == (frozenset({Channel.SMS}), NotificationMode.NONE)
    assert gate.keys.remaining(TENANT, key.id) == {Channel.SMS: 5}
    assert gate.authenticate(new.token, None) == key


def test_s_5_what_is_kept_holds_no_token(gate: Gate) -> None:
    new = gate.new()
    parts = parse_token(new.token)
    assert parts is not None
    assert parts.secret not in repr(gate.keys.keys)
    assert new.token not in repr(gate.keys.keys)
    assert new.token not in repr(new)
    shown = repr(gate.authenticate) + repr(gate.create)
    pepper = pepper_of(gate.sealer, TENANT)
    assert pepper.hex() not in shown
    assert repr(pepper)[2:-1] not in shown


def test_two_keys_have_two_ids_and_two_tokens(gate: Gate) -> None:
    first, second = gate.new(), gate.new()
    assert first.key.id != second.key.id
    assert gate.authenticate(first.token, None) == first.key
    assert gate.authenticate(second.token, None) == second.key


def test_whatever_is_wrong_with_a_token_sounds_the_same(gate: Gate) -> None:
    new = gate.new()
    parts = parse_token(new.token)
    assert parts is not None
    wrong = [
        "",
        "nonsense",
        new.token[:-1],
        str(replace(parts, secret="0" * 27)),
        str(replace(parts, key_id=ApiKeyId("nonesuch"))),
        str(replace(parts, tenant=TenantId("evil"))),
        str(replace(parts, kind=KeyKind.SANDBOX)),
    ]
    said = set()
    for token in wrong:
        with pytest.raises(Unauthorized) as caught:
            gate.authenticate(token, HOME)
        said.add(str(caught.value))
    assert len(said) == 1


def test_a_disabled_key_is_as_good_as_none(gate: Gate) -> None:
    new = gate.new()
    gate.disable(TENANT, new.key.id)
    gate.disable(TENANT, new.key.id)
    with pytest.raises(Unauthorized):
        gate.authenticate(new.token, HOME)


def test_only_a_key_of_the_tenant_can_be_disabled(gate: Gate) -> None:
    new = gate.new()
    with pytest.raises(NotFound):
        gate.disable(TenantId("evil"), new.key.id)
    assert gate.authenticate(new.token, HOME) == new.key


def test_a_token_under_another_pepper_is_worth_nothing(gate: Gate) -> None:
    with pytest.raises(Unauthorized):
        Authenticate(gate.keys, RecordingSealer(b"salt"), gate.clock)(gate.new().token, HOME)


def test_a_tenant_that_a_stranger_makes_up_gets_no_pepper(gate: Gate) -> None:
    # given a well-formed token of a tenant that does not exist
    made_up = ApiKeyToken(KeyKind.LIVE, TenantId("madeup"), ApiKeyId("k1"), "0" * 27)

    # when it is tried
    with pytest.raises(Unauthorized):
        gate.authenticate(str(made_up), HOME)

    # then no data key is made for it
    assert gate.sealer.asked == []


def test_the_pepper_is_one_tenants_own(gate: Gate) -> None:
    assert pepper_of(gate.sealer, TENANT) != pepper_of(gate.sealer, TenantId("another"))
    assert pepper_of(gate.sealer, TENANT) == pepper_of(gate.sealer, TENANT)


@pytest.mark.parametrize(
    ("networks", "source", "let_in"),
    [
        ((), None, True),
        (("203.0.113.0/24",), HOME, True),
        (("203.0.113.7",), HOME, True),
        (("198.51.100.0/24", "203.0.113.0/28"), HOME, True),
        (("203.0.113.0/24",), "::ffff:203.0.113.7", True),
        (("2001:db8::/32",), "2001:db8::1", True),
        (("198.51.100.0/24",), HOME, False),
        (("2001:db8::/32",), HOME, False),
        (("203.0.113.0/24",), None, False),
        (("203.0.113.0/24",), "203.0.113.7, 198.51.100.1", False),
    ],
)
def test_a_key_bound_to_networks_is_good_only_there(
    gate: Gate, networks: tuple[str, ...], source: str | None, let_in: bool
) -> None:
    new = gate.new(*networks)
    if let_in:
        assert gate.authenticate(new.token, source) == new.key
    else:
        with pytest.raises(Forbidden):
            gate.authenticate(new.token, source)


def test_a_wrong_secret_from_a_wrong_place_learns_nothing_of_the_place(gate: Gate) -> None:
    parts = parse_token(gate.new("198.51.100.0/24").token)
    assert isinstance(parts, ApiKeyToken)
    with pytest.raises(Unauthorized):
        gate.authenticate(str(replace(parts, secret="0" * 27)), HOME)


def test_every_fault_of_a_new_key_is_named_and_none_is_made(gate: Gate) -> None:
    with pytest.raises(InvalidRequest) as caught:
        gate.create(TENANT, KeyKind.LIVE, " ", networks=(HOME, "300.1.1.1"), capacities={Channel.SMS: -1})
    assert [fault.pointer for fault in caught.value.faults] == ["/name", "/networks/1", "/capacities/sms"]
    with pytest.raises(InvalidRequest) as caught:
        gate.create(TENANT, KeyKind.LIVE, "n", callback=Callback("https://10.0.0.1/"))
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [("/callbackURL", "NOT_PUBLIC")]
    assert not gate.keys.keys


def test_ah_127_a_key_can_have_a_place_to_call_back_to(gate: Gate) -> None:
    callback = Callback("https://hooks.example.org/a", CallbackEncoding.FORM)
    key = gate.create(TENANT, KeyKind.LIVE, "n", notification=NotificationMode.CALLBACK, callback=callback).key
    assert (key.notification, key.callback_url, key.callback_encoding) == (
        NotificationMode.CALLBACK,
        "https://hooks.example.org/a",
        "form",
    )


def test_results_go_to_the_bus_by_default_with_the_right_only(gate: Gate) -> None:
    bus, able = NotificationMode.BUS, frozenset({Right.USE_BUS})
    key = gate.create(TENANT, KeyKind.LIVE, "n", notification=bus, rights=able).key
    assert key.notification is bus

    def without_the_right() -> NewApiKey:
        return gate.create(TENANT, KeyKind.LIVE, "n", notification=bus)

    for refused in (without_the_right, lambda: gate.change.set(TENANT, key.id, rights=frozenset())):
        with pytest.raises(InvalidRequest) as caught:
            refused()
        assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [("/rights", "REQUIRED")]
    changed = gate.change.set(TENANT, key.id, rights=frozenset(), notification=NotificationMode.POLL)
    assert (changed.rights, changed.notification) == (frozenset(), NotificationMode.POLL)


def test_a_disabled_key_can_be_enabled_again(gate: Gate) -> None:
    new = gate.new()
    gate.disable(TENANT, new.key.id)
    gate.change.enable(TENANT, new.key.id, enabled=True)
    assert gate.authenticate(new.token, HOME) == new.key


def test_s_5_a_new_token_takes_the_place_of_the_former_one(gate: Gate) -> None:
    new = gate.new("203.0.113.0/24")

    rotated = gate.change.rotate(TENANT, new.key.id)

    assert (
        gate.authenticate(rotated.token, HOME) == rotated.key == replace(new.key, secret_hash=rotated.key.secret_hash)
    )
    with pytest.raises(Unauthorized):
        gate.authenticate(new.token, HOME)


def test_for_a_while_a_key_has_two_tokens_and_never_three(gate: Gate) -> None:
    first = gate.new()
    second = gate.change.rotate(TENANT, first.key.id, gate.clock() + timedelta(hours=24))
    assert gate.authenticate(first.token, HOME).id == gate.authenticate(second.token, HOME).id

    third = gate.change.rotate(TENANT, first.key.id, gate.clock() + timedelta(hours=24))
    with pytest.raises(Unauthorized):
        gate.authenticate(first.token, HOME)
    assert gate.authenticate(second.token, HOME)

    gate.clock.advance(timedelta(hours=24))
    with pytest.raises(Unauthorized):
        gate.authenticate(second.token, HOME)
    assert gate.authenticate(third.token, HOME)


def test_the_token_before_can_be_ended_early_and_a_disabled_key_has_none(gate: Gate) -> None:
    first = gate.new()
    second = gate.change.rotate(TENANT, first.key.id, gate.clock() + timedelta(hours=24))
    gate.disable(TENANT, first.key.id)
    for token in (first.token, second.token):
        with pytest.raises(Unauthorized):
            gate.authenticate(token, HOME)
    gate.change.enable(TENANT, first.key.id, enabled=True)

    gate.change.end_former(TENANT, first.key.id)

    with pytest.raises(Unauthorized):
        gate.authenticate(first.token, HOME)
    assert gate.authenticate(second.token, HOME).former is None


def test_settings_are_replaced_one_by_one_and_checked_as_at_first(gate: Gate) -> None:
    new = gate.create(TENANT, KeyKind.LIVE, "night desk", rights=frozenset(Right), owner_email="ana@x.example")

    changed = gate.change.set(TENANT, new.key.id, name=" day desk ", networks=("203.0.113.7",))

    assert changed == replace(new.key, name="day desk", networks=("203.0.113.7/32",))
    assert gate.authenticate(new.token, HOME) == changed
    for wrong in ({"name": ""}, {"networks": ("x",)}, {"callback_url": "http://10.0.0.1/"}, {"owner_email": "ana"}):
        with pytest.raises(InvalidRequest):
            gate.change.set(TENANT, new.key.id, **wrong)
    assert gate.keys.get(TENANT, new.key.id) == changed
