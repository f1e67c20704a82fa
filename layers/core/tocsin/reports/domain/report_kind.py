"""The daily reports."""

from __future__ import annotations

from enum import StrEnum


class ReportKind(StrEnum):
    """Kinds of reports; the values are words of the API and the names of their switches."""

    ACTIVITY = "daily_activity"
    INBOUND_SMS = "daily_inbound_sms"
    OUTBOUND_SMS = "daily_outbound_sms"
    SPENDING = "daily_spending"


TITLES = {
    ReportKind.ACTIVITY: "Daily activity",
    ReportKind.INBOUND_SMS: "Texts received",
    ReportKind.OUTBOUND_SMS: "Texts sent",
    ReportKind.SPENDING: "Spending",
}
