"""The codes of errors and of faults in a request: when each is given, and what the client does."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.kernel.domain.codes import Code, Vocabulary
from tocsin.kernel.domain.warnings import WarningCode

_REPEAT = "repeat the call with the same Idempotency-Key after `Retry-After` seconds"

_ERRORS: Mapping[str, Code] = {
    "VALIDATE_FAILED": Code("something in the request is wrong", "correct every entry of `errors`, then call again"),
    "UNAUTHORIZED": Code("the API key is missing, unknown or disabled", "send a working key; do not repeat this one"),
    "FORBIDDEN": Code(
        "the key lacks a right, or calls from an address that is not on its list", "ask your operator for the right"
    ),
    "NOT_FOUND": Code("there is no such route, or the thing does not exist or is not yours", "check path, id and key"),
    "METHOD_NOT_ALLOWED": Code("the path is served, but not by this HTTP method", "see `Allow` for those that are"),
    "IDEMPOTENCY_IN_PROGRESS": Code("the first call with this Idempotency-Key has not finished", _REPEAT),
    "STALE_WRITE": Code("another call changed the same thing at the same moment", _REPEAT),
    "SUPERSEDED": Code(
        "what was asked for is over: its schedule, link or escalation was changed, answered or cancelled meanwhile",
        "do not repeat the call; look at the schedule, link or alert; `how` of a resource says what happened to it",
    ),
    "NOTHING_FAILED": Code(
        "no message of the alert is `failed` with a try left, so none can be sent again",
        "look at `counts` of the alert; what is not failed may still arrive",
    ),
    "NOTHING_ENABLED": Code(
        "all notifications of the alert rule are off, or it has none, so a test would send nothing",
        "enable a notification, and test again",
    ),
    "NOT_POSSIBLE": Code(
        "the request is right, and the alert can never do it: it has no escalation, or no all-clear to send",
        "see the message",
    ),
    "NOT_ELIGIBLE": Code(
        "the person receives no alerts of integrations: only owners, admins and managers do who are not disabled",
        "choose one of `GET /integration_alerts/candidates`",
    ),
    "IN_USE": Code(
        "a schedule or a trigger needs the store; or things of the directory, whose ids stand in `ids`, need this one",
        "cancel those of `waiting`, or give `endWaiting: true`; of the directory: repeat the call with `confirm`, or, "
        "if the answer has none, change those of `ids` first",
    ),
    "LINE_NOT_YOURS": Code(
        "the person may not follow these lines; `ids` lists them",
        "people follow shared lines of their companies and lines of people in their groups; admins follow any",
    ),
    "TEXTS_ARE_OFF": Code(
        "a custom number cannot be enabled while texts are off", "enable both in one call, or enable texts first"
    ),
    "LAST_OWNER": Code("it is the tenant's only active account owner", "make another person account owner first"),
    "ALREADY_EXISTS": Code(
        "another thing of this kind has this name, address, number or external id",
        "change that one, or use other values",
    ),
    "STEP_UP_REQUIRED": Code(
        "the access token's sign-in is older than 15 minutes, or the call makes a personal token by another one",
        "sign in again, and repeat the call with the new access token",
    ),
    "TENANT_REQUIRED": Code(
        "the access token is of a person who belongs to several accounts", "name one of them in the header `X-Tenant`"
    ),
    "EXCEEDS_YOURS": Code(
        "the call gives a person a permission, scope or flag that you do not have", "give less, or ask an owner"
    ),
    "CONFIRM_REQUIRED": Code(
        "the call does something to all that `errors[].ids` lists", "read the list; repeat the call with `confirm`"
    ),
    "IMPORT_REFUSED": Code(
        "lines of the file have faults, so nothing of it was imported", "correct the lines and columns of `errors`"
    ),
    "SHARED_SIGN_IN": Code(
        "the person belongs to several accounts, so their sign-in is theirs alone", "ask the person to change it"
    ),
    "IMMUTABLE": Code(
        "the field is set when the thing is created, and never changes", "delete the thing, and create another"
    ),
    "WRONG_STATE": Code(
        "the thing is in a state in which this cannot be done: for example, a person who is active is not invited",
        "read the thing; the message names its state",
    ),
    "LAST_CONTACT": Code("it is the only contact of its group", "add another contact first, or delete the store"),
    "PRECONDITION_FAILED": Code(
        "the thing changed since you read the version of `If-Match`", "read it, and decide again"
    ),
    "REQUEST_TOO_LARGE": Code(
        "the body, or what it expands to, is over a limit", "send it as several calls; store recordings and lists first"
    ),
    "UNSUPPORTED_MEDIA_TYPE": Code("the body is not sent as JSON", "send `Content-Type: application/json`"),
    "IDEMPOTENCY_KEY_REUSED": Code(
        "the Idempotency-Key was used for another request in the last 24 hours", "use a new key for each new request"
    ),
    "TOO_MANY_REQUESTS": Code("calls came faster than they are served", "wait `Retry-After` seconds; call more slowly"),
    "MAIL_NOT_CONFIGURED": Code(
        "the account has no mail server of its own, and may not use the system's",
        "save `server` in `/tenant/notification`, or connect Microsoft 365 or Gmail",
    ),
    "MAIL_PORT_NOT_ALLOWED": Code("the mail settings name a port by which no mail is sent", "use 465, 587 or 2525"),
    "MAIL_SERVER_UNREACHABLE": Code(
        "no mail server was reached under the stored name and port", "correct `server` and `port`"
    ),
    "MAIL_SERVER_REFUSED": Code(
        "the mail server did not take the mail", "see `errors[].reason` and the server's words in `errors[].said`"
    ),
    "MAIL_SERVER_TIMEOUT": Code(
        "the mail server did not answer in time, so the mail may have arrived or not",
        "look into the mailbox; try again",
    ),
    "INTERNAL_ERROR": Code(
        "something went wrong on our side",
        "repeat the call with the same Idempotency-Key; if it persists, tell your operator the request id",
    ),
    "RESTORING": Code("the system is restored from a backup and sends nothing yet; nothing was sent", _REPEAT),
    "PROVIDER_UNAVAILABLE": Code("the identity provider did not answer, so no person was signed in", "try again later"),
    "STORAGE_UNAVAILABLE": Code("the store did not answer; the call may or may not have been done", _REPEAT),
}

ERRORS = Vocabulary(
    "ErrorCode",
    "Errors",
    "`code` of a failed GET; where an error is no fault of a field, also `errors[].code`. "
    "API Gateway may refuse a call with a code of its own (its response types, like `BAD_REQUEST_BODY`).",
    _ERRORS,
)

_FAULTS: Mapping[str, Code] = {
    # the body as a whole
    "EMPTY_BODY": Code("the body is empty", "send a JSON object"),
    "NOT_JSON": Code("the body is not JSON", "correct what the message points at"),
    "BAD_ENCODING": Code("the body is not valid UTF-8", "encode it as UTF-8"),
    "BAD_CHARACTER": Code("a text holds a NUL or half a surrogate pair", "take the character out"),
    "DUPLICATE_FIELD": Code("a field or query parameter is given twice", "give it once"),
    "TOO_DEEP": Code("the body is nested too deeply", "nest it less"),
    "NUMBER_TOO_LARGE": Code("a number has more digits than any field takes", "send a smaller number"),
    "BAD_IDEMPOTENCY_KEY": Code("the Idempotency-Key header is empty, too long or not printable", "use a UUID"),
    # one field
    "REQUIRED": Code("a field is missing", "give it"),
    "UNKNOWN_FIELD": Code("there is no field or query parameter of this name", "leave it out, or correct its name"),
    "WRONG_TYPE": Code("the value has another JSON type than the field takes", "send the type that the message names"),
    "WRONG_FORM": Code("the value is not written as the field asks", "write it as the message says"),
    "NOT_ALLOWED": Code("the value is none of those the field takes", "use one of those that the message names"),
    "OUT_OF_RANGE": Code("the number, time or span is too small or too large", "stay within the named limits"),
    "TOO_LONG": Code(
        "the text has too many characters, the recording lasts too long, or the event is over 64 KB", "shorten it"
    ),
    "TIME_IN_FUTURE": Code(
        "the time of an event is more than 5 minutes ahead", "set clock and time zone of the telephone system"
    ),
    "TOO_SHORT": Code("the text has too few characters", "give a longer one"),
    "TOO_MANY": Code("the list has too many entries", "give fewer, or make several calls"),
    "TOO_FEW": Code("the list has too few entries", "give more"),
    "EMPTY": Code("the content is blank", "give a content"),
    "DUPLICATE": Code("a name or id that must be unique is there twice", "use another one"),
    "CONFLICT": Code("two fields of the request contradict each other", "leave one of them out"),
    "READ_ONLY": Code("the field can be read and not be set", "leave it out"),
    "BAD_NUMBER": Code("the number for texts to a person is no phone number", "write it like +447777100100"),
    "OWN_NUMBER": Code(
        "the number for texts to a person belongs to the account itself", "give one at which the person answers"
    ),
    "UNKNOWN_INTEGRATION": Code(
        "an event names no integration of the account", "create the integration first, and send its id"
    ),
    "NO_SUCH_THING": Code("an id names nothing of the directory; `ids` lists all such", "correct or create those"),
    "COMPANY_REQUIRED": Code(
        "you belong to several companies, and what is made belongs to one", "name it in the header `X-Company`"
    ),
    "UNKNOWN_COMPANY": Code(
        "the company of `X-Company` is not there, or is none of yours", "use the id of a company of yours"
    ),
    "RESERVED": Code("the name has a meaning of its own", "choose another name"),
    "BAD_BASE64": Code("the content is not valid base64, or not of UTF-8 text", "encode it again, or send it as utf8"),
    "INVALID": Code("the value is not valid, and no other code fits", "read the message"),
    "INVALID_CURSOR": Code("the cursor was not issued for this list", "begin again without a cursor"),
    # who is reached
    "NO_RECEIVERS": Code("the element has no receiver", "give at least one of the receiver fields"),
    "CONTACT_GROUP_REQUIRED": Code("contacts are named and there is no contact group", "send a `contactGroup`"),
    "UNKNOWN_CONTACT": Code("a set names a contact that is not in its group", "add the contact, or correct the id"),
    "UNKNOWN_ZONE": Code("quiet hours or an account name no time zone", "use a name like Europe/London"),
    "UNKNOWN_COUNTRY": Code("there is no country of this code", "use an ISO code like GB"),
    "UNKNOWN_NUMBER": Code("the number is not one of the account", "choose one that the message names"),
    "NO_SUCH_STORE": Code("the stored content does not exist, or is not yours", "correct its id or name, or store it"),
    "NO_SUCH_LINK": Code("there is no linked alert of this `linkRef`", "begin it without `linkOnlyIfRefAlreadyExists`"),
    # when it is sent
    "INVALID_HOST": Code("the mail server's name is none, or leads into a network", "use its public name"),
    "TLS_REQUIRED": Code("mails would go in the clear", "set `enable_tls_ssl` or `enable_starttls_auto`"),
    "NEVER": Code("the time window or the quiet hours can never begin or end", "correct days and hours"),
    "INVERTED": Code("a range of a time window runs backwards", "write it as two ranges, as the message shows"),
    "OUTLIVES_ALERT": Code("steps of the escalation lie after the alert's end", "give the alert a longer lifetime"),
    # what is said
    "NOT_AUDIO": Code("the recording is no file of its `voiceFormat`", "send what `voiceFormat` says, in base64"),
    "AUDIO_UNSUPPORTED": Code("the recording has a form that is not read", "save it as the message says"),
    "BAD_SSML": Code("the SSML is not well-formed, or has tags that no voice reads", "correct what the message names"),
    "SHORTLINK_MISSING": Code("the text holds `{shortlink}`, and there is none", "give `lookups.shortlink`"),
    "UNIQUE_LOOKUPS_MISSING": Code("a keyword differs between receivers", "set `lookups.uniqueLookups`"),
    "UNKNOWN_TIME_ZONE": Code("a datetime keyword names no time zone", "use a name like Europe/London"),
    "CONTROL_CHARACTER": Code("the email holds a control character or a line break in a header", "take it out"),
    "ENCODED_WORD": Code("a header of the email is encoded already", "send it as plain text"),
    "ADDRESS_MALFORMED": Code("sender or reply address is no email address", "correct it"),
    "ADDRESS_IN_NAME": Code("a display name of the email holds an address", "use a plain name"),
    "CONTENT_TYPE_NOT_ALLOWED": Code("the email's content type is message/…", "use text/plain or text/html"),
    "CONTENT_TYPE_MALFORMED": Code("the email's content type is not written as one", "write it like text/html"),
    "BOUNDARY_MALFORMED": Code("the multipart boundary has an invalid character", "use letters and digits"),
    "BOUNDARY_NOT_FOUND": Code("the multipart boundary does not occur in the body", "name the one that does"),
    "LINE_TOO_LONG": Code(
        "a line of the email that cannot be encoded anew, in the header of a part or in an attached message, has more "
        "than 998 characters",
        "break the line",
    ),
    # callbacks
    "NOT_PUBLIC": Code("the callback URL does not lead to a public address", "use a public https URL"),
    # the owner of a key
    "EMAIL_EMPTY": Code("the owner's address is empty", "give one like ana@example.org, or null"),
    "EMAIL_NOT_ONE_ADDRESS": Code("the owner's address is a list, or has a name around it", "give one plain address"),
    "EMAIL_TOO_LONG": Code("the owner's address is longer than mail allows", "correct the address"),
    "EMAIL_LOCAL_PART": Code("the owner's address has an unsupported local part", "use another address"),
    "EMAIL_DOMAIN": Code("what stands after the @ of the owner's address is no domain", "correct the address"),
    # escalations, schedules and triggers
    "UNSENDABLE": Code("a step of the escalation has no receiver", "correct the step as the message says"),
    "NOT_SENDABLE": Code("the stored alert that a keyword fires could not be sent", "correct the stored alert"),
    "NOT_STORABLE": Code("the alert cannot be kept for later", "correct it as the message says"),
    "NO_NUMBER": Code("the key has no two-way number to text a keyword to", "ask your operator for a number"),
    "KEYWORD_IN_USE": Code("another stored alert of the key waits for this keyword", "use another, or cancel that one"),
    # nothing of a good request could be done
    "NOTHING_ACCEPTED": Code("the element or alert could not be accepted, and so nothing is sent", "see the message"),
    "NOTHING_DONE": Code("the entry could not be cancelled, stored or removed", "see the message"),
}

FAULTS = Vocabulary(
    "FaultCode",
    "Faults",
    "`errors[].code`: what is wrong with a request, one entry for each fault, with a JSON pointer and a sentence.",
    _FAULTS,
)

WARNINGS = Vocabulary(
    "WarningCode",
    "Warnings",
    "`warnings[].code` of an entry of an answer: what was done, and may not be what was meant.",
    {
        WarningCode.MANY_SEGMENTS: Code("the text takes more than ten parts", "shorten it, or write it without emoji"),
        WarningCode.UNKNOWN_PLACEHOLDER: Code(
            "a name in braces is no keyword and no contact's lookup, and is sent as it stands", "correct the name"
        ),
        WarningCode.UNKNOWN_DATE_FORM: Code(
            "a date holds letters that are no token, and are sent as they stand", "use YYYY, MM, DD, HH, mm and ss"
        ),
        WarningCode.DROPPED: Code(
            "a field of a stored alert, or an attribute of an event, was not kept", "leave it out"
        ),
        WarningCode.OPEN_TO_ANYBODY: Code(
            "an inbound call names no receivers, so everybody who calls the number hears it",
            "nothing, if that is meant; else name the receivers",
        ),
        WarningCode.IGNORED: Code("a field has no effect beside another one", "leave it out"),
        WarningCode.OTHER_VOICE: Code(
            "no voice speaks this region or has this gender; another voice of the language reads the text",
            "nothing; or choose one of the languages that the API reference lists",
        ),
        WarningCode.VOICEMAIL_COUNTS: Code(
            "a call that asks for no key succeeds when voicemail answers", "set `ivrRequireResponse`"
        ),
        WarningCode.ATTEMPTS_CANNOT_FIT: Code(
            "the alert, or the calls that one number gets an hour, end before the last attempt",
            "give fewer `ivrAttempts`, or a longer lifetime",
        ),
        WarningCode.UNKNOWN_TYPE: Code(
            "an event has a type that is not known; it is kept and does nothing",
            "correct the type, as the message says; nothing, if the event is only to be kept",
        ),
        WarningCode.SUPPRESSED: Code(
            "the receiver of a test mail is suppressed, so other mails do not reach them", "lift the suppression"
        ),
        WarningCode.LIFETIME_SHORT: Code(
            "messages may expire before they reach the carrier", "give `options.lifetime` a minute at least"
        ),
        WarningCode.CLICKS_COUNT: Code(
            "visits to short links count as answers, although machines visit links too", "send without `clickCounts`"
        ),
    },
)
