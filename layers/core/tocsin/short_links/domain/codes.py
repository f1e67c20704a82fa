"""Codes about short links that clients see, with meaning and advice."""

from __future__ import annotations

from tocsin.kernel.domain.codes import Code, Vocabulary
from tocsin.short_links.domain.click import ClickClassification

CLICK_CLASSIFICATIONS = Vocabulary(
    "ClickClassification",
    "Who followed a short link",
    "`classification` of an event `shortlinkClick`.",
    {
        ClickClassification.HUMAN: Code("a person's browser opened the link", "count it as seen if `counted` is true"),
        ClickClassification.AUTOMATED: Code("a mail gateway, messenger or crawler fetched the link", "do not count it"),
    },
)
