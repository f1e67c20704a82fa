"""AH-23 and AH-24, for any number of elements."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import number
from tocsin.alerts.domain.capacity import PreparedElement, reserve
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import SmsContent

CHANNELS = st.sampled_from([Channel.SMS, Channel.EMAIL])
ELEMENTS = st.lists(
    st.builds(
        lambda channel, n, lost: PreparedElement(
            channel,
            "t",
            tuple(Recipient(number(i)) for i in range(n)),
            n + lost,
            SmsContent("Tocsin", "x") if n else None,
            f"{lost} lost" if lost else None,
        ),
        CHANNELS,
        st.integers(0, 6),
        st.integers(0, 2),
    ),
    max_size=6,
)
CAPACITIES = st.dictionaries(CHANNELS, st.integers(0, 15))


@given(ELEMENTS, CAPACITIES)
def test_ah_24_no_channel_spends_more_than_it_has_and_none_leaves_any_unspent(
    elements: list[PreparedElement], capacities: dict[Channel, int]
) -> None:
    shares = list(reserve(elements, capacities))
    assert [share.element for share in shares] == elements
    for channel in Channel:
        wanted = sum(len(e.recipients) for e in elements if e.channel is channel)
        spent = sum(len(s.recipients) for s in shares if s.element.channel is channel)
        assert spent == min(wanted, capacities.get(channel, wanted))


@given(ELEMENTS, CAPACITIES)
def test_every_element_adds_up_and_says_why_somebody_is_missing(
    elements: list[PreparedElement], capacities: dict[Channel, int]
) -> None:
    for share in reserve(elements, capacities):
        item, result = share.item, share.result
        assert tuple(share.recipients) == share.element.recipients[: len(share.recipients)]
        assert (item.requested, item.accepted) == (result.requested, result.sent)
        assert result.success == (result.sent > 0) == (item.content is not None)
        assert (result.failure_reason is not None) == (result.sent < result.requested)
        assert (result.remaining is None) == (result.channel not in capacities)
