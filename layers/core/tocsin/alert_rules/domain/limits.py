"""How large a rule and its parts may be."""

from __future__ import annotations

from datetime import timedelta

NAME_CHARACTERS = 80
DESCRIPTION_CHARACTERS = 1_000
TRIGGER_DESCRIPTION_CHARACTERS = 80
TRIGGERS = 20
FILTER_VALUES = 200
CONTAINS_CHARACTERS = 160
TAG_CHARACTERS = 64
DAILY_HOURS = 20
ACTIONS = 20
SUBJECT_CHARACTERS = 200
BODY_CHARACTERS = 10_000
TEXT_CHARACTERS = 480
"""Of a text message, after its placeholders are replaced; what is more is cut."""

SMS_RECEIVERS = 50
HEADERS = 16
SECRET_CHARACTERS = 4_096
HEADER_NAME_CHARACTERS = 128
OWNED_RULES = 50
"""Most rules of one person without a role above `user`."""

ACCOUNT_RULES = 1_000
ACCOUNT_TRIGGERS = 3_000

THROTTLE = (timedelta(minutes=1), timedelta(hours=24))
DIGEST = (timedelta(minutes=5), timedelta(hours=24))
HOLD = (timedelta(seconds=30), timedelta(hours=24))
MAX_AGE = (timedelta(minutes=1), timedelta(hours=72))
"""Shortest and longest; an event that is older than 72 hours is never told."""

CALL_SECONDS = 604_800
"""Longest call, a week."""
