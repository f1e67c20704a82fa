"""Stored content <-> its row. The name is stored twice: sealed, for display, and as a fingerprint, for look-up."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tocsin.adapters.dynamodb.table.bucket import LARGEST_IN_A_ROW, Bucket
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import instant, key, milliseconds, number
from tocsin.adapters.dynamodb.table.sealing import open_json, seal_json
from tocsin.identity.domain.visibility import BY_NO_PERSON, Made
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, StoreId, TenantId, UserId
from tocsin.kernel.ports import Sealer
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent

if TYPE_CHECKING:
    from tocsin.adapters.dynamodb.stored_content.items import StoreItem

STORE = "ID#"
"""Prefix of the sort keys of stores, in the partition of everything an API key stores."""

HEAD = ["pk", "sk", "type", "created", "exp", "life", "held", "head", "s3", "rev", "name_hash"]
"""Attributes of a store without its content."""

_NAME = "NAME#"
_MILLISECOND = timedelta(milliseconds=1)


def owner_pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    """Return the partition of everything a key stores."""
    return f"T#{tenant}#K#{key_id}#S"


def store_key(tenant: TenantId, key_id: ApiKeyId, store: StoreId) -> Item:
    """Return the key of a store."""
    return key(owner_pk(tenant, key_id), STORE + store)


def name_sk(kind: str, fingerprint: str) -> str:
    """Return the sort key of a name."""
    return f"{_NAME}{kind}#{fingerprint}"


def name_fingerprint(sealer: Sealer, tenant: TenantId, key_id: ApiKeyId, kind: str, name: str, made: Made) -> str:
    """Return the fingerprint (hex) of a name; it differs by API key and type, and by a person and their company."""
    owner = "" if made.by is None else f"|{made.by}|{made.company or ''}"
    purpose = f"store-name|{key_id}|{kind}{owner}"
    return sealer.fingerprint(tenant, purpose, name.encode("utf-8", "surrogatepass")).hex()


def place(row: StoreItem, field: str) -> str:
    """Return the place to which a sealed field of the row is bound."""
    return f"{row.pk}|{row.sk}|{field}"


def times_of(content: StoredContent) -> dict[str, Any]:
    """Return the unsealed times of a store as row attributes."""
    times = {"created": milliseconds(content.created_at)}
    if content.lifetime is not None:
        times["life"] = content.lifetime // _MILLISECOND
    if content.expires_at is not None:
        times["exp"] = milliseconds(content.expires_at)
        times["ttl"] = garbage_after(times["exp"])
    return times


def garbage_after(exp: int) -> int:
    """Return the `ttl` (seconds) of a row that ends at `exp` (milliseconds)."""
    return exp // 1000 + 1


def row_expired(row: StoreItem, now_milliseconds: int) -> bool:
    """Whether the row's time is over."""
    return row.exp is not None and int(row.exp) <= now_milliseconds


def content_of(
    sealer: Sealer, tenant: TenantId, key_id: ApiKeyId, row: StoreItem, sealed: bytes | None
) -> StoredContent:
    """Return the store of a row; without content and extras if `sealed`, its sealed body, is None."""
    head: dict[str, Any] = open_json(sealer, tenant, place(row, "head"), row.head)
    rest: dict[str, Any] = {"content": "", "extras": {}}
    if sealed is not None:
        rest = open_json(sealer, tenant, place(row, "sealed"), sealed)
    return StoredContent(
        tenant=tenant,
        key_id=key_id,
        store_id=StoreId(row.sk.removeprefix(STORE)),
        type=ContentType(row.type),
        tag=head["tag"],
        name=head["name"],
        content=rest["content"],
        created_at=instant(int(row.created)),
        lifetime=None if row.life is None else int(row.life) * _MILLISECOND,
        expires_at=None if row.exp is None else instant(int(row.exp)),
        extras=rest["extras"],
        made=_made(*head["made"]) if "made" in head else BY_NO_PERSON,
    )


def _made(by: str | None, company: str | None) -> Made:
    return Made(None if by is None else UserId(by), None if company is None else CompanyId(company))


def sealed_parts(
    sealer: Sealer, bucket: Bucket, content: StoredContent, store_id: StoreId
) -> tuple[bytes, bytes | None, str | None]:
    """Return head and body sealed for the row of `store_id`; for a body that is too big, the name of its object.

    The object is written when this returns. Its name is a hash of the sealed bytes, which always differ, so a replaced
    row names a new object, and the old one is removed.
    """
    tenant, at = content.tenant, f"{owner_pk(content.tenant, content.key_id)}|{STORE}{store_id}"
    about: dict[str, Any] = {"tag": content.tag, "name": content.name}
    if content.made != BY_NO_PERSON:
        about["made"] = [content.made.by, content.made.company]
    head = seal_json(sealer, tenant, f"{at}|head", about)
    body = {"content": content.content, "extras": dict(content.extras)}
    sealed = seal_json(sealer, tenant, f"{at}|sealed", body)
    if len(sealed) <= LARGEST_IN_A_ROW:
        return head, sealed, None
    name = f"sealed/{tenant}/stores/{store_id}/{hashlib.sha256(sealed).hexdigest()[:32]}"
    bucket.put(name, sealed)
    return head, None, name


def fresh_row(sealer: Sealer, bucket: Bucket, content: StoredContent, *, held: bool) -> Item:
    """Return the row of a new store without a name, in wire form, for a transaction; attributes as in StoreItem.

    Args:
        held: it does not expire before `expires_at`, even if it is replaced.
    """
    row = store_key(content.tenant, content.key_id, content.store_id)
    times = {name: number(value) for name, value in times_of(content).items()}
    row |= {"kind": {"S": "store"}, "rev": number(1), "type": {"S": content.type.value}, **times}
    if held and "exp" in times:
        row["held"] = times["exp"]
    head, sealed, name = sealed_parts(sealer, bucket, content, content.store_id)
    row["head"] = {"B": head}
    if sealed is not None:
        return row | {"sealed": {"B": sealed}}
    row.pop("ttl", None)  # the repository removes row and object together
    return row | {"s3": {"S": name}}
