"""What every repository of stored content promises."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.cloud import DYNAMODB_LOCAL, cloud, tenants_guarded
from tests.fakes.sealer import FakeSealer
from tests.fakes.stores import FakeStoredContentRepository
from tocsin.adapters.dynamodb.stored_content.stored_content import DynamoDbStoredContentRepository
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.errors import InvalidRequest, NotFound
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, StoreId, TenantId, UserId
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef
from tocsin.stored_content.ports import StoredContentRepository

ACME = TenantId("acme")
K1 = ApiKeyId("k1")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MONTH = timedelta(days=30)
ANA, BEN = UserId("ana"), UserId("ben")
NORTH, SOUTH = CompanyId("north"), CompanyId("south")


@pytest.fixture(params=["fake", "moto", DYNAMODB_LOCAL])
def stores(request: pytest.FixtureRequest) -> Iterator[StoredContentRepository]:
    if request.param == "fake":
        yield FakeStoredContentRepository()
        return
    with cloud(request.param) as c, tenants_guarded(c.dynamodb):
        yield DynamoDbStoredContentRepository(c.table, FakeSealer(), c.objects)


def a_store(number: int = 1, **settings: object) -> StoredContent:
    """Store `number`, an SMS called "evacuate" that lives 30 days unused."""
    plain = StoredContent(
        tenant=ACME,
        key_id=K1,
        store_id=StoreId(f"00000000-0000-4000-8000-{number:012}"),
        type=ContentType.SMS,
        tag="t1",
        name="evacuate",
        content="Leave the building now",
        created_at=NOW,
        lifetime=MONTH,
        expires_at=NOW + MONTH,
    )
    return replace(plain, **settings)  # type: ignore[arg-type]


def by_name(name: str = "evacuate") -> StoreRef:
    return StoreRef(name=name)


def test_a_store_is_found_by_id_and_by_name(stores: StoredContentRepository) -> None:
    store = a_store(type=ContentType.EMAIL, extras={"subject": "Fire", "multipart": False})

    assert stores.put(store) == store.store_id

    assert stores.find(ACME, K1, store.store_id, NOW) == store
    assert stores.get(ACME, K1, StoreRef(store.store_id), ContentType.EMAIL, NOW) == store
    assert stores.get(ACME, K1, by_name(), ContentType.EMAIL, NOW) == store


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (None, ""),
        ("Ünïcode ☎ #name", "Räumen Sie das Gebäude 🚒"),
        ("x" * 2_000, "lone \ud800 surrogate"),
        ("lone \udfff surrogate", "x" * 200_000),
    ],
)
def test_any_name_and_content_comes_back_as_it_was(
    stores: StoredContentRepository, name: str | None, content: str
) -> None:
    store = a_store(name=name, content=content)
    stores.put(store)

    assert stores.find(ACME, K1, store.store_id, NOW) == store
    assert name is None or stores.get(ACME, K1, by_name(name), ContentType.SMS, NOW) == store


def incompressible(size: int, seed: int = 1) -> str:
    """Return text that deflates to about 0.8 of `size` bytes."""
    return "".join(
        random.Random(seed).choices("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/", k=size)
    )


@pytest.mark.parametrize("sizes", [(1_000_000, 10), (10, 1_000_000), (900_000, 1_000_000)])
def test_content_of_any_size_can_be_stored_and_replaced(
    stores: StoredContentRepository, sizes: tuple[int, int]
) -> None:
    first, second = (a_store(content=incompressible(size, seed=size)) for size in sizes)
    stores.put(first)
    assert stores.get(ACME, K1, by_name(), ContentType.SMS, NOW) == first

    stores.put(second)

    assert stores.get(ACME, K1, by_name(), ContentType.SMS, NOW) == second
    assert [store.content for store in stores.list(ACME, K1, None, NOW)] == [""]
    assert stores.delete(ACME, K1, second.store_id)
    assert stores.find(ACME, K1, second.store_id, NOW) is None


def test_the_same_name_is_replaced_and_keeps_its_id(stores: StoredContentRepository) -> None:
    stores.put(a_store(1, content="old", extras={"a": 1}))

    assert stores.put(a_store(2, content="new", tag="t2")) == a_store(1).store_id

    found = stores.get(ACME, K1, by_name(), ContentType.SMS, NOW)
    assert found == a_store(1, content="new", tag="t2")
    assert stores.find(ACME, K1, a_store(2).store_id, NOW) is None
    assert len(stores.list(ACME, K1, None, NOW)) == 1


def test_names_are_unique_per_content_type_only(stores: StoredContentRepository) -> None:
    stores.put(a_store(1, type=ContentType.SMS))
    stores.put(a_store(2, type=ContentType.EMAIL))

    assert stores.get(ACME, K1, by_name(), ContentType.SMS, NOW) == a_store(1)
    assert stores.get(ACME, K1, by_name(), ContentType.EMAIL, NOW) == a_store(2, type=ContentType.EMAIL)


def test_stores_without_a_name_never_replace_each_other(stores: StoredContentRepository) -> None:
    for number in (1, 2):
        stores.put(a_store(number, name=None))

    assert len(stores.list(ACME, K1, None, NOW)) == 2
    assert stores.get(ACME, K1, StoreRef(), ContentType.SMS, NOW) is None


def test_a_store_that_is_renamed_lets_go_of_its_old_name(stores: StoredContentRepository) -> None:
    stores.put(a_store(1, name="old name"))
    stores.put(a_store(1, name="new name"))

    assert stores.get(ACME, K1, by_name("old name"), ContentType.SMS, NOW) is None
    assert stores.put(a_store(2, name="old name")) == a_store(2).store_id
    assert stores.get(ACME, K1, by_name("new name"), ContentType.SMS, NOW) == a_store(1, name="new name")


@pytest.mark.parametrize(
    ("tenant", "key_id"), [(ACME, ApiKeyId("k2")), (TenantId("umbrella"), K1), (TenantId("acme2"), K1)]
)
def test_ah_9_another_keys_store_is_not_there(
    stores: StoredContentRepository, tenant: TenantId, key_id: ApiKeyId
) -> None:
    stores.put(a_store())
    theirs = a_store().store_id

    assert stores.find(tenant, key_id, theirs, NOW) is None
    assert stores.get(tenant, key_id, StoreRef(theirs), ContentType.SMS, NOW) is None
    assert stores.get(tenant, key_id, by_name(), ContentType.SMS, NOW) is None
    assert stores.list(tenant, key_id, None, NOW) == []
    assert not stores.delete(tenant, key_id, theirs)

    # and it can use the same name and even the same id without touching ours
    own = a_store(tenant=tenant, key_id=key_id, content="mine")
    assert stores.put(own) == theirs
    assert stores.get(ACME, K1, by_name(), ContentType.SMS, NOW) == a_store()
    assert stores.get(tenant, key_id, by_name(), ContentType.SMS, NOW) == own


def test_ah_42_a_store_of_another_type_is_not_there(stores: StoredContentRepository) -> None:
    contacts = a_store(type=ContentType.CONTACT_LIST, content="c1,c2")
    stores.put(contacts)

    for ref in (StoreRef(contacts.store_id), by_name()):
        assert stores.get(ACME, K1, ref, ContentType.RECIPIENT_LIST, NOW) is None
        assert stores.get(ACME, K1, ref, ContentType.CONTACT_LIST, NOW) == contacts


@pytest.mark.parametrize("content", ["short", incompressible(600_000)], ids=["in its row", "in the bucket"])
def test_ah_9_an_expired_store_is_not_there(stores: StoredContentRepository, content: str) -> None:
    store = a_store(content=content)
    stores.put(store)
    last, over = NOW + MONTH - timedelta(milliseconds=1), NOW + MONTH

    assert stores.find(ACME, K1, store.store_id, last) is not None
    assert stores.get(ACME, K1, StoreRef(store.store_id), ContentType.SMS, over) is None
    assert stores.get(ACME, K1, by_name(), ContentType.SMS, over) is None
    assert stores.find(ACME, K1, store.store_id, over) is None
    assert stores.list(ACME, K1, None, over) == []


def test_a_store_without_a_lifetime_never_expires(stores: StoredContentRepository) -> None:
    store = a_store(lifetime=None, expires_at=None)
    stores.put(store)

    assert stores.find(ACME, K1, store.store_id, NOW + 1000 * MONTH) == store


def test_the_name_of_an_expired_store_starts_a_new_one(stores: StoredContentRepository) -> None:
    stores.put(a_store(1))
    later = NOW + 2 * MONTH
    again = a_store(2, created_at=later, expires_at=later + MONTH)

    assert stores.put(again) == again.store_id

    assert stores.get(ACME, K1, by_name(), ContentType.SMS, later) == again
    assert list(stores.list(ACME, K1, None, later)) == [replace(again, content="")]
    assert not stores.delete(ACME, K1, a_store(1).store_id)


@pytest.mark.parametrize("name", [None, "evacuate"])
def test_each_use_renews_the_whole_unused_lifetime(stores: StoredContentRepository, name: str | None) -> None:
    store = a_store(name=name)
    stores.put(store)
    used = NOW + timedelta(days=20)

    stores.touch(store, used)

    found = stores.find(ACME, K1, store.store_id, NOW + timedelta(days=49))
    assert found == replace(store, expires_at=used + MONTH)
    assert stores.find(ACME, K1, store.store_id, NOW + timedelta(days=50)) is None


@pytest.mark.parametrize("name", [None, "evacuate"])
def test_a_renewal_that_comes_late_shortens_nothing(stores: StoredContentRepository, name: str | None) -> None:
    store = a_store(name=name)
    stores.put(store)

    stores.touch(store, NOW + timedelta(days=20))
    stores.touch(store, NOW + timedelta(days=10))

    found = stores.find(ACME, K1, store.store_id, NOW)
    assert found is not None
    assert found.expires_at == NOW + timedelta(days=50)


def test_an_expired_or_deleted_store_is_not_brought_back_by_a_late_use(stores: StoredContentRepository) -> None:
    store = a_store()
    stores.put(store)
    stores.touch(store, NOW + MONTH)
    assert stores.find(ACME, K1, store.store_id, NOW + MONTH) is None

    stores.delete(ACME, K1, store.store_id)
    stores.touch(store, NOW + timedelta(days=1))
    assert stores.find(ACME, K1, store.store_id, NOW) is None


def test_a_use_of_what_never_expires_changes_nothing(stores: StoredContentRepository) -> None:
    store = a_store(lifetime=None, expires_at=None)
    stores.put(store)

    stores.touch(store, NOW)

    assert stores.find(ACME, K1, store.store_id, NOW) == store


@pytest.mark.parametrize("name", [None, "evacuate"])
def test_a_use_of_what_was_replaced_meanwhile_does_not_bring_its_old_lifetime_back(
    stores: StoredContentRepository, name: str | None
) -> None:
    seen, day, used = a_store(name=name), timedelta(days=1), NOW + timedelta(hours=1)
    stores.put(seen)

    stores.put(replace(seen, lifetime=day, expires_at=NOW + day))
    stores.touch(seen, used)
    assert stores.find(ACME, K1, seen.store_id, NOW + day - timedelta(hours=1)) is not None
    assert stores.find(ACME, K1, seen.store_id, used + day) is None

    stores.put(replace(seen, lifetime=None, expires_at=None))
    stores.touch(seen, used)
    assert stores.find(ACME, K1, seen.store_id, NOW + 100 * MONTH) is not None


def test_a_deleted_store_is_gone_and_its_name_is_free(stores: StoredContentRepository) -> None:
    stores.put(a_store(1))

    assert stores.delete(ACME, K1, a_store(1).store_id)
    assert not stores.delete(ACME, K1, a_store(1).store_id)

    assert stores.get(ACME, K1, by_name(), ContentType.SMS, NOW) is None
    assert stores.put(a_store(2)) == a_store(2).store_id


def test_the_list_shows_everything_but_the_content_oldest_first(stores: StoredContentRepository) -> None:
    kinds = [ContentType.SMS, ContentType.ALERT, ContentType.SMS]
    made = [
        a_store(9 - n, name=f"n{n}", tag=f"tag{n}", type=kind, created_at=NOW + timedelta(seconds=n), extras={"a": n})
        for n, kind in enumerate(kinds)
    ]
    for store in made:
        stores.put(store)

    shown = [replace(store, content="", extras={}) for store in made]
    assert list(stores.list(ACME, K1, None, NOW)) == shown
    assert list(stores.list(ACME, K1, ContentType.SMS, NOW)) == [shown[0], shown[2]]
    assert stores.list(ACME, K1, ContentType.CALL, NOW) == []


def test_calls_that_store_the_same_new_name_at_once_end_with_one_store(stores: StoredContentRepository) -> None:
    ids: list[StoreId] = []
    threads = [
        threading.Thread(target=lambda n=n: ids.append(stores.put(a_store(n, content=f"c{n}")))) for n in range(1, 5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ids) == 4
    assert len(set(ids)) == 1
    assert [store.store_id for store in stores.list(ACME, K1, None, NOW)] == [ids[0]]


# --- holding --------------------------------------------------------------------------------------------------------

YEAR = timedelta(days=365)
BIG = "".join(chr(33 + (n * n * 7919 + n) % 90) for n in range(400_000)) + "".join(map(str, range(150_000)))


@pytest.mark.parametrize("content", ["Leave", BIG], ids=["in its row", "in the bucket"])
def test_a_held_store_lives_until_then_by_id_and_by_name(stores: StoredContentRepository, content: str) -> None:
    store = a_store(content=content)
    stores.put(store)

    stores.hold(store, NOW + YEAR, NOW)

    late = NOW + YEAR - timedelta(seconds=1)
    held = stores.find(ACME, K1, store.store_id, late)
    assert held is not None
    assert (held.expires_at, held.lifetime) == (NOW + YEAR, MONTH)
    assert stores.get(ACME, K1, by_name(), ContentType.SMS, late) == held
    assert stores.find(ACME, K1, store.store_id, NOW + YEAR) is None


def test_what_replaces_a_held_store_is_held_as_long(stores: StoredContentRepository) -> None:
    store = a_store()
    stores.put(store)
    stores.hold(store, NOW + YEAR, NOW)

    stores.put(a_store(2, content="Stay inside"))

    found = stores.find(ACME, K1, store.store_id, NOW + 11 * MONTH)
    assert found is not None
    assert found.content == "Stay inside"


def test_a_hold_never_shortens_and_brings_nothing_back(stores: StoredContentRepository) -> None:
    for_ever = a_store(1, name="a", lifetime=None, expires_at=None)
    longer = a_store(2, name="b", lifetime=2 * YEAR, expires_at=NOW + 2 * YEAR)
    over = a_store(3, name="c")
    for store in (for_ever, longer, over):
        stores.put(store)

    stores.hold(for_ever, NOW + YEAR, NOW)
    stores.hold(longer, NOW + YEAR, NOW)
    stores.hold(over, NOW + YEAR, NOW + MONTH)

    assert stores.find(ACME, K1, for_ever.store_id, NOW) == for_ever
    assert stores.find(ACME, K1, longer.store_id, NOW) == longer
    assert stores.find(ACME, K1, over.store_id, NOW + MONTH) is None


def test_a_released_store_begins_to_be_unused(stores: StoredContentRepository) -> None:
    store, other = a_store(), a_store(2, name="other")
    for each in (store, other):
        stores.put(each)
    stores.hold(store, NOW + YEAR, NOW)

    stores.release(ACME, K1, store.store_id, NOW + MONTH)
    stores.release(ACME, K1, other.store_id, NOW + timedelta(days=1))
    stores.release(ACME, K1, StoreId("00000000-0000-4000-8000-000000000099"), NOW)

    assert stores.find(ACME, K1, store.store_id, NOW + 2 * MONTH - timedelta(seconds=1)) is not None
    assert stores.find(ACME, K1, store.store_id, NOW + 2 * MONTH) is None
    assert stores.find(ACME, K1, other.store_id, NOW + MONTH) is None


# --- pages ----------------------------------------------------------------------------------------------------


def paged(stores: StoredContentRepository, limit: int, now: datetime = NOW) -> list[list[StoredContent]]:
    pages: list[list[StoredContent]] = []
    cursor = None
    while not pages or cursor is not None:
        page = stores.page(ACME, K1, limit=limit, after=cursor, now=now)
        pages.append(list(page.stores))
        cursor = page.next
    return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_a6_walking_the_pages_meets_every_unexpired_store_once_without_content(
    stores: StoredContentRepository, limit: int
) -> None:
    for number in (3, 1, 5, 2, 4, 6):
        ends = NOW + (MONTH if number % 3 else timedelta(days=1))
        stores.put(a_store(number, name=f"n{number}", content="x" * 10 * number, expires_at=ends))
    stores.put(a_store(7, key_id=ApiKeyId("k2")))
    stores.put(a_store(8, tenant=TenantId("other")))

    pages = paged(stores, limit, NOW + timedelta(days=2))

    walked = [store for page in pages for store in page]
    assert [(store.name, store.content) for store in walked] == [(f"n{number}", "") for number in (1, 2, 4, 5)]
    assert len(pages) == -(-4 // limit)


def test_a_page_of_a_key_without_stores_is_empty(stores: StoredContentRepository) -> None:
    assert paged(stores, 5) == [[]]


def test_a6_a_cursor_serves_its_own_key_only(stores: StoredContentRepository) -> None:
    for number in (1, 2):
        stores.put(a_store(number, name=None))
    cursor = stores.page(ACME, K1, limit=1, after=None, now=NOW).next
    assert cursor is not None
    for tenant, key_id, after in ((ACME, ApiKeyId("k2"), cursor), (TenantId("other"), K1, cursor), (ACME, K1, "x")):
        with pytest.raises(InvalidRequest):
            stores.page(tenant, key_id, limit=1, after=after, now=NOW)


# --- changes in place -----------------------------------------------------------------------------------------


def appended(text: str) -> Callable[[StoredContent], StoredContent]:
    return lambda store: replace(store, content=store.content + text)


def change(stores: StoredContentRepository, text: str, number: int = 1, now: datetime = NOW) -> StoredContent | None:
    return stores.change(ACME, K1, a_store(number).store_id, now, appended(text))


BIG = random.Random(1).randbytes(400_000).hex()
"""A content that lies in the bucket."""


@pytest.mark.parametrize(("before", "after"), [("a", "b"), ("a", BIG), (BIG, "b"), (BIG, BIG + "b")])
@pytest.mark.parametrize("name", [None, "evacuate"])
def test_a_change_replaces_what_a_store_holds_and_nothing_else(
    stores: StoredContentRepository, before: str, after: str, name: str | None
) -> None:
    store = a_store(name=name, content=before)
    stores.put(store)

    changed = stores.change(ACME, K1, store.store_id, NOW, lambda found: replace(found, content=after))

    assert changed == replace(store, content=after)
    assert stores.find(ACME, K1, store.store_id, NOW) == changed
    if name is not None:
        assert stores.get(ACME, K1, by_name(), ContentType.SMS, NOW) == changed
    # its life goes on as before, whether it lies in the table or in the bucket
    later = NOW + timedelta(days=20)
    stores.touch(replace(store, content=after), later)
    found = stores.find(ACME, K1, store.store_id, later)
    assert found is not None
    assert found.expires_at == later + MONTH
    assert stores.delete(ACME, K1, store.store_id)
    assert stores.put(a_store(2, name=name)) == a_store(2).store_id


@pytest.mark.parametrize(("before", "after"), [(BIG, "a"), ("a", BIG), (BIG, BIG + "y")])
def test_a_store_that_never_expires_moves_between_table_and_bucket(
    stores: StoredContentRepository, before: str, after: str
) -> None:
    store = a_store(content=before, lifetime=None, expires_at=None)
    stores.put(store)
    changed = stores.change(ACME, K1, store.store_id, NOW, lambda found: replace(found, content=after))
    assert stores.get(ACME, K1, by_name(), ContentType.SMS, NOW + 9999 * MONTH) == changed
    assert changed == replace(store, content=after)


def test_what_is_not_there_or_expired_or_anothers_is_not_changed(stores: StoredContentRepository) -> None:
    stores.put(a_store())
    assert change(stores, "b", number=2) is None
    assert change(stores, "b", now=NOW + MONTH) is None
    for tenant, key_id in ((TenantId("other"), K1), (ACME, ApiKeyId("k2"))):
        assert stores.change(tenant, key_id, a_store().store_id, NOW, appended("b")) is None
    assert stores.find(ACME, K1, a_store().store_id, NOW) == a_store()


def test_a_change_that_is_refused_or_changes_nothing_writes_nothing(stores: StoredContentRepository) -> None:
    stores.put(a_store())

    def refuse(_: StoredContent) -> StoredContent:
        raise NotFound("contact")

    with pytest.raises(NotFound):
        stores.change(ACME, K1, a_store().store_id, NOW, refuse)
    assert stores.change(ACME, K1, a_store().store_id, NOW, lambda store: store) == a_store()
    assert stores.find(ACME, K1, a_store().store_id, NOW) == a_store()


def test_of_changes_at_once_all_hold(stores: StoredContentRepository) -> None:
    # given two writers that have both read before either writes
    stores.put(a_store(content=""))
    both = threading.Barrier(2)

    def write(letter: str) -> None:
        waited: list[bool] = []

        def add(store: StoredContent) -> StoredContent:
            if not waited and not isinstance(stores, FakeStoredContentRepository):
                waited.append(True)
                both.wait(10)
            return appended(letter)(store)

        assert stores.change(ACME, K1, a_store().store_id, NOW, add) is not None

    writers = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    found = stores.find(ACME, K1, a_store().store_id, NOW)
    assert found is not None
    assert sorted(found.content) == ["a", "b"]


@pytest.mark.parametrize("before", ["", BIG])
def test_a_change_keeps_a_renewal_and_a_hold_that_come_in_between(stores: StoredContentRepository, before: str) -> None:
    store = a_store(content=before)
    stores.put(store)
    until = NOW + 5 * MONTH
    done: list[bool] = []

    def late(found: StoredContent) -> StoredContent:
        if not done and not isinstance(stores, FakeStoredContentRepository):
            done.append(True)
            stores.hold(store, until, NOW)
        return appended("b")(found)

    if isinstance(stores, FakeStoredContentRepository):
        stores.hold(store, until, NOW)
    stores.change(ACME, K1, store.store_id, NOW, late)

    found = stores.find(ACME, K1, store.store_id, until - timedelta(seconds=1))
    assert found is not None
    assert (len(found.content), found.expires_at) == (len(before) + 1, until)


def test_decided_2_9_names_of_people_are_apart_by_person_and_company(stores: StoredContentRepository) -> None:
    # given stores of one name by a key, two people, and one of them for two companies
    makers = [Made(), Made(ANA), Made(BEN), Made(ANA, NORTH), Made(ANA, SOUTH)]
    kept = [a_store(number, made=made) for number, made in enumerate(makers)]
    for store in kept:
        assert stores.put(store) == store.store_id

    for made, store in zip(makers, kept, strict=True):
        assert stores.get(ACME, K1, by_name(), ContentType.SMS, NOW, made) == store
    # an API key's names do not depend on the company that the key has
    assert stores.put(a_store(9, made=Made(None, NORTH))) == kept[0].store_id
    # a name is free again where it was taken, and nowhere else
    assert stores.delete(ACME, K1, kept[1].store_id)
    assert stores.get(ACME, K1, by_name(), ContentType.SMS, NOW, Made(ANA)) is None
    assert stores.get(ACME, K1, by_name(), ContentType.SMS, NOW, Made(BEN)) == kept[2]


def test_who_made_a_store_stays_when_its_content_changes(stores: StoredContentRepository) -> None:
    store = a_store(made=Made(ANA, NORTH))
    stores.put(store)
    changed = stores.change(ACME, K1, store.store_id, NOW, lambda before: replace(before, content="new"))
    assert changed is not None
    assert stores.find(ACME, K1, store.store_id, NOW) == changed == replace(store, content="new")


def test_a_page_has_the_wanted_stores_only_and_ends_where_the_last_is(stores: StoredContentRepository) -> None:
    for number in range(6):
        stores.put(a_store(number, name=None, made=Made(ANA if number % 2 else BEN)))

    def page(after: str | None) -> tuple[list[str], str | None]:
        found = stores.page(ACME, K1, limit=2, after=after, now=NOW, wanted=lambda store: store.made.by == ANA)
        return [store.store_id[-1] for store in found.stores], found.next

    first, cursor = page(None)
    assert (first, cursor is None) == (["1", "3"], False)
    assert page(cursor) == (["5"], None)
