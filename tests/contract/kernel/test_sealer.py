"""What every sealer promises: it opens what it sealed, there and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.contract.cloud import SettableClock, SystemRandomness, cloud, tenants_guarded
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.kernel.domain.errors import SealBroken
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

ACME = TenantId("acme")
UMBRELLA = TenantId("umbrella")
PLACE = "T#acme#A#1|META|items"

# One sealer serves all examples: what is asked is about values, not about its history.
examples = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=["fake", "kms"])
def sealer(request: pytest.FixtureRequest) -> Iterator[Sealer]:
    if request.param == "fake":
        yield FakeSealer()
        return
    with cloud() as c, tenants_guarded(c.dynamodb):
        yield KmsSealer(c.kms, c.dynamodb, c.table_name, c.key_id, SettableClock(), SystemRandomness())


@examples
@given(plain=st.binary(max_size=4_000), place=st.text(max_size=80))
def test_what_was_sealed_opens(sealer: Sealer, plain: bytes, place: str) -> None:
    assert sealer.open(ACME, place, sealer.seal(ACME, place, plain)) == plain


@examples
@given(plain=st.binary(min_size=1, max_size=200), data=st.data())
def test_any_altered_bit_breaks_the_seal(sealer: Sealer, plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(sealer.seal(ACME, PLACE, plain))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(SealBroken):
        sealer.open(ACME, PLACE, bytes(sealed))


@examples
@given(plain=st.binary(max_size=200), data=st.data())
def test_a_cut_value_breaks_the_seal(sealer: Sealer, plain: bytes, data: st.DataObject) -> None:
    sealed = sealer.seal(ACME, PLACE, plain)

    with pytest.raises(SealBroken):
        sealer.open(ACME, PLACE, sealed[: data.draw(st.integers(0, len(sealed) - 1))])


@examples
@given(place=st.text(max_size=40), other=st.text(max_size=40))
def test_a_value_moved_to_another_row_or_field_does_not_open(sealer: Sealer, place: str, other: str) -> None:
    assume(place != other)
    sealed = sealer.seal(ACME, place, b"+447700900123")

    with pytest.raises(SealBroken):
        sealer.open(ACME, other, sealed)


def test_a_value_moved_to_another_tenant_does_not_open(sealer: Sealer) -> None:
    sealer.seal(UMBRELLA, PLACE, b"theirs")

    with pytest.raises(SealBroken):
        sealer.open(UMBRELLA, PLACE, sealer.seal(ACME, PLACE, b"ours"))


def test_the_same_value_never_looks_the_same(sealer: Sealer) -> None:
    assert sealer.seal(ACME, PLACE, b"again") != sealer.seal(ACME, PLACE, b"again")


def test_a_sealed_value_does_not_show_what_is_in_it(sealer: Sealer) -> None:
    assert b"ana@example.org" not in sealer.seal(ACME, PLACE, b"ana@example.org")


@examples
@given(value=st.binary(max_size=100), other=st.binary(max_size=100))
def test_fingerprints_are_equal_for_equal_values_only(sealer: Sealer, value: bytes, other: bytes) -> None:
    print_ = sealer.fingerprint(ACME, "store-name", value)

    assert len(print_) == 32
    assert (print_ == sealer.fingerprint(ACME, "store-name", other)) is (value == other)


@examples
@given(whole=st.text(min_size=1, max_size=20), data=st.data())
def test_where_the_purpose_ends_and_the_value_begins_cannot_be_shifted(
    sealer: Sealer, whole: str, data: st.DataObject
) -> None:
    one, two = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, len(whole)))
    assume(one != two)

    assert sealer.fingerprint(ACME, whole[:one], whole[one:].encode()) != sealer.fingerprint(
        ACME, whole[:two], whole[two:].encode()
    )


def test_fingerprints_of_several_values_are_those_of_each(sealer: Sealer) -> None:
    values = [b"b", b"a", b"b", b""]
    each = [sealer.fingerprint(ACME, "phone", value) for value in values]
    assert list(sealer.fingerprints(ACME, "phone", iter(values))) == each
    assert list(sealer.fingerprints(ACME, "phone", ())) == []


def test_fingerprints_of_two_tenants_cannot_be_compared(sealer: Sealer) -> None:
    assert sealer.fingerprint(ACME, "phone", b"+447700900123") != sealer.fingerprint(
        UMBRELLA, "phone", b"+447700900123"
    )
