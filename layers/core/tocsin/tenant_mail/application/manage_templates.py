"""Mail templates of an account: the defaults, and its own words for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tocsin.audit.domain.entry import Thing, changes
from tocsin.audit.ports import AuditTrail
from tocsin.content.domain.content import EmailContent
from tocsin.identity.domain.principal import Principal
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.errors import AlreadyExists, NotFound, StaleWrite
from tocsin.kernel.ports import Clock, Randomness
from tocsin.tenant_mail.application.manage_settings import (
    ROUNDS,
    check_may_change_mail,
    check_may_read_mail,
    record,
)
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES, TemplateKind
from tocsin.tenant_mail.domain.rendered_mail import RenderedMail, rendered
from tocsin.tenant_mail.domain.template_words import MailTemplateRow
from tocsin.tenant_mail.ports import MailTemplates

SAMPLE = "Sample: "
"""Begins the subject of a template that is tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageTemplates:
    """Templates of the caller's tenant. The audit entry of a change is stored before it.

    Raises:
        Forbidden: the caller may not manage the mail of the account.
        NotFound: there is no template of this name, or the account has none of its own.
    """

    templates: MailTemplates
    tenants: TenantRepository
    trail: AuditTrail
    clock: Clock
    randomness: Randomness

    def kind(self, caller: Principal, name: str) -> TemplateKind:
        """Return what is known of a template."""
        check_may_read_mail(caller)
        found = TEMPLATES.get(name)
        if found is None:
            raise NotFound("mail template")
        return found

    def all(self, caller: Principal) -> Sequence[MailTemplateRow]:
        """Return the account's own templates, by name."""
        check_may_read_mail(caller)
        return self.templates.all(caller.tenant)

    def get(self, caller: Principal, name: str) -> MailTemplateRow:
        """Return one of the account's own templates."""
        found = self.templates.get(caller.tenant, self.kind(caller, name).name)
        if found is None:
            raise NotFound("mail template of the account")
        return found

    def create(self, caller: Principal, name: str, words: Mapping[str, str | None]) -> MailTemplateRow:
        """Give a template words of the account's own.

        Args:
            name: one of TEMPLATES.
            words: `sender`, `subject` and `body`, as far as they are given.

        Raises:
            AlreadyExists: the account has such words; change them.
        """
        check_may_change_mail(caller)
        template = MailTemplateRow(name, None, None, None, self.clock(), caller.actor.id).with_words(words)
        standing = self.templates.get(caller.tenant, name)
        if standing is None:
            self._record(caller, name, "created", {}, told(template))
            if self.templates.save(caller.tenant, template):
                return template
        raise AlreadyExists("mail template", "name")

    def change(
        self, caller: Principal, name: str, words: Callable[[MailTemplateRow], Mapping[str, str | None]]
    ) -> MailTemplateRow:
        """Change what is given; None goes back to the default. Nothing is written if it changes nothing.

        Args:
            words: returns the words that are given; what it raises is raised. It gets the template to judge `If-Match`,
                and may be called again.

        Raises:
            StaleWrite: the template kept changing.
        """
        check_may_change_mail(caller)
        for _ in range(ROUNDS):
            before = self.get(caller, name)
            after = before.with_words(words(before))
            if after == before:
                return before
            by = caller.actor.id
            after = replace(after, updated_at=self.clock(), updated_by=by, version=before.version + 1)
            self._record(caller, name, "updated", *changes(told(before), told(after)))
            if self.templates.save(caller.tenant, after):
                return after
        raise StaleWrite("another call kept changing this template")

    def destroy(self, caller: Principal, name: str, check: Callable[[MailTemplateRow], None]) -> None:
        """Go back to the default (PN-31).

        Args:
            check: judges the template as it stands; what it raises is raised.
        """
        check_may_change_mail(caller)
        template = self.get(caller, name)
        check(template)
        self._record(caller, name, "deleted", told(template), {})
        self.templates.delete(caller.tenant, name)

    def preview(
        self, caller: Principal, name: str, words: Mapping[str, str | None], values: Mapping[str, str]
    ) -> RenderedMail:
        """Return the mail that words would make; what is not given is as the account has it.

        Args:
            values: of variables, in place of the samples.

        Raises:
            RequestTooLarge: the mail is too large.
        """
        kind = self.kind(caller, name)
        own = self.templates.get(caller.tenant, name) or MailTemplateRow(name, None, None, None, self.clock(), "")
        tenant = self.tenants.get(caller.tenant)
        return rendered(name, own.with_words(words), {**kind.samples, **values}, tenant.name if tenant else "")

    def sample(self, caller: Principal, name: str) -> EmailContent:
        """Return the mail of the template with sample values, for a test mail."""
        mail = self.preview(caller, name, {}, {})
        return replace(mail, subject=f"{SAMPLE}{mail.subject}").content

    def _record(
        self, caller: Principal, name: str, verb: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        thing = Thing("mail_template", name)
        record(caller, self.trail, self.clock, self.randomness, f"mail_template.{verb}", thing, before, after)


def told(template: MailTemplateRow) -> dict[str, str | None]:
    """Return the words of a template in words of the API."""
    return {"from": template.sender, "subject": template.subject, "body": template.body}
