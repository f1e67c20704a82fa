"""The quick look before the expression that finds a person: it may be wrong in one direction only."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tocsin.privacy.domain.erasure import Person, _written_forms, mentioned_in

NUMBER, MAILBOX = "+447700900123", "kiss.mee@example.org"
FORMS = _written_forms(Person(addresses=frozenset([NUMBER, MAILBOX])))
assert FORMS is not None

_LIKE = {"k": "kK\u212a", "s": "sS\u017f", "i": "iI\u0130\u0131", "e": "eE\u00e9"}
"""Letters that an expression which ignores case takes for the same, and some that it does not."""

BETWEEN = st.text("  \t\n\u00a0()./-", max_size=4)
SPOKEN = st.tuples(
    st.sampled_from(["", "0", "+44", "0044", "44", "+44 (0)"]), st.lists(BETWEEN, min_size=10, max_size=10)
)
NUMBERS = SPOKEN.map(
    lambda made: made[0] + "".join(gap + digit for gap, digit in zip(made[1], "7700900123", strict=True))
)
MAILBOXES = st.tuples(*(st.sampled_from(_LIKE.get(letter, letter + letter.upper())) for letter in MAILBOX)).map("".join)
TEXTS = st.lists(st.one_of(NUMBERS, MAILBOXES, st.text(max_size=5), st.just(NUMBER), st.just(MAILBOX)), max_size=3)


@given(TEXTS.map("".join))
def test_s8_the_quick_look_hides_no_mention(text: str) -> None:
    assert FORMS is not None
    assert FORMS.may_be_in(text) or not FORMS.pattern.search(text)


def test_s8_the_quick_look_spares_the_search_of_most_texts() -> None:
    assert FORMS is not None
    assert not FORMS.may_be_in("Trunk 7 at Leeds exchange is down since 04:12. Call 0113 496 0000.")
    assert mentioned_in("or 07700 900 123, thanks", Person(addresses=frozenset([NUMBER])))
