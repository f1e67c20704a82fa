from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.identity.domain.api_key import KeyKind
from tocsin.identity.domain.api_key_token import ENTROPY_BYTES, ApiKeyToken, new_key_id, new_secret, parse_token
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

ENTROPY = st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES)
TOKENS = st.builds(
    ApiKeyToken,
    st.sampled_from(KeyKind),
    st.from_regex(r"[a-z0-9]{4,20}", fullmatch=True).map(TenantId),
    st.binary(min_size=8, max_size=8).map(new_key_id),
    ENTROPY.map(new_secret),
)
TOKEN = ApiKeyToken(KeyKind.LIVE, TenantId("acme"), ApiKeyId("k1"), new_secret(bytes(range(32))))


@given(TOKENS)
def test_a_token_is_read_back_as_it_was_written(token: ApiKeyToken) -> None:
    assert parse_token(str(token)) == token
    assert str(token).startswith(f"tcs_{token.kind}_{token.tenant}_{token.key_id}_")


@given(TOKENS, st.integers(0, 200), st.sampled_from("0aZ_"))
def test_a_mistyped_or_truncated_token_is_turned_away_by_its_checksum(token: ApiKeyToken, at: int, other: str) -> None:
    text = str(token)
    at %= len(text)
    if text[at] != other:
        assert parse_token(text[:at] + other + text[at + 1 :]) is None
    assert parse_token(text[:at]) is None


def test_s_5_a_secret_holds_160_bits_and_shows_in_no_repr() -> None:
    assert 62 ** len(TOKEN.secret) > 2**160
    assert len({new_secret(n.to_bytes(ENTROPY_BYTES, "big")) for n in range(1000)}) == 1000
    assert TOKEN.secret not in repr(TOKEN)
    with pytest.raises(ValueError, match="random bytes"):
        new_secret(b"short")


def test_s_5_what_is_kept_is_a_peppered_digest_of_the_whole_token() -> None:
    kept = TOKEN.digest(b"pepper")
    assert TOKEN.matches(kept, b"pepper")
    assert not TOKEN.matches(kept, b"salt")
    assert TOKEN.secret not in kept
    other_tenant = ApiKeyToken(TOKEN.kind, TenantId("evil"), TOKEN.key_id, TOKEN.secret)
    other_kind = ApiKeyToken(KeyKind.SANDBOX, TOKEN.tenant, TOKEN.key_id, TOKEN.secret)
    assert not other_tenant.matches(kept, b"pepper")
    assert not other_kind.matches(kept, b"pepper")


@pytest.mark.parametrize("text", ["", "tcs_live_acme_k1_", "x" * 10_000, "tcs_test_acme_k1_" + "0" * 33, "\0"])
def test_anything_else_is_no_token(text: str) -> None:
    assert parse_token(text) is None
