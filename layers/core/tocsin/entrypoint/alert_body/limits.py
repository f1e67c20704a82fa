"""Limits of one request. Each name says what is counted."""

from __future__ import annotations

from tocsin.alerts.domain.alert import MAX_ITEMS
from tocsin.content.domain.sms_text import LONGEST
from tocsin.notices.domain.account_notice import MAX_NOTICES

CLIENT_REF_CHARACTERS = 128
TAG_CHARACTERS = 128
NAME_CHARACTERS = 128
"""Names of stores, groups and sets, and contact ids."""

ADDRESS_CHARACTERS = 320
"""A phone number or an email address as written, before validation."""

ELEMENTS_PER_CALL = MAX_ITEMS
SMS_CHARACTERS = LONGEST
"""Text of an SMS."""

SUBJECT_CHARACTERS = 250
"""A subject line without its reference; with it the header stays below 998 octets in any encoding (RFC 5322)."""

LOCAL_PART_CHARACTERS = 64
"""The part of an address before the `@` (RFC 5321, 4.5.3.1.1)."""

CONTENT_TYPE_CHARACTERS = 200
BOUNDARY_CHARACTERS = 70
"""RFC 2046, 5.1.1."""

URL_CHARACTERS = 2_048
SHORTLINK_REFERENCE_CHARACTERS = 500
EMAIL_CHARACTERS = 254
IVR_ATTEMPTS = 10
TIME_WINDOWS = 20
TRIGGERS = 10
STORES_PER_CALL = 25
DELETES_PER_CALL = 100
CANCELS_PER_CALL = 100
EVENTS_PER_CALL = 100
MESSAGES_PER_CALL = MAX_NOTICES
PAGE_ITEMS = 100
IDEMPOTENCY_KEY_CHARACTERS = 255
ANSWER_CHARACTERS = 256
NOTE_CHARACTERS = 500
"""What a person writes when they mark a receiver as having answered."""
