"""Event sources in words: kinds, and what became of a payload."""

from __future__ import annotations

from tocsin.telephony.domain.event_source import GENERIC, NATIVE, Refreshes
from tocsin.telephony.domain.events_answer import ItemStatus

KINDS = {
    "asterisk": "Asterisk, FreePBX",
    "freeswitch": "FreeSWITCH, FusionPBX",
    "yeastar": "Yeastar P-Series",
    "3cx": "3CX",
    "fspbx": "FS PBX",
    "twilio": "Twilio",
    "telnyx": "Telnyx",
    "connect": "Amazon Connect",
    NATIVE: "CloudEvents: a program of yours",
    GENERIC: "Another one, with a mapping of your own",
}

REFRESHES = {
    Refreshes.AUTO: "kept if a rule asks for them",
    Refreshes.KEEP: "always kept",
    Refreshes.DROP: "never kept",
}

SIGNATURES = {"twilio": "Twilio", "telnyx": "Telnyx", "fspbx": "FS PBX", "didww": "DIDWW"}

STATUSES = {
    ItemStatus.ACCEPTED: ("ok", "accepted"),
    ItemStatus.DUPLICATE: ("idle", "came before"),
    ItemStatus.IGNORED: ("idle", "ignored: no rule asks for refreshes"),
    ItemStatus.LATE: ("warn", "late: over 72 hours old, told to no person"),
    ItemStatus.REFUSED: ("bad", "refused"),
}
"""Glyph and word of what became of an event."""

LABELS = {
    "name": "Name",
    "kind": "Kind",
    "region": "Country",
    "zone": "Time zone",
    "internal": "Extensions",
    "settle_seconds": "A call waits",
    "refreshes": "Renewed registrations",
    "mapping": "Mapping",
    "signature": "Signed by",
    "signing_keys": "Signing key",
    "expect_every": "Silent after",
    "enabled": "On",
}
"""The fields of the form, in words."""
