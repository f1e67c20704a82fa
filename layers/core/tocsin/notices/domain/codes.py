"""The codes of account notices, as clients see them."""

from __future__ import annotations

from tocsin.kernel.domain.codes import Code, Vocabulary

_RESUME = "ask your operator to resume it"
_SCHEDULE = "see `lastFailure` of the schedule in `/getinfo`"
_STORED = "send the stored alert once to see the reason"

NOTICES = Vocabulary(
    "NoticeCode",
    "Messages to the owner of a key",
    "`messages[].code` in `/getinfo`.",
    {
        # the account's limits
        "country_not_allowed": Code("receivers of a call were refused: their country is not allowed", "see its answer"),
        "special_number": Code("receivers of a call were refused: their numbers are special", "use ordinary numbers"),
        "number_rate": Code(
            "texts or calls wait: one receiver got as many as the account allows", "nothing; they go out later"
        ),
        "tenant_rate": Code("texts wait: the account sent as many as it may", "nothing; they go out later"),
        "spend_cap": Code("texts were not sent: the account's daily spend limit is reached", "ask for a higher limit"),
        "sending_paused": Code("messages wait: sending on their channel is paused", _RESUME),
        "limits_unavailable": Code(
            "messages wait: the account's limits cannot be looked up", "nothing; they go out later"
        ),
        "email_paused": Code("too many bounces or complaints have paused the account's email", _RESUME),
        # what people text
        "POSSIBLE_OPT_OUT": Code(
            "an answer by text holds a word by which people opt out, and other words", "read it; suppress its sender"
        ),
        "opt_out_no_answer": Code(
            "a receiver of an alert that escalates has opted out of texts, which is no answer",
            "ask them in another way",
        ),
        # who calls in
        "call_without_message": Code(
            "a call came in to a number of the key, and no message waited for its caller",
            "nothing; or send an `inboundCall` to the people who may call",
        ),
        # short links
        "visit_not_counted": Code(
            "the first visit to a short link that did not count as an answer",
            "nothing, as receivers press the button of our page; or send with `clickCounts`",
        ),
        # linked alerts and escalations
        "contact_group_ignored": Code(
            "the contact group of a linked alert was not used", "omit it: the link has the group of its first alert"
        ),
        "escalation_exhausted": Code("an escalation ended without enough answers", "contact people yourself"),
        # callbacks and the bus
        "callback_exhausted": Code("an event could not be posted in all its tries", "repair your server and replay it"),
        "callback_failing": Code(
            "all callbacks to a receiver have failed for a day", "repair it before it is disabled"
        ),
        "callback_disabled": Code("a receiver of callbacks was disabled", "repair it, enable it and replay its events"),
        "bus_exhausted": Code(
            "events could not be put on the event bus in a day",
            "read the alert by `GET /alerts`, or the histories of rules, integrations and events; ask your operator",
        ),
        # sources of events
        "source_silent": Code(
            "a telephone system has told nothing for longer than usual",
            "see whether it runs and reaches Tocsin; `expect_every` of the source says how long is too long",
        ),
        # schedules
        "schedule_missed": Code("a run of a schedule was more than 15 minutes late and was omitted", "nothing"),
        "schedule_key_disabled": Code("a run sent nothing: its API key is disabled", "schedule it with another key"),
        "schedule_store_gone": Code("a run sent nothing: its stored alert is gone", "store and schedule it again"),
        "schedule_unreadable": Code("a run sent nothing: its stored alert is refused as it stands", _STORED),
        "schedule_not_allowed": Code("a run sent nothing: its key has lost a right", "ask your operator for the right"),
        "schedule_too_large": Code("a run sent nothing: it reaches too many people", "divide its lists"),
        "schedule_no_capacity": Code("a run sent nothing: the capacity was used up", "ask for more capacity"),
        "schedule_no_receiver_left": Code("a run sent nothing: no receiver was left", "nothing, or fill the lists"),
        "schedule_link_cancelled": Code("a run sent nothing: its link was cancelled", "cancel the schedule too"),
        # triggers
        "trigger_too_soon": Code(
            "a keyword sent nothing: it came within `minimumRepeatInterval` of the last run", "nothing; or shorten it"
        ),
        "trigger_used_up": Code(
            "a keyword sent nothing: the trigger has run `maximumRepeats` times", "activate the trigger again"
        ),
        "trigger_over": Code("a keyword sent nothing: its trigger was active for a year", "activate the trigger again"),
        "TRIGGER_LOOP": Code(
            "a keyword sent nothing: five mails that answer mails of ours have fired the trigger within an hour",
            "find the machine that answers your alerts; take its address out of their receivers",
        ),
        "TRIGGER_OFTEN": Code(
            "mails have fired a trigger six times or more within an hour; nothing was held",
            "nothing; or lengthen `minimumRepeatInterval`",
        ),
        "trigger_sender_not_believed": Code(
            "a keyword sent nothing: nothing proves who sent the mail",
            "let the sender's domain have SPF, DKIM or DMARC; `docs/security.md` says how",
        ),
        "trigger_restored": Code(
            "a keyword sent nothing: the system was restored, and the alert may have been sent before", "write it again"
        ),
        "trigger_too_late": Code("a keyword sent nothing: it arrived over four hours late", "write it again"),
        "trigger_store_gone": Code(
            "a keyword sent nothing: its stored alert is gone", "store it and activate it again"
        ),
        "trigger_key_disabled": Code("a keyword sent nothing: its API key is disabled", "activate it with another key"),
        "trigger_link_cancelled": Code(
            "a keyword sent nothing: its link was cancelled", "activate it for another link"
        ),
        "trigger_opt_out_word": Code(
            "a keyword of a stored alert is a word by which people opt out: both was done", "activate another keyword"
        ),
        "trigger_not_sendable": Code("a keyword sent nothing: its stored alert is refused as it stands", _STORED),
        "trigger_no_receiver_reached": Code(
            "a keyword sent nothing: the alert was not accepted for any receiver", _STORED
        ),
    },
)
