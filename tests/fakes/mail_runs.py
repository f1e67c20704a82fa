"""Runs of tenant mail and the voicemails that were mailed, in memory."""

from __future__ import annotations

from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.tenant_mail.domain.mail_run import RUN_KEPT, MailRun, MailRunWritten
from tocsin.tenant_mail.domain.voicemails import MailedVoicemails, VoicemailsWritten
from tocsin.tenant_mail.ports import MailRunPage


class FakeMailRuns:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], MailRun] = {}
        self.outage = Outage()

    def add(self, run: MailRun) -> bool:
        self.outage.check()
        return self.kept.setdefault((run.tenant, run.id), run) is run

    def get(self, tenant: TenantId, id: str, now: datetime) -> MailRun | None:
        self.outage.check()
        found = self.kept.get((tenant, id))
        return found if found is not None and now < found.at + RUN_KEPT else None

    def page(self, tenant: TenantId, limit: int, cursor: str | None, now: datetime) -> MailRunPage:
        place = f"{tenant}|mail_runs|"
        if cursor is not None and not cursor.startswith(place):
            raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])
        before = "~" if cursor is None else cursor.removeprefix(place)
        ids = sorted((id for owner, id in self.kept if owner == tenant and id < before), reverse=True)
        found = [run for id in ids if (run := self.get(tenant, id, now)) is not None]
        return MailRunPage(found[:limit], place + found[limit - 1].id if len(found) > limit else None)

    def holds(self, written: MailRunWritten, alert: Alert | None = None) -> bool:
        return (written.run.tenant, written.run.id) not in self.kept

    def write(self, written: MailRunWritten, alert: Alert | None = None) -> None:
        self.kept[written.run.tenant, written.run.id] = written.run


class FakeVoicemailLists:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], MailedVoicemails] = {}
        self.outage = Outage()

    def get(self, tenant: TenantId, name: str) -> MailedVoicemails:
        self.outage.check()
        return self.kept.get((tenant, name), MailedVoicemails(tenant, name))

    def holds(self, written: VoicemailsWritten, alert: Alert | None = None) -> bool:
        voicemails = written.voicemails
        return self.get(voicemails.tenant, voicemails.name).version == voicemails.version - 1

    def write(self, written: VoicemailsWritten, alert: Alert | None = None) -> None:
        self.kept[written.voicemails.tenant, written.voicemails.name] = written.voicemails
