"""Errors about integrations and their alerts, beside those of `kernel/domain/errors.py`."""

from __future__ import annotations

from tocsin.kernel.domain.errors import TocsinError

UNKNOWN_INTEGRATION = "UNKNOWN_INTEGRATION"
"""Code of the fault of an event that names no integration of the account."""


class NotEligible(TocsinError):
    """The person's role does not receive alerts of integrations, or the person is disabled."""

    code = "NOT_ELIGIBLE"
