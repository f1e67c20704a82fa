"""How large a text or mail is for one receiver, computed from the lengths of its pieces before anything is written.

    size = pieces that all receivers share + for each value: length of the value as it is written × how often it stands

The time is that of reading a receiver's values, whatever the text is: 300,000 keywords of one name are one product.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.lookups import Facts, LookupText

Measure = Callable[[str], int]
"""Returns how long a text is, in the unit of a limit."""


def octets(text: str) -> int:
    """Return the bytes of a text in UTF-8; half a surrogate pair counts as one."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class RenderedSize:
    """The size of a compiled text.

    Attributes:
        shared: what is the same for all receivers.
        personal: by the name of a value, how it is measured where it stands, and how often it stands there.
    """

    shared: int
    personal: Mapping[str, tuple[tuple[Measure, int], ...]]

    @staticmethod
    def of(
        pieces: Iterable[tuple[LookupText, Measure, Measure]], shared_values: Mapping[str, str], now: datetime
    ) -> RenderedSize:
        """Add up compiled pieces.

        Args:
            pieces: each with how its own text is measured, and its values as they are written there.
            shared_values: values of keywords that are the same for all receivers.
            now: any instant: a time has the same length at each.
        """
        facts = Facts(shared_values, "", {}, now, str)
        total = 0
        counts: Counter[tuple[str, Measure]] = Counter()
        for text, plain, written in pieces:
            total += sum(plain(part) for part in text.parts if isinstance(part, str))
            for keyword, often in text.keywords:
                if keyword.personal:
                    counts[keyword.name, written] += often
                else:
                    total += often * written(keyword.reading(facts))
        personal: dict[str, list[tuple[Measure, int]]] = {}
        for (name, written), often in counts.items():
            personal.setdefault(name, []).append((written, often))
        return RenderedSize(total, {name: tuple(each) for name, each in personal.items()})

    def to(self, recipient: Recipient, link: str) -> int:
        """Return the size for one receiver; `link` is as long as the receiver's short URL."""
        size = self.shared + self._of("recipient", recipient.address) + self._of("shortlink", link)
        for name, value in recipient.lookups.items():
            size += self._of(name, value)
        return size

    def _of(self, name: str, value: str) -> int:
        return sum(measure(value) * often for measure, often in self.personal.get(name, ()))
