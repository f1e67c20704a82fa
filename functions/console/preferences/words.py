"""Switches of notification settings as sentences, and the states of texts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tocsin.preferences.domain.settings import AccountTopic, AppointmentMoment, Communication
from tocsin.preferences.domain.text_number import TextState


class SettingsTab(StrEnum):
    """The tabs of the page; the values are in its address."""

    COMMUNICATION = "communication"
    APPOINTMENTS = "appointments"
    LINES = "lines"
    HOW = "how"
    ACCOUNT = "account"


TABS = {
    SettingsTab.COMMUNICATION: "Communication",
    SettingsTab.APPOINTMENTS: "Appointments",
    SettingsTab.LINES: "Lines",
    SettingsTab.HOW: "How",
    SettingsTab.ACCOUNT: "Account reports",
}

TITLES = {
    SettingsTab.COMMUNICATION: "What you hear of",
    SettingsTab.APPOINTMENTS: "When you hear of your appointments",
    SettingsTab.LINES: "Lines that you follow",
    SettingsTab.HOW: "How you hear of it",
    SettingsTab.ACCOUNT: "What you hear of the account",
}
TITLES_OF_OTHERS = {
    SettingsTab.COMMUNICATION: "What they hear of",
    SettingsTab.APPOINTMENTS: "When they hear of their appointments",
    SettingsTab.LINES: "Lines that they follow",
    SettingsTab.HOW: "How they hear of it",
    SettingsTab.ACCOUNT: "What they hear of the account",
}

COMMUNICATION = {
    Communication.CALL: "A call for {my} line, for a ring group of {mine}, or for a line {I} follow",
    Communication.TEXT: "A text for {my} line, for a ring group of {mine}, or for a line {I} follow",
    Communication.VOICEMAIL: "A voicemail for {my} line, for a ring group of {mine}, or for a line {I} follow",
    Communication.FAX: "A fax for {my} own line",
    Communication.MENTION: "A colleague mentions {me}",
    Communication.CONTACT: "A contact is assigned to {me}",
    Communication.APPOINTMENT: "An appointment is assigned to {me}",
    Communication.REMINDER: "A reminder is assigned to {me}",
}
MANY_TEXTS = "One contact sends more than 15 texts within 30 seconds"

MOMENTS = {
    AppointmentMoment.CREATED: "When it is made",
    AppointmentMoment.DAY: "One day before it begins",
    AppointmentMoment.HOUR: "One hour before it begins",
    AppointmentMoment.QUARTER: "15 minutes before it begins",
    AppointmentMoment.MINUTE: "One minute before it begins",
}

TOPICS: Mapping[str, Mapping[AccountTopic, str]] = {
    "Money": {AccountTopic.BILLING_WARNINGS: "The account is about to run out of money or messages"},
    "Every day at 08:00": {
        AccountTopic.DAILY_ACTIVITY: "What happened the day before",
        AccountTopic.DAILY_INBOUND_SMS: "Texts that came in",
        AccountTopic.DAILY_OUTBOUND_SMS: "Texts that went out",
        AccountTopic.DAILY_SPENDING: "What was spent",
    },
    "Other systems": {
        AccountTopic.USERS_SYNC: "Users were pushed or pulled",
        AccountTopic.CONTACTS_SYNC: "Contacts were synchronised",
        AccountTopic.CONTACT_DISPOSITIONS_SYNC: "Dispositions of contacts were synchronised",
        AccountTopic.CALL_DISPOSITION_SYNC: "Dispositions of calls were synchronised",
        AccountTopic.FAILED_INTEGRATION: "An integration fails",
    },
    "Else": {
        AccountTopic.IMPORTS_EXPORTS: "An import or export ended",
        AccountTopic.WEBHOOK_FAILURES: "Callbacks or webhooks are not delivered",
    },
}
"""Sentences of topics, in groups with a heading each."""

TEXT_STATES = {
    TextState.OFF: ("idle", "Texts are off"),
    TextState.NO_NUMBER: ("warn", "There is no number for texts"),
    TextState.OWN_NUMBER: ("bad", "The number is one of the account's, so no text goes there"),
    TextState.OPTED_OUT: ("bad", "The number said STOP, or is blocked"),
    TextState.READY: ("ok", "Texts go out"),
}
"""Glyph and word of each state."""

MINE = {"my": "my", "mine": "mine", "me": "me", "I": "I"}
THEIRS = {"my": "their", "mine": "theirs", "me": "them", "I": "they"}
"""Words of sentences about oneself, and about another person."""

LABELS_OF_HOW = {
    "email_on": "By email",
    "text_on": "By text",
    "custom": "To the number below",
    "channels_text_custom_number": "Number",
    "browser_on": "By a push to browsers",
    "mobile_push": "In the app",
    "quiet": "Quiet hours",
    "quiet_hours_from": "Quiet from",
    "quiet_hours_to": "Quiet until",
    "quiet_hours_zone": "Time zone",
}
"""Fields of the tab How."""

LABELS = {
    "channels_text_custom_number": "Number",
    "quiet_hours_from": "Quiet from",
    "quiet_hours_to": "Quiet until",
    "quiet_hours_zone": "Time zone",
    "lines": "Lines",
}
"""Fields of the forms that can have a fault."""
