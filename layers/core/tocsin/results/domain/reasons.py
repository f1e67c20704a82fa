"""All reasons: stable words for why a message was or was not sent, each with a sentence and a remedy.

The words appear in message logs, events and responses. Clients depend on them, so the meaning of a word never changes.
A test compares this table with the tables that produce the words.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.results.domain.uncounted import UNCOUNTED

_NOTHING = "nothing"
_ALLOW_COUNTRY = "ask your operator to allow the country"
_WE_RETRY = "nothing; it is tried again by itself"
_WE_CALL = "nothing; we call again while `ivrAttempts` and the time allow it"
_WATCH = "wait; without a receipt within ten minutes it is sent once more, as a possible duplicate"
_OPERATOR = "tell your operator; meanwhile it is tried again by itself"
_OTHER_WAY = "reach the person by another number or channel"
_ANSWERED = "nothing; this is what the answer was for"

REASONS: Mapping[str, tuple[str, str]] = {
    # the person
    "stop": ("the receiver had written STOP", "respect it; the receiver lifts it by writing START"),
    "complaint": (
        "the receiver had reported an earlier mail of this account as spam",
        "respect it; ask your operator to lift it",
    ),
    "complained_before": (
        "the provider knows that the receiver reported an earlier mail as spam",
        "respect it; take the address out",
    ),
    "blocked_by_operator": (
        "the operator blocks the address on this channel",
        "ask your operator why, and to lift it",
    ),
    "hard_bounce": (
        "an earlier mail found that the mailbox does not exist",
        "correct the address, or ask your operator to lift it",
    ),
    "erased": (
        "the receiver was erased after they were stored, or the alert was accepted",
        "take the person out of your lists",
    ),
    "answered_sms": ("the receiver had answered by text", _ANSWERED),
    "answered_email": ("the receiver had answered by mail", _ANSWERED),
    "answered_call": ("the receiver had answered in a call", _ANSWERED),
    "answered_shortlink": ("the receiver had answered by a short link", _ANSWERED),
    "answered_marked": ("the receiver had been marked as having answered", _ANSWERED),
    **UNCOUNTED,
    "resent": ("it had failed, and a client sends it again", _WE_RETRY),
    "stopped": (
        "enough people had answered the escalation; of a call: it was withdrawn while it was ringing",
        "nothing; it is not needed any more",
    ),
    "escalation_cancelled": ("the escalation was cancelled", "nothing; this is what the cancellation was for"),
    "no_receiver_reached": (
        "everybody the step would reach had answered, or it could not be sent any more",
        "nothing if they had answered; else see the messages of `/getinfo`",
    ),
    "quiet_hours": ("the receiver has quiet hours", "nothing; it is sent when they end"),
    "quiet_hours_overridden": ("the receiver has quiet hours, and the alert is urgent", _NOTHING),
    "quiet_hours_outlast_alert": (
        "the receiver's quiet hours end after the alert is over",
        "give the alert a longer lifetime, or `options.urgent`",
    ),
    "restored": (
        "the system was restored from a backup, and the message may have gone out before",
        "ask the receiver, or send a new alert",
    ),
    "cancelled": ("the alert was cancelled before the message was sent", "nothing; this is what you asked for"),
    "expired": (
        "the message became too old before it could be sent",
        "see the reasons before; send again if it still matters",
    ),
    # who can be reached
    "no_address": ("the contact has no address on this channel", "give the contact one"),
    "bad_address": ("the address is no number or mailbox", "correct the address"),
    "phone:PHONE_EMPTY": ("the phone number is empty", "give a number like +447700900001"),
    "phone:PHONE_NOT_INTERNATIONAL": (
        "the phone number does not begin with + and a country code",
        "write it like +447700900001",
    ),
    "phone:PHONE_MALFORMED": (
        "the phone number has letters, an extension or other signs in it",
        "give one number like +447700900001",
    ),
    "phone:PHONE_IMPOSSIBLE": (
        "the phone number has a country code or a length that does not exist",
        "correct the number",
    ),
    "email:EMAIL_EMPTY": ("the email address is empty", "give one like ana@example.org"),
    "email:EMAIL_NOT_ONE_ADDRESS": (
        "the email address is a list, has a name around it or no @",
        "give one plain address like ana@example.org",
    ),
    "email:EMAIL_TOO_LONG": ("the email address is longer than mail allows", "correct the address"),
    "email:EMAIL_LOCAL_PART": (
        "what stands before the @ of the email address holds signs that are not served",
        "use another address",
    ),
    "email:EMAIL_DOMAIN": ("what stands after the @ of the email address is no domain", "correct the address"),
    "email_for_phone": ("an email address stands where a phone number belongs", "swap the two"),
    "phone_for_email": ("a phone number stands where an email address belongs", "swap the two"),
    "unsendable": ("with this receiver's lookups the message cannot be sent", "correct the lookups"),
    "mail_too_large": (
        "with this receiver's lookups the email would be larger than one email may be",
        "shorten the content or the lookups, or ask your operator for a higher limit",
    ),
    "speech_too_long": ("with this receiver's lookups too much would be said", "shorten the text or the lookups"),
    "text_too_long": ("with this receiver's lookups the text would be too long", "shorten the text or the lookups"),
    "unsafe_value": (
        "a lookup value of this receiver fits into no email",
        "take line breaks and control characters out of it",
    ),
    "answered": ("the receiver has answered an earlier alert of the linked set", _ANSWERED),
    "foreign_sender": (
        "the number belongs to another account, or a call is made from it or awaited there and it is not registered",
        "use a number of your own; your operator registers it",
    ),
    "sending_limit": ("the account does not send there", "ask your operator to allow it"),
    "outside_time_windows": (
        "the element is not sent at this time: it has time windows",
        "nothing; or widen `timeWindows`",
    ),
    "no_capacity": ("the capacity of the API key was used up", "ask your operator for more capacity"),
    # why a whole element failed
    "no_contact_group": ("the element names contacts, and there is no contact group", "send a `contactGroup`"),
    "unknown_contact": ("the element names a contact that is not in the contact group", "add it, or correct the id"),
    "unknown_set": ("the element names a contact set that is not in the contact group", "add it, or correct the name"),
    "store_unusable": (
        "stored content that the element uses does not exist, or cannot be read",
        "correct its id or name, or store it again",
    ),
    "lookup_unusable": (
        "the stored text of the element holds a keyword that the element may not use",
        "correct the text, or give the `lookups` that the `failureReason` names",
    ),
    "channel_unavailable": ("the channel of the element is not served yet", "use text or mail"),
    "no_receivers": ("the lists of the element are empty", "name at least one receiver"),
    # the account's limits
    "country_not_allowed": ("the account does not send to this country", _ALLOW_COUNTRY),
    "special_number": (
        "the account does not send to premium and other special numbers",
        "use an ordinary number of the person",
    ),
    "mail_rate": ("as many mails as the account's mail server takes went in this minute", _WE_RETRY),
    "settings_saved": ("the settings of the mail server were saved, so it is tried at once", _NOTHING),
    "number_rate": ("the receiver had got as many texts or calls as the account allows in a short time", _WE_RETRY),
    "tenant_rate": ("the account had sent as many texts as it may in a short time", _WE_RETRY),
    "spend_cap": (
        "the account's daily limit for texts and calls was reached",
        "send again tomorrow (UTC), or ask your operator for a higher limit; check that no other person has your key",
    ),
    "sending_paused": (
        "sending on this channel was paused for the account",
        "see `paused` in `/getinfo`; ask your operator to let it go on; what is not too old by then is sent",
    ),
    "check_failed": ("a check before sending failed", _WE_RETRY),
    "limits_unavailable": ("what the account may send could not be looked up just then", _WE_RETRY),
    # errors of the provider or the network
    "throttled": ("the provider asked us to slow down", _WE_RETRY),
    "provider_error": ("the provider failed", _WE_RETRY),
    "provider_unavailable": ("the provider was unavailable", _WE_RETRY),
    "provider_unreachable": ("the provider could not be reached", _WE_RETRY),
    "provider_denies_us": ("the provider does not let this account send", _OPERATOR),
    "our_credentials_expired": ("our access to the provider had run out and was renewed", _WE_RETRY),
    "provider_misconfigured": ("the account is not set up at the provider as it must be", _OPERATOR),
    "account_disabled": ("the provider has stopped this account from sending", "tell your operator"),
    "daily_limit": ("the provider's daily limit for this account was reached", _OPERATOR),
    "spending_limit": ("the provider's spending limit for this account was reached", _OPERATOR),
    "invalid_request": (
        "the provider did not take the message as it stands",
        "check content and sender; else tell your operator",
    ),
    "invalid_address": ("the provider says that the address is not valid", "correct the address"),
    "not_verified": (
        "the provider only sends to verified receivers for this account, or from verified senders",
        "ask your operator to verify the sender, or to take the account out of the provider's sandbox",
    ),
    "opted_out": ("the receiver has told the provider to stop", "respect it; " + _OTHER_WAY),
    "sender_not_allowed": ("the sender may not be used for this receiver", "use another sender, or omit it"),
    "message_too_long": ("the text is longer than the provider takes", "shorten the text"),
    "too_expensive": ("the message would cost more than is allowed", _OTHER_WAY),
    "unrecognised_error": ("the provider gave a reason that is not known", _WE_RETRY),
    "gateway_error": ("something between us and the provider failed; the provider may have the message", _WATCH),
    "reply_timed_out": ("the provider did not answer in time; it may have the message", _WATCH),
    "connection_broken": ("the connection broke; the provider may have the message", _WATCH),
    "reply_without_id": ("the provider's answer could not be read; it may have the message", _WATCH),
    "sender_broke": ("the submission failed halfway; the provider may have the message", _WATCH),
    "claim_expired": ("the worker that had claimed the message stopped; the provider may have the message", _WATCH),
    "attempts_exhausted": ("it was tried as often as may be", "see the reasons before; send again if it still matters"),
    "invalid_number": ("the number does not exist", "correct the number"),
    "invalid_message": ("the network does not take this text", "change the text"),
    "handset_off": ("the phone was off or out of reach", "send again later, or " + _OTHER_WAY),
    "carrier_unreachable": ("the receiver's network could not be reached", "send again later"),
    "number_blocked": ("the receiver's phone or network blocks our texts or calls", _OTHER_WAY),
    "carrier_blocked": ("the receiver's network blocks the message", "change sender or text, or " + _OTHER_WAY),
    "taken_for_spam": ("the network took it for spam", "change the text; omit links"),
    "too_late_for_the_network": ("the network could not deliver it in time", "send again if it still matters"),
    "country_blocked": ("the provider is set not to send to this country", "ask your operator to allow the country"),
    "bounced": ("the mailbox does not exist", "correct the address; no further mail goes there"),
    "bounced_mailbox_full": ("the mailbox is full", "send again later, or " + _OTHER_WAY),
    "bounced_too_large": ("the mailbox does not take mails of this size", "send a smaller mail"),
    "bounced_content_rejected": ("the receiving server does not take this content", "change the content"),
    "bounced_transient": ("the receiving server could not take it", "send again later"),
    "bounced_undetermined": ("the receiving server refused it and did not say why", "send again later"),
    "rejected": ("the provider refused the mail's content", "change the content; look for a virus in it"),
    # the account's own mail server
    "auth_failed": ("your mail server refused user name and password", "correct them in the mail settings"),
    "auth_not_offered": (
        "your mail server does not offer the way to sign in that is set",
        "set `auth` to AUTO, or to what the server offers",
    ),
    "password_missing": ("no password of your mail server is stored", "enter it in the mail settings"),
    "tls_failed": (
        "your mail server offers no TLS, or the handshake failed",
        "correct port and TLS in the mail settings; nothing is sent without TLS",
    ),
    "certificate": (
        "the certificate of your mail server is expired, of another name, or of an unknown authority",
        "use the name that stands in the certificate, or mend the certificate",
    ),
    "unreachable": (
        "your mail server has no public address, or did not answer in time",
        "correct server and port in the mail settings",
    ),
    "refused": ("your mail server refused the mail", "see its words in the mail settings"),
    "not_connected": ("the mailbox does not let us send, or no more", "connect it again in the mail settings"),
    "port_not_allowed": ("the port of your mail server is not served", "use 465, 587 or 2525"),
    "no_mail_server": (
        "the account has no mail server, and that of the system is off for it",
        "set a mail server, or ask your operator",
    ),
    # the type of a complaint
    "abuse": ("the receiver calls the mail spam", "take the person out of your lists; no further mail goes there"),
    "auth_failure": ("the receiver's server says that the mail's signature is broken", "tell your operator"),
    "fraud": ("the receiver calls the mail fraud", "take the person out of your lists; check what you send"),
    "virus": ("the receiver says that the mail holds a virus", "check what you send"),
    "other": ("the receiver complained, and none of the usual words fits", "take the person out of your lists"),
    "unspecified": ("the receiver complained and did not say of what", "take the person out of your lists"),
    # contents of which no mail can be built
    "unsafe_mail_address_in_name": ("a name of the mail looks like an address", "use a plain name"),
    "unsafe_mail_address_malformed": ("an address of the mail is not valid", "correct `sender` or `replyTo`"),
    "unsafe_mail_boundary_in_value": (
        "a lookup value holds the line that separates the parts of the mail",
        "use another `multipartBoundary`",
    ),
    "unsafe_mail_boundary_malformed": ("the mail's boundary is not valid", "correct `multipartBoundary`"),
    "unsafe_mail_boundary_not_found": ("the mail's boundary is not in its body", "correct `multipartBoundary`"),
    "unsafe_mail_content_type_malformed": ("the mail has no valid content type", "correct `emailBodyContentType`"),
    "unsafe_mail_content_type_not_allowed": (
        "the mail's content type is message/…",
        "use text/plain, text/html or a multipart type",
    ),
    "unsafe_mail_control_character": ("the mail holds a control character", "take it out"),
    "unsafe_mail_encoded_word": ("a header of the mail looks encoded already", "write it as plain text"),
    "unsafe_mail_header_mismatch": ("the mail does not read as it was written", "tell your operator"),
    "unsafe_mail_line_too_long": ("a line of the mail is longer than mail allows", "break the line"),
    "unsafe_mail_message_id_malformed": ("the mail got no valid id", "tell your operator"),
    # calls
    "busy": ("the receiver's line was busy", _WE_CALL),
    "no_answer": ("the call was not answered", _WE_CALL),
    "hung_up_early": ("the receiver hung up before the message was said", _WE_CALL),
    "no_key": ("the message was said, and the key that the call asks for did not come", _WE_CALL),
    "network": ("the network could not connect the call", _WE_CALL),
    "control_lost": ("the call broke down on our side; it does not count as an attempt", _WE_CALL),
    "unplayable": ("the message of the call could not be played", "tell your operator; then send it again"),
    "destination_not_allowed": ("the provider is set not to call this country", _ALLOW_COUNTRY),
    "outbound_not_permitted": ("the provider may not call out from this number", "tell your operator"),
    "not_set_up": ("calls are not set up completely at the provider", "tell your operator; then send it again"),
    "skipped": ("the message was not needed any more when its next call was due", _NOTHING),
    # the sandbox
    "sandbox_temporary_failure": ("the sandbox simulates a temporary rejection for this address", _WE_RETRY),
    "sandbox_permanent_failure": ("the sandbox simulates a permanent rejection for this address", _NOTHING),
    "sandbox_outcome_unknown": ("the sandbox simulates an unknown outcome for this address", _WATCH),
    # Tocsin itself
    "responses_unavailable": ("the key of a sandbox call could not be stored just then", _WE_RETRY),
    "suppressions_unavailable": ("who must not be contacted could not be looked up just then", _WE_RETRY),
    "answers_unavailable": ("who had answered could not be looked up just then", _WE_RETRY),
    "alert_unavailable": ("whether the alert was cancelled could not be looked up just then", _WE_RETRY),
    "erasures_unavailable": ("who was erased could not be looked up just then", _WE_RETRY),
    "shortlinks_unavailable": ("short links could not be made just then", _WE_RETRY),
    "recordings_unavailable": ("the recordings of a call could not be stored just then", _WE_RETRY),
    "conversation_unavailable": ("that a message waits for a caller could not be noted just then", _WE_RETRY),
    "out_of_time": ("the worker ran out of time before the call", _WE_RETRY),
}
"""Each word with its sentence and remedy, as in `Code` (`kernel/domain/codes.py`). API calls read this table."""


def reason_text(word: str) -> str:
    """Return the sentence of a reason. An unknown word is returned with blanks for its underscores."""
    return REASONS[word][0] if word in REASONS else word.replace("_", " ")
