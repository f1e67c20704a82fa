"""Whether a mail is from the person in its From.

no sender, or no record of the mail service ─► not believed
DMARC failed ─► not believed
DMARC passed ─► believed
SPF passed, and the envelope sender is of the same organization as From ─► believed
DKIM passed, and a valid signature is of the same organization as From ─► believed
anything else ─► not believed

The three results come from the mail service's own record. A header adds only which domains signed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from tocsin.inbound.domain.mail_receipt import MailReceipt, Verdict

OrganizationOf = Callable[[str], str | None]
"""Returns the registrable domain of a domain, in lower case: `b.example.co.uk` to `example.co.uk`.

None: the domain is a public suffix itself, or no domain name.
"""


class Belief(StrEnum):
    """Why a sender is believed, or not."""

    DMARC_PASSED = "dmarc_passed"
    SPF_ALIGNED = "spf_aligned"
    DKIM_ALIGNED = "dkim_aligned"
    NO_SENDER = "no_sender"  # From has no address, or several
    NO_RECORD = "no_record"  # the mail service's record has not come
    DMARC_FAILED = "dmarc_failed"
    NOT_PROVEN = "not_proven"  # nothing that passed is of the sender's organization

    @property
    def believed(self) -> bool:
        """Whether the mail is from whom it says."""
        return self in (Belief.DMARC_PASSED, Belief.SPF_ALIGNED, Belief.DKIM_ALIGNED)


def judge_sender(
    sender: str, receipt: MailReceipt | None, signed_by: Sequence[str], organization_of: OrganizationOf
) -> Belief:
    """Return whether the mail service's record supports the sender, and why.

    Args:
        sender: the address in From, "" if there is none or more than one.
        receipt: the record of the mail, None if there is none.
        signed_by: domains of valid signatures, from our mail server's header. They count only if the record says that
            DKIM passed.
    """
    if not sender:
        return Belief.NO_SENDER
    if receipt is None:
        return Belief.NO_RECORD
    if receipt.dmarc is Verdict.FAIL:
        return Belief.DMARC_FAILED
    if receipt.dmarc is Verdict.PASS:
        return Belief.DMARC_PASSED
    domain = _domain(sender)
    if receipt.spf is Verdict.PASS and _aligned(_domain(receipt.source), domain, organization_of):
        return Belief.SPF_ALIGNED
    if receipt.dkim is Verdict.PASS and any(_aligned(signer, domain, organization_of) for signer in signed_by):
        return Belief.DKIM_ALIGNED
    return Belief.NOT_PROVEN


def _domain(address: str) -> str:
    return address.strip().rpartition("@")[2]


def _aligned(domain: str, other: str, organization_of: OrganizationOf) -> bool:
    """Whether two domains are of one organization (RFC 7489, relaxed alignment)."""
    organization = organization_of(domain)
    return organization is not None and organization == organization_of(other)
