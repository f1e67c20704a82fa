"""What the OpenAPI document says about the API as a whole, in Markdown, and the guides that say the rest."""

from __future__ import annotations

GUIDES = {
    "calling": "Calls: keys, answers, faults, repeats and limits",
    "phone-calls": "Phone calls: dialogue, recordings, messages for callers",
    "personal-messages": "Personal messages: lookups",
    "short-links": "Short links",
    "escalation": "Escalation and answers",
    "callbacks": "Callbacks",
    "telephony-events": "Telephony events: how a telephone system sends them",
    "alert-rules": "Alert rules: who is told of which calls, registrations and texts",
    "backtests": "Backtests: what a rule would have told",
    "notices": "Notices: who hears of an event",
    "reports": "Daily reports",
    "tenant-mail": "Tenant mail: your own mail server and your own words",
    "telephone-systems": "Telephone systems: how each is connected",
    "codes": "Codes: when each is given, and what to do",
}
"""Titles by name. The texts are docs/guides/NAME.md and docs/codes.md; `make docs` makes alerts_api/guides of them."""

_INTRODUCTION = """One call reaches many people, and says who was reached.

Each operation can be tried here with your API key; the page forgets it when you leave. A live key sends messages, a
sandbox key none."""

_DIFFERENCES = """Tocsin differs from the published behaviour here:

| published | Tocsin | how to get it back |
|---|---|---|
| a visit to a short link answers | only the button does | `options.clickCounts`, or for the key by `/setinfo` |
| it leads to `url` at once | the page comes first | `shortlink.confirm: false` |
| a visit fires a trigger | only the button does | `options.clickCounts` |"""

ABOUT = "\n\n".join(
    [
        _INTRODUCTION,
        "Guides:\n\n" + "\n".join(f"- [{title}](docs/guides/{name})" for name, title in GUIDES.items()),
        _DIFFERENCES,
    ]
)
