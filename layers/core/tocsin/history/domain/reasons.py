"""Every stable word for why something was or was not sent, and what it says to a person.

The words stand in message logs, events and answers; clients build on them, so none is ever given another meaning. A
test holds this table against the tables the words come from.
"""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    # the person
    "stop": "the receiver had written STOP",
    "complaint": "the receiver had reported an earlier mail as spam",
    "complained_before": "the receiver had reported an earlier mail as spam",
    "hard_bounce": "an earlier mail found that the mailbox does not exist",
    "erased": "the receiver was erased after they were stored, or the alert was accepted",
    "answered_sms": "the receiver had answered by text",
    "answered_email": "the receiver had answered by mail",
    "answered_call": "the receiver had answered in a call",
    "answered_shortlink": "the receiver had followed a short link",
    "stopped": "enough people had answered the escalation",
    "escalation_cancelled": "the escalation was cancelled",
    "reached_nobody": "everybody the step would reach had answered, or it could not be sent any more",
    "quiet_hours": "the receiver has quiet hours",
    "quiet_hours_overridden": "the receiver has quiet hours, and the alert is urgent",
    "quiet_hours_outlast_alert": "the receiver's quiet hours end after the alert is over",
    # who can be reached
    "no_address": "the contact has no address on this channel",
    "bad_address": "the address is no number or mailbox",
    "email_for_phone": "an email address stands where a phone number belongs",
    "phone_for_email": "a phone number stands where an email address belongs",
    "unsendable": "with this receiver's lookups the message cannot be sent",
    "text_too_long": "with this receiver's lookups the text would be too long",
    "unsafe_value": "a lookup value of this receiver fits into no email",
    "answered": "the receiver has answered an earlier alert of the linked set",
    "foreign_sender": "the sender is a two-way number of another account",
    "braked": "the account does not send there",
    "outside_time_windows": "the element is not sent at this time: it has time windows",
    "no_capacity": "the capacity of the API key was used up",
    # the account's brakes
    "country_not_allowed": "the account does not send to this country",
    "special_number": "the account does not send to premium and other special numbers",
    "number_rate": "the receiver had got as many texts as the account allows in a short time",
    "tenant_rate": "the account had sent as many texts as it may in a short time",
    "spend_cap": "the account's daily limit for texts was reached",
    "sending_paused": "sending on this channel was paused for the account",
    "brakes_unread": "what the account may send could not be looked up just then",
    # what the provider or the network said
    "throttled": "the provider asked us to slow down",
    "provider_error": "the provider failed",
    "provider_unavailable": "the provider was unavailable",
    "provider_unreachable": "the provider could not be reached",
    "provider_denies_us": "the provider does not let this account send",
    "our_credentials_expired": "our access to the provider had run out and was renewed",
    "provider_misconfigured": "the account is not set up at the provider as it must be",
    "account_disabled": "the provider has stopped this account from sending",
    "daily_limit": "the provider's daily limit for this account was reached",
    "spending_limit": "the provider's spending limit for this account was reached",
    "invalid_request": "the provider did not take the message as it stands",
    "invalid_address": "the provider says that the address is not valid",
    "not_verified": "the provider only sends to verified receivers for this account, or from verified senders",
    "opted_out": "the receiver has told the provider to stop",
    "sender_not_allowed": "the sender may not be used for this receiver",
    "message_too_long": "the text is longer than the provider takes",
    "too_expensive": "the message would cost more than is allowed",
    "unrecognised_error": "the provider gave a reason that is not known",
    "gateway_error": "something between us and the provider failed; the provider may have the message",
    "reply_timed_out": "the provider did not answer in time; it may have the message",
    "connection_broken": "the connection broke; the provider may have the message",
    "reply_without_id": "the provider's answer could not be read; it may have the message",
    "sender_broke": "handing over failed halfway; the provider may have the message",
    "claim_expired": "the worker that held the message stopped; the provider may have the message",
    "attempts_exhausted": "it was tried as often as may be",
    "invalid_number": "the number does not exist",
    "invalid_message": "the network does not take this text",
    "handset_off": "the phone was off or out of reach",
    "carrier_unreachable": "the receiver's network could not be reached",
    "number_blocked": "the receiver's phone blocks texts",
    "carrier_blocked": "the receiver's network blocks the message",
    "taken_for_spam": "the network took it for spam",
    "too_late_for_the_network": "the network could not deliver it in time",
    "country_blocked": "the provider is set not to send to this country",
    "bounced": "the mailbox does not exist",
    "bounced_mailbox_full": "the mailbox is full",
    "bounced_too_large": "the mailbox does not take mails of this size",
    "bounced_content_rejected": "the receiving server does not take this content",
    "bounced_transient": "the receiving server could not take it",
    "bounced_undetermined": "the receiving server refused it and did not say why",
    "rejected": "the provider refused the mail's content",
    # ourselves
    "suppressions_unread": "who must not be contacted could not be looked up just then",
    "answers_unread": "who had answered could not be looked up just then",
    "erasures_unread": "who was erased could not be looked up just then",
    "check_failed": "a check before sending failed",
    "shortlinks_unavailable": "short links could not be made just then",
    "out_of_time": "the worker ran out of time before the call",
    "too_late": "its time ran out before the call",
}

_FAMILIES: Mapping[str, str] = {
    "phone:": "the phone number is not valid",
    "email:": "the email address is not valid",
    "bounced_": "the receiving server could not take it",
    "unsafe_mail_": "no safe email can be built of it",
    "answered_": "the receiver had answered",
    "sandbox_": "the sandbox plays this for the address",
}


def told(word: str) -> str:
    """Return what a reason says to a person; a word that is not known speaks for itself."""
    if word in REASONS:
        return REASONS[word]
    family = next((text for begins, text in _FAMILIES.items() if word.startswith(begins)), None)
    return family or word.replace("_", " ")
