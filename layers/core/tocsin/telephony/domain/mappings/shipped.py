"""The mappings that are shipped, by the kind of a source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tocsin.telephony.domain.mappings.mapping import PayloadMapping
from tocsin.telephony.domain.mappings.vendors import (
    asterisk,
    connect,
    freeswitch,
    fspbx,
    telnyx,
    threecx,
    twilio,
    yeastar,
)

SHIPPED: Final[Mapping[str, PayloadMapping]] = {
    "freeswitch": freeswitch.MAPPING,
    "asterisk": asterisk.MAPPING,
    "yeastar": yeastar.MAPPING,
    "twilio": twilio.MAPPING,
    "telnyx": telnyx.MAPPING,
    "3cx": threecx.MAPPING,
    "fspbx": fspbx.MAPPING,
    "connect": connect.MAPPING,
}
"""Sources of the kind `generic` have a mapping of their own, and those of the kind `native` need none."""
