"""SubjectReferences: written with the acceptance of an alert that sends email."""

from __future__ import annotations

from dataclasses import replace

from tests.contract.alert_path import ACME, OTHER, AlertPath, an_acceptance
from tocsin.kernel.domain.ids import TenantId


def accepted(world: AlertPath, reference: str | None, tenant: TenantId = ACME) -> str:
    acceptance = an_acceptance(1, 1, tenant=tenant)
    world.alerts.accept(replace(acceptance, alert=replace(acceptance.alert, email_subject_ref=reference)))
    return acceptance.alert.ref


def test_ah_91_a_reference_leads_to_its_alert(world: AlertPath) -> None:
    mine = accepted(world, "[TX-7F3K9Q2MXB]")
    theirs = accepted(world, "[TX-0000000000]", OTHER)
    assert world.references.find("[TX-7F3K9Q2MXB]") == (ACME, mine)
    assert world.references.find("[TX-0000000000]") == (OTHER, theirs)


def test_ah_92_an_unknown_reference_leads_nowhere(world: AlertPath) -> None:
    accepted(world, None)
    assert world.references.find("[TX-7F3K9Q2MXB]") is None
