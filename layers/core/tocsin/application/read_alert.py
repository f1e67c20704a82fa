"""How use cases that run stored alerts read them: by the model of the door, which is given to them."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.domain.send_request import SendRequest

ReadAlert = Callable[[str, str | None], SendRequest]
"""The request in a stored alert's text, under another client reference than its own if one is given.

Raises InvalidRequest: it is none, or has no reference and none is given.
"""
