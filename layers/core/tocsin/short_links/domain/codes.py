"""What the words for who followed a short link mean to a client."""

from __future__ import annotations

from tocsin.kernel.domain.codes import Code, Vocabulary
from tocsin.short_links.domain.click import ClickClassification

CLICK_VERDICTS = Vocabulary(
    "ClickClassification",
    "Who followed a short link",
    "`classification` of an event `shortlinkClick`.",
    {
        ClickClassification.HUMAN: Code("a browser followed the link as a person does", "count it as seen"),
        ClickClassification.AUTOMATED: Code("a mail gateway, messenger or robot looked at the link", "do not count it"),
    },
)
