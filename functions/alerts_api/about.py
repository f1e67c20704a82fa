"""What the OpenAPI document says about the API as a whole, in Markdown."""

from __future__ import annotations

ABOUT = """One call reaches many people, and says who was reached.

**Paths.** Each verb is served at `/api/json/…` too.

**Key.** Send your API key as `apiKey` in the body, as `X-API-Key`, or as `Authorization: Bearer`. Two
different keys in one call are refused. A sandbox key runs the whole pipeline, and no message reaches a person.

**Answers.** The verbs (POST) answer `{success, returnCode, …}` and the HTTP status is the `returnCode`. Resources
(GET) answer plain objects, and problem details (RFC 9457) when something is wrong. Either way every fault of a request
is listed at once (up to 100, then `moreErrors` is true), with a JSON pointer, a stable code and a sentence that says
what would be right. A `reason` is a stable word, and `reasonText` or `reason_text` beside it the sentence;
`failureReason` is a sentence, and `failureCode` beside it a word. A plan and the call that follows it say the same.

**Repeating.** Give a POST an `Idempotency-Key` of your own (kept 24 hours) and repeat it as often as you need to: it is
done once, and you get the first answer; with another request under the same key you get a 422. What did nothing at all
is decided anew.

**Lookups.** With `lookups` on an sms or email element, `{recipient}`, `{sender}`, `{alertid}`, `{reference}`, `{type}`,
`{datetime-[zone]-[format]}` (tokens DD MM YYYY HH mm ss), `{shortlink}` and the contacts' own keys are filled in, in
content and subject, at the moment of sending. What differs between recipients needs `uniqueLookups` or a `shortlink`,
and at most 500 recipients a call, unless your operator allows your key more. Unknown keywords stay as they are; a key
that one contact lacks reads as nothing.

**Short links.** Mail gateways and messengers open links before people do, so a visit is no answer. It shows a page with
one button, and the press answers, once per visitor and half an hour; then the receiver is sent to your `url` or
thanked. Both are events `shortlinkClick`: a visit has `evidence` `opened`, `counted` false and a `classification`,
`human` or `automated`; a press has `evidence` `confirmed`. A link with a `url`, whose alert neither escalates nor is
linked and whose `reference` is no keyword of a trigger, leads there without the page; `shortlink.confirm` decides
otherwise. A scanner that submits forms like a person counts; if that must not be, wait for an answer that is written.

**Where Tocsin differs from the published behaviour, and how to get it back.**

| published | Tocsin | how to get it back |
|---|---|---|
| a visit to a short link answers | only the button does | `options.clickCounts`, or for the key by `/setinfo` |
| it leads to `url` at once | the page comes first, as said above | `shortlink.confirm: false` |
| a visit fires a trigger | only the button does | `options.clickCounts` |

With `clickCounts` a visit that looks human is an answer with `evidence` `opened`, although a machine may have made it;
each answer then warns `CLICKS_COUNT`.

**Escalation.** With `escalation` further alerts (`steps`) are sent by themselves until enough people answer: `any` of
them, `all` who were contacted, or a number of different people. People who have answered are not contacted again;
`onStopped` tells everyone who was contacted that it is over. Events of the first alert: `escalated` for each step, then
one of `acknowledged`, `exhausted` and `cancelled`. Every step is checked when the call is made, and an invalid one is
rejected then. Cancelling the first alert, or its link, ends it.

**Answers.** Each answer has `evidence`: how sure it is that a person has read the message. From weak to strong:
`opened`, `confirmed`, `pressed_in`, then `wrote`, `pressed` and `marked`, which are equal. An escalation counts
`confirmed` and stronger answers (with `clickCounts`: `opened`), or those that `stopWhen` asks for. Further steps
contact people again whose answers are weaker. An answer that does not count is kept, with `counted` false and a
`reason`, which `reason_text` (in events `reasonText`) says as a sentence. It is no answer for `responses`,
`previouslySeen` or an escalation. What comes after the end of an escalation is `after_the_end`. Escalations that
began in an earlier version, with `evidence` null, count every answer.

**Callbacks.** With `notification: callback` each event is posted to your `callbackURL`, one per call: the object that
`/collectevents` returns, as JSON or (`notificationType: form`) as a form, where `alertees` is a field per entry and an
object is written as JSON. Calls are signed by [Standard Webhooks](https://www.standardwebhooks.com) (`webhook-id`,
`webhook-timestamp`, `webhook-signature`); the id is the event's, and stays the same when a call is repeated: at least
once is promised, in any order. Answer 2xx within 15 seconds. Anything else is tried again, ten times over three days,
with your `Retry-After`; 410 means never again. A URL that fails for five days on end is disabled.

**Limits.** A body of 1 MiB, 25 elements and 10,000 receivers a call, 20 levels of nesting; an alert and all steps of
its escalation together 50,000 receivers. `/getinfo` with `getLimitInfo` says what holds for your key."""
