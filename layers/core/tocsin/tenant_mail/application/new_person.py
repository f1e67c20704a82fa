"""Make the person whom `user.created` tells: in the directory with the role `user`, without an invitation."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from tocsin.audit.domain.actor import SYSTEM, Via
from tocsin.directory.application.add_person import MOST_NAME, AddPerson
from tocsin.directory.domain.things import MOST, Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.errors import AlreadyExists, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event import TelephonyEvent

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Makes a person whom the directory does not know; known people stay as they are."""

    directory: Directory
    add: AddPerson

    def __call__(self, tenant: TenantId, event: TelephonyEvent) -> None:
        """Do it, for `user.created` with an address. A repeat finds the person by the external id.

        Raises:
            StorageUnavailable: the person is made or not; to be repeated.
        """
        data = event.data
        email = data.get("email")
        if event.type != "user.created" or not email:
            return
        if self.directory.by_external_id(tenant, Kind.USER, data["userId"]) is not None:
            return
        if len(self.directory.all(tenant, Kind.USER)) >= MOST[Kind.USER]:
            _log.warning("person_not_made", extra={"tenant": tenant, "reason": "too_many"})
            return
        name = " ".join((data.get("displayName") or "").split()) or email.partition("@")[0]
        who = {"external_id": data["userId"], "source": event.source}
        try:
            self.add(tenant, email, name[:MOST_NAME], SystemRole.USER, SYSTEM, Via.SYSTEM, **who)
        except (AlreadyExists, InvalidRequest) as error:
            # The address is that of a person, who is not changed, or none that mails can be sent to.
            _log.warning("person_not_made", extra={"tenant": tenant, "reason": error.code})
