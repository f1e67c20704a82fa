"""All codes of the API: the tables of all subjects, in the order of `docs/codes.md`.

No function imports it to serve a call.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.alerts.domain.codes import CAUSES, EVIDENCE, RESPONSE_KINDS
from tocsin.delivery.domain.codes import MESSAGE_STATES
from tocsin.entrypoint.http.error_codes import ERRORS, FAULTS, WARNINGS
from tocsin.escalation.domain.codes import ESCALATION_STATES
from tocsin.history.domain.codes import ALERT_STATES, EXPLAINED, INCIDENT_STATES, REASONS, TIMELINE
from tocsin.kernel.domain.codes import Vocabulary
from tocsin.limits.domain.codes import PAUSE_REASONS
from tocsin.notices.domain.codes import NOTICES
from tocsin.planning.domain.codes import PLANNED_OUTCOMES
from tocsin.results.domain.codes import EVENTS
from tocsin.schedules.domain.codes import RUN_FAILURES, SCHEDULE_STATES
from tocsin.short_links.domain.codes import CLICK_CLASSIFICATIONS
from tocsin.webhooks.domain.codes import ATTEMPT_REASONS, DELIVERY_STATES, DISABLED_REASONS, ENDPOINT_STATES

CATALOGUE: Mapping[str, Vocabulary] = {
    vocabulary.name: vocabulary
    for vocabulary in (
        ERRORS,
        FAULTS,
        WARNINGS,
        EVENTS,
        REASONS,
        MESSAGE_STATES,
        ALERT_STATES,
        CAUSES,
        EXPLAINED,
        INCIDENT_STATES,
        TIMELINE,
        RESPONSE_KINDS,
        EVIDENCE,
        CLICK_CLASSIFICATIONS,
        PLANNED_OUTCOMES,
        ESCALATION_STATES,
        SCHEDULE_STATES,
        RUN_FAILURES,
        NOTICES,
        PAUSE_REASONS,
        ENDPOINT_STATES,
        DISABLED_REASONS,
        DELIVERY_STATES,
        ATTEMPT_REASONS,
    )
}
"""Each vocabulary by its name."""
