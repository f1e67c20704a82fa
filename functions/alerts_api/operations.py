"""Every operation of the API, in the order of the document: those of the alerts API, then those of the settings API.

`openapi.py` makes the document from it and `/docs` the page; a test compares it with the routes.
"""

from __future__ import annotations

from alerts_api.operation import Operation
from alerts_api.routes import (
    cancelling_operations,
    collecting_operations,
    managing_operations,
    public_operations,
    reading_operations,
    scheduling_operations,
    sending_operations,
    storing_operations,
)
from alerts_api.routes.acts import acting_operations
from alerts_api.routes.incidents import operations as incidents
from tocsin.entrypoint.account_body import operations as account_operations
from tocsin.entrypoint.account_body import samples
from tocsin.entrypoint.appointment_body import operations as appointment_operations
from tocsin.entrypoint.credential_body import keys, oauth, tokens
from tocsin.entrypoint.directory_body import operations as directory_operations
from tocsin.entrypoint.inbox_body import notifications, push
from tocsin.entrypoint.integration_body import operations as integration_operations
from tocsin.entrypoint.mail_body import connecting, mails, setting_operations, template_operations
from tocsin.entrypoint.preferences_body import operations as preference_operations
from tocsin.entrypoint.rule_body import backtests, history
from tocsin.entrypoint.rule_body import operations as rule_operations
from tocsin.entrypoint.telephony_body import event_operations, source_operations
from tocsin.entrypoint.telephony_body import sending as sending_events

ALERTS: tuple[Operation, ...] = (
    *sending_operations.OPERATIONS,
    *scheduling_operations.OPERATIONS,
    *storing_operations.OPERATIONS,
    *cancelling_operations.OPERATIONS,
    *collecting_operations.OPERATIONS,
    *managing_operations.OPERATIONS,
    *reading_operations.OPERATIONS,
    *acting_operations.OPERATIONS,
    *incidents.OPERATIONS,
    *public_operations.OPERATIONS,
)
"""Those that this function serves."""

OPERATIONS: tuple[Operation, ...] = (
    *ALERTS,
    *directory_operations.OPERATIONS,
    *rule_operations.OPERATIONS,
    *history.OPERATIONS,
    *backtests.OPERATIONS,
    *preference_operations.OPERATIONS,
    *tokens.OPERATIONS,
    *notifications.OPERATIONS,
    *push.OPERATIONS,
    *keys.OPERATIONS,
    *account_operations.OPERATIONS,
    *samples.OPERATIONS,
    *oauth.OPERATIONS,
    *source_operations.OPERATIONS,
    *sending_events.OPERATIONS,
    *event_operations.OPERATIONS,
    *integration_operations.OPERATIONS,
    *setting_operations.OPERATIONS,
    *template_operations.OPERATIONS,
    *connecting.OPERATIONS,
    *mails.OPERATIONS,
    *appointment_operations.OPERATIONS,
)
"""Those of the document."""
