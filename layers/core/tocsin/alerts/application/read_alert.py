"""The reader of stored alerts: use cases that run them are given the API's own model as a function."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tocsin.alerts.domain.request import SendRequest

ReadAlert = Callable[[str, str | None, datetime], SendRequest]
"""Returns the request in the text of a stored alert.

Its arguments are the JSON text, a client reference in place of the stored one (None = the stored one), and the time at
which the text was stored. Receivers who were erased after that time are excluded by a filter.

Raises InvalidRequest: the text is not an alert, or there is no client reference.
"""
