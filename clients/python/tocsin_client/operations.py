"""Every operation of the API as a method. Written by `make clients` from docs/openapi.json; changes belong there."""

from __future__ import annotations

from tocsin_client import types
from tocsin_client.transport import Pages, Transport, part


class Tocsin(Transport):
    """A method for each operation. Each raises `TocsinError`."""

    def send_alert(
        self,
        body: types.SendAlertBody | types.SendAlertFromStoreBody,
        *,
        idempotency_key: str | None = None,
        x_company: str | None = None,
    ) -> types.SendAlertAnswer:
        """Send an alert.

        `POST /sendalert`
        """
        answer: types.SendAlertAnswer = self._request(
            "POST",
            "/sendalert",
            body={"version": "latest", **body},
            headers={"Idempotency-Key": idempotency_key, "X-Company": x_company},
        )
        return answer

    def send_alerts(
        self, body: types.SendAlertsBody, *, idempotency_key: str | None = None, x_company: str | None = None
    ) -> types.SendAlertsAnswer:
        """Send several alerts, at once or later.

        `POST /sendalerts`
        """
        answer: types.SendAlertsAnswer = self._request(
            "POST",
            "/sendalerts",
            body={"version": "latest", **body},
            headers={"Idempotency-Key": idempotency_key, "X-Company": x_company},
        )
        return answer

    def send_stored_alert(
        self, body: types.SendStoredAlertBody, *, idempotency_key: str | None = None, x_company: str | None = None
    ) -> types.SendStoredAlertAnswer:
        """Send an alert that was stored before.

        `POST /sendstoredalert`
        """
        answer: types.SendStoredAlertAnswer = self._request(
            "POST",
            "/sendstoredalert",
            body={"version": "latest", **body},
            headers={"Idempotency-Key": idempotency_key, "X-Company": x_company},
        )
        return answer

    def schedule_stored_alert(
        self, body: types.ScheduleStoredAlertBody, *, idempotency_key: str | None = None, x_company: str | None = None
    ) -> types.ScheduledAnswer:
        """Send a stored alert later.

        `POST /schedulestoredalert`
        """
        answer: types.ScheduledAnswer = self._request(
            "POST",
            "/schedulestoredalert",
            body={"version": "latest", **body},
            headers={"Idempotency-Key": idempotency_key, "X-Company": x_company},
        )
        return answer

    def pause_scheduled_alert(
        self, body: types.ScheduledAlertBody, *, idempotency_key: str | None = None
    ) -> types.ChangedAnswer:
        """Pause a scheduled alert.

        `POST /pausescheduledalert`
        """
        answer: types.ChangedAnswer = self._request(
            "POST",
            "/pausescheduledalert",
            body={"version": "latest", **body},
            headers={"Idempotency-Key": idempotency_key},
        )
        return answer

    def resume_scheduled_alert(
        self, body: types.ScheduledAlertBody, *, idempotency_key: str | None = None
    ) -> types.ChangedAnswer:
        """Resume a scheduled alert.

        `POST /resumescheduledalert`
        """
        answer: types.ChangedAnswer = self._request(
            "POST",
            "/resumescheduledalert",
            body={"version": "latest", **body},
            headers={"Idempotency-Key": idempotency_key},
        )
        return answer

    def cancel_scheduled_alert(
        self, body: types.ScheduledAlertBody, *, idempotency_key: str | None = None
    ) -> types.ChangedAnswer:
        """Cancel a scheduled alert.

        `POST /cancelscheduledalert`
        """
        answer: types.ChangedAnswer = self._request(
            "POST",
            "/cancelscheduledalert",
            body={"version": "latest", **body},
            headers={"Idempotency-Key": idempotency_key},
        )
        return answer

    def store_content(
        self, body: types.StoreContentBody, *, idempotency_key: str | None = None, x_company: str | None = None
    ) -> types.StoreAnswer:
        """Keep content for later calls.

        `POST /storecontent`
        """
        answer: types.StoreAnswer = self._request(
            "POST",
            "/storecontent",
            body={"version": "latest", **body},
            headers={"Idempotency-Key": idempotency_key, "X-Company": x_company},
        )
        return answer

    def delete_content(self, body: types.DeleteContentBody, *, idempotency_key: str | None = None) -> types.StoreAnswer:
        """Remove stored content.

        `POST /deletecontent`
        """
        answer: types.StoreAnswer = self._request(
            "POST", "/deletecontent", body={"version": "latest", **body}, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def list_stores(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[types.StoreResource]:
        """Your stores.

        `GET /stores`
        """
        return self._pages("/stores", query={"limit": limit, "cursor": cursor})

    def get_store(self, store_id: str) -> types.StoreContentResource:
        """One store and what it holds.

        `GET /stores/{store_id}`
        """
        answer: types.StoreContentResource = self._request("GET", f"/stores/{part(store_id)}")
        return answer

    def list_contacts(
        self, store_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.ContactResource]:
        """The contacts of a stored group.

        `GET /stores/{store_id}/contacts`
        """
        return self._pages(f"/stores/{part(store_id)}/contacts", query={"limit": limit, "cursor": cursor})

    def get_contact(self, store_id: str, contact_id: str) -> types.ContactResource:
        """One contact of a stored group.

        `GET /stores/{store_id}/contacts/{contact_id}`
        """
        answer: types.ContactResource = self._request("GET", f"/stores/{part(store_id)}/contacts/{part(contact_id)}")
        return answer

    def put_contact(
        self, store_id: str, contact_id: str, body: types.ContactResource, *, if_match: str | None = None
    ) -> types.ContactResource:
        """Put one contact into a stored group.

        `PUT /stores/{store_id}/contacts/{contact_id}`
        """
        answer: types.ContactResource = self._request(
            "PUT", f"/stores/{part(store_id)}/contacts/{part(contact_id)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_contact(self, store_id: str, contact_id: str, *, if_match: str | None = None) -> None:
        """Remove one contact from a stored group.

        `DELETE /stores/{store_id}/contacts/{contact_id}`
        """
        self._request("DELETE", f"/stores/{part(store_id)}/contacts/{part(contact_id)}", headers={"If-Match": if_match})

    def put_set(
        self, store_id: str, name: str, body: types.ContactSetResource, *, if_match: str | None = None
    ) -> types.ContactSetResource:
        """Put one set into a stored group.

        `PUT /stores/{store_id}/sets/{name}`
        """
        answer: types.ContactSetResource = self._request(
            "PUT", f"/stores/{part(store_id)}/sets/{part(name)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_set(self, store_id: str, name: str, *, if_match: str | None = None) -> None:
        """Remove one set from a stored group.

        `DELETE /stores/{store_id}/sets/{name}`
        """
        self._request("DELETE", f"/stores/{part(store_id)}/sets/{part(name)}", headers={"If-Match": if_match})

    def cancel_alerts(
        self, body: types.CancelAlertsBody, *, idempotency_key: str | None = None, x_company: str | None = None
    ) -> types.CancelAnswer:
        """Cancel alerts.

        `POST /cancelalerts`
        """
        answer: types.CancelAnswer = self._request(
            "POST",
            "/cancelalerts",
            body={"version": "latest", **body},
            headers={"Idempotency-Key": idempotency_key, "X-Company": x_company},
        )
        return answer

    def collect_events(
        self, body: types.CollectEventsBody, *, idempotency_key: str | None = None
    ) -> types.EventsAnswer:
        """Collect result events.

        `POST /collectevents`
        """
        answer: types.EventsAnswer = self._request(
            "POST", "/collectevents", body={"version": "latest", **body}, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_info(self, body: types.GetInfoBody) -> types.GetInfoAnswer:
        """Ask about your key.

        `POST /getinfo`
        """
        answer: types.GetInfoAnswer = self._request("POST", "/getinfo", body={"version": "latest", **body})
        return answer

    def set_info(self, body: types.SetInfoBody, *, idempotency_key: str | None = None) -> types.GetInfoAnswer:
        """Change the defaults of your key.

        `POST /setinfo`
        """
        answer: types.GetInfoAnswer = self._request(
            "POST", "/setinfo", body={"version": "latest", **body}, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def list_alerts(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        client_ref: str | None = None,
        state: types.ListAlertsState | None = None,
        since: str | None = None,
        until: str | None = None,
        sender: str | None = None,
        title: str | None = None,
        sent_by: str | None = None,
        receiver: str | None = None,
    ) -> Pages[types.AlertRowResource]:
        """Sent alerts, newest first.

        `GET /alerts`
        """
        return self._pages(
            "/alerts",
            query={
                "limit": limit,
                "cursor": cursor,
                "client_ref": client_ref,
                "state": state,
                "since": since,
                "until": until,
                "sender": sender,
                "title": title,
                "sent_by": sent_by,
                "receiver": receiver,
            },
        )

    def summarize_alerts(
        self,
        *,
        client_ref: str,
        since: str | None = None,
        until: str | None = None,
        sender: str | None = None,
        cursor: str | None = None,
    ) -> types.AlertSummaryResource:
        """The sums over the alerts of one reference.

        `GET /alerts/summary`
        """
        answer: types.AlertSummaryResource = self._request(
            "GET",
            "/alerts/summary",
            query={"client_ref": client_ref, "since": since, "until": until, "sender": sender, "cursor": cursor},
        )
        return answer

    def get_alert(self, alert_ref: str) -> types.AlertStatusResource:
        """One alert and its progress.

        `GET /alerts/{alert_ref}`
        """
        answer: types.AlertStatusResource = self._request("GET", f"/alerts/{part(alert_ref)}")
        return answer

    def list_recipients(
        self,
        alert_ref: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        state: types.ListRecipientsState | None = None,
        channel: types.ListRecipientsChannel | None = None,
    ) -> Pages[types.RecipientResource]:
        """Receivers and the state of their messages.

        `GET /alerts/{alert_ref}/recipients`
        """
        return self._pages(
            f"/alerts/{part(alert_ref)}/recipients",
            query={"limit": limit, "cursor": cursor, "state": state, "channel": channel},
        )

    def list_responses(
        self, alert_ref: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.ResponseResource]:
        """What people answered.

        `GET /alerts/{alert_ref}/responses`
        """
        return self._pages(f"/alerts/{part(alert_ref)}/responses", query={"limit": limit, "cursor": cursor})

    def explain_recipient(self, alert_ref: str, recipient: str) -> types.ExplanationResource:
        """Why a receiver got a message or not.

        `GET /alerts/{alert_ref}/explain/{recipient}`
        """
        answer: types.ExplanationResource = self._request("GET", f"/alerts/{part(alert_ref)}/explain/{part(recipient)}")
        return answer

    def escalate_alert(
        self,
        alert_ref: str,
        body: types.EscalateBody,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.AlertStatusResource:
        """Send the next step of an escalation now.

        `POST /alerts/{alert_ref}/escalate`
        """
        answer: types.AlertStatusResource = self._request(
            "POST",
            f"/alerts/{part(alert_ref)}/escalate",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def stop_alert(
        self, alert_ref: str, body: types.StopBody, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> types.AlertStatusResource:
        """Stop an alert and its escalation.

        `POST /alerts/{alert_ref}/stop`
        """
        answer: types.AlertStatusResource = self._request(
            "POST",
            f"/alerts/{part(alert_ref)}/stop",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def acknowledge_alert(
        self,
        alert_ref: str,
        body: types.AcknowledgeBody,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.AlertStatusResource:
        """Mark a receiver as having answered.

        `POST /alerts/{alert_ref}/acknowledge`
        """
        answer: types.AlertStatusResource = self._request(
            "POST",
            f"/alerts/{part(alert_ref)}/acknowledge",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def resend_alert(
        self, alert_ref: str, body: types.ResendBody, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> types.AlertStatusResource:
        """Send again to the receivers whose message failed.

        `POST /alerts/{alert_ref}/resend`
        """
        answer: types.AlertStatusResource = self._request(
            "POST",
            f"/alerts/{part(alert_ref)}/resend",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def get_incident(
        self,
        alert_ref: str,
        *,
        show: types.GetIncidentShow | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> types.IncidentResource:
        """An alert with all steps of its escalation.

        `GET /alerts/{alert_ref}/incident`
        """
        answer: types.IncidentResource = self._request(
            "GET", f"/alerts/{part(alert_ref)}/incident", query={"show": show, "limit": limit, "cursor": cursor}
        )
        return answer

    def get_health(self) -> types.Health:
        """Whether the API is up.

        `GET /health`
        """
        answer: types.Health = self._request("GET", "/health")
        return answer

    def get_me(self) -> types.UserResource:
        """Read oneself.

        `GET /users/me`
        """
        answer: types.UserResource = self._request("GET", "/users/me")
        return answer

    def change_me(self, body: types.MergePatch, *, if_match: str | None = None) -> types.UserResource:
        """Change oneself.

        `PATCH /users/me`
        """
        answer: types.UserResource = self._request("PATCH", "/users/me", body=body, headers={"If-Match": if_match})
        return answer

    def list_companies(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[types.CompanyResource]:
        """List companies.

        `GET /companies`
        """
        return self._pages("/companies", query={"limit": limit, "cursor": cursor})

    def create_company(self, body: types.CompanyBody, *, idempotency_key: str | None = None) -> types.CompanyResource:
        """Create a company.

        `POST /companies`
        """
        answer: types.CompanyResource = self._request(
            "POST", "/companies", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_company(self, id: str) -> types.CompanyResource:
        """Read a company.

        `GET /companies/{id}`
        """
        answer: types.CompanyResource = self._request("GET", f"/companies/{part(id)}")
        return answer

    def change_company(self, id: str, body: types.MergePatch, *, if_match: str | None = None) -> types.CompanyResource:
        """Change a company.

        `PATCH /companies/{id}`
        """
        answer: types.CompanyResource = self._request(
            "PATCH", f"/companies/{part(id)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_company(self, id: str, *, confirm: str | None = None, if_match: str | None = None) -> None:
        """Delete a company.

        `DELETE /companies/{id}`
        """
        self._request("DELETE", f"/companies/{part(id)}", query={"confirm": confirm}, headers={"If-Match": if_match})

    def list_users(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[types.UserResource]:
        """List users.

        `GET /users`
        """
        return self._pages("/users", query={"limit": limit, "cursor": cursor})

    def create_user(self, body: types.NewUserBody, *, idempotency_key: str | None = None) -> types.UserResource:
        """Create a user.

        `POST /users`
        """
        answer: types.UserResource = self._request(
            "POST", "/users", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_user(self, id: str) -> types.UserResource:
        """Read a user.

        `GET /users/{id}`
        """
        answer: types.UserResource = self._request("GET", f"/users/{part(id)}")
        return answer

    def change_user(
        self, id: str, body: types.MergePatch, *, confirm: str | None = None, if_match: str | None = None
    ) -> types.UserResource:
        """Change a user.

        `PATCH /users/{id}`
        """
        answer: types.UserResource = self._request(
            "PATCH", f"/users/{part(id)}", query={"confirm": confirm}, body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_user(self, id: str, *, if_match: str | None = None) -> None:
        """Delete a user.

        `DELETE /users/{id}`
        """
        self._request("DELETE", f"/users/{part(id)}", headers={"If-Match": if_match})

    def list_lines(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.LineResource | types.BriefLineResource]:
        """List lines.

        `GET /lines`
        """
        return self._pages("/lines", query={"limit": limit, "cursor": cursor})

    def create_line(self, body: types.LineBody, *, idempotency_key: str | None = None) -> types.LineResource:
        """Create a line.

        `POST /lines`
        """
        answer: types.LineResource = self._request(
            "POST", "/lines", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_line(self, id: str) -> types.GetLineAnswer:
        """Read a line.

        `GET /lines/{id}`
        """
        answer: types.GetLineAnswer = self._request("GET", f"/lines/{part(id)}")
        return answer

    def change_line(
        self, id: str, body: types.MergePatch, *, confirm: str | None = None, if_match: str | None = None
    ) -> types.LineResource:
        """Change a line.

        `PATCH /lines/{id}`
        """
        answer: types.LineResource = self._request(
            "PATCH", f"/lines/{part(id)}", query={"confirm": confirm}, body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_line(self, id: str, *, confirm: str | None = None, if_match: str | None = None) -> None:
        """Delete a line.

        `DELETE /lines/{id}`
        """
        self._request("DELETE", f"/lines/{part(id)}", query={"confirm": confirm}, headers={"If-Match": if_match})

    def list_phone_numbers(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.PhoneNumberResource]:
        """List phone numbers.

        `GET /phone_numbers`
        """
        return self._pages("/phone_numbers", query={"limit": limit, "cursor": cursor})

    def create_phone_number(
        self, body: types.PhoneNumberBody, *, idempotency_key: str | None = None
    ) -> types.PhoneNumberResource:
        """Create a phone number.

        `POST /phone_numbers`
        """
        answer: types.PhoneNumberResource = self._request(
            "POST", "/phone_numbers", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_phone_number(self, id: str) -> types.PhoneNumberResource:
        """Read a phone number.

        `GET /phone_numbers/{id}`
        """
        answer: types.PhoneNumberResource = self._request("GET", f"/phone_numbers/{part(id)}")
        return answer

    def change_phone_number(
        self, id: str, body: types.MergePatch, *, confirm: str | None = None, if_match: str | None = None
    ) -> types.PhoneNumberResource:
        """Change a phone number.

        `PATCH /phone_numbers/{id}`
        """
        answer: types.PhoneNumberResource = self._request(
            "PATCH", f"/phone_numbers/{part(id)}", query={"confirm": confirm}, body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_phone_number(self, id: str, *, if_match: str | None = None) -> None:
        """Delete a phone number.

        `DELETE /phone_numbers/{id}`
        """
        self._request("DELETE", f"/phone_numbers/{part(id)}", headers={"If-Match": if_match})

    def list_groups(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[types.GroupResource]:
        """List groups.

        `GET /groups`
        """
        return self._pages("/groups", query={"limit": limit, "cursor": cursor})

    def create_group(self, body: types.GroupBody, *, idempotency_key: str | None = None) -> types.GroupResource:
        """Create a group.

        `POST /groups`
        """
        answer: types.GroupResource = self._request(
            "POST", "/groups", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_group(self, id: str) -> types.GroupResource:
        """Read a group.

        `GET /groups/{id}`
        """
        answer: types.GroupResource = self._request("GET", f"/groups/{part(id)}")
        return answer

    def change_group(
        self, id: str, body: types.MergePatch, *, confirm: str | None = None, if_match: str | None = None
    ) -> types.GroupResource:
        """Change a group.

        `PATCH /groups/{id}`
        """
        answer: types.GroupResource = self._request(
            "PATCH", f"/groups/{part(id)}", query={"confirm": confirm}, body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_group(self, id: str, *, confirm: str | None = None, if_match: str | None = None) -> None:
        """Delete a group.

        `DELETE /groups/{id}`
        """
        self._request("DELETE", f"/groups/{part(id)}", query={"confirm": confirm}, headers={"If-Match": if_match})

    def list_roles(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[types.RoleResource]:
        """List roles.

        `GET /roles`
        """
        return self._pages("/roles", query={"limit": limit, "cursor": cursor})

    def create_role(self, body: types.RoleBody, *, idempotency_key: str | None = None) -> types.RoleResource:
        """Create a role.

        `POST /roles`
        """
        answer: types.RoleResource = self._request(
            "POST", "/roles", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_role(self, id: str) -> types.RoleResource:
        """Read a role.

        `GET /roles/{id}`
        """
        answer: types.RoleResource = self._request("GET", f"/roles/{part(id)}")
        return answer

    def change_role(
        self, id: str, body: types.MergePatch, *, confirm: str | None = None, if_match: str | None = None
    ) -> types.RoleResource:
        """Change a role.

        `PATCH /roles/{id}`
        """
        answer: types.RoleResource = self._request(
            "PATCH", f"/roles/{part(id)}", query={"confirm": confirm}, body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_role(self, id: str, *, if_match: str | None = None) -> None:
        """Delete a role.

        `DELETE /roles/{id}`
        """
        self._request("DELETE", f"/roles/{part(id)}", headers={"If-Match": if_match})

    def disable_user(
        self, id: str, body: types.NothingBody, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> types.UserResource:
        """Disable a person.

        `POST /users/{id}/disable`
        """
        answer: types.UserResource = self._request(
            "POST",
            f"/users/{part(id)}/disable",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def enable_user(
        self, id: str, body: types.NothingBody, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> types.UserResource:
        """Enable a person.

        `POST /users/{id}/enable`
        """
        answer: types.UserResource = self._request(
            "POST",
            f"/users/{part(id)}/enable",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def end_sessions(
        self, id: str, body: types.NothingBody, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> types.UserResource:
        """Sign a person out everywhere.

        `POST /users/{id}/sessions/end`
        """
        answer: types.UserResource = self._request(
            "POST",
            f"/users/{part(id)}/sessions/end",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def reset_mfa(
        self, id: str, body: types.NothingBody, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> types.UserResource:
        """Turn a person's authenticator app off.

        `POST /users/{id}/mfa/reset`
        """
        answer: types.UserResource = self._request(
            "POST",
            f"/users/{part(id)}/mfa/reset",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def invite_user(
        self, id: str, body: types.NothingBody, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> types.UserResource:
        """Invite a person.

        `POST /users/{id}/invite`
        """
        answer: types.UserResource = self._request(
            "POST",
            f"/users/{part(id)}/invite",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def transfer_things(
        self,
        id: str,
        body: types.TransferBody,
        *,
        confirm: str | None = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.UserResource:
        """Transfer what a person has.

        `POST /users/{id}/hand_over`
        """
        answer: types.UserResource = self._request(
            "POST",
            f"/users/{part(id)}/hand_over",
            query={"confirm": confirm},
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def list_permissions(self) -> types.PermissionList:
        """List what a custom role can have.

        `GET /roles/permissions`
        """
        answer: types.PermissionList = self._request("GET", "/roles/permissions")
        return answer

    def put_external(
        self,
        kind: str,
        external_id: str,
        body: types.NewUserBody | types.CompanyBody | types.LineBody | types.PhoneNumberBody | types.GroupBody,
        *,
        confirm: str | None = None,
        if_match: str | None = None,
    ) -> types.PutExternalAnswer:
        """Push a thing of another system.

        `PUT /directory/{kind}/external/{external_id}`
        """
        answer: types.PutExternalAnswer = self._request(
            "PUT",
            f"/directory/{part(kind)}/external/{part(external_id)}",
            query={"confirm": confirm},
            body=body,
            headers={"If-Match": if_match},
        )
        return answer

    def import_directory(self, body: types.ImportBody) -> types.ImportResource:
        """Plan or apply an import.

        `POST /directory/imports`
        """
        answer: types.ImportResource = self._request("POST", "/directory/imports", body=body)
        return answer

    def list_alert_rules(
        self,
        *,
        list: types.ListAlertRulesList | None = None,
        type: types.ListAlertRulesType | None = None,
        enabled: types.ListAlertRulesEnabled | None = None,
        owner: str | None = None,
        search: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.AlertRuleItem]:
        """List alert rules.

        `GET /alert_rules`
        """
        return self._pages(
            "/alert_rules",
            query={
                "list": list,
                "type": type,
                "enabled": enabled,
                "owner": owner,
                "search": search,
                "limit": limit,
                "cursor": cursor,
            },
        )

    def create_alert_rule(
        self, body: types.CallRuleBody | types.SipRuleBody | types.SmsRuleBody, *, idempotency_key: str | None = None
    ) -> types.AlertRuleResource:
        """Create an alert rule.

        `POST /alert_rules`
        """
        answer: types.AlertRuleResource = self._request(
            "POST", "/alert_rules", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_alert_rule(self, id: str) -> types.AlertRuleResource:
        """Read an alert rule.

        `GET /alert_rules/{id}`
        """
        answer: types.AlertRuleResource = self._request("GET", f"/alert_rules/{part(id)}")
        return answer

    def change_alert_rule(
        self, id: str, body: types.MergePatch, *, if_match: str | None = None
    ) -> types.AlertRuleResource:
        """Change an alert rule.

        `PATCH /alert_rules/{id}`
        """
        answer: types.AlertRuleResource = self._request(
            "PATCH", f"/alert_rules/{part(id)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_alert_rule(self, id: str, *, if_match: str | None = None) -> None:
        """Delete an alert rule.

        `DELETE /alert_rules/{id}`
        """
        self._request("DELETE", f"/alert_rules/{part(id)}", headers={"If-Match": if_match})

    def copy_alert_rule(
        self, id: str, body: types.CopyBody, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> types.CopiedRuleResource:
        """Copy an alert rule.

        `POST /alert_rules/{id}/copy`
        """
        answer: types.CopiedRuleResource = self._request(
            "POST",
            f"/alert_rules/{part(id)}/copy",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def give_alert_rule(
        self, id: str, body: types.GiveBody, *, confirm: str | None = None, if_match: str | None = None
    ) -> types.AlertRuleResource:
        """Switch the owner of an alert rule.

        `POST /alert_rules/{id}/owner`
        """
        answer: types.AlertRuleResource = self._request(
            "POST",
            f"/alert_rules/{part(id)}/owner",
            query={"confirm": confirm},
            body=body,
            headers={"If-Match": if_match},
        )
        return answer

    def test_alert_rule(
        self, id: str, body: types.NothingBody, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> types.RuleTestResource:
        """Test an alert rule.

        `POST /alert_rules/{id}/test`
        """
        answer: types.RuleTestResource = self._request(
            "POST",
            f"/alert_rules/{part(id)}/test",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def export_alert_rule(self, id: str, *, format: types.ExportAlertRuleFormat | None = None) -> str:
        """Export an alert rule.

        `GET /alert_rules/{id}/export`
        """
        answer: str = self._request("GET", f"/alert_rules/{part(id)}/export", query={"format": format})
        return answer

    def share_alert_rule(
        self, id: str, body: types.NothingBody, *, if_match: str | None = None
    ) -> types.SharedRuleResource:
        """Share an alert rule.

        `POST /alert_rules/{id}/share`
        """
        answer: types.SharedRuleResource = self._request(
            "POST", f"/alert_rules/{part(id)}/share", body=body, headers={"If-Match": if_match}
        )
        return answer

    def list_rule_triggers(self, id: str) -> types.RuleTriggerList:
        """List the triggers of a rule.

        `GET /alert_rules/{id}/triggers`
        """
        answer: types.RuleTriggerList = self._request("GET", f"/alert_rules/{part(id)}/triggers")
        return answer

    def add_rule_trigger(
        self,
        id: str,
        body: types.CallTriggerBody | types.SipTriggerBody | types.SmsTriggerBody,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.RuleTriggerResource:
        """Add a trigger.

        `POST /alert_rules/{id}/triggers`
        """
        answer: types.RuleTriggerResource = self._request(
            "POST",
            f"/alert_rules/{part(id)}/triggers",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def get_rule_trigger(self, id: str, trigger_id: str) -> types.RuleTriggerResource:
        """Read a trigger.

        `GET /alert_rules/{id}/triggers/{trigger_id}`
        """
        answer: types.RuleTriggerResource = self._request("GET", f"/alert_rules/{part(id)}/triggers/{part(trigger_id)}")
        return answer

    def change_rule_trigger(
        self, id: str, trigger_id: str, body: types.MergePatch, *, if_match: str | None = None
    ) -> types.RuleTriggerResource:
        """Change a trigger.

        `PATCH /alert_rules/{id}/triggers/{trigger_id}`
        """
        answer: types.RuleTriggerResource = self._request(
            "PATCH", f"/alert_rules/{part(id)}/triggers/{part(trigger_id)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_rule_trigger(self, id: str, trigger_id: str, *, if_match: str | None = None) -> None:
        """Delete a trigger.

        `DELETE /alert_rules/{id}/triggers/{trigger_id}`
        """
        self._request("DELETE", f"/alert_rules/{part(id)}/triggers/{part(trigger_id)}", headers={"If-Match": if_match})

    def list_rule_notifications(self, id: str) -> types.NotificationList:
        """List the notifications of a rule.

        `GET /alert_rules/{id}/notifications`
        """
        answer: types.NotificationList = self._request("GET", f"/alert_rules/{part(id)}/notifications")
        return answer

    def add_rule_notification(
        self,
        id: str,
        body: types.EmailActionBody | types.SmsActionBody | types.WebhookActionBody,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.AddRuleNotificationAnswer:
        """Add a notification.

        `POST /alert_rules/{id}/notifications`
        """
        answer: types.AddRuleNotificationAnswer = self._request(
            "POST",
            f"/alert_rules/{part(id)}/notifications",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def toggle_rule_notifications(
        self, id: str, body: types.ToggleBody, *, if_match: str | None = None
    ) -> types.NotificationList:
        """Enable or disable notifications.

        `PATCH /alert_rules/{id}/notifications`
        """
        answer: types.NotificationList = self._request(
            "PATCH", f"/alert_rules/{part(id)}/notifications", body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_rule_notifications(self, id: str, *, ids: str, if_match: str | None = None) -> None:
        """Delete notifications.

        `DELETE /alert_rules/{id}/notifications`
        """
        self._request(
            "DELETE", f"/alert_rules/{part(id)}/notifications", query={"ids": ids}, headers={"If-Match": if_match}
        )

    def get_rule_notification(self, id: str, notification_id: str) -> types.GetRuleNotificationAnswer:
        """Read a notification.

        `GET /alert_rules/{id}/notifications/{notification_id}`
        """
        answer: types.GetRuleNotificationAnswer = self._request(
            "GET", f"/alert_rules/{part(id)}/notifications/{part(notification_id)}"
        )
        return answer

    def change_rule_notification(
        self, id: str, notification_id: str, body: types.MergePatch, *, if_match: str | None = None
    ) -> types.ChangeRuleNotificationAnswer:
        """Change a notification.

        `PATCH /alert_rules/{id}/notifications/{notification_id}`
        """
        answer: types.ChangeRuleNotificationAnswer = self._request(
            "PATCH",
            f"/alert_rules/{part(id)}/notifications/{part(notification_id)}",
            body=body,
            headers={"If-Match": if_match},
        )
        return answer

    def delete_rule_notification(self, id: str, notification_id: str, *, if_match: str | None = None) -> None:
        """Delete a notification.

        `DELETE /alert_rules/{id}/notifications/{notification_id}`
        """
        self._request(
            "DELETE", f"/alert_rules/{part(id)}/notifications/{part(notification_id)}", headers={"If-Match": if_match}
        )

    def get_example_request(self, id: str, notification_id: str) -> types.ExampleRequestResource:
        """Show what a webhook sends.

        `GET /alert_rules/{id}/notifications/{notification_id}/example_request`
        """
        answer: types.ExampleRequestResource = self._request(
            "GET", f"/alert_rules/{part(id)}/notifications/{part(notification_id)}/example_request"
        )
        return answer

    def list_history(
        self,
        id: str,
        *,
        from_: str | None = None,
        to: str | None = None,
        channel: str | None = None,
        status: str | None = None,
        recipient: str | None = None,
        entity: str | None = None,
        line: str | None = None,
        extension: str | None = None,
        test: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.HistoryRecord]:
        """Read what a rule sent.

        `GET /alert_rules/{id}/history`
        """
        return self._pages(
            f"/alert_rules/{part(id)}/history",
            query={
                "from": from_,
                "to": to,
                "channel": channel,
                "status": status,
                "recipient": recipient,
                "entity": entity,
                "line": line,
                "extension": extension,
                "test": test,
                "limit": limit,
                "cursor": cursor,
            },
        )

    def get_history_record(self, id: str, history_id: str) -> types.HistoryRecord:
        """Read one message of a rule.

        `GET /alert_rules/{id}/history/{history_id}`
        """
        answer: types.HistoryRecord = self._request("GET", f"/alert_rules/{part(id)}/history/{part(history_id)}")
        return answer

    def backtest_alert_rule(
        self, id: str, body: types.SpanBody, *, idempotency_key: str | None = None
    ) -> types.BacktestResource:
        """Test a rule with earlier events.

        `POST /alert_rules/{id}/backtest`
        """
        answer: types.BacktestResource = self._request(
            "POST", f"/alert_rules/{part(id)}/backtest", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def start_backtest(self, body: types.BacktestBody, *, idempotency_key: str | None = None) -> types.BacktestResource:
        """Test a rule that is not saved with earlier events.

        `POST /backtests`
        """
        answer: types.BacktestResource = self._request(
            "POST", "/backtests", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_backtest(self, id: str) -> types.BacktestResource:
        """Read a backtest.

        `GET /backtests/{id}`
        """
        answer: types.BacktestResource = self._request("GET", f"/backtests/{part(id)}")
        return answer

    def get_own_notification_settings(self) -> types.NotificationSettingsResource:
        """Read your notification settings.

        `GET /users/me/notification_settings`
        """
        answer: types.NotificationSettingsResource = self._request("GET", "/users/me/notification_settings")
        return answer

    def change_own_notification_settings(
        self, body: types.NotificationSettingsBody, *, if_match: str | None = None
    ) -> types.NotificationSettingsResource:
        """Change your notification settings.

        `PATCH /users/me/notification_settings`
        """
        answer: types.NotificationSettingsResource = self._request(
            "PATCH", "/users/me/notification_settings", body=body, headers={"If-Match": if_match}
        )
        return answer

    def get_own_followed_lines(self) -> types.FollowedLinesResource:
        """Read the lines that you follow.

        `GET /users/me/notification_settings/lines`
        """
        answer: types.FollowedLinesResource = self._request("GET", "/users/me/notification_settings/lines")
        return answer

    def replace_own_followed_lines(
        self, body: types.FollowedLinesBody, *, if_match: str | None = None
    ) -> types.FollowedLinesResource:
        """Replace the lines that you follow.

        `PUT /users/me/notification_settings/lines`
        """
        answer: types.FollowedLinesResource = self._request(
            "PUT", "/users/me/notification_settings/lines", body=body, headers={"If-Match": if_match}
        )
        return answer

    def get_notification_settings(self, id: str) -> types.NotificationSettingsResource:
        """Read the notification settings of a person.

        `GET /users/{id}/notification_settings`
        """
        answer: types.NotificationSettingsResource = self._request("GET", f"/users/{part(id)}/notification_settings")
        return answer

    def change_notification_settings(
        self, id: str, body: types.NotificationSettingsBody, *, if_match: str | None = None
    ) -> types.NotificationSettingsResource:
        """Change the notification settings of a person.

        `PATCH /users/{id}/notification_settings`
        """
        answer: types.NotificationSettingsResource = self._request(
            "PATCH", f"/users/{part(id)}/notification_settings", body=body, headers={"If-Match": if_match}
        )
        return answer

    def get_followed_lines(self, id: str) -> types.FollowedLinesResource:
        """Read the lines that a person follows.

        `GET /users/{id}/notification_settings/lines`
        """
        answer: types.FollowedLinesResource = self._request("GET", f"/users/{part(id)}/notification_settings/lines")
        return answer

    def replace_followed_lines(
        self, id: str, body: types.FollowedLinesBody, *, if_match: str | None = None
    ) -> types.FollowedLinesResource:
        """Replace the lines that a person follows.

        `PUT /users/{id}/notification_settings/lines`
        """
        answer: types.FollowedLinesResource = self._request(
            "PUT", f"/users/{part(id)}/notification_settings/lines", body=body, headers={"If-Match": if_match}
        )
        return answer

    def list_tokens(self) -> types.TokenList:
        """List your personal tokens.

        `GET /users/me/tokens`
        """
        answer: types.TokenList = self._request("GET", "/users/me/tokens")
        return answer

    def create_token(self, body: types.NewTokenBody, *, idempotency_key: str | None = None) -> types.TokenResource:
        """Make a personal token.

        `POST /users/me/tokens`
        """
        answer: types.TokenResource = self._request(
            "POST", "/users/me/tokens", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def delete_token(self, token_id: str, *, if_match: str | None = None) -> None:
        """Delete a personal token.

        `DELETE /users/me/tokens/{token_id}`
        """
        self._request("DELETE", f"/users/me/tokens/{part(token_id)}", headers={"If-Match": if_match})

    def list_notifications(
        self,
        *,
        unread: types.ListNotificationsUnread | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.InboxEntry]:
        """List your notifications.

        `GET /users/me/notifications`
        """
        return self._pages("/users/me/notifications", query={"unread": unread, "limit": limit, "cursor": cursor})

    def mark_notification(self, notification_id: str, body: types.MarkBody) -> types.InboxEntry:
        """Mark a notification as read or unread.

        `PATCH /users/me/notifications/{notification_id}`
        """
        answer: types.InboxEntry = self._request("PATCH", f"/users/me/notifications/{part(notification_id)}", body=body)
        return answer

    def mark_all_notifications(self) -> types.MarkedInbox:
        """Mark all notifications as read.

        `POST /users/me/notifications/read_all`
        """
        answer: types.MarkedInbox = self._request("POST", "/users/me/notifications/read_all")
        return answer

    def get_push_key(self) -> types.PushKey:
        """Read the push key.

        `GET /push_key`
        """
        answer: types.PushKey = self._request("GET", "/push_key")
        return answer

    def list_push_subscriptions(self) -> types.PushSubscriptionList:
        """List your browsers that are pushed to.

        `GET /users/me/push_subscriptions`
        """
        answer: types.PushSubscriptionList = self._request("GET", "/users/me/push_subscriptions")
        return answer

    def add_push_subscription(self, body: types.PushSubscriptionBody) -> types.PushSubscriptionResource:
        """Add a browser.

        `POST /users/me/push_subscriptions`
        """
        answer: types.PushSubscriptionResource = self._request("POST", "/users/me/push_subscriptions", body=body)
        return answer

    def remove_push_endpoint(self, body: types.PushEndpointBody) -> None:
        """Remove a browser by its endpoint.

        `DELETE /users/me/push_subscriptions`
        """
        self._request("DELETE", "/users/me/push_subscriptions", body=body)

    def remove_push_subscription(self, subscription_id: str) -> None:
        """Remove a browser.

        `DELETE /users/me/push_subscriptions/{subscription_id}`
        """
        self._request("DELETE", f"/users/me/push_subscriptions/{part(subscription_id)}")

    def list_keys(self) -> types.KeyList:
        """List API keys.

        `GET /keys`
        """
        answer: types.KeyList = self._request("GET", "/keys")
        return answer

    def create_key(self, body: types.NewKeyBody, *, idempotency_key: str | None = None) -> types.KeyResource:
        """Make an API key.

        `POST /keys`
        """
        answer: types.KeyResource = self._request(
            "POST", "/keys", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_key(self, key_id: str) -> types.KeyResource:
        """Read an API key.

        `GET /keys/{key_id}`
        """
        answer: types.KeyResource = self._request("GET", f"/keys/{part(key_id)}")
        return answer

    def change_key(self, key_id: str, body: types.MergePatch, *, if_match: str | None = None) -> types.KeyResource:
        """Change an API key.

        `PATCH /keys/{key_id}`
        """
        answer: types.KeyResource = self._request(
            "PATCH", f"/keys/{part(key_id)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def disable_key(
        self, key_id: str, body: types.NothingBody, *, idempotency_key: str | None = None
    ) -> types.DisabledKeyResource:
        """Disable an API key.

        `POST /keys/{key_id}/disable`
        """
        answer: types.DisabledKeyResource = self._request(
            "POST", f"/keys/{part(key_id)}/disable", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def enable_key(
        self, key_id: str, body: types.NothingBody, *, idempotency_key: str | None = None
    ) -> types.KeyResource:
        """Enable an API key.

        `POST /keys/{key_id}/enable`
        """
        answer: types.KeyResource = self._request(
            "POST", f"/keys/{part(key_id)}/enable", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def rotate_key(
        self, key_id: str, body: types.RotateBody, *, idempotency_key: str | None = None
    ) -> types.KeyResource:
        """Give an API key a new token.

        `POST /keys/{key_id}/rotate`
        """
        answer: types.KeyResource = self._request(
            "POST", f"/keys/{part(key_id)}/rotate", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_account(self) -> types.AccountResource:
        """Read the settings of the account.

        `GET /account`
        """
        answer: types.AccountResource = self._request("GET", "/account")
        return answer

    def change_account(self, body: types.AccountBody, *, if_match: str | None = None) -> types.AccountResource:
        """Change the settings of the account.

        `PATCH /account`
        """
        answer: types.AccountResource = self._request("PATCH", "/account", body=body, headers={"If-Match": if_match})
        return answer

    def send_sample_notices(
        self, body: types.NothingBody, *, idempotency_key: str | None = None
    ) -> types.SampleNoticesResource:
        """Send yourself a sample of a notice.

        `POST /users/me/notification_settings/sample`
        """
        answer: types.SampleNoticesResource = self._request(
            "POST", "/users/me/notification_settings/sample", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def grant_token(self) -> types.AccessTokenResource:
        """Exchange a password for an access token.

        `POST /oauth/token`
        """
        answer: types.AccessTokenResource = self._request("POST", "/oauth/token")
        return answer

    def list_event_sources(self) -> types.SourceList:
        """List event sources.

        `GET /event_sources`
        """
        answer: types.SourceList = self._request("GET", "/event_sources")
        return answer

    def create_event_source(
        self, body: types.SourceBody, *, idempotency_key: str | None = None
    ) -> types.NewSourceResource:
        """Create an event source.

        `POST /event_sources`
        """
        answer: types.NewSourceResource = self._request(
            "POST", "/event_sources", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_event_source(self, id: str) -> types.SourceResource:
        """Read an event source.

        `GET /event_sources/{id}`
        """
        answer: types.SourceResource = self._request("GET", f"/event_sources/{part(id)}")
        return answer

    def change_event_source(
        self, id: str, body: types.MergePatch, *, if_match: str | None = None
    ) -> types.SourceResource:
        """Change an event source.

        `PATCH /event_sources/{id}`
        """
        answer: types.SourceResource = self._request(
            "PATCH", f"/event_sources/{part(id)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_event_source(self, id: str, *, if_match: str | None = None) -> None:
        """Delete an event source.

        `DELETE /event_sources/{id}`
        """
        self._request("DELETE", f"/event_sources/{part(id)}", headers={"If-Match": if_match})

    def give_event_source_secret(
        self, id: str, body: types.NothingBody, *, idempotency_key: str | None = None
    ) -> types.NewSourceResource:
        """Give a source a new secret.

        `POST /event_sources/{id}/secret`
        """
        answer: types.NewSourceResource = self._request(
            "POST", f"/event_sources/{part(id)}/secret", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def list_samples(self, id: str) -> types.SampleList:
        """Read the last payloads of a source.

        `GET /event_sources/{id}/samples`
        """
        answer: types.SampleList = self._request("GET", f"/event_sources/{part(id)}/samples")
        return answer

    def try_payload(self, id: str, body: types.TryBody) -> types.TriedResource:
        """Map a payload and store nothing.

        `POST /event_sources/{id}/try`
        """
        answer: types.TriedResource = self._request("POST", f"/event_sources/{part(id)}/try", body=body)
        return answer

    def get_set_up(self, id: str) -> types.SetUpResource:
        """Read what to paste into the telephone system.

        `GET /event_sources/{id}/setup`
        """
        answer: types.SetUpResource = self._request("GET", f"/event_sources/{part(id)}/setup")
        return answer

    def send_events(self, body: types.CloudEventBody) -> types.EventsAnswerBody:
        """Send telephony events.

        `POST /events`
        """
        answer: types.EventsAnswerBody = self._request("POST", "/events", body=body)
        return answer

    def list_events(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        type: str | None = None,
        line: str | None = None,
        number: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.EventResource]:
        """List telephony events.

        `GET /events`
        """
        return self._pages(
            "/events",
            query={
                "from": from_,
                "to": to,
                "type": type,
                "line": line,
                "number": number,
                "limit": limit,
                "cursor": cursor,
            },
        )

    def send_payload(self, id: str, body: types.CloudEventBody) -> types.EventsAnswerBody:
        """Send what a telephone system tells.

        `POST /events/{id}`
        """
        answer: types.EventsAnswerBody = self._request("POST", f"/events/{part(id)}", body=body)
        return answer

    def get_event(self, id: str) -> types.EventResource:
        """Read a telephony event.

        `GET /events/{id}`
        """
        answer: types.EventResource = self._request("GET", f"/events/{part(id)}")
        return answer

    def send_events_by_role(self, body: types.CloudEventBody) -> types.EventsAnswerBody:
        """Send telephony events as a role of AWS.

        `POST /iam/events`
        """
        answer: types.EventsAnswerBody = self._request("POST", "/iam/events", body=body)
        return answer

    def explain_event(self, id: str, *, user: str | None = None) -> types.EventExplained:
        """Read all that an event did.

        `GET /events/{id}/explain`
        """
        answer: types.EventExplained = self._request("GET", f"/events/{part(id)}/explain", query={"user": user})
        return answer

    def explain_rule(self, id: str, *, event: str) -> types.RuleExplained:
        """Read why a rule fired for an event, or did not.

        `GET /alert_rules/{id}/explain`
        """
        answer: types.RuleExplained = self._request("GET", f"/alert_rules/{part(id)}/explain", query={"event": event})
        return answer

    def list_integrations(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.IntegrationResource]:
        """List integrations.

        `GET /integrations`
        """
        return self._pages("/integrations", query={"limit": limit, "cursor": cursor})

    def create_integration(
        self, body: types.NewIntegrationBody, *, idempotency_key: str | None = None
    ) -> types.IntegrationResource:
        """Create an integration.

        `POST /integrations`
        """
        answer: types.IntegrationResource = self._request(
            "POST", "/integrations", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_integration(self, id: str) -> types.IntegrationResource:
        """Read an integration.

        `GET /integrations/{id}`
        """
        answer: types.IntegrationResource = self._request("GET", f"/integrations/{part(id)}")
        return answer

    def change_integration(
        self, id: str, body: types.MergePatch, *, if_match: str | None = None
    ) -> types.IntegrationResource:
        """Change an integration.

        `PATCH /integrations/{id}`
        """
        answer: types.IntegrationResource = self._request(
            "PATCH", f"/integrations/{part(id)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_integration(self, id: str, *, if_match: str | None = None) -> None:
        """Delete an integration.

        `DELETE /integrations/{id}`
        """
        self._request("DELETE", f"/integrations/{part(id)}", headers={"If-Match": if_match})

    def report_integration_status(
        self, id: str, body: types.StatusBody, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> types.IntegrationResource:
        """Report the status of an integration.

        `POST /integrations/{id}/status`
        """
        answer: types.IntegrationResource = self._request(
            "POST",
            f"/integrations/{part(id)}/status",
            body=body,
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
        )
        return answer

    def list_integration_alerts(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.AlertOfIntegrationsResource]:
        """List who is told when integrations fail.

        `GET /integration_alerts`
        """
        return self._pages("/integration_alerts", query={"limit": limit, "cursor": cursor})

    def create_integration_alert(
        self, body: types.AlertOfIntegrationsBody, *, idempotency_key: str | None = None
    ) -> types.AlertOfIntegrationsResource:
        """Subscribe a person to alerts of integrations.

        `POST /integration_alerts`
        """
        answer: types.AlertOfIntegrationsResource = self._request(
            "POST", "/integration_alerts", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def list_integration_alert_candidates(self) -> types.CandidateList:
        """List whom you may subscribe.

        `GET /integration_alerts/candidates`
        """
        answer: types.CandidateList = self._request("GET", "/integration_alerts/candidates")
        return answer

    def get_integration_alert(self, id: str) -> types.AlertOfIntegrationsResource:
        """Read a subscription.

        `GET /integration_alerts/{id}`
        """
        answer: types.AlertOfIntegrationsResource = self._request("GET", f"/integration_alerts/{part(id)}")
        return answer

    def change_integration_alert(
        self, id: str, body: types.MergePatch, *, if_match: str | None = None
    ) -> types.AlertOfIntegrationsResource:
        """Change a subscription.

        `PATCH /integration_alerts/{id}`
        """
        answer: types.AlertOfIntegrationsResource = self._request(
            "PATCH", f"/integration_alerts/{part(id)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def delete_integration_alert(self, id: str, *, if_match: str | None = None) -> None:
        """Delete a subscription.

        `DELETE /integration_alerts/{id}`
        """
        self._request("DELETE", f"/integration_alerts/{part(id)}", headers={"If-Match": if_match})

    def get_mail_settings(self) -> types.MailSettingsResource:
        """Read the mail settings.

        `GET /tenant/notification`
        """
        answer: types.MailSettingsResource = self._request("GET", "/tenant/notification")
        return answer

    def save_mail_settings(
        self, body: types.MailSettingsBody, *, if_match: str | None = None
    ) -> types.MailSettingsResource:
        """Save mail settings.

        `POST /tenant/notification`
        """
        answer: types.MailSettingsResource = self._request(
            "POST", "/tenant/notification", body=body, headers={"If-Match": if_match}
        )
        return answer

    def send_test_mail(self, body: types.TestMailBody, *, idempotency_key: str | None = None) -> types.TestMailResource:
        """Send a test mail, and wait for the mail server's answer.

        `POST /tenant/notification/test_email`
        """
        answer: types.TestMailResource = self._request(
            "POST", "/tenant/notification/test_email", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def disconnect_mail(self, body: types.NothingBody) -> types.MailSettingsResource:
        """Forget the consent of a Microsoft 365 or Gmail mailbox.

        `POST /tenant/notification/disconnect`
        """
        answer: types.MailSettingsResource = self._request("POST", "/tenant/notification/disconnect", body=body)
        return answer

    def list_default_templates(self) -> types.DefaultTemplateList:
        """List the default mail templates.

        `GET /default_email_templates`
        """
        answer: types.DefaultTemplateList = self._request("GET", "/default_email_templates")
        return answer

    def get_default_template(self, name: str) -> types.DefaultTemplateResource:
        """Read a default template and its variables.

        `GET /default_email_templates/{name}`
        """
        answer: types.DefaultTemplateResource = self._request("GET", f"/default_email_templates/{part(name)}")
        return answer

    def list_mail_templates(self) -> types.TemplateList:
        """List the account's own mail templates.

        `GET /custom_email_templates`
        """
        answer: types.TemplateList = self._request("GET", "/custom_email_templates")
        return answer

    def create_mail_template(
        self, body: types.NewTemplateBody, *, idempotency_key: str | None = None
    ) -> types.NewTemplateResource:
        """Give a mail the account's own words.

        `POST /custom_email_templates`
        """
        answer: types.NewTemplateResource = self._request(
            "POST", "/custom_email_templates", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_mail_template(self, name: str) -> types.TemplateResource:
        """Read one of the account's own templates.

        `GET /custom_email_templates/{name}`
        """
        answer: types.TemplateResource = self._request("GET", f"/custom_email_templates/{part(name)}")
        return answer

    def change_mail_template(
        self, name: str, body: types.TemplateWordsBody, *, if_match: str | None = None
    ) -> types.TemplateChangedResource:
        """Change one of the account's own templates.

        `POST /custom_email_templates/{name}`
        """
        answer: types.TemplateChangedResource = self._request(
            "POST", f"/custom_email_templates/{part(name)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def destroy_mail_template(
        self, name: str, body: types.NothingBody, *, if_match: str | None = None
    ) -> types.TemplateChangedResource:
        """Go back to the default template.

        `POST /custom_email_templates/{name}/destroy`
        """
        answer: types.TemplateChangedResource = self._request(
            "POST", f"/custom_email_templates/{part(name)}/destroy", body=body, headers={"If-Match": if_match}
        )
        return answer

    def preview_mail_template(self, name: str, body: types.PreviewBody) -> types.PreviewResource:
        """See the mail with sample values.

        `POST /custom_email_templates/{name}/preview`
        """
        answer: types.PreviewResource = self._request(
            "POST", f"/custom_email_templates/{part(name)}/preview", body=body
        )
        return answer

    def test_mail_template(
        self, name: str, body: types.TemplateTestBody, *, idempotency_key: str | None = None
    ) -> types.TestMailResource:
        """Mail a sample of the template.

        `POST /custom_email_templates/{name}/test`
        """
        answer: types.TestMailResource = self._request(
            "POST",
            f"/custom_email_templates/{part(name)}/test",
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )
        return answer

    def connect_mailbox(
        self, body: types.ConnectBody, *, idempotency_key: str | None = None
    ) -> types.ConnectingResource:
        """Connect a mailbox of Microsoft 365 or Gmail.

        `POST /tenant/notification/connect`
        """
        answer: types.ConnectingResource = self._request(
            "POST", "/tenant/notification/connect", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def list_tenant_mails(
        self, *, state: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.MailListed]:
        """List the mails about events.

        `GET /tenant/notification/messages`
        """
        return self._pages("/tenant/notification/messages", query={"state": state, "limit": limit, "cursor": cursor})

    def list_appointments(
        self,
        *,
        assignee: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        state: types.ListAppointmentsState | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.AppointmentResource]:
        """List appointments.

        `GET /appointments`
        """
        return self._pages(
            "/appointments",
            query={"assignee": assignee, "from": from_, "to": to, "state": state, "limit": limit, "cursor": cursor},
        )

    def create_appointment(
        self, body: types.AppointmentBody, *, idempotency_key: str | None = None
    ) -> types.AppointmentResource:
        """Make an appointment.

        `POST /appointments`
        """
        answer: types.AppointmentResource = self._request(
            "POST", "/appointments", body=body, headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def get_appointment(self, id: str) -> types.AppointmentResource:
        """Read an appointment.

        `GET /appointments/{id}`
        """
        answer: types.AppointmentResource = self._request("GET", f"/appointments/{part(id)}")
        return answer

    def change_appointment(
        self, id: str, body: types.AppointmentPatch, *, if_match: str | None = None
    ) -> types.AppointmentResource:
        """Change, move or give away an appointment.

        `PATCH /appointments/{id}`
        """
        answer: types.AppointmentResource = self._request(
            "PATCH", f"/appointments/{part(id)}", body=body, headers={"If-Match": if_match}
        )
        return answer

    def cancel_appointment(self, id: str, *, if_match: str | None = None) -> None:
        """Cancel an appointment.

        `DELETE /appointments/{id}`
        """
        self._request("DELETE", f"/appointments/{part(id)}", headers={"If-Match": if_match})
