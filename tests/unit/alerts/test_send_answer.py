from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.alerts.domain.answer import decode_answer, encode_answer
from tocsin.alerts.domain.result import ItemResult, SendResult

TEXT = st.text(st.characters(codec="utf-8"), max_size=10)


@given(st.builds(SendResult, client_ref=TEXT, items=st.lists(st.builds(ItemResult, tag=TEXT)).map(tuple)))
def test_an_answer_is_read_back_as_it_was_given(result: SendResult) -> None:
    assert decode_answer(encode_answer(result)) == result


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"v": 2}', '{"v": 1}', '{"v": 1, "items": [{"channel": "fax"}]}'])
def test_anything_else_is_no_answer(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decode_answer(text)
