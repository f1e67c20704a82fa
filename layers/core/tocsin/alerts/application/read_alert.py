"""How use cases that run stored alerts read them: by the model of the door, which is given to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tocsin.alerts.domain.request import SendRequest

ReadAlert = Callable[[str, str | None, datetime], SendRequest]
"""The request in a stored alert's text, under another client reference than its own if one is given.

When it was stored goes with it: who asked to be forgotten since then does not come back out of it.

Raises InvalidRequest: it is none, or has no reference and none is given.
"""
