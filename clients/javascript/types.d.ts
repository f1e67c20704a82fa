// Requests and answers of the API, as JSON has them. Written by `make clients` from docs/openapi.json; changes belong there.

/** An access token. */
export interface AccessTokenResource {
  access_token: string;
  token_type: "Bearer";
  /** seconds */
  expires_in: number;
  /** absent: the one before stays good */
  refresh_token?: string;
}

/** The settings of the account. What is omitted stays, null sets the default. */
export interface AccountBody {
  name?: string | null;
  /** IANA name like Europe/London; null: UTC */
  zone?: string;
  /** of receivers who have none of their own */
  quiet_hours?: AccountQuietHoursBody | null;
  /** everybody signs in with an authenticator app */
  mfa_required?: boolean;
  /** ISO code; of numbers that telephone systems write nationally */
  country?: string | null;
  /**
   * what notices by text come from: a number of the account, or a name of 1 to 11 letters and digits; null: the
   * account's first number, else Tocsin
   */
  notice_sender?: string | null;
  pbx?: PbxBody;
  /**
   * what is put on the operator's event bus beside results of alerts: runs of alert rules, incidents of
   * integrations, telephony events that Tocsin makes itself
   */
  bus?: ("rules" | "incidents" | "events")[];
}

/** A part of the day in which no receiver gets a message that is not urgent. */
export interface AccountQuietHoursBody {
  /** the first quiet minute */
  from: string;
  /** the first minute that is not quiet */
  to: string;
  /** on which they begin; omitted: every day */
  days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
}

/** A part of the day in which no receiver gets a message that is not urgent. */
export interface AccountQuietHoursResource {
  /** the first quiet minute */
  from: string;
  /** the first minute that is not quiet */
  to: string;
  days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
}

/** The settings of the account. */
export interface AccountResource {
  /** of the account, for ever */
  id: string;
  name: string;
  zone: string;
  quiet_hours: AccountQuietHoursResource | null;
  mfa_required: boolean;
  country: string | null;
  /** as chosen */
  notice_sender: string | null;
  pbx: PbxResource;
  /** what is put on the event bus beside results of alerts */
  bus: ("rules" | "incidents" | "events")[];
  /** what notices by text come from now */
  notice_sender_now: string;
}

/** Topics of the account, by mail: for owners and admins. 403 for a topic that the person may not see. */
export interface AccountTopicsBody {
  /** with the billing flag only */
  billing_warnings?: boolean;
  users_sync?: boolean;
  contacts_sync?: boolean;
  contact_dispositions_sync?: boolean;
  call_disposition_sync?: boolean;
  /** every integration of the account that fails */
  failed_integration?: boolean;
  /** at 08:00 of the account's zone, as all daily reports */
  daily_activity?: boolean;
  daily_inbound_sms?: boolean;
  daily_outbound_sms?: boolean;
  daily_spending?: boolean;
  /** an import or export ended */
  imports_exports?: boolean;
  /** callbacks or webhooks are not delivered */
  webhook_failures?: boolean;
}

/** Topics of the account; those that the person may not see are absent. */
export interface AccountTopicsResource {
  billing_warnings?: boolean;
  users_sync: boolean;
  contacts_sync: boolean;
  contact_dispositions_sync: boolean;
  call_disposition_sync: boolean;
  failed_integration: boolean;
  daily_activity: boolean;
  daily_inbound_sms: boolean;
  daily_outbound_sms: boolean;
  daily_spending: boolean;
  imports_exports: boolean;
  webhook_failures: boolean;
}

/** Mark a receiver as having answered. */
export interface AcknowledgeBody {
  /** an address in any spelling, or the `recipient` of an entry of the list of recipients */
  recipient?: string | null;
  /** the contact's id */
  contact_id?: string | null;
  /** how the answer came, for those who read the alert */
  note?: string | null;
}

/** The call that sends the message; secrets are masked. */
export interface ActionResource {
  /** sns, sms-voice, ses or https */
  service: string;
  operation: string;
  request: Record<string, unknown>;
  response: Record<string, unknown> | null;
  http_status: number | null;
}

/** The alert waits for a keyword; nothing was sent. */
export interface ActiveAnswer {
  success: boolean;
  returnCode: number;
  clientRef: string;
  /** the stored alert that a keyword fires */
  storeId: string;
  /** days it waits at most */
  expirationInDays: number;
  /** in request order */
  triggers: ActiveKeyword[];
}

/** One active keyword. */
export interface ActiveKeyword {
  type: "sms" | "email" | "shortlink";
  keyword: string;
  tag: string;
  /** the numbers to text it to, or the address to mail it to; empty for a short link */
  where: string[];
}

/** One of `WebhookNotificationResource`, `EmailNotificationResource`, `SmsNotificationResource`. */
export interface AddRuleNotificationAnswer {
  /** its id, for ever */
  id: string;
  type: "webhook" | "email" | "sms";
  enabled: boolean;
  /** callers who may not edit the rule read `•••` for each value of its query */
  url?: string;
  method?: "POST" | "PUT" | "GET";
  /** secrets read `•••`; written back, that keeps them */
  headers?: (BearerHeaderBody | ApiKeyHeaderBody | BasicHeaderBody | CustomHeaderBody)[];
  /** what has no value; the webhook is off until it is written */
  secret_missing?: string[];
  /** headers whose value went because scheme, host or port changed; the webhook is off */
  cleared?: string[];
  /** who gets it */
  to?: string | string[];
  subject?: string;
  /** empty = the ordinary text */
  body?: string;
  /** a number of the account */
  from?: string;
  /** empty = the ordinary text */
  text?: string;
  /** in answers about notifications */
  estimate?: TextEstimateResource;
}

/** A prompt that is played around the main message. */
export interface AdditionalContent {
  /** when it is played: before, after, at the end */
  contentTag: "pre" | "post" | "done";
  content?: string | null;
  /** a store of type call; this or `content` */
  storedContent?: string | StoreChoice | null;
  contentEncoding?: "base64" | "utf8" | null;
  voiceFormat?: "mp3" | "wav" | "aiff" | "tts" | null;
  tts?: TextToSpeech | null;
}

/** The result of one element of the call. */
export interface AlertEntry {
  alertType: "sms" | "email" | "call" | "inboundCall";
  tag: string;
  success: boolean;
  /** receivers asked for, after expansion */
  requestedCount: number;
  /** receivers accepted for sending */
  sentCount: number;
  /** what is left on this channel; null = unlimited */
  remainingCapacity: number | null;
  /**
   * sms only: parts the text is billed as; with lookups that of the longest text among the receivers, short links
   * counted in full
   */
  segments?: number;
  /** sms only: characters of the text that became `?` on the way to GSM 7-bit */
  charactersReplaced?: number;
  /** why fewer were accepted, in words */
  failureReason?: string;
  /** the same as a stable word */
  failureCode?: Reason;
  /** they change nothing of the result */
  warnings?: WarningEntry[];
}

/** Alerts, newest first. A page may be short while `next_cursor` says that more follows. */
export interface AlertListResource {
  items: AlertRowResource[];
  /** give it as `cursor` for what follows; null at the end */
  next_cursor: string | null;
}

/** A subscription to alerts of integrations. */
export interface AlertOfIntegrationsBody {
  /** id of the person, one of `GET /integration_alerts/candidates` */
  user: string;
  /** ids of the companies whose integrations are told; omitted, null or `all` = all */
  companies?: string[] | "all" | null;
}

/** The subscriptions that the caller may see, by id. */
export interface AlertOfIntegrationsList {
  items: AlertOfIntegrationsResource[];
  next_cursor: string | null;
}

/** A subscription to alerts of integrations. */
export interface AlertOfIntegrationsResource {
  /** its id, for ever */
  id: string;
  user: string;
  /** of the person, now */
  name: string;
  /** of the person, now: mails go there */
  email: string;
  companies: string[] | "all";
  /** id of the person who made it */
  created_by: string | null;
  /** name of the integration whose activation made it; null = a person did */
  activating: string | null;
  created_at: string;
  /** of the last mail because of it */
  last_sent_at: string | null;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** An alert of the list, and its progress. */
export interface AlertRowResource {
  alert_ref: string;
  /** the same as alert_ref */
  alert_id: string;
  /** as given, else the first subject, else the first words of a text, else the `client_ref` */
  title: string;
  sent_by: SentByResource;
  /** the sub-unit that it belongs to; null: the whole account */
  company: string | null;
  client_ref: string;
  /** id of the API key that sent it */
  sender: string;
  sandbox: boolean;
  lane: "urgent" | "bulk";
  /** `options.urgent`: it is sent during quiet hours */
  overrides_quiet_hours: boolean;
  notification: "poll" | "callback" | "bus" | "none";
  accepted_at: string;
  /**
   * nothing is sent at or after this instant, except to receivers whose quiet hours came before it: they have four
   * hours from their end
   */
  send_before: string;
  /** results are gone from here on; null = never */
  expires_at: string | null;
  email_subject_ref: string | null;
  recipient_count: number;
  /** null for an alert of your own call */
  cause: CauseResource | null;
  items: ItemResource[];
  state: AlertState;
  /** messages per state; every state is named */
  counts: Record<string, number>;
  /** receivers of this alert whose message has an answer that counts */
  answered: number;
  /** null for an alert that is part of none */
  escalation: EscalationResource | null;
}

/** An alert rule in a list. */
export interface AlertRuleItem {
  /** its id, for ever */
  id: string;
  /** what it is about; it never changes */
  type: "call" | "sip" | "sms";
  /** id of the person whose rule it is */
  owner: string;
  name: string;
  description: string;
  enabled: boolean;
  options: SipRuleOptionsBody;
  /** id of a person; null = an API key made it */
  created_by: string | null;
  company: string | null;
  created_at: string;
  /** events that are received earlier never fire the rule */
  counts_from: string;
  /** grows with each change of the rule or of a part; `ETag` holds it */
  version: number;
  trigger_count: number;
  notification_count: number;
  /** a trigger of it stands still */
  out_of_scope: boolean;
  /** its owner cannot sign in; the rule goes on */
  owner_disabled: boolean;
  deleted_at?: string;
}

/** A page of alert rules, newest first. */
export interface AlertRuleList {
  items: AlertRuleItem[];
  /** `cursor` of the next page; null = this is the last */
  next_cursor: string | null;
}

/** An alert rule with its triggers and notifications. */
export interface AlertRuleResource {
  /** its id, for ever */
  id: string;
  /** what it is about; it never changes */
  type: "call" | "sip" | "sms";
  /** id of the person whose rule it is */
  owner: string;
  name: string;
  description: string;
  enabled: boolean;
  options: SipRuleOptionsBody;
  /** id of a person; null = an API key made it */
  created_by: string | null;
  company: string | null;
  created_at: string;
  /** events that are received earlier never fire the rule */
  counts_from: string;
  /** grows with each change of the rule or of a part; `ETag` holds it */
  version: number;
  triggers: RuleTriggerResource[];
  notifications: (EmailNotificationResource | SmsNotificationResource | WebhookNotificationResource)[];
}

/** States of an alert: `state` of `/alerts/{alert_ref}`. */
export type AlertState = "accepted" | "dispatching" | "completed" | "expired" | "cancelled";

/** An alert and its progress. */
export interface AlertStatusResource {
  alert_ref: string;
  /** the same as alert_ref */
  alert_id: string;
  /** as given, else the first subject, else the first words of a text, else the `client_ref` */
  title: string;
  sent_by: SentByResource;
  /** the sub-unit that it belongs to; null: the whole account */
  company: string | null;
  client_ref: string;
  /** id of the API key that sent it */
  sender: string;
  sandbox: boolean;
  lane: "urgent" | "bulk";
  /** `options.urgent`: it is sent during quiet hours */
  overrides_quiet_hours: boolean;
  notification: "poll" | "callback" | "bus" | "none";
  accepted_at: string;
  /**
   * nothing is sent at or after this instant, except to receivers whose quiet hours came before it: they have four
   * hours from their end
   */
  send_before: string;
  /** results are gone from here on; null = never */
  expires_at: string | null;
  email_subject_ref: string | null;
  recipient_count: number;
  /** null for an alert of your own call */
  cause: CauseResource | null;
  items: ItemResource[];
  state: AlertState;
  /** messages per state; every state is named */
  counts: Record<string, number>;
  /**
   * receivers that were asked for and not accepted, see `/alerts/{alert_ref}/recipients` with `state=excluded`;
   * not part of `counts`
   */
  excluded_count: number;
  /** answers that count, see `/alerts/{alert_ref}/responses` */
  responses: number;
  /** answers that are kept there and do not count */
  uncounted_responses: number;
  /** null for an alert that is part of none */
  escalation: EscalationResource | null;
}

/** The sums over the alerts of one `clientRef`. */
export interface AlertSummaryResource {
  client_ref: string;
  /** how many there are */
  alerts: number;
  /** accepted receivers of all of them */
  recipient_count: number;
  /** messages per state; every state is named */
  counts: Record<string, number>;
  /** answers that count */
  responses: number;
  /** the sums are of a part: give it as `cursor`, and add what comes; null: of all */
  next_cursor: string | null;
}

/** `X-API-Key: …`. */
export interface ApiKeyHeaderBody {
  preset: "x_api_key";
  /** written, never read; absent or null = as it was */
  value?: string | null;
  /** read only: whether there is a secret */
  set?: boolean | null;
}

/** An appointment. */
export interface AppointmentBody {
  /** what it is; one line */
  title: string;
  /** RFC 3339, with its offset; the past is allowed: no reminders */
  starts_at: string;
  /** id of the person whose appointment it is; `me`, the default: the caller */
  assignee?: string;
  /** one line; reminders say it too */
  note?: string;
}

/** Appointments of one person by their start. A page may be short, or empty, with a `next_cursor`. */
export interface AppointmentList {
  items: AppointmentResource[];
  next_cursor: string | null;
}

/** A JSON merge patch (RFC 7396) of an appointment: null takes a field back to its default. */
export interface AppointmentPatch {
  title?: string;
  starts_at?: string;
  assignee?: string | null;
  note?: string | null;
}

/** An appointment. */
export interface AppointmentResource {
  /** its id, for ever */
  id: string;
  title: string;
  starts_at: string;
  /** id of the person whose appointment it is */
  assignee: string;
  note: string;
  state: "planned" | "cancelled";
  /** none of one that is cancelled */
  reminders: ReminderResource[];
  /** id of the person who made it; null: an event or an API key */
  created_by: string | null;
  created_at: string;
  cancelled_at: string | null;
  /** of the event that made it; null: a person or an API key did */
  source: string | null;
  /** its id in that source */
  external_id: string | null;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** One attempt to deliver an event. */
export interface AttemptAnswer {
  attempt: number;
  whence: string;
  /** HTTP status; null = no answer */
  status: number | null;
  /** why no answer came; null = one did, or may yet */
  reason: AttemptReason | null;
  milliseconds: number | null;
  /** how the answer to a failed call began, up to 256 characters; for 7 days */
  answer?: string;
}

/** Why a webhook call got no response: `callbacks.deliveries[].attempts[].reason` in `/getinfo`. */
export type AttemptReason = "malformed_url" | "userinfo" | "host" | "scheme" | "port" | "inside_name" | "not_public" | "name_not_resolved" | "name_timeout" | "connect_timeout" | "refused" | "connection_failed" | "tls_timeout" | "tls_failed" | "write_timeout" | "read_timeout" | "connection_reset" | "headers_too_long" | "not_http" | "outcome_lost" | "url_too_long" | "sandbox" | "rule_deleted";

/** A rule that need not be saved, and which events are looked at. */
export interface BacktestBody {
  /** ISO 8601, included */
  from: string;
  /** ISO 8601, excluded; at most now */
  to: string;
  /** the fields of a new alert rule */
  rule: Record<string, unknown>;
}

/** An estimate, and no invoice. */
export interface BacktestCost {
  currency: "USD";
  amount: number;
}

/** One event that would have been told. */
export interface BacktestMatch {
  /** `event_id` */
  event: string;
  /** when it happened */
  time: string;
  /** ids of the triggers that match */
  triggers: string[];
}

/** What a rule would have done. Until `state` is `done`, the counts are those of the part that is done. */
export interface BacktestResource {
  /** its id */
  id: string;
  /** null = the rule is not saved */
  rule_id: string | null;
  state: "queued" | "scanning" | "done" | "failed";
  progress: number;
  /** by receipt, included */
  from: string;
  /** excluded */
  to: string;
  created_at: string;
  expires_at: string;
  /** after hold and throttle */
  firings: number;
  /** events that match a trigger */
  matches: number;
  per_day: DayCount[];
  per_hour: HourCount[];
  /** the 10 with the most */
  lines: LineCount[];
  /** the first 100 */
  first: BacktestMatch[];
  /** text messages, one for each receiver */
  texts: number;
  cost: BacktestCost;
  near_misses: NearMisses[];
  /** a sentence if it is more than one an hour */
  noise: string | null;
}

/** `Authorization: Basic …`. */
export interface BasicHeaderBody {
  preset: "basic";
  username: string;
  /** written, never read; absent or null = as it was */
  password?: string | null;
  /** read only: whether there is a secret */
  set?: boolean | null;
}

/** `Authorization: Bearer …`. */
export interface BearerHeaderBody {
  preset: "bearer";
  /** written, never read; absent or null = as it was */
  token?: string | null;
  /** read only: whether there is a secret */
  set?: boolean | null;
}

/** A colleague's line, as people without further rights see it. */
export interface BriefLineResource {
  /** its id, for ever */
  id: string;
  extension: string;
  label: string;
}

/** A call to each receiver. */
export interface CallElement {
  /** phone numbers (E.164) or email addresses */
  recipients?: string[] | null;
  /** the same in one string, separated by commas */
  recipientList?: string | null;
  /** a stored `recipientList` */
  storedRecipients?: string | StoreChoice | null;
  /** ids of contacts of the call's group */
  contacts?: string[] | null;
  /** the same in one string, separated by commas */
  contactList?: string | null;
  /** a stored `contactList` */
  storedContactList?: string | StoreChoice | null;
  /** names of sets of the call's group; `all` always exists */
  contactSets?: string[] | null;
  /** the same in one string, separated by commas */
  contactSetList?: string | null;
  /** a stored `contactSetList` */
  storedContactSetList?: string | StoreChoice | null;
  /** your own name for this element; it comes back in answers and events */
  tag: string;
  /** the text; this or `storedContent` */
  content?: string | null;
  /** how `content` is written; default utf8 */
  contentEncoding?: "base64" | "utf8" | null;
  /** a store of this type; this or `content` */
  storedContent?: string | StoreChoice | null;
  linkedAlertModifiers?: LinkedAlertModifiers | null;
  /** the element is skipped unless one of them is open */
  timeWindows?: string[] | null;
  /** required with `content` */
  voiceFormat?: "mp3" | "wav" | "aiff" | "tts" | null;
  /** only with `voiceFormat` `tts` */
  tts?: TextToSpeech | null;
  alertType: "call";
  /** the number that calls, which the receiver sees; one of yours */
  sender: string;
  /** the dialogue; default `simple` */
  ivrControl?: SimpleIvr | ReplayIvr | null;
  /** prompts of a replay dialogue */
  additionalContent?: AdditionalContent[] | null;
  /** only for texts that are read out */
  lookups?: Lookups | null;
}

/** Which finished calls a rule is about. */
export interface CallFiltersBody {
  /** numbers of the event, however written; absent = any */
  numbers?: string[] | null;
  /** ids, extensions or aliases; absent = any */
  lines?: string[] | null;
  /** ids, numbers or aliases; absent = any */
  groups?: string[] | null;
  /** absent = any */
  directions?: ("incoming" | "outgoing" | "internal")[] | null;
  /** what became of the call; absent = any */
  statuses?: ("answered" | "missed" | "voicemail" | "abandoned" | "busy" | "failed" | "transferred")[] | null;
  /** whatever their case; absent = any */
  tags?: string[] | null;
  duration?: DurationBody | null;
  /** when the call started; absent = at any time */
  time_of_day?: DailyHoursBody[] | null;
}

/** A new rule about finished calls. */
export interface CallRuleBody {
  name: string;
  description?: string;
  /** false: it matches nothing */
  enabled?: boolean;
  options?: RuleOptionsBody;
  /** a person; absent = who calls */
  owner?: string | null;
  notifications?: (EmailActionBody | SmsActionBody | WebhookActionBody)[];
  type: "call";
  triggers?: CallTriggerBody[];
}

/** One alternative of a rule about calls. */
export interface CallTriggerBody {
  /** history calls it `entity` */
  description?: string;
  filters?: CallFiltersBody;
}

/** A change of one callback endpoint, named by its id or its URL. */
export interface CallbackChangeBody {
  endpointId?: string | null;
  /** with `rotateSecret` it may be one that was never called */
  callbackUrl?: string | null;
  /** make a new signing secret and show it, once; the one before signs along for a day */
  rotateSecret?: boolean;
  /** deliver its events, or pause them */
  enabled?: boolean | null;
  /** deliver this event again */
  replayEventId?: string | null;
  /** deliver again events that failed or were paused in the last 30 days, up to 100 a call */
  replayFailed?: boolean;
  /**
   * send one signed event `test`, also to a disabled endpoint and to a URL that was never called: one attempt,
   * which changes nothing of the endpoint; at most 10 a minute. `/getinfo` lists its delivery
   */
  test?: boolean;
  /** `replayNext` of the answer before */
  replayAfter?: string | null;
}

/** The result of the change. */
export interface CallbackChangedAnswer {
  endpoint?: EndpointAnswer;
  /** `whsec_…`, of Standard Webhooks; keep it, it is shown once */
  secret?: string;
  /** events that are delivered again */
  replayed?: number;
  /** `eventId` of the test event */
  testEventId?: string;
  /** there are more: repeat with it as `replayAfter` */
  replayNext?: string;
}

/** Which deliveries to return. */
export interface CallbackOptions {
  endpointId: string;
  maximumDeliveries?: number;
  /** `deliveriesNext` of the answer before */
  after?: string | null;
}

/** Your callback endpoints, and with `callbackOptions` the deliveries to one of them. */
export interface CallbacksAnswer {
  endpoints: EndpointAnswer[];
  deliveries?: DeliveryAnswer[];
  deliveriesNext?: string;
}

/** Stop messages that have not been sent. */
export interface CancelAlertsBody {
  clientRef?: string | null;
  cancel: CancelEntry[];
}

/** At least one entry was cancelled. */
export interface CancelAnswer {
  success: boolean;
  returnCode: number;
  clientRef?: string;
  /** in request order */
  cancel: CancelEntryAnswer[];
}

/** One thing to cancel: an alert, a scheduled alert, a trigger, or all alerts of a link. */
export interface CancelEntry {
  /** a live alert */
  alertId?: string | null;
  /** the same as `alertId` */
  alertRef?: string | null;
  /** a scheduled alert */
  scheduledAlertId?: string | null;
  /** the same as `scheduledAlertId` */
  scheduleId?: string | null;
  /** the triggers of a stored alert */
  triggered?: StoreChoice | null;
  /** every alert of this link, sent or still to come */
  linkRef?: string | null;
}

/** The result of one entry. */
export interface CancelEntryAnswer {
  success: boolean;
  alertId?: string;
  alertRef?: string;
  scheduledAlertId?: string;
  scheduleId?: string;
  triggered?: CancelledTriggers;
  linkRef?: string;
  /** when; the first time if it was cancelled before */
  cancelledAt?: string;
  /** messages that never go out */
  stoppedCount?: number;
  /** the other messages without a final state: a worker was about to send them */
  mayStillGoCount?: number;
  /** the sum of both */
  openCount?: number;
  failureReason?: string;
  /** `NOT_FOUND` for an unknown `linkRef` */
  failureCode?: FaultCode | ErrorCode;
}

/** Which stored alert, as the request named it. */
export interface CancelledTriggers {
  storeId?: string;
  storeName?: string;
}

/** Whom the caller may choose, by name. */
export interface CandidateList {
  items: CandidateResource[];
  missing: MissingResource[];
}

/** A person who may be subscribed. */
export interface CandidateResource {
  /** of the person */
  id: string;
  name: string;
  email: string;
  role: string;
  companies: string[];
}

/** What is left per channel; null = unlimited. */
export interface CapacitiesAnswer {
  call: number | null;
  email: number | null;
  sms: number | null;
}

/** What a key may spend. */
export interface CapacityBody {
  /** units that it may spend; absent = unlimited */
  sms?: number | null;
  /** units that it may spend; absent = unlimited */
  email?: number | null;
  /** units that it may spend; absent = unlimited */
  call?: number | null;
}

/** What is left for each channel; null = unlimited. */
export interface CapacityResource {
  sms: number | null;
  email: number | null;
  call: number | null;
}

/** What sent an alert: `cause.kind` of an alert, and `reason` of the line `accepted` in `explain`. */
export type CauseKind = "schedule" | "escalation" | "all_clear" | "trigger" | "rule" | "rule_test" | "mail_test" | "notice" | "incident" | "report" | "tenant_mail";

/** The cause of an alert that was not sent by a call. */
export interface CauseResource {
  kind: CauseKind;
  /** escalation, all_clear: the first alert; else the id of the schedule or trigger */
  parent: string;
  /** which of its runs; of an escalation the number of the step */
  run: string;
}

/** One of `WebhookNotificationResource`, `EmailNotificationResource`, `SmsNotificationResource`. */
export interface ChangeRuleNotificationAnswer {
  /** its id, for ever */
  id: string;
  type: "webhook" | "email" | "sms";
  enabled: boolean;
  /** callers who may not edit the rule read `•••` for each value of its query */
  url?: string;
  method?: "POST" | "PUT" | "GET";
  /** secrets read `•••`; written back, that keeps them */
  headers?: (BearerHeaderBody | ApiKeyHeaderBody | BasicHeaderBody | CustomHeaderBody)[];
  /** what has no value; the webhook is off until it is written */
  secret_missing?: string[];
  /** headers whose value went because scheme, host or port changed; the webhook is off */
  cleared?: string[];
  /** who gets it */
  to?: string | string[];
  subject?: string;
  /** empty = the ordinary text */
  body?: string;
  /** a number of the account */
  from?: string;
  /** empty = the ordinary text */
  text?: string;
  /** in answers about notifications */
  estimate?: TextEstimateResource;
}

/** The state of the scheduled alert. */
export interface ChangedAnswer {
  success: boolean;
  returnCode: number;
  clientRef?: string;
  scheduledAlertId: string;
  scheduleId: string;
  state: ScheduleState;
  /** when it is sent next, UTC; null while it is paused or over */
  nextRunAt: string | null;
}

/** What became of a notice by one channel. */
export interface ChannelTold {
  channel: "email" | "text" | "browser" | "inbox";
  /** sent: given to dispatch, or stored */
  state: "sent" | "skipped";
  /** why it was skipped; null: it was sent */
  reason: "off" | "no_number" | "own_number" | "opted_out" | "not_member" | "too_late" | "quiet_hours" | "already_mailed" | "disabled" | "no_device" | null;
  reason_text: string | null;
}

/** How a person is told. Topics of the account always come by mail. */
export interface ChannelsBody {
  email?: boolean;
  text?: TextChannelBody;
  /** pushes to the browsers that the person has added */
  browser?: boolean;
  /** shown in the inbox, until there is an app */
  mobile_push?: boolean;
}

/** How a person is told. */
export interface ChannelsResource {
  email: boolean;
  text: TextChannelResource;
  browser: boolean;
  mobile_push: boolean;
}

/** Who followed a short link: `classification` of an event `shortlinkClick`. */
export type ClickClassification = "human" | "automated";

/** A CloudEvent 1.0. Up to 20 other attributes are kept and not read. */
export interface CloudEventBody {
  specversion: "1.0";
  /** the sender's; an event of the same `source` and `id` is a repeat */
  id: string;
  source: string;
  /** for example `call.ended`; other types are kept and do nothing */
  type: string;
  /** RFC 3339: when it happened; at most 5 minutes ahead */
  time: string;
  /** at most 64 KB; `docs/events/<type>.json` is its JSON Schema; unknown fields are kept */
  data: Record<string, unknown>;
}

/** Take waiting result events, each once, or look at them. */
export interface CollectEventsBody {
  clientRef?: string | null;
  /** of this alert only; this or `all` */
  alertId?: string | null;
  /** the same as `alertId` */
  alertRef?: string | null;
  /** of every alert of this key */
  all?: boolean;
  options?: CollectOptions;
}

/** How much to collect. */
export interface CollectOptions {
  /** default 1, with `peek` 100 */
  maximumItemsToReturn?: number | null;
  /** also say how many are left */
  returnNumRemaining?: boolean;
  /** only look: the oldest that wait, up to 100. None is taken, so a repeat returns them again */
  peek?: boolean;
}

/** What a person is told of: of their own line, of their groups, and of lines that they follow. */
export interface CommunicationBody {
  /** a call rings, was missed or was answered */
  call?: boolean;
  /** a text arrived */
  text?: boolean;
  /** a voicemail was left */
  voicemail?: boolean;
  /** a fax arrived on the person's own line */
  fax?: boolean;
  /** another person mentioned the person */
  mention?: boolean;
  /** a contact was assigned to the person */
  contact?: boolean;
  /** an appointment was assigned to the person */
  appointment?: boolean;
  /** a reminder was assigned to the person */
  reminder?: boolean;
}

/** What a person is told of. */
export interface CommunicationResource {
  call: boolean;
  text: boolean;
  voicemail: boolean;
  fax: boolean;
  mention: boolean;
  contact: boolean;
  appointment: boolean;
  reminder: boolean;
}

/** A sub-unit of the account. */
export interface CompanyBody {
  /** unique in the account, whatever its case */
  name: string;
}

/** A page of companies. */
export interface CompanyList {
  /** `cursor` of the next page; null = this is the last */
  next_cursor: string | null;
  items: CompanyResource[];
}

/** A sub-unit of the account. */
export interface CompanyResource {
  /** its id, for ever */
  id: string;
  name: string;
  /** its id in the system that pushes the directory */
  external_id: string | null;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** Which mailbox is to be connected. */
export interface ConnectBody {
  /** Microsoft 365 or Gmail */
  type: "MS365" | "GMAIL";
}

/** A connection that was begun. */
export interface ConnectingResource {
  /** open it in a browser, and consent as the mailbox */
  authorization_url: string;
  /** until when the mailbox can be connected by it */
  expires_at: string;
}

/** The contact group of the call: inline or stored. */
export interface ContactGroupChoice {
  inlineContactGroup?: ContactGroupChoiceInlineContactGroup | null;
  /** a stored `contactGroup` */
  storedContactGroup?: string | StoreChoice | null;
}

/** Contacts and sets of them; the set `all` always exists. All but the ids is encrypted at rest. */
export interface ContactGroupChoiceInlineContactGroup {
  name?: string;
  contacts: ContactGroupChoiceInlineContactGroupContacts[];
  sets?: ContactGroupChoiceInlineContactGroupSets[];
}

export interface ContactGroupChoiceInlineContactGroupContacts {
  /** unique in the group; should not reveal who it is */
  id: string;
  /** number for text messages (E.164) */
  sms?: string | null;
  email?: string | null;
  /** number for calls (E.164) */
  call?: string | null;
  /** personal values, such as firstname */
  lookups?: Record<string, string>;
  /** when messages to this contact wait, instead of the account's quiet hours; `none` = never */
  quietHours?: "none" | ContactGroupChoiceInlineContactGroupContactsQuietHours | null;
}

export interface ContactGroupChoiceInlineContactGroupContactsQuietHours {
  /** the first quiet minute */
  from: string;
  /** the first minute that is not; before `from` = the next day */
  to: string;
  /** IANA name like Europe/London; default: your account's */
  zone?: string | null;
}

export interface ContactGroupChoiceInlineContactGroupSets {
  name: string;
  /** ids of contacts of this group */
  ids: string[];
}

/** Contacts by their ids. */
export interface ContactListResource {
  items: ContactResource[];
  /** give it as `cursor` for what follows; null at the end */
  next_cursor: string | null;
}

/** A contact of a stored group, as `/storecontent` takes it. Empty fields are missing. */
export interface ContactResource {
  /** in a request: the id in the path, or missing */
  id?: string;
  sms?: string;
  email?: string;
  call?: string;
  lookups?: Record<string, string>;
  /** `none`, or an object with `from`, `to` and perhaps `zone` */
  quietHours?: string | Record<string, string>;
}

/** A set of a stored group. */
export interface ContactSetResource {
  /** in a request: the name in the path, or missing */
  name?: string;
  /** contacts of the group */
  ids: string[];
}

/** The copy of a rule. */
export interface CopiedRuleResource {
  /** its id, for ever */
  id: string;
  /** what it is about; it never changes */
  type: "call" | "sip" | "sms";
  /** id of the person whose rule it is */
  owner: string;
  name: string;
  description: string;
  enabled: boolean;
  options: SipRuleOptionsBody;
  /** id of a person; null = an API key made it */
  created_by: string | null;
  company: string | null;
  created_at: string;
  /** events that are received earlier never fire the rule */
  counts_from: string;
  /** grows with each change of the rule or of a part; `ETag` holds it */
  version: number;
  triggers: RuleTriggerResource[];
  notifications: (EmailNotificationResource | SmsNotificationResource | WebhookNotificationResource)[];
  /** header names, and `url`, whose secrets stayed behind: the copier may not edit the original */
  secret_missing: string[];
}

/** A copy of a rule. */
export interface CopyBody {
  /** a person; absent = who calls */
  owner?: string | null;
}

/** A header by name. */
export interface CustomHeaderBody {
  preset: "custom";
  name: string;
  /** written, never read; absent or null = as it was */
  value?: string | null;
  /** read only: whether there is a secret */
  set?: boolean | null;
}

/** A number for texts that is not the backup phone. */
export interface CustomNumberBody {
  /** texts go to `number`; 409 while texts are off */
  enabled?: boolean;
  /** no number of the account; kept while texts are off */
  number?: string | null;
}

/** A number for texts that is not the backup phone. */
export interface CustomNumberResource {
  /** false while texts are off */
  enabled: boolean;
  /** in E.164; null while texts are off, and kept for later */
  number: string | null;
}

/** Hours of the day in the account's zone. Those that end before they begin go on after midnight. */
export interface DailyHoursBody {
  /** part of the hours */
  from: string;
  /** not part of the hours */
  to: string;
  /** on which the hours begin; absent = each day */
  days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | null;
}

/** A day of the account's clock. */
export interface DayCount {
  day: string;
  count: number;
}

/** A default template. */
export interface DefaultTemplateEntry {
  from: string;
  name: "USER_CREATION" | "QUEUE_CALL_LOST" | "QUEUE_SLA" | "QUEUE_CALLBACK" | "QUEUE_CALLBACK_FAILED" | "VOICEMAIL_RECEIVED" | "CALL_REPORT_COMPLETED" | "DISK_LOW" | "EMERGENCY_CALL" | "LICENSE_LIMITED" | "RECHARGE" | "CONFERENCE_INVITATION" | "TRUNK_CONNECTED" | "TRUNK_DISCONNECTED";
  subject: string;
  body: string;
}

/** All default templates. */
export interface DefaultTemplateList {
  items: DefaultTemplateEntry[];
}

/** A default template with what its variables mean. */
export interface DefaultTemplateResource {
  from: string;
  name: "USER_CREATION" | "QUEUE_CALL_LOST" | "QUEUE_SLA" | "QUEUE_CALLBACK" | "QUEUE_CALLBACK_FAILED" | "VOICEMAIL_RECEIVED" | "CALL_REPORT_COMPLETED" | "DISK_LOW" | "EMERGENCY_CALL" | "LICENSE_LIMITED" | "RECHARGE" | "CONFERENCE_INVITATION" | "TRUNK_CONNECTED" | "TRUNK_DISCONNECTED";
  subject: string;
  body: string;
  /** of the event that the mail is about */
  event_type: string;
  variables: VariableResource[];
}

/** Store the alert instead of sending it. */
export interface Deferral {
  defer?: boolean;
  storeName?: string | null;
}

/** The alert is stored and not sent. */
export interface DeferredAnswer {
  success: boolean;
  returnCode: number;
  clientRef: string;
  storeId: string;
  storeName?: string;
  /** days it lives unused; 0 = for ever */
  expirationInDays: number;
}

/** Remove stored content. */
export interface DeleteContentBody {
  clientRef?: string | null;
  /** what to remove */
  content?: DeleteEntry[] | null;
  /** remove every store of this key; those that something waits for stay, and are listed */
  all?: boolean;
  /** of every entry */
  endWaiting?: boolean;
}

/** One store, or with `storeId` `all` every store of one type. */
export interface DeleteEntry {
  /** id of the store, or `all` */
  storeId: string;
  /** required with `all` */
  contentType?: "call" | "sms" | "email" | "inboundCall" | "recipientList" | "alert" | "contactGroup" | "contactList" | "contactSetList" | null;
  /** required for a single store */
  tag?: string | null;
  /** cancel the schedules and end the triggers that wait for the store, and remove it */
  endWaiting?: boolean;
}

/** One event for an endpoint, with its attempts. */
export interface DeliveryAnswer {
  eventId: string;
  /** missing for a test event */
  alertId?: string;
  state: DeliveryState;
  created: string;
  expires: string;
  attempts: AttemptAnswer[];
}

/** States of a webhook delivery: `callbacks.deliveries[].state` in `/getinfo`. */
export type DeliveryState = "pending" | "attempting" | "retry_wait" | "succeeded" | "exhausted" | "dropped" | "paused";

/** Mails are collected from the first match on. */
export interface DigestBody {
  every: string;
}

/** A disabled API key. */
export interface DisabledKeyResource {
  /** its id, for ever */
  id: string;
  name: string;
  kind: "live" | "sandbox";
  enabled: boolean;
  rights: ("canSetLifetime" | "canReadAlerts" | "canReadStores" | "canUseBus" | "canSendEvents")[];
  role: string | null;
  company: string | null;
  networks: string[];
  owner_email: string | null;
  capacity: CapacityResource;
  /** the token, in answers that make one only */
  token?: string;
  waiting: WaitingUnderKeyResource;
}

/** Why a webhook endpoint is disabled: `callbacks.endpoints[].disabledReason` in `/getinfo`. */
export type DisabledReason = "failed" | "gone" | "owner";

/** Length of a call in seconds, from the first ring to the end. Both ends are part of it. */
export interface DurationBody {
  /** absent = 0 */
  min?: number | null;
  /** absent = any */
  max?: number | null;
}

/** A mail to one address. */
export interface EmailActionBody {
  type: "email";
  /** false: nothing is sent by it */
  enabled?: boolean;
  /** who gets it */
  to: string;
  /** with `%%NAME%%` */
  subject: string;
  /** plain text with `%%NAME%%`; empty = the ordinary one */
  body?: string;
}

/** An email. */
export interface EmailElement {
  /** phone numbers (E.164) or email addresses */
  recipients?: string[] | null;
  /** the same in one string, separated by commas */
  recipientList?: string | null;
  /** a stored `recipientList` */
  storedRecipients?: string | StoreChoice | null;
  /** ids of contacts of the call's group */
  contacts?: string[] | null;
  /** the same in one string, separated by commas */
  contactList?: string | null;
  /** a stored `contactList` */
  storedContactList?: string | StoreChoice | null;
  /** names of sets of the call's group; `all` always exists */
  contactSets?: string[] | null;
  /** the same in one string, separated by commas */
  contactSetList?: string | null;
  /** a stored `contactSetList` */
  storedContactSetList?: string | StoreChoice | null;
  /** your own name for this element; it comes back in answers and events */
  tag: string;
  /** the text; this or `storedContent` */
  content?: string | null;
  /** how `content` is written; default utf8 */
  contentEncoding?: "base64" | "utf8" | null;
  /** a store of this type; this or `content` */
  storedContent?: string | StoreChoice | null;
  linkedAlertModifiers?: LinkedAlertModifiers | null;
  /** the element is skipped unless one of them is open */
  timeWindows?: string[] | null;
  alertType: "email";
  /** shown as receiver, without the domain */
  to?: string | null;
  /** shown as sender, without the domain */
  sender?: string | null;
  /** answers go there, without the domain */
  replyTo?: string | null;
  /** a reference is added to it */
  subject?: string | null;
  /** `content` is a multipart body */
  emailBodyIsMultipart?: boolean;
  /** type of a body that is not multipart; default `text/plain; charset=us-ascii` */
  emailBodyContentType?: string | null;
  /** starts each part; required for multipart */
  multipartBoundary?: string | null;
  lookups?: Lookups | null;
}

/** A mail to one address. */
export interface EmailNotificationResource {
  /** its id, for ever */
  id: string;
  type: "email";
  enabled: boolean;
  /** who gets it */
  to: string;
  subject: string;
  /** empty = the ordinary text */
  body: string;
}

/** The body of an email. */
export interface EmailStore {
  /** your own name for this entry; it comes back in the answer */
  tag: string;
  /** what to keep */
  content: string;
  /** how `content` is written; default utf8 */
  contentEncoding?: "base64" | "utf8" | null;
  storeDetails?: StoreName | null;
  options?: StoreOptions | null;
  contentType: "email";
  emailBodyIsMultipart?: boolean;
  emailBodyContentType?: string | null;
  multipartBoundary?: string | null;
}

/** A callback endpoint, without its secret. */
export interface EndpointAnswer {
  endpointId: string;
  callbackUrl: string;
  state: EndpointState;
  created: string;
  failingSince?: string;
  disabled?: string;
  disabledReason?: DisabledReason;
}

/** States of a webhook endpoint: `callbacks.endpoints[].state` in `/getinfo`. */
export type EndpointState = "enabled" | "failing" | "disabled";

/**
 * Errors: `code` of a failed GET; where an error is no fault of a field, also `errors[].code`. API Gateway may
 * refuse a call with a code of its own (its response types, like `BAD_REQUEST_BODY`).
 */
export type ErrorCode = "VALIDATE_FAILED" | "UNAUTHORIZED" | "FORBIDDEN" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "IDEMPOTENCY_IN_PROGRESS" | "STALE_WRITE" | "SUPERSEDED" | "NOTHING_FAILED" | "NOTHING_ENABLED" | "NOT_POSSIBLE" | "NOT_ELIGIBLE" | "IN_USE" | "LINE_NOT_YOURS" | "TEXTS_ARE_OFF" | "LAST_OWNER" | "ALREADY_EXISTS" | "STEP_UP_REQUIRED" | "TENANT_REQUIRED" | "EXCEEDS_YOURS" | "CONFIRM_REQUIRED" | "IMPORT_REFUSED" | "SHARED_SIGN_IN" | "IMMUTABLE" | "WRONG_STATE" | "LAST_CONTACT" | "PRECONDITION_FAILED" | "REQUEST_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "IDEMPOTENCY_KEY_REUSED" | "TOO_MANY_REQUESTS" | "MAIL_NOT_CONFIGURED" | "MAIL_PORT_NOT_ALLOWED" | "MAIL_SERVER_UNREACHABLE" | "MAIL_SERVER_REFUSED" | "MAIL_SERVER_TIMEOUT" | "INTERNAL_ERROR" | "RESTORING" | "PROVIDER_UNAVAILABLE" | "STORAGE_UNAVAILABLE";

/** One thing that is wrong, and how to correct it. */
export interface ErrorEntry {
  /** JSON pointer into the request; empty = the whole request */
  pointer: string;
  /** like REQUIRED or UNKNOWN_FIELD */
  code: FaultCode | ErrorCode;
  message: string;
}

/** Send the next step of the escalation now. */
export interface EscalateBody {
  /** the step that you expect to be the next; 409 if it is another by now */
  step: number;
}

/** The steps that follow if too few people answer. */
export interface Escalation {
  /** in order */
  steps: Step[];
  /**
   * `any` answer (default), `all` who were contacted, or an object like {"count": 2, "evidence": "wrote"} for so
   * many different people
   */
  stopWhen?: "any" | "all" | StopCondition | null;
  /** `contact`: each contact's own answer ends it for that contact only */
  per?: "group" | "contact";
  /** sent once to everyone who was contacted, on that channel, when it ends by answers */
  onStopped?: EscalationOnStopped | null;
  /** from the last step to `exhausted`; default: the last step's `after` */
  giveUpAfter?: string | null;
}

export interface EscalationOnStopped {
  /** elements like those of `alert`, without receivers */
  alert: Record<string, unknown>[];
}

/** The progress of an escalation. */
export interface EscalationResource {
  first_alert_ref: string;
  state: EscalationState;
  /** the latest that was taken; 0 = the first alert */
  step: number;
  steps: number;
  /** the next step, or after the last one when it is given up; null = it is over */
  next_due_at: string | null;
  /** different people who have answered */
  answered: number;
  /** how many must; with `all` it grows with the steps */
  needed: number;
  /** weaker answers do not count; null: it began before answers had `evidence`, and all count */
  evidence: Evidence | null;
  /** the alert of each step from 0 on; null for a step without receivers */
  step_alert_refs: (string | null)[];
  ended_at: string | null;
}

/** States of an escalation: `escalation.state` of an alert. */
export type EscalationState = "active" | "acknowledged" | "exhausted" | "cancelled";

/** Events: `event` of what `/collectevents` returns and callbacks post. */
export type Event = "held" | "sent" | "delivered" | "bounced" | "failed" | "skipped" | "attempt" | "callReceived" | "callComplete" | "complaint" | "reply" | "autoReply" | "unmatched" | "shortlinkClick" | "keyword" | "escalated" | "acknowledged" | "exhausted" | "cancelled" | "test";

/** One event of a message, or an action of its receiver. */
export interface EventEntry {
  /** of a reply: its sender, if not the receiver's address */
  from?: string;
  /** of an `autoReply`: a machine answered */
  automatic?: boolean;
  /** false: nothing of a mail seems to be the person's, `reply` is all of it */
  trimmed?: boolean;
  /** false: nothing proves who sent the mail */
  sender_believed?: boolean;
  /** the same event always has the same id */
  eventId: string;
  clientRef: string;
  alertId: string;
  /** empty for a mail to a trigger mailbox that sent nothing */
  alertRef: string;
  /** the channel */
  type: "sms" | "email" | "call" | "inboundCall";
  tag: string;
  event: Event;
  /** the receiver's address; empty if it is about no single one */
  alertees: string[];
  /** when, UTC */
  whence: string;
  contactId?: string;
  /** why */
  reason?: Reason;
  /** the same in words; may change */
  reasonText?: string;
  /** the receiver may have got it twice */
  possibleDuplicate?: boolean;
  /** when the wait that `reason` names ends, UTC */
  heldUntil?: string;
  /** of a call: what it came to */
  status?: "keyPressed" | "fullPlay" | "connected" | "recipientOk" | "recipientNotOk" | "busy" | "noAnswer" | "failed";
  /** of a call: its number, from 1; of the last one at the end */
  attempt?: number;
  /** of a `callComplete`: how many calls we placed */
  attempts?: number;
  /** from dialling to the answer, or to the end */
  ringSeconds?: number;
  /** from the answer to the end; 0 = not answered */
  durationSeconds?: number;
  /** all keys of the call in order, at most 30 */
  digits?: string;
  /** how much of the message was heard; missing if a key may have cut it short */
  heard?: "none" | "part" | "all";
  /** an answering machine took the call, as the provider says */
  machine?: boolean;
  /** the receiver had called back; it is no attempt of ours */
  callBack?: boolean;
  /** what the receiver answered, without the quoted message */
  reply?: string;
  /** of `reply` */
  replyEncoding?: "utf8" | "base64";
  /** `reply` is a reaction to a text, as phones send it: `Liked “…”` */
  reaction?: boolean;
  /** of an answer or visit: it counts; if not, see `reason` */
  counted?: boolean;
  /** of an answer or visit */
  evidence?: Evidence;
  /** the receiver is not well or cannot come: it counts, but ends no escalation */
  notOk?: boolean;
  /** `POSSIBLE_OPT_OUT`: `reply` holds a word by which people opt out */
  notice?: string;
  /** `reply` was longer than what is kept */
  truncated?: boolean;
  /** a newer alert had gone to this receiver by then */
  late?: boolean;
  /** of a `keyword`: the keyword; of a reply: a carrier keyword, stop, start or help */
  keyword?: string;
  /** of a `keyword`: who wrote it, or answered by the link */
  alerter?: string;
  /** of a `keyword`: the stored alert that it fired */
  storeId?: string;
  /** alerts that an unmatched reply may belong to */
  candidates?: string[];
  /** the mail server's own word on the sender: pass, fail … (RFC 8601) */
  spf?: string;
  /** its own word on the signature */
  dkim?: string;
  /** its own word on the domain */
  dmarc?: string;
  /** `shortlink.reference`, or the client reference */
  shortlinkReference?: string;
  /** who clicked */
  classification?: ClickClassification;
  /** the same as `classification`, until version 1.0 */
  verdict?: ClickClassification;
  browser?: string;
  /** the operating system: iOS, Android, Windows … */
  os?: string;
  /** phone, tablet or computer */
  device?: string;
  language?: string;
  /** of an alert that a schedule sent: the schedule */
  scheduledAlertId?: string;
  /** the same as `scheduledAlertId` */
  scheduleId?: string;
  /** the latest step of the escalation; 0 = the first alert */
  step?: number;
  /** how many steps the escalation has */
  steps?: number;
  /** the alert that the step sent */
  stepAlertId?: string;
  /** different people who have answered the escalation */
  answered?: number;
  /** how many had to */
  needed?: number;
  /** the answer that ended it, or `marked` */
  answerType?: ResponseKind;
  /** what the client wrote who marked the receiver */
  note?: string;
  /** the alert of the escalation that was answered */
  answeredAlertId?: string;
  /** who asked for it, if a client did: `key:` and the id of its key */
  by?: string;
  /** of a `cancelled`: the all-clear goes to everybody who was contacted */
  allClear?: boolean;
  /** of two events of one message, the higher one is the later */
  version?: number;
}

/** All that an event did, as far as you may see its rules. */
export interface EventExplained {
  event: EventResource;
  rules: RuleExplained[];
  near_misses: NearMissResource[];
  /** what else it did: it was mailed, or why it was not; and who was told */
  acts: (MailActResource | NoticeActResource)[];
  /** with `user` only: what became of it for this person, an entry for each notice */
  people?: PersonToldResource[];
}

/** Why an event is refused. */
export interface EventFault {
  code: FaultCode;
  message: string;
  /** JSON Pointer within the event */
  detail: string;
}

/**
 * What became of one event.  `ignored`: a refreshed registration that no rule asks for. `late`: older than 72
 * hours; kept, and told to no person.
 */
export interface EventItem {
  /** the sender's; null = it cannot be read */
  id: string | null;
  /** ours; null = the event is refused */
  event_id: string | null;
  status: "accepted" | "duplicate" | "ignored" | "late" | "refused";
  warnings?: EventWarning[];
  errors?: EventFault[];
  /** some faults are not listed */
  moreErrors?: boolean;
}

/** Events by their receipt, newest first. A page may be short, or empty, with a `next_cursor`. */
export interface EventList {
  items: EventResource[];
  next_cursor: string | null;
  /** beginning of what was looked through */
  since: string;
  /** its end */
  until: string;
  /** how long an event can be read */
  kept_days: number;
}

/** A telephony event. */
export interface EventResource {
  /** our id of it: in paths, queries, history and webhooks */
  event_id: string;
  /** the sender's id of it */
  id: string;
  source: string;
  type: string;
  /** when it happened */
  time: string;
  received_at: string;
  data: Record<string, unknown>;
  /** other attributes of the CloudEvent; never read */
  extensions: Record<string, string>;
  /** not all that it brings about is done */
  owed: boolean;
}

/** What is odd about an event that is accepted. */
export interface EventWarning {
  /** JSON Pointer within the event */
  pointer: string;
  code: WarningCode;
  message: string;
}

/** Collected events, oldest first. */
export interface EventsAnswer {
  success: boolean;
  returnCode: number;
  clientRef?: string;
  events: EventEntry[];
  numEventsRemaining?: number;
}

/** What became of the events of a call, in their order. The three numbers add up to all of them. */
export interface EventsAnswerBody {
  /** with those that are `late` or `ignored` */
  accepted: number;
  duplicates: number;
  refused: number;
  items: EventItem[];
}

/**
 * How sure an answer is: `evidence` of a response, an event, a line of `explain`, and of `stopWhen`. From weak
 * to strong: `opened`, `confirmed`, `pressed_in`, then `wrote`, `pressed` and `marked`, which are equal.
 */
export type Evidence = "opened" | "confirmed" | "pressed_in" | "wrote" | "pressed" | "marked";

/** The request that a webhook makes, with a sample in the place of an event. */
export interface ExampleRequestResource {
  method: "POST" | "PUT" | "GET";
  /** null = the URL of a GET is too long to be sent */
  url: string | null;
  /** secrets read `•••` */
  headers: Record<string, string>;
  /** null for a GET, whose query has the same values */
  body: Record<string, unknown> | null;
}

/** Contacts to exclude. */
export interface Except {
  /** contacts who responded in one of these ways: a list of sms, email, call, shortlink, marked */
  previouslySeen?: string | null;
}

/** A receiver that was not accepted. */
export interface ExcludedEntry {
  /** where the request names the receiver */
  pointer: string;
  /** as written, at most 254 characters; empty for a contact without one */
  address: string;
  contactId?: string;
  alertType: "sms" | "email" | "call" | "inboundCall";
  tag: string;
  /** why */
  reason: Reason;
  /** the same in words; may change */
  reasonText: string;
}

/** One element of the alert that names the receiver. */
export interface ExplainedElement {
  /** place of the element in the call's `alert` array */
  item: number;
  channel: "sms" | "email" | "call" | "inboundCall";
  tag: string;
  /** state of the message */
  state: MessageState | "excluded";
  /** reason of the state */
  reason: Reason | null;
  /** the same in words; may change */
  reason_text: string | null;
}

/** One event. */
export interface ExplainedLine {
  /** time of the event */
  at: string;
  code: ExplanationCode;
  /**
   * why; of `accepted` the cause of the alert, of an answer that counts its type, of another why it does not; null
   * if the code says all
   */
  reason: Reason | CauseKind | ResponseKind | null;
  /** `reason` as a sentence; null if it is a cause or a type */
  reason_text: string | null;
  /** the same for a person; may change */
  text: string;
  /** the element it is about; null = the alert as a whole */
  item: number | null;
  /** which try of the message */
  attempt: number | null;
  /** when it goes on, where it waits */
  until: string | null;
  /** of an answer: it counts; else null */
  counted: boolean | null;
  /** of an answer; else null */
  evidence: Evidence | null;
}

/** What happened: `chain[].code` of `explain`. */
export type ExplanationCode = "accepted" | "excluded" | "queued" | "taken" | "calling" | "sent" | "delivered" | "held" | "delayed" | "unknown" | "unconfirmed" | "failed" | "expired" | "suppressed" | "skipped" | "cancelled" | "answered" | "answer_not_counted" | "answer_unmatched" | "alert_cancelled" | "escalation_stopped" | "alert_expired";

/** What one receiver got or did not get, with reasons. */
export interface ExplanationResource {
  alert_ref: string;
  recipient: string;
  contact_id: string | null;
  elements: ExplainedElement[];
  /** oldest first */
  chain: ExplainedLine[];
}

/** of the file */
export type ExportAlertRuleFormat = "html" | "mht" | "svg" | "json";

/** Nothing was done. */
export interface FailedAnswer {
  /** false */
  success: boolean;
  /** the HTTP status */
  returnCode: number;
  /** what went wrong, in one line */
  failureReason: string;
  /** the same as a stable word */
  failureCode: FaultCode | ErrorCode;
  errors: ErrorEntry[];
  /** true: there are more than the 100 that are listed */
  moreErrors?: boolean;
  /** of a 413: the limit, in what `failureReason` names */
  allowed?: number;
  /** of a 413: how many there are, if all were counted */
  counted?: number;
  /** quote it when you ask for help */
  requestId?: string;
  clientRef?: string;
}

/**
 * Faults: `errors[].code`: what is wrong with a request, one entry for each fault, with a JSON pointer and a
 * sentence.
 */
export type FaultCode = "EMPTY_BODY" | "NOT_JSON" | "BAD_ENCODING" | "BAD_CHARACTER" | "DUPLICATE_FIELD" | "TOO_DEEP" | "NUMBER_TOO_LARGE" | "BAD_IDEMPOTENCY_KEY" | "REQUIRED" | "UNKNOWN_FIELD" | "WRONG_TYPE" | "WRONG_FORM" | "NOT_ALLOWED" | "OUT_OF_RANGE" | "TOO_LONG" | "TIME_IN_FUTURE" | "TOO_SHORT" | "TOO_MANY" | "TOO_FEW" | "EMPTY" | "DUPLICATE" | "CONFLICT" | "READ_ONLY" | "BAD_NUMBER" | "OWN_NUMBER" | "UNKNOWN_INTEGRATION" | "NO_SUCH_THING" | "COMPANY_REQUIRED" | "UNKNOWN_COMPANY" | "RESERVED" | "BAD_BASE64" | "INVALID" | "INVALID_CURSOR" | "NO_RECEIVERS" | "CONTACT_GROUP_REQUIRED" | "UNKNOWN_CONTACT" | "UNKNOWN_ZONE" | "UNKNOWN_COUNTRY" | "UNKNOWN_NUMBER" | "NO_SUCH_STORE" | "NO_SUCH_LINK" | "INVALID_HOST" | "TLS_REQUIRED" | "NEVER" | "INVERTED" | "OUTLIVES_ALERT" | "NOT_AUDIO" | "AUDIO_UNSUPPORTED" | "BAD_SSML" | "SHORTLINK_MISSING" | "UNIQUE_LOOKUPS_MISSING" | "UNKNOWN_TIME_ZONE" | "CONTROL_CHARACTER" | "ENCODED_WORD" | "ADDRESS_MALFORMED" | "ADDRESS_IN_NAME" | "CONTENT_TYPE_NOT_ALLOWED" | "CONTENT_TYPE_MALFORMED" | "BOUNDARY_MALFORMED" | "BOUNDARY_NOT_FOUND" | "LINE_TOO_LONG" | "NOT_PUBLIC" | "EMAIL_EMPTY" | "EMAIL_NOT_ONE_ADDRESS" | "EMAIL_TOO_LONG" | "EMAIL_LOCAL_PART" | "EMAIL_DOMAIN" | "UNSENDABLE" | "NOT_SENDABLE" | "NOT_STORABLE" | "NO_NUMBER" | "KEYWORD_IN_USE" | "NOTHING_ACCEPTED" | "NOTHING_DONE";

/** A filter of a trigger, or another reason: the event's type, the data scope of the rule, a stopped trigger. */
export interface FilterResource {
  name: string;
  wanted: string[];
  got: string[];
  matched: boolean;
  sentence: string;
}

/** The lines that a person follows beside their own. */
export interface FollowedLinesBody {
  /** ids of lines that the person follows beside their own; no id twice */
  lines: string[];
}

/** The lines that a person follows beside their own. */
export interface FollowedLinesResource {
  lines: string[];
}

/** What was looked at after a trigger matched, in order; the first that is not passed ends it. */
export interface GateResource {
  /** disabled, created_later, too_old, loop, held, throttled or collected */
  name: string;
  passed: boolean;
  sentence: string;
}

/**
 * which people; default `all`: who has answered, who was not reached, then the rest. `no_answer` is all who have
 * not answered
 */
export type GetIncidentShow = "all" | "answered" | "no_answer" | "not_reached";

/** The requested sections, or the changed settings. */
export interface GetInfoAnswer {
  success: boolean;
  returnCode: number;
  clientRef?: string;
  info: InfoAnswer;
  callback?: CallbackChangedAnswer;
}

/** Ask about your own key. */
export interface GetInfoBody {
  clientRef?: string | null;
  /** what is left per channel */
  getCapacityInfo?: boolean;
  /** your stores */
  getStoredContentInfo?: boolean;
  /** your scheduled alerts */
  getScheduledAlertInfo?: boolean;
  /** keywords that fire stored alerts, and where to write them */
  getKeywordInfo?: boolean;
  /** where you may send to, how much, and what is paused */
  getSendingLimitInfo?: boolean;
  /** how large one call may be */
  getLimitInfo?: boolean;
  /** how much waits for you */
  getStats?: boolean;
  /** account notices: failed callbacks, exceeded limits … */
  getMessages?: boolean;
  /** your callback endpoints and their health */
  getCallbackInfo?: boolean;
  /** with `getCallbackInfo`: deliveries to one endpoint, newest first */
  callbackOptions?: CallbackOptions | null;
  /** with `getMessages` */
  messageOptions?: MessageOptions | null;
}

/** One of `LineResource`, `BriefLineResource`. */
export interface GetLineAnswer {
  /** its id, for ever */
  id: string;
  extension: string;
  aliases?: string[];
  label: string;
  /** whose personal line it is; null = shared */
  user?: string | null;
  company?: string | null;
  fisher_mode?: boolean;
  /** an event made it */
  discovered?: boolean;
  /** its id in the system that pushes the directory */
  external_id?: string | null;
  /** grows with each change; `ETag` holds it */
  version?: number;
}

/** One of `WebhookNotificationResource`, `EmailNotificationResource`, `SmsNotificationResource`. */
export interface GetRuleNotificationAnswer {
  /** its id, for ever */
  id: string;
  type: "webhook" | "email" | "sms";
  enabled: boolean;
  /** callers who may not edit the rule read `•••` for each value of its query */
  url?: string;
  method?: "POST" | "PUT" | "GET";
  /** secrets read `•••`; written back, that keeps them */
  headers?: (BearerHeaderBody | ApiKeyHeaderBody | BasicHeaderBody | CustomHeaderBody)[];
  /** what has no value; the webhook is off until it is written */
  secret_missing?: string[];
  /** headers whose value went because scheme, host or port changed; the webhook is off */
  cleared?: string[];
  /** who gets it */
  to?: string | string[];
  subject?: string;
  /** empty = the ordinary text */
  body?: string;
  /** a number of the account */
  from?: string;
  /** empty = the ordinary text */
  text?: string;
  /** in answers about notifications */
  estimate?: TextEstimateResource;
}

/** Another owner of a rule. */
export interface GiveBody {
  /** a person of the account */
  owner: string;
  /** `confirm` of the 409 that listed the triggers that stop */
  confirm?: string | null;
}

/** The values are words of the protocol, but for `mfa_required`, which many servers use. */
export type GrantError = "invalid_request" | "invalid_grant" | "unauthorized_client" | "unsupported_grant_type" | "mfa_required";

/** Why there is no token: RFC 6749, 5.2. */
export interface GrantRefusal {
  error: GrantError;
  error_description: string;
}

/** A hunt group or a queue. */
export interface GroupBody {
  /** what it is; the name is unique for each */
  kind: "hunt_group" | "queue";
  name: string;
  /** by which it is called */
  number?: string;
  /** other names of it in events */
  aliases?: string[];
  /** ids of users */
  members?: string[];
  /** who manage the queue */
  managers?: string[];
  /** the company that it belongs to; null = none */
  company?: string | null;
}

/** A page of groups. */
export interface GroupList {
  /** `cursor` of the next page; null = this is the last */
  next_cursor: string | null;
  items: GroupResource[];
}

/** A hunt group or a queue. */
export interface GroupResource {
  /** its id, for ever */
  id: string;
  kind: "hunt_group" | "queue";
  name: string;
  number: string;
  aliases: string[];
  members: string[];
  managers: string[];
  company: string | null;
  /** its id in the system that pushes the directory */
  external_id: string | null;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** It is up. */
export interface Health {
  status: string;
}

/** Records, newest event first. A page may be short, or empty, with a `next_cursor`. */
export interface HistoryList {
  items: HistoryRecord[];
  next_cursor: string | null;
}

/** A message, a webhook, or a line that is held. */
export interface HistoryRecord {
  /** its id, for ever */
  id: string;
  alert_rule: string;
  rule_version: number;
  /** null for a line that is held */
  notification_id: string | null;
  trigger_ids: string[];
  /** descriptions of the triggers, as they were */
  entities: string[];
  channel: "EMAIL" | "SMS" | "WEBHOOK" | null;
  /** of a webhook: scheme, host and path */
  recipient: string | null;
  status: "PENDING" | "SUCCESS" | "FAILED";
  /** null unless the status is FAILED */
  reason: ReasonResource | null;
  action: ActionResource | null;
  event_id: string;
  attempts: number;
  created_at: string;
  updated_at: string;
  /** when it is told or tried next, if it waits */
  held_until: string | null;
  test: boolean;
}

/** A line is told if it is offline still. */
export interface HoldBody {
  for: string;
}

/** An hour of the day of the account's clock. */
export interface HourCount {
  hour: number;
  count: number;
}

/** A CSV file, and what to do with it. */
export interface ImportBody {
  /** what its lines are; joined: a person with their line and number */
  kind: "companies" | "users" | "lines" | "phone_numbers" | "groups" | "joined";
  /** plan: nothing is changed */
  mode?: "plan" | "apply";
  /** the file; the first line names the columns; lists are split at ; */
  csv: string;
  /** field by column name, where they differ; "" ignores the column */
  mapping?: Record<string, string>;
  /** of users: disable who is missing; wants `confirm` */
  disable_missing?: boolean;
  /** mail the people of the file who never got an invitation */
  invite?: boolean;
  /** `id` of a plan: apply exactly that */
  plan_id?: string | null;
  /** `confirm` of the answer that listed what is lost */
  confirm?: string | null;
}

/** One field that changes. */
export interface ImportChange {
  /** its id, for ever */
  id: string;
  /** of a joined file */
  kind?: "companies" | "users" | "lines" | "phone_numbers" | "groups";
  field: string;
  before: unknown;
  after: unknown;
}

/** How many lines and things; the lists hold the first 200. */
export interface ImportCounts {
  adds: number;
  /** of fields */
  changes: number;
  missing: number;
  disables: number;
  stops: number;
  invites: number;
  unchanged: number;
  faults: number;
}

/** What is wrong with a cell. */
export interface ImportLineFault {
  /** as a spreadsheet counts rows: 1 is the header, 0 the whole file */
  line: number;
  column: string;
  code: FaultCode | ErrorCode;
  message: string;
}

/** A plan of an import, or what was imported. */
export interface ImportResource {
  /** `plan_id` of a call that applies exactly this */
  id: string;
  kind: "companies" | "users" | "lines" | "phone_numbers" | "groups" | "joined";
  mode: "plan" | "apply";
  /** partial (202): the call's time is over; the same call with this answer's `id` goes on */
  state: "planned" | "applied" | "partial";
  counts: ImportCounts;
  /** things that are not written yet, if it is partial */
  remaining: number;
  /** says that the lists `disables` and `stops` were seen */
  confirm: string | null;
  /** new things, without ids; of a joined file with `kind` */
  adds: Record<string, unknown>[];
  changes: ImportChange[];
  /** ids of things that the file does not have */
  missing: string[];
  /** ids of people who are disabled */
  disables: string[];
  /** triggers of alert rules that stop, as `<rule>/<trigger>` */
  stops: string[];
  /** addresses of people who are invited */
  invites: string[];
  faults: ImportLineFault[];
  encoding: string;
}

/**
 * A message for people who call a number, as long as the alert lives.  Without any receiver field, every caller
 * hears it, and the answer warns `OPEN_TO_ANYBODY`.
 */
export interface InboundCallElement {
  /** phone numbers (E.164) or email addresses */
  recipients?: string[] | null;
  /** the same in one string, separated by commas */
  recipientList?: string | null;
  /** a stored `recipientList` */
  storedRecipients?: string | StoreChoice | null;
  /** ids of contacts of the call's group */
  contacts?: string[] | null;
  /** the same in one string, separated by commas */
  contactList?: string | null;
  /** a stored `contactList` */
  storedContactList?: string | StoreChoice | null;
  /** names of sets of the call's group; `all` always exists */
  contactSets?: string[] | null;
  /** the same in one string, separated by commas */
  contactSetList?: string | null;
  /** a stored `contactSetList` */
  storedContactSetList?: string | StoreChoice | null;
  /** your own name for this element; it comes back in answers and events */
  tag: string;
  /** the text; this or `storedContent` */
  content?: string | null;
  /** how `content` is written; default utf8 */
  contentEncoding?: "base64" | "utf8" | null;
  /** a store of this type; this or `content` */
  storedContent?: string | StoreChoice | null;
  linkedAlertModifiers?: LinkedAlertModifiers | null;
  /** the element is skipped unless one of them is open */
  timeWindows?: string[] | null;
  /** required with `content` */
  voiceFormat?: "mp3" | "wav" | "aiff" | "tts" | null;
  /** only with `voiceFormat` `tts` */
  tts?: TextToSpeech | null;
  alertType: "inboundCall";
  /** the number that is called; one of yours */
  telephoneNumber: string;
  /** only for texts that are read out, and only with receivers */
  lookups?: Lookups | null;
}

/** A notification in your inbox. */
export interface InboxEntry {
  /** sorts by time */
  id: string;
  /** what it is about, for example `call` */
  kind: string;
  title: string;
  /** some lines */
  text: string;
  /** when it happened */
  at: string;
  read: boolean;
  /** where it leads */
  url?: string;
  /** the telephony event that it is about */
  event_id?: string;
}

/** Notifications, newest first. A page of unread ones may be short with a `next_cursor`. */
export interface InboxList {
  items: InboxEntry[];
  next_cursor: string | null;
  /** of the whole inbox; 100 = so many or more */
  unread: number;
}

/** An alert with all steps of its escalation. */
export interface IncidentResource {
  /** the first alert, also if a step was asked for */
  alert_ref: string;
  title: string;
  sent_by: SentByResource;
  /** the sub-unit that it belongs to; null: the whole account */
  company: string | null;
  client_ref: string;
  sandbox: boolean;
  accepted_at: string;
  state: IncidentState;
  /** messages per state, of all steps */
  counts: Record<string, number>;
  /** receivers that were asked for and not accepted, of all steps */
  excluded_count: number;
  /** null for an alert that is part of none */
  escalation: EscalationResource | null;
  /** empty without an escalation */
  steps: IncidentStepResource[];
  /** when the escalation ends without enough answers; null = it is over */
  gives_up_at: string | null;
  people: PeopleResource;
  /** newest first; with what became of messages if one page has all people */
  timeline: TimelineEntryResource[];
  /** what was sent */
  contents: SentContentResource[];
}

/** States of an incident: `state` of `/alerts/{alert_ref}/incident`: an alert with all steps of its escalation. */
export type IncidentState = "sending" | "waiting_for_answers" | "answered" | "unanswered" | "stopped" | "delivered" | "some_failed" | "failed" | "unconfirmed";

/** One step. */
export interface IncidentStepResource {
  /** 0 = the first alert */
  step: number;
  /** `next` is taken at `at` unless enough people answer; `not_taken`: it ended before */
  state: "taken" | "next" | "later" | "not_taken";
  /** when it was or will be taken; of `later` ones if each is on time; null: not, or not known */
  at: string | null;
  /** null before it is taken, and of a step that sent nothing */
  alert_ref: string | null;
  /** of its elements */
  channels: string[];
  tags: string[];
  /** null before it is taken */
  recipient_count: number | null;
}

/** About your key; sections that were not requested are omitted. */
export interface InfoAnswer {
  apiKeyFriendlyName: string;
  sandboxed: boolean;
  defaultNotification: "poll" | "callback" | "bus" | "none";
  defaultNotificationFormat: "json" | "form";
  defaultCallbackUrl: string | null;
  transliterate: boolean;
  /** owner address for mails about the key; null = none */
  ownerEmail: string | null;
  /** default of `options.clickCounts` */
  clickCounts: boolean;
  /** of your account; times of day are meant there */
  timeZone?: string;
  /** of your account; null = there are none */
  quietHours?: QuietHoursAnswer | null;
  capacities?: CapacitiesAnswer;
  stored?: StoredAnswer[];
  /** oldest first; the newest thousand, finished ones last */
  scheduled?: ScheduleInfo[];
  /** there are older ones than those in `scheduled` */
  moreScheduled?: boolean;
  keywords?: KeywordAnswer[];
  keywordPlaces?: KeywordPlaces;
  sendingLimits?: SendingLimitsAnswer;
  limits?: LimitsAnswer;
  stats?: StatsAnswer;
  callbacks?: CallbacksAnswer;
  messages?: MessageAnswer[];
}

/** An incident: failed and pending are one, with one clock. */
export interface IntegrationIncidentResource {
  /** sorts by its beginning */
  id: string;
  /** when it failed, or became pending; days are counted from then */
  since: string;
  told: StageToldResource[];
  /** null after the last reminder */
  next: NextStageResource | null;
}

/** The integrations that the caller may see, by id. */
export interface IntegrationList {
  items: IntegrationResource[];
  next_cursor: string | null;
}

/** An integration. */
export interface IntegrationResource {
  /** its id, for ever */
  id: string;
  name: string;
  kind: string;
  /** null = the whole account */
  company: string | null;
  status: "active" | "disabled" | "pending" | "failed";
  /** when this status began, as it was reported */
  since: string;
  reason: string | null;
  /** time of the newest report; null = there was none */
  reported_at: string | null;
  created_at: string;
  /** that goes on; null = there is none */
  incident: IntegrationIncidentResource | null;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** One element of an alert. */
export interface ItemResource {
  channel: "sms" | "email" | "call" | "inboundCall";
  tag: string;
  requested_count: number;
  accepted_count: number;
  /** why fewer were accepted, in words */
  failure_reason: string | null;
  /** the same as a stable word */
  failure_code: Reason | null;
}

/** All keys, by id. */
export interface KeyList {
  items: KeyResource[];
  next_cursor: null;
}

/** An API key. */
export interface KeyResource {
  /** its id, for ever */
  id: string;
  name: string;
  kind: "live" | "sandbox";
  enabled: boolean;
  rights: ("canSetLifetime" | "canReadAlerts" | "canReadStores" | "canUseBus" | "canSendEvents")[];
  role: string | null;
  company: string | null;
  networks: string[];
  owner_email: string | null;
  capacity: CapacityResource;
  /** the token, in answers that make one only */
  token?: string;
}

/** Keys of the browser, in base64url. */
export interface KeysBody {
  /** its public key */
  p256dh: string;
  /** its secret */
  auth: string;
}

/** One keyword of a trigger. */
export interface KeywordAnswer {
  type: "sms" | "email" | "shortlink";
  keyword: string;
  tag: string;
  /** the stored alert that it fires */
  storeId: string;
  /** where to write it to */
  where: string[];
  minimumRepeatIntervalSeconds: number;
  /** 0 = without end */
  maximumRepeats: number;
  /** times the trigger has run, by any of its keywords */
  firedCount: number;
  lastFiredAt?: string;
  /** end of the trigger, unless it is activated again */
  expires: string;
}

/** The numbers and the mailbox that receive keywords. */
export interface KeywordPlaces {
  sms: string[];
  email: string[];
}

/** How large one call may be. Receivers are counted after expansion, each address once. */
export interface LimitsAnswer {
  /** receivers of one call; of an escalation, of each step */
  recipients: number;
  /** the same if an element has unique lookups or a short link; your operator may raise it */
  personalRecipients: number;
  /** characters of one text message, lookups replaced */
  textCharacters: number;
  /** bytes of subject and body of one email, lookups replaced; your operator may raise it */
  mailBytes: number;
  /** bytes of all emails of a call: a personal one counts for each receiver, any other once */
  callBytes: number;
  /** bytes of the body of one request */
  bodyBytes: number;
  /** receivers of an alert and all steps of its escalation */
  receiversInAllSteps: number;
}

/** An extension of the telephone system. */
export interface LineBody {
  /** unique in the account, as are all aliases of lines */
  extension: string;
  /** other names of it in events */
  aliases?: string[];
  label?: string;
  /** whose personal line it is; null = shared */
  user?: string | null;
  /** the company that it belongs to; null = none */
  company?: string | null;
  /** the line takes only one call at a time */
  fisher_mode?: boolean;
}

/** A line. */
export interface LineCount {
  line: string;
  count: number;
}

/** A page of lines. */
export interface LineList {
  /** `cursor` of the next page; null = this is the last */
  next_cursor: string | null;
  items: (LineResource | BriefLineResource)[];
}

/** An extension of the telephone system. */
export interface LineResource {
  /** its id, for ever */
  id: string;
  extension: string;
  aliases: string[];
  label: string;
  /** whose personal line it is; null = shared */
  user: string | null;
  company: string | null;
  fisher_mode: boolean;
  /** an event made it */
  discovered: boolean;
  /** its id in the system that pushes the directory */
  external_id: string | null;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** How an element of a linked alert differs from the earlier ones. */
export interface LinkedAlertModifiers {
  except?: Except | null;
}

/** Makes this alert a member of a linked set. A contact who responded to one alert can be excluded from the next. */
export interface LinkedAlerts {
  /** names the set; its first alert brings the contactGroup, and the others use that one */
  linkRef: string;
  /** lifetime of the set, default 30d; only that of its first alert counts */
  lifetime?: string | null;
  /** fail rather than begin a new set */
  linkOnlyIfRefAlreadyExists?: boolean;
  /** lift an earlier cancellation of the set */
  cancelCancellation?: boolean;
}

/** only enabled rules, or only disabled ones */
export type ListAlertRulesEnabled = "true" | "false";

/** `owned` (your own; the default), `all` (also those of others; needs `alerts.all.view`), `deleted` (90 days) */
export type ListAlertRulesList = "owned" | "all" | "deleted";

/** only rules of this type */
export type ListAlertRulesType = "call" | "sip" | "sms";

/** only alerts in this state */
export type ListAlertsState = "accepted" | "dispatching" | "completed" | "expired" | "cancelled";

/** one state only */
export type ListAppointmentsState = "planned" | "cancelled";

/** `true`: only unread ones */
export type ListNotificationsUnread = "true" | "false";

/** only this channel */
export type ListRecipientsChannel = "sms" | "email" | "call" | "inboundCall";

/** only messages in this state; `excluded`: only receivers that were not accepted */
export type ListRecipientsState = "queued" | "sending" | "calling" | "sent" | "delivered" | "held" | "retry_wait" | "unknown" | "unconfirmed" | "failed" | "expired" | "suppressed" | "skipped" | "cancelled" | "excluded";

/** Replacement of `{keywords}` in the content. */
export interface Lookups {
  /** the main switch */
  performLookups?: boolean;
  /**
   * values that differ between recipients are used; at most 500 recipients a call, unless your operator allows
   * your key more
   */
  uniqueLookups?: boolean;
  shortlink?: Shortlink | null;
}

/** The mail about an event. */
export interface MailActResource {
  kind: "mail";
  template: string;
  /** by a template of your own */
  custom: boolean;
  /** null: the event came just now. `already_sent`: with another event of the same voicemail */
  outcome: "sent" | "already_sent" | "switched_off" | "too_old" | "no_address" | "no_recipients" | "no_mail_server" | "too_long" | null;
  /** null: you do not manage tenant mail */
  messages: MailedResource[] | null;
}

/** Mails, newest event first. A page may be short, or empty, with a `next_cursor`. */
export interface MailList {
  items: MailListed[];
  next_cursor: string | null;
}

/** A mail to one receiver, and the event that it is about. */
export interface MailListed {
  /** null: nothing was sent, or the messages are gone */
  recipient: string | null;
  state: "queued" | "sending" | "calling" | "sent" | "delivered" | "held" | "retry_wait" | "unknown" | "unconfirmed" | "failed" | "expired" | "suppressed" | "skipped" | "cancelled" | "excluded" | "not_sent" | "forgotten";
  /** a stable word; without a recipient the outcome of the act */
  reason: string | null;
  /** words of the mail server that did not take it, without the address */
  said: string | null;
  attempts: number;
  /** if it waits */
  next_try_at: string | null;
  /** which mail server took it; null: none so far */
  transport: "own" | "system" | null;
  event_id: string;
  /** when the event was received */
  at: string;
  template: string;
  /** by a template of your own */
  custom: boolean;
}

/** What is known of the account's mail server. */
export interface MailServerStateResource {
  state: "unknown" | "ok" | "failing" | "disconnected";
  since: string | null;
  /** of the last mail that did not go */
  reason: string | null;
  /** the server's own words, without secrets */
  said: string | null;
}

/** Mail settings. What is omitted stays; null sets the default. */
export interface MailSettingsBody {
  /** MS365 and GMAIL need a mailbox that consented */
  type: "SMTP" | "MS365" | "GMAIL";
  /** with MS365 and GMAIL the mailbox */
  username: string;
  /** name of the mail server; empty or null takes it away */
  server?: string | null;
  /** null: 465 with TLS, else 587; mails go by 465, 587, 2525 */
  port?: number | null;
  /** never read; omitted or empty: stays; null: forgotten */
  password?: string | null;
  /** AUTO (default): PLAIN, else LOGIN */
  auth?: "DISABLE" | "AUTO" | "LOGIN" | "PLAIN" | null;
  /** TLS from the first byte; default true */
  enable_tls_ssl?: boolean | null;
  /** STARTTLS; default false */
  enable_starttls_auto?: boolean | null;
  /** where answers go */
  reply_to?: string | null;
  /** needed if `username` is no email address */
  from_address?: string | null;
  /** at most 15 addresses with commas between them */
  recipients?: string | null;
  notify_user_registration?: boolean | null;
  notify_queue_sla_breached?: boolean | null;
  notify_queue_callback?: boolean | null;
  notify_queue_callback_failed?: boolean | null;
  notify_queue_call_lost?: boolean | null;
  /** null: yes */
  notify_emergency_call?: boolean | null;
  /** null: yes */
  notify_license_limited?: boolean | null;
  /** kept, and does nothing */
  notify_trunk_call_limited?: boolean | null;
  /** after a lost answer: one more copy (default), or none */
  on_unknown?: "resend" | "silence" | null;
  /** of MS365 and GMAIL; default api */
  transport?: "api" | "smtp" | null;
  /** more wait; null: no limit, with MS365 30, as Exchange takes */
  mails_per_minute?: number | null;
  /** of the account's own app at Microsoft or Google */
  client_id?: string | null;
  /** as `password` */
  client_secret?: string | null;
}

/** Mail settings, without secrets. */
export interface MailSettingsResource {
  /** null: never saved */
  type: "SMTP" | "MS365" | "GMAIL" | null;
  server: string;
  port: number | null;
  username: string;
  auth: "DISABLE" | "AUTO" | "LOGIN" | "PLAIN";
  enable_tls_ssl: boolean;
  enable_starttls_auto: boolean;
  reply_to: string | null;
  from_address: string | null;
  recipients: string;
  notify_user_registration: boolean;
  notify_queue_sla_breached: boolean;
  notify_queue_callback: boolean;
  notify_queue_callback_failed: boolean;
  notify_queue_call_lost: boolean;
  notify_emergency_call: boolean | null;
  notify_license_limited: boolean | null;
  notify_trunk_call_limited: boolean | null;
  on_unknown: "resend" | "silence";
  transport: "api" | "smtp";
  mails_per_minute: number | null;
  client_id: string;
  /** without an own server, mails go by the system's */
  enable_system_email_server: boolean;
  /** mails go by the account's own server */
  own_server: boolean;
  password_set: boolean;
  /** a mailbox consented */
  connected: boolean;
  server_state: MailServerStateResource;
  client_secret_set: boolean;
  /** grows with each save; `ETag` holds it; 0: never saved */
  version: number;
}

/** A mail to one receiver. */
export interface MailedResource {
  /** null: nothing was sent, or the messages are gone */
  recipient: string | null;
  state: "queued" | "sending" | "calling" | "sent" | "delivered" | "held" | "retry_wait" | "unknown" | "unconfirmed" | "failed" | "expired" | "suppressed" | "skipped" | "cancelled" | "excluded" | "not_sent" | "forgotten";
  /** a stable word; without a recipient the outcome of the act */
  reason: string | null;
  /** words of the mail server that did not take it, without the address */
  said: string | null;
  attempts: number;
  /** if it waits */
  next_try_at: string | null;
  /** which mail server took it; null: none so far */
  transport: "own" | "system" | null;
}

/** Whether a notification counts as read. */
export interface MarkBody {
  read: boolean;
}

/** What became of marking all. */
export interface MarkedInbox {
  /** how many were unread; 1,000 = there may be more: repeat */
  marked: number;
}

/** A JSON merge patch (RFC 7396): fields of the object, null takes one away. What comes of it is judged. */
export interface MergePatch {
  /** and any other field that can be set */
  name?: string | null;
}

/** One account notice. */
export interface MessageAnswer {
  messageId: string;
  /** when it happened, UTC */
  whence: string;
  severity: "error" | "warning" | "notice" | "info";
  category: "api" | "general" | "callback";
  code: NoticeCode;
  message: string;
  alertId?: string;
}

/** Which messages to return. */
export interface MessageOptions {
  /** oldest first instead of newest first */
  earliestFirst?: boolean;
  /** only those no earlier call has marked */
  unreportedOnly?: boolean;
  /** mark what is returned; with `unreportedOnly` each message is returned once */
  markReported?: boolean;
  maximumMessages?: number;
  severity?: "error" | "warning" | "notice" | "info" | null;
  category?: "api" | "general" | "callback" | null;
}

/**
 * States of a message: `state` of a receiver in `/alerts/{alert_ref}/recipients` and `explain`; `counts` of an
 * alert.
 */
export type MessageState = "queued" | "sending" | "calling" | "sent" | "delivered" | "held" | "retry_wait" | "unknown" | "unconfirmed" | "failed" | "expired" | "suppressed" | "skipped" | "cancelled";

/** Why people are no candidates. */
export interface MissingResource {
  reason: "role" | "disabled" | "administrator" | "no_shared_company";
  people: number;
}

/** When a person is told of their appointments. */
export interface MomentsBody {
  /** when it is made */
  created?: boolean;
  /** one day before */
  "1d"?: boolean;
  /** one hour before */
  "1h"?: boolean;
  /** 15 minutes before */
  "15m"?: boolean;
  /** one minute before */
  "1m"?: boolean;
}

/** When a person is told of their appointments. */
export interface MomentsResource {
  created: boolean;
  /** one day before */
  "1d": boolean;
  /** one hour before */
  "1h": boolean;
  /** 15 minutes before */
  "15m": boolean;
  /** one minute before */
  "1m": boolean;
}

/** An enabled rule that does not match by one filter. */
export interface NearMissResource {
  alert_rule: string;
  name: string;
  trigger: TriggerNamed;
  filter: FilterResource;
}

/** Events that one filter alone kept away. */
export interface NearMisses {
  /** the filter, or `abandoned`: abandoned calls beside missed ones */
  filter: string;
  more: number;
  sentence: string;
}

/** An integration. */
export interface NewIntegrationBody {
  name: string;
  /** which system, for example `crm` */
  kind: string;
  /** id of the company that it is of, for ever; null = the whole account */
  company?: string | null;
}

/** A new key. */
export interface NewKeyBody {
  name: string;
  /** beyond sending and storing */
  rights?: ("canSetLifetime" | "canReadAlerts" | "canReadStores" | "canUseBus" | "canSendEvents")[];
  /** what it may do with people and settings; null = it sends and reads only */
  role?: string | null;
  /** the company it belongs to; null = the whole account */
  company?: string | null;
  /** addresses or networks it may be used from; empty = any */
  networks?: string[];
  /** gets mails about failed callbacks and limits */
  owner_email?: string | null;
  /** sandbox: its alerts reach no person */
  kind: "live" | "sandbox";
  /** limits for each channel */
  capacity?: CapacityBody;
}

/** An event source with a secret that was just given. */
export interface NewSourceResource {
  /** its id, for ever */
  id: string;
  name: string;
  kind: "native" | "freeswitch" | "asterisk" | "yeastar" | "twilio" | "telnyx" | "3cx" | "fspbx" | "connect" | "generic";
  region: string | null;
  zone: string;
  internal: string[];
  settle_seconds: number;
  refreshes: "auto" | "keep" | "drop";
  mapping: Record<string, unknown> | null;
  signature: "twilio" | "telnyx" | "fspbx" | "didww" | null;
  /** ••• for each */
  signing_keys: string[];
  enabled: boolean;
  /** a span, auto or off: when the source counts as silent */
  expect_every: string;
  /** where the telephone system sends its events */
  url: string;
  /** how many secrets are live: two while one replaces the other */
  secrets: number;
  /** grows with each change; `ETag` holds it */
  version: number;
  /** shown in this answer only, and in that to a repeat of the call */
  secret: string;
  setup: SetUpResource;
}

/** A template of the account's own. What is not given is the default's. */
export interface NewTemplateBody {
  /** display name of the sender */
  from?: string | null;
  subject?: string | null;
  /** text, or HTML; HTML if it holds a tag of HTML */
  body?: string | null;
  name: "USER_CREATION" | "QUEUE_CALL_LOST" | "QUEUE_SLA" | "QUEUE_CALLBACK" | "QUEUE_CALLBACK_FAILED" | "VOICEMAIL_RECEIVED" | "CALL_REPORT_COMPLETED" | "DISK_LOW" | "EMERGENCY_CALL" | "LICENSE_LIMITED" | "RECHARGE" | "CONFERENCE_INVITATION" | "TRUNK_CONNECTED" | "TRUNK_DISCONNECTED";
}

/** A template that was created. */
export interface NewTemplateResource {
  from: string | null;
  subject: string | null;
  body: string | null;
  name: "USER_CREATION" | "QUEUE_CALL_LOST" | "QUEUE_SLA" | "QUEUE_CALLBACK" | "QUEUE_CALLBACK_FAILED" | "VOICEMAIL_RECEIVED" | "CALL_REPORT_COMPLETED" | "DISK_LOW" | "EMERGENCY_CALL" | "LICENSE_LIMITED" | "RECHARGE" | "CONFERENCE_INVITATION" | "TRUNK_CONNECTED" | "TRUNK_DISCONNECTED";
  warnings: TemplateWarningResource[];
  updated_at: string;
  /** id of a person or an API key */
  updated_by: string;
  /** grows with each change; `ETag` holds it */
  version: number;
  /** its name */
  id: "USER_CREATION" | "QUEUE_CALL_LOST" | "QUEUE_SLA" | "QUEUE_CALLBACK" | "QUEUE_CALLBACK_FAILED" | "VOICEMAIL_RECEIVED" | "CALL_REPORT_COMPLETED" | "DISK_LOW" | "EMERGENCY_CALL" | "LICENSE_LIMITED" | "RECHARGE" | "CONFERENCE_INVITATION" | "TRUNK_CONNECTED" | "TRUNK_DISCONNECTED";
}

/** A new personal token. */
export interface NewTokenBody {
  /** what it is for; one line */
  name: string;
  /** how long it lives */
  days?: number;
  /** it changes nothing and sends nothing */
  read_only?: boolean;
  /** it may manage people, roles and keys, if you may */
  manages_people?: boolean;
}

/** A person who is new, or pushed. */
export interface NewUserBody {
  /** unique in the account; people sign in with it */
  email: string;
  name: string;
  /** a system role, or the id of a custom role */
  role?: string;
  /** what a manager is limited to */
  companies?: string[];
  /**
   * ids of contacts of the account's groups that stand for the person: alerts that went to them are shown to the
   * person in part; set by owners and admins; a push without it keeps it
   */
  contacts?: string[];
  /** notices about money; given by owners, to owners and admins */
  billing?: boolean;
  /** IANA time zone; null = the account's */
  zone?: string | null;
  /** for notices when there is no other number */
  backup_phone?: string | null;
  /** mail an invitation with a first password; a push: if the person never got one */
  invite?: boolean;
}

/** The next mail about an incident, if it lasts. */
export interface NextStageResource {
  stage: "told" | "day_7" | "day_14" | "day_21";
  /** when it is sent */
  at: string;
}

/** A part of the mapping that makes no event of the payload. */
export interface NoEventResource {
  /** its place in the mapping, from 0 */
  emit: number;
  type: string;
  /** a stable word */
  reason: "condition_not_met" | "id_missing" | "time_missing" | "required_field_missing" | "duplicate_id";
  /** that is missing or does not fit; empty if none is to blame */
  field: string;
}

/** At least one alert could not be accepted, so none was. */
export interface NoneSentAnswer {
  /** false */
  success: boolean;
  /** the HTTP status */
  returnCode: number;
  /** what went wrong, in one line */
  failureReason: string;
  /** the same as a stable word */
  failureCode: FaultCode | ErrorCode;
  errors: ErrorEntry[];
  /** true: there are more than the 100 that are listed */
  moreErrors?: boolean;
  /** of a 413: the limit, in what `failureReason` names */
  allowed?: number;
  /** of a 413: how many there are, if all were counted */
  counted?: number;
  /** quote it when you ask for help */
  requestId?: string;
  clientRef?: string;
  results?: NoneSentEntry[];
}

/** One alert of a call of which nothing was accepted; without a reason, the alert was valid. */
export interface NoneSentEntry {
  success: boolean;
  clientRef: string;
  failureReason?: string;
  failureCode?: FaultCode;
  alerts?: AlertEntry[];
  /** the first 100 receivers that were asked for, each with why it was not accepted */
  excluded?: ExcludedEntry[];
}

/** An empty object. */
export interface NothingBody {
}

/** No entry could be cancelled. */
export interface NothingCancelledAnswer {
  /** false */
  success: boolean;
  /** the HTTP status */
  returnCode: number;
  /** what went wrong, in one line */
  failureReason: string;
  /** the same as a stable word */
  failureCode: FaultCode | ErrorCode;
  errors: ErrorEntry[];
  /** true: there are more than the 100 that are listed */
  moreErrors?: boolean;
  /** of a 413: the limit, in what `failureReason` names */
  allowed?: number;
  /** of a 413: how many there are, if all were counted */
  counted?: number;
  /** quote it when you ask for help */
  requestId?: string;
  clientRef?: string;
  cancel?: CancelEntryAnswer[];
}

/** No element could be accepted; nothing will be sent. */
export interface NothingSentAnswer {
  /** false */
  success: boolean;
  /** the HTTP status */
  returnCode: number;
  /** what went wrong, in one line */
  failureReason: string;
  /** the same as a stable word */
  failureCode: FaultCode | ErrorCode;
  errors: ErrorEntry[];
  /** true: there are more than the 100 that are listed */
  moreErrors?: boolean;
  /** of a 413: the limit, in what `failureReason` names */
  allowed?: number;
  /** of a 413: how many there are, if all were counted */
  counted?: number;
  /** quote it when you ask for help */
  requestId?: string;
  clientRef?: string;
  alerts?: AlertEntry[];
  /** the first 100 receivers that were asked for, each with why it was not accepted */
  excluded?: ExcludedEntry[];
}

/** No entry succeeded. */
export interface NothingStoredAnswer {
  /** false */
  success: boolean;
  /** the HTTP status */
  returnCode: number;
  /** what went wrong, in one line */
  failureReason: string;
  /** the same as a stable word */
  failureCode: FaultCode | ErrorCode;
  errors: ErrorEntry[];
  /** true: there are more than the 100 that are listed */
  moreErrors?: boolean;
  /** of a 413: the limit, in what `failureReason` names */
  allowed?: number;
  /** of a 413: how many there are, if all were counted */
  counted?: number;
  /** quote it when you ask for help */
  requestId?: string;
  clientRef?: string;
  content?: StoreEntryAnswer[];
}

/** People were told of an event. */
export interface NoticeActResource {
  kind: "notice";
  /** its kind, as in the inbox */
  notice: string;
  /** owners and admins see all, others themselves */
  people: PersonToldResource[];
}

/** Messages to the owner of a key: `messages[].code` in `/getinfo`. */
export type NoticeCode = "country_not_allowed" | "special_number" | "number_rate" | "tenant_rate" | "spend_cap" | "sending_paused" | "limits_unavailable" | "email_paused" | "POSSIBLE_OPT_OUT" | "opt_out_no_answer" | "call_without_message" | "visit_not_counted" | "contact_group_ignored" | "escalation_exhausted" | "callback_exhausted" | "callback_failing" | "callback_disabled" | "bus_exhausted" | "source_silent" | "schedule_missed" | "schedule_key_disabled" | "schedule_store_gone" | "schedule_unreadable" | "schedule_not_allowed" | "schedule_too_large" | "schedule_no_capacity" | "schedule_no_receiver_left" | "schedule_link_cancelled" | "trigger_too_soon" | "trigger_used_up" | "trigger_over" | "TRIGGER_LOOP" | "TRIGGER_OFTEN" | "trigger_sender_not_believed" | "trigger_restored" | "trigger_too_late" | "trigger_store_gone" | "trigger_key_disabled" | "trigger_link_cancelled" | "trigger_opt_out_word" | "trigger_not_sendable" | "trigger_no_receiver_reached";

/** All notifications of a rule. */
export interface NotificationList {
  items: (EmailNotificationResource | SmsNotificationResource | WebhookNotificationResource)[];
  /** `cursor` of the next page; null = this is the last */
  next_cursor: string | null;
}

/** Notification settings. What is omitted stays, null sets the default. */
export interface NotificationSettingsBody {
  communication?: CommunicationBody;
  events?: MomentsBody;
  /** ids of lines that the person follows beside their own; no id twice */
  lines?: string[];
  /** more than 15 texts from one contact within 30 seconds */
  high_sms?: boolean;
  channels?: ChannelsBody;
  /** `none`: never quiet; null: the account's quiet hours */
  quiet_hours?: PersonalQuietHoursBody | "none" | null;
  account?: AccountTopicsBody | null;
}

/** Notification settings of one person. */
export interface NotificationSettingsResource {
  communication: CommunicationResource;
  events: MomentsResource;
  /** ids; a line that was deleted is in no list */
  lines: string[];
  high_sms: boolean;
  channels: ChannelsResource;
  quiet_hours: PersonalQuietHoursResource | "none" | null;
  /** of owners and admins only */
  account?: AccountTopicsResource;
}

/** An alert or a contact group. With `contentEncoding` `json` the content is the object itself. */
export interface ObjectStore {
  contentType: "alert" | "contactGroup";
  /** your own name for this entry; it comes back in the answer */
  tag: string;
  /** the object, or its JSON text */
  content: string | StoredAlert | ObjectStoreContent;
  /** default: json for an object, utf8 for a text */
  contentEncoding?: "json" | "base64" | "utf8" | null;
  storeDetails?: StoreName | null;
  options?: StoreOptions | null;
}

/** Contacts and sets of them; the set `all` always exists. All but the ids is encrypted at rest. */
export interface ObjectStoreContent {
  name?: string;
  contacts: ObjectStoreContentContacts[];
  sets?: ObjectStoreContentSets[];
}

export interface ObjectStoreContentContacts {
  /** unique in the group; should not reveal who it is */
  id: string;
  /** number for text messages (E.164) */
  sms?: string | null;
  email?: string | null;
  /** number for calls (E.164) */
  call?: string | null;
  /** personal values, such as firstname */
  lookups?: Record<string, string>;
  /** when messages to this contact wait, instead of the account's quiet hours; `none` = never */
  quietHours?: "none" | ObjectStoreContentContactsQuietHours | null;
}

export interface ObjectStoreContentContactsQuietHours {
  /** the first quiet minute */
  from: string;
  /** the first minute that is not; before `from` = the next day */
  to: string;
  /** IANA name like Europe/London; default: your account's */
  zone?: string | null;
}

export interface ObjectStoreContentSets {
  name: string;
  /** ids of contacts of this group */
  ids: string[];
}

/** Why a channel is paused: `sendingLimits.paused[].reason` in `/getinfo`. */
export type PauseReason = "operator" | "too_many_bounces" | "too_many_complaints";

/** A paused channel. */
export interface PausedAnswer {
  channel: "sms" | "email" | "call" | "inboundCall";
  since: string;
  reason: PauseReason;
}

/** Where the telephone system is reached, for the mails to its people. null: it is not said. */
export interface PbxBody {
  web_domain?: string | null;
  sip_public_ip?: string | null;
  sip_private_ip?: string | null;
  udp_port?: number | null;
  tcp_port?: number | null;
  tls_port?: number | null;
}

/** Where the telephone system is reached; null = it is not said. */
export interface PbxResource {
  web_domain: string | null;
  sip_public_ip: string | null;
  sip_private_ip: string | null;
  udp_port: number | null;
  tcp_port: number | null;
  tls_port: number | null;
}

/** People: who cannot come, who has answered otherwise, who was not reached, then the rest. */
export interface PeopleResource {
  items: PersonResource[];
  /** give it as `cursor` for what follows; null at the end */
  next_cursor: string | null;
  /** all people of the incident, whatever is shown */
  count: number;
  answered: number;
  /** null: of more than one page, in several elements or steps, it is not counted */
  not_reached: number | null;
}

/** The permissions that a custom role can have. */
export interface PermissionList {
  items: ("alerts.send" | "alerts.read" | "alerts.all.view" | "mail.manage" | "integrations.manage" | "people.manage" | "people.read" | "directory.manage" | "directory.read" | "keys.manage" | "audit.read")[];
}

/** The answer of a person. */
export interface PersonAnswerResource {
  /** when it came */
  at: string;
  kind: ResponseKind;
  /** the step that was answered */
  step: number;
  /** of the latest of the newest 100 answers of each step; else null */
  text: string | null;
  /** who marked the person as having answered, like `key:k1`; else null */
  by: string | null;
}

/** One message to a person. */
export interface PersonMessageResource {
  /** the step it is about; 0 = the first alert */
  step: number;
  alert_ref: string;
  /** names this receiver for `explain` of that alert */
  recipient: string;
  channel: "sms" | "email" | "call" | "inboundCall";
  tag: string;
  /** empty after an erasure */
  address: string;
  state: MessageState;
  /** reason of the state; null if the state says all */
  reason: Reason | null;
  /** the same in words; may change */
  reason_text: string | null;
  attempts: number;
  updated_at: string;
  /** held: when the wait that `reason` names ends; else null */
  held_until: string | null;
}

/** One person, over all elements and steps: a contact, or an address. */
export interface PersonResource {
  contact_id: string | null;
  /** in the order of steps and elements */
  messages: PersonMessageResource[];
  /** null: no answer that counts */
  answer: PersonAnswerResource | null;
  /** none of the messages reached the person, and none will */
  not_reached: boolean;
}

/** What became of an event for one person. */
export interface PersonToldResource {
  /** id of the person */
  user: string;
  /** its kind, as in the inbox; null: such events tell no person */
  notice: string | null;
  /** why it concerned the person, for example `own line 2010` */
  because: string | null;
  /** empty: the event came just now. A channel that is missing was not chosen */
  channels: ChannelTold[];
}

/** Hours in which notices wait. They may go over midnight. */
export interface PersonalQuietHoursBody {
  /** the first quiet minute */
  from: string;
  /** the first minute that is not quiet */
  to: string;
  /** null: the account's */
  zone?: string | null;
}

/** Hours in which notices wait. */
export interface PersonalQuietHoursResource {
  from: string;
  /** the first minute that is not quiet */
  to: string;
  zone: string | null;
}

/** A number of the telephone system. */
export interface PhoneNumberBody {
  /** unique in the account; kept in E.164 form, like +447777100100 */
  e164: string;
  label?: string;
  /** null = nowhere */
  target?: TargetBody | null;
  /** the company that it belongs to; null = none */
  company?: string | null;
}

/** A page of numbers. */
export interface PhoneNumberList {
  /** `cursor` of the next page; null = this is the last */
  next_cursor: string | null;
  items: PhoneNumberResource[];
}

/** A number of the telephone system. */
export interface PhoneNumberResource {
  /** its id, for ever */
  id: string;
  e164: string;
  label: string;
  /** texts can be sent from it; the operator decides */
  sms_enabled: boolean;
  target: TargetResource | null;
  company: string | null;
  /** its id in the system that pushes the directory */
  external_id: string | null;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** What the call would do. Nothing was sent, stored or counted; it assumes no answers. */
export interface PlanAnswer {
  success: boolean;
  returnCode: number;
  clientRef: string;
  mode: "plan";
  plannedAt: string;
  /** of a schedule, the first of its runs; the plan is of the first one */
  runs?: string[];
  steps: PlannedStepAnswer[];
  /** end of the escalation if too few people answer */
  exhaustedAt?: string;
  /** of all steps, in US dollars */
  estimatedCost: number;
  /** the same if every attempt of every call is answered; only with calls */
  estimatedCostMost?: number;
}

/** Receivers of one element with the same planned outcome. */
export interface PlannedEntry {
  /** place in the step's `alert` array */
  element: number;
  alertType: "sms" | "email" | "call" | "inboundCall";
  tag: string;
  outcome: PlannedOutcome;
  /** why */
  reason?: Reason;
  /** the same in words; may change */
  reasonText?: string;
  /** earliest time of sending; for other outcomes, the time of the decision */
  at: string;
  /** it is not sent at or after this time */
  sendBefore?: string;
  /** sms: parts each text is billed as */
  segments?: number;
  /** call: how long one call lasts if every prompt is said once; an estimate */
  estimatedSeconds?: number;
  /** contact ids, or addresses of plain recipients */
  recipients: string[];
  /** what the first 3 receivers would read, if it is sent or held; 250 a plan at most */
  samples?: SampleEntry[];
}

/** Outcomes of a plan: `steps[].entries[].outcome` and `ifStopped[].outcome` of the answer to `mode` `plan`. */
export type PlannedOutcome = "send" | "held" | "expired" | "suppressed" | "excluded";

/** One alert that would be sent. */
export interface PlannedStepAnswer {
  /** 0 is the alert itself, the others are steps of its escalation */
  step: number;
  /** when it would be accepted */
  at: string;
  /** as in the response to the call */
  alerts: AlertEntry[];
  /** people who must have answered for no later step to be sent */
  answersNeeded?: number;
  /** what `onStopped` would send if it ended after this step, at once */
  ifStopped?: PlannedEntry[];
  /** by element, then by time */
  entries: PlannedEntry[];
  /** of its texts, and of one call to each receiver of a call, in US dollars; a rough estimate */
  estimatedCost: number;
  /** why nothing would be sent, in words */
  failureReason?: string;
  /** the same as a stable word */
  failureCode?: FaultCode | ErrorCode;
}

/** Words to look at. What is not given is as the account has it. */
export interface PreviewBody {
  /** display name of the sender */
  from?: string | null;
  subject?: string | null;
  /** text, or HTML; HTML if it holds a tag of HTML */
  body?: string | null;
  /** values of variables, in place of the samples */
  values?: Record<string, string>;
}

/** A mail with sample values. */
export interface PreviewResource {
  from: string;
  subject: string;
  text: string;
  html: string | null;
  /** variables that the template does not have */
  unknown: string[];
}

/** Problem details (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  /** the HTTP status; the gateway leaves it out at times */
  status?: number;
  detail: string;
  /** id of this call; quote it when you ask for help */
  instance: string;
  /** a code of this API, or a response type of API Gateway if it rejected the call */
  code: ErrorCode | string;
  errors: ProblemEntry[];
  /** true: there are more than the 100 that are listed */
  moreErrors?: boolean;
  /** repeat the call with it to do what `errors` lists */
  confirm?: string;
  /**
   * of `SUPERSEDED`: how the escalation ended (`acknowledged`, `exhausted`, `cancelled`,
   * `cancelled_with_all_clear`), or `moved_on` if another step is the next
   */
  how?: string;
}

/** One thing that is wrong. */
export interface ProblemEntry {
  /** a code of this API, or a response type of API Gateway if it rejected the call */
  code: FaultCode | ErrorCode | string;
  message: string;
  /** where: the query parameter, or the place in the body, as a pointer */
  detail: string;
  /** the things that it is about */
  ids?: string[];
  /** why a mail server did not take a mail */
  reason?: Reason;
  /** the mail server's own words */
  said?: string;
}

/** Names a browser by its endpoint. */
export interface PushEndpointBody {
  endpoint: string;
}

/** The key for `applicationServerKey`. */
export interface PushKey {
  /** a public key of P-256, in base64url */
  key: string;
}

/** What `PushSubscription.toJSON()` of the browser gives, and two words of yours. */
export interface PushSubscriptionBody {
  /** a secret */
  endpoint: string;
  keys: KeysBody;
  /** not used: the push service tells when it is over */
  expirationTime?: number | number | null;
  /** pushes say who and what; else only that there is something */
  details?: boolean;
  /** how your list names the browser */
  device?: string;
}

/** Your browsers, newest first. */
export interface PushSubscriptionList {
  items: PushSubscriptionResource[];
  next_cursor: null;
}

/** A browser that is pushed to. Its endpoint and its keys are never read again. */
export interface PushSubscriptionResource {
  /** the first 32 hex digits of the SHA-256 of the endpoint */
  id: string;
  /** the push service */
  service: string;
  device: string;
  details: boolean;
  created_at: string;
}

/** One of `LineResource`, `CompanyResource`, `UserResource`, `PhoneNumberResource`, `GroupResource`. */
export interface PutExternalAnswer {
  /** its id, for ever */
  id: string;
  extension?: string;
  aliases?: string[];
  label?: string;
  /** whose personal line it is; null = shared */
  user?: string | null;
  company?: string | null;
  fisher_mode?: boolean;
  /** an event made it */
  discovered?: boolean;
  /** its id in the system that pushes the directory */
  external_id: string | null;
  /** grows with each change; `ETag` holds it */
  version: number;
  name?: string;
  email?: string;
  /** a system role, or the id of a custom role */
  role?: string;
  companies?: string[];
  /** ids of contacts that are linked to the person */
  contacts?: string[];
  billing?: boolean;
  /** invited: has not signed in or accepted yet */
  state?: "invited" | "active" | "disabled";
  zone?: string | null;
  backup_phone?: string | null;
  /** when a session of the console was last used */
  last_seen_at?: string | null;
  e164?: string;
  /** texts can be sent from it; the operator decides */
  sms_enabled?: boolean;
  target?: TargetResource | null;
  kind?: "hunt_group" | "queue";
  number?: string;
  members?: string[];
  managers?: string[];
}

export interface QuietHoursAnswer {
  /** the first quiet minute */
  from: string;
  /** the first minute that is not; before `from` = the next day */
  to: string;
  /** on which they begin; 1 is Monday */
  weekdays: number[];
}

/** A rate: a count per time. */
export interface RateAnswer {
  count: number;
  seconds: number;
}

/**
 * Reasons: `reason` of an event, of a receiver in `/alerts/{alert_ref}/recipients`, of an entry of a plan and of
 * `explain`: why a message was or was not sent, why it waits, and why a receiver was excluded. Errors of
 * providers are mapped to these words; an unknown error is `unrecognised_error`.
 */
export type Reason = "stop" | "complaint" | "complained_before" | "blocked_by_operator" | "hard_bounce" | "erased" | "answered_sms" | "answered_email" | "answered_call" | "answered_shortlink" | "answered_marked" | "unmatched" | "declined" | "carrier_keyword" | "unreadable" | "sender_not_believed" | "empty" | "automatic_report" | "automatic_empty_return_path" | "automatic_auto_submitted" | "automatic_header" | "automatic_sender" | "automatic_subject" | "automatic_text" | "automatic_phone_auto_text" | "automatic_visit" | "evidence_too_weak" | "after_the_end" | "resent" | "stopped" | "escalation_cancelled" | "no_receiver_reached" | "quiet_hours" | "quiet_hours_overridden" | "quiet_hours_outlast_alert" | "restored" | "cancelled" | "expired" | "no_address" | "bad_address" | "phone:PHONE_EMPTY" | "phone:PHONE_NOT_INTERNATIONAL" | "phone:PHONE_MALFORMED" | "phone:PHONE_IMPOSSIBLE" | "email:EMAIL_EMPTY" | "email:EMAIL_NOT_ONE_ADDRESS" | "email:EMAIL_TOO_LONG" | "email:EMAIL_LOCAL_PART" | "email:EMAIL_DOMAIN" | "email_for_phone" | "phone_for_email" | "unsendable" | "mail_too_large" | "speech_too_long" | "text_too_long" | "unsafe_value" | "answered" | "foreign_sender" | "sending_limit" | "outside_time_windows" | "no_capacity" | "no_contact_group" | "unknown_contact" | "unknown_set" | "store_unusable" | "lookup_unusable" | "channel_unavailable" | "no_receivers" | "country_not_allowed" | "special_number" | "mail_rate" | "settings_saved" | "number_rate" | "tenant_rate" | "spend_cap" | "sending_paused" | "check_failed" | "limits_unavailable" | "throttled" | "provider_error" | "provider_unavailable" | "provider_unreachable" | "provider_denies_us" | "our_credentials_expired" | "provider_misconfigured" | "account_disabled" | "daily_limit" | "spending_limit" | "invalid_request" | "invalid_address" | "not_verified" | "opted_out" | "sender_not_allowed" | "message_too_long" | "too_expensive" | "unrecognised_error" | "gateway_error" | "reply_timed_out" | "connection_broken" | "reply_without_id" | "sender_broke" | "claim_expired" | "attempts_exhausted" | "invalid_number" | "invalid_message" | "handset_off" | "carrier_unreachable" | "number_blocked" | "carrier_blocked" | "taken_for_spam" | "too_late_for_the_network" | "country_blocked" | "bounced" | "bounced_mailbox_full" | "bounced_too_large" | "bounced_content_rejected" | "bounced_transient" | "bounced_undetermined" | "rejected" | "auth_failed" | "auth_not_offered" | "password_missing" | "tls_failed" | "certificate" | "unreachable" | "refused" | "not_connected" | "port_not_allowed" | "no_mail_server" | "abuse" | "auth_failure" | "fraud" | "virus" | "other" | "unspecified" | "unsafe_mail_address_in_name" | "unsafe_mail_address_malformed" | "unsafe_mail_boundary_in_value" | "unsafe_mail_boundary_malformed" | "unsafe_mail_boundary_not_found" | "unsafe_mail_content_type_malformed" | "unsafe_mail_content_type_not_allowed" | "unsafe_mail_control_character" | "unsafe_mail_encoded_word" | "unsafe_mail_header_mismatch" | "unsafe_mail_line_too_long" | "unsafe_mail_message_id_malformed" | "busy" | "no_answer" | "hung_up_early" | "no_key" | "network" | "control_lost" | "unplayable" | "destination_not_allowed" | "outbound_not_permitted" | "not_set_up" | "skipped" | "sandbox_temporary_failure" | "sandbox_permanent_failure" | "sandbox_outcome_unknown" | "responses_unavailable" | "suppressions_unavailable" | "answers_unavailable" | "alert_unavailable" | "erasures_unavailable" | "shortlinks_unavailable" | "recordings_unavailable" | "conversation_unavailable" | "out_of_time";

/** Why a message failed. */
export interface ReasonResource {
  /** a stable word */
  code: string;
  message: string;
  /** what the other side said */
  detail: string | null;
}

/** Receivers in the order they were given. A page may be short while `next_cursor` says that more follows. */
export interface RecipientListResource {
  items: RecipientResource[];
  /** give it as `cursor` for what follows; null at the end */
  next_cursor: string | null;
}

/** One receiver of one element, and the state of their message. */
export interface RecipientResource {
  /** names this receiver for `explain`; null if excluded */
  recipient: string | null;
  /** excluded with an address that is not valid: as written, at most 254 characters */
  address: string;
  contact_id: string | null;
  channel: "sms" | "email" | "call" | "inboundCall";
  tag: string;
  state: MessageState | "excluded";
  /** reason of the state; null if the state says all */
  reason: Reason | null;
  /** the same in words; may change */
  reason_text: string | null;
  /** excluded: where the request names this receiver, as a JSON pointer; else null */
  pointer: string | null;
  attempts: number;
  provider_id: string | null;
  possible_duplicate: boolean;
  updated_at: string;
  /** sms: parts this receiver's text is billed as */
  segments: number | null;
  /** when this message was first answered; null = not yet */
  responded_at: string | null;
  /** held: when the wait that `reason` names ends; else null */
  held_until: string | null;
}

/** A reminder: sent at its time, if the person then has this moment on. */
export interface ReminderResource {
  moment: "1d" | "1h" | "15m" | "1m";
  /** when it is due */
  at: string;
  /** it was sent at its time, or it was past already: nothing is sent late */
  past: boolean;
}

/** Play the message again on request, and ask whether all is well. */
export interface ReplayIvr {
  ivrType: "replay";
  /** calls until success */
  ivrAttempts?: number;
  /** keys that play it again */
  ivrSayAgainDigits?: string;
  /** keys that acknowledge: `recipientOk` */
  ivrAmOkDigits?: string;
  /** keys that answer and acknowledge nothing: `recipientNotOk`; your `post` says what they mean */
  ivrAmNotOkDigits?: string;
  /** a key stops what is being played */
  ivrDigitsStopPlay?: boolean;
  /** play `pre` again too */
  ivrRepeatPrePrompt?: boolean;
}

/** Send again to the receivers whose message has failed. */
export interface ResendBody {
}

/** How a person answered: `kind` of a response, `answerType` of an event, and `reason` of an answer in `explain`. */
export type ResponseKind = "sms" | "email" | "call" | "shortlink" | "marked";

/** A page of answers, in no order of time. */
export interface ResponseListResource {
  items: ResponseResource[];
  /** give it as `cursor` for what follows; null at the end */
  next_cursor: string | null;
}

/** One answer of a person to a message. */
export interface ResponseResource {
  kind: ResponseKind;
  /** who answered */
  address: string;
  contact_id: string | null;
  /** of the message that is answered */
  channel: "sms" | "email" | "call" | "inboundCall";
  tag: string;
  responded_at: string;
  /** the text of the answer, without the quoted message; empty if there is none */
  reply: string;
  /** of `reply` */
  reply_encoding: "utf8" | "base64";
  /** a newer alert had gone to this receiver by then */
  late: boolean;
  /** false: it may be to another alert; it counts for none */
  matched: boolean;
  evidence: Evidence;
  /** whether it counts as an answer */
  counted: boolean;
  /** why it does not count; null if it does */
  reason: Reason | null;
  /** `reason` as a sentence */
  reason_text: string | null;
  /** the person is not well or cannot come: it counts, but ends no escalation */
  not_ok: boolean;
  /**
   * what only answers of this kind have, named as in events; of a key in a call `status`, `digits`, and `attempt`
   * or `callBack`
   */
  details: Record<string, unknown>;
}

/** A custom role. Its holders can do what the role `user` can, too. */
export interface RoleBody {
  /** unique in the account, whatever its case */
  name: string;
  /** see `GET /roles/permissions` */
  permissions?: ("alerts.send" | "alerts.read" | "alerts.all.view" | "mail.manage" | "integrations.manage" | "people.manage" | "people.read" | "directory.manage" | "directory.read" | "keys.manage" | "audit.read")[];
  scopes?: ScopesBody;
}

/** A page of roles, the system roles first. */
export interface RoleList {
  /** `cursor` of the next page; null = this is the last */
  next_cursor: string | null;
  items: RoleResource[];
}

/** A role: one of the six fixed ones, or a custom one. */
export interface RoleResource {
  /** its id, for ever */
  id: string;
  name: string;
  permissions: ("alerts.send" | "alerts.read" | "alerts.all.view" | "mail.manage" | "integrations.manage" | "people.manage" | "people.read" | "directory.manage" | "directory.read" | "keys.manage" | "audit.read" | "rules.own" | "account.manage" | "self")[];
  scopes: ScopesResource;
  /** one of the six that cannot be changed */
  system: boolean;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** How long the former token is taken beside the new one. */
export interface RotateBody {
  /** s, m, h or d, at most `7d`; `0s`: the former token is refused within 30 s */
  overlap?: string;
}

/** Why a rule fired for an event, or did not, in the version that stood then. */
export interface RuleExplained {
  event: string;
  alert_rule: string;
  name: string;
  rule_version: number;
  fired: boolean;
  sentence: string;
  triggers: TriggerExplained[];
  gates: GateResource[];
  run: RunResource | null;
}

/** When a rule speaks. */
export interface RuleOptionsBody {
  throttle?: ThrottleBody | null;
  digest?: DigestBody | null;
  /** events that come later after they happened are not told */
  max_age?: string;
  /** before the messages of broadcasts */
  urgent?: boolean;
}

/** One message of a test. */
export interface RuleTestMessage {
  notification_id: string;
  /** an address, a number, or the URL of a webhook without its query */
  recipient: string;
}

/** A test of a rule. What became of its messages stands in the history of the rule. */
export interface RuleTestResource {
  /** its id in the history of the rule */
  test: string;
  messages: RuleTestMessage[];
}

/** All triggers of a rule. */
export interface RuleTriggerList {
  items: RuleTriggerResource[];
  /** `cursor` of the next page; null = this is the last */
  next_cursor: string | null;
}

/** One alternative: the rule matches if one of its triggers does. */
export interface RuleTriggerResource {
  /** its id, for ever */
  id: string;
  /** history calls it `entity`; empty = `Trigger 1`, by its place */
  description: string;
  filters: CallFiltersBody | SipFiltersBody | SmsFiltersBody;
  /** it stands still: it names what the owner of the rule may not use any more */
  out_of_scope: boolean;
}

/** Why a run of a schedule sent nothing: `lastFailure` of a scheduled alert in `/getinfo`. */
export type RunFailure = "key_disabled" | "store_gone" | "unreadable" | "not_allowed" | "too_large" | "no_capacity" | "no_receiver_left" | "outside_time_windows" | "link_cancelled";

/** What the rule made of the event. */
export interface RunResource {
  /** of the run; records of history begin with it */
  id: string;
  state: "sent" | "collected" | "throttled" | "held" | "released" | "failed";
  /** when the event was received */
  at: string;
  /** descriptions of the triggers that matched */
  entities: string[];
}

/** A sample by one channel. */
export interface SampleChannel {
  channel: "email" | "text" | "browser" | "inbox";
  /** address or number; null = the inbox, the browsers, or none */
  to: string | null;
  /** `sent`, or why none was sent */
  state: "sent" | "no_number" | "own_number" | "opted_out" | "no_device";
}

/** What one receiver would read. */
export interface SampleEntry {
  /** as in `recipients` */
  recipient: string;
  /** of an email */
  subject?: string;
  /**
   * the text, or the body of the email, up to 4 KB. Without `canReadStores`, names of lookups stand for values of
   * a stored group, and null for stored content
   */
  text: string | null;
  /** sms: parts the whole text is billed as */
  segments?: number;
  /** there is more text */
  truncated: boolean;
}

/** The last payloads of a source, newest first: at most 20, for three days. */
export interface SampleList {
  items: SampleResource[];
  next_cursor: null;
}

/** Where the samples go. */
export interface SampleNoticesResource {
  /** the channels that are on, and the inbox */
  channels: SampleChannel[];
}

/** A payload, and what became of it. */
export interface SampleResource {
  /** sorts by the time of receipt */
  id: string;
  received_at: string;
  /** JSON, or the body as it came if it could not be parsed */
  payload: string;
  events: SampledEventResource[];
  /** a stable word: why not every event could be made, or none */
  reason: string | null;
}

/** An event that a payload told. */
export interface SampledEventResource {
  type: string;
  /** null if it is refused */
  event_id: string | null;
  status: "accepted" | "duplicate" | "ignored" | "late" | "refused";
}

/** When to send, and how often. */
export interface Schedule {
  /** `now` or a time */
  start: string;
  /** added to `start` */
  delay?: string;
  /** from one run to the next */
  repeat?: string | null;
  /** create it paused */
  paused?: boolean;
  /** no run after this; required with `repeat` */
  end?: string | null;
}

/** One scheduled alert. */
export interface ScheduleInfo {
  scheduledAlertId: string;
  storedAlertId: string;
  state: ScheduleState;
  paused: boolean;
  /** of a paused one: when it would run if resumed now; null = finished */
  nextRunAt: string | null;
  /** no run after this */
  expires: string | null;
  /** from one run to the next; null = once */
  repeats: string | null;
  /** runs so far that sent something */
  runs: number;
  /** when it finished; it is listed for 30 days from then */
  ended?: string;
  /** runs that were skipped because they were over 15 minutes late */
  missed: number;
  lastRunAt?: string;
  lastAlertId?: string;
  /** why the latest run sent nothing */
  lastFailure?: RunFailure;
}

/**
 * States of a scheduled alert: `state` of the answers of `/pausescheduledalert`, `/resumescheduledalert` and
 * `/cancelscheduledalert`.
 */
export type ScheduleState = "active" | "paused" | "finished" | "cancelled";

/** Send a stored alert later, once or again and again. */
export interface ScheduleStoredAlertBody {
  /** default: the one in the store; one of the two must be there */
  clientRef?: string | null;
  /** id of the stored alert; this or `storeName` */
  storeId?: string | null;
  /** name of the stored alert; this or `storeId` */
  storeName?: string | null;
  /** when, and how often */
  schedule: Schedule;
}

/** One scheduled alert, under one or both of its names. */
export interface ScheduledAlertBody {
  clientRef?: string | null;
  /** which */
  scheduledAlertId?: string | null;
  /** the same as `scheduledAlertId` */
  scheduleId?: string | null;
}

/** The alert is stored and scheduled. Each run has an `alertRef` of its own. */
export interface ScheduledAnswer {
  success: boolean;
  returnCode: number;
  clientRef: string;
  scheduleId: string;
  /** the same as scheduleId */
  scheduledAlertId: string;
  /** the store of the alert */
  storeId: string;
  /** days the store lives after its last use; 0 = for ever */
  expirationInDays: number;
  /** when it is sent next, UTC; null while it is paused or over */
  nextRunAt: string | null;
}

/** How much telephony data the rules of its holders may use. */
export interface ScopesBody {
  /** own: oneself */
  users?: "own" | "all";
  /** own: those of my lines and groups */
  phone_numbers?: "own" | "all";
  /** own: member or manager */
  hunt_groups?: "own" | "all";
  /** own: member or manager */
  call_queues?: "own" | "all";
}

/** How much telephony data the rules of its holders may use. */
export interface ScopesResource {
  users: "own" | "all";
  phone_numbers: "own" | "all";
  hunt_groups: "own" | "all";
  call_queues: "own" | "all";
}

/** One of `SendAnswer`, `ScheduledAnswer`, `DeferredAnswer`, `ActiveAnswer`, `SentAndActiveAnswer`, `PlanAnswer`. */
export interface SendAlertAnswer {
  success: boolean;
  returnCode: number;
  clientRef: string;
  /** the alert's id */
  alertRef?: string;
  /** the same as alertRef */
  alertId?: string;
  /** stands in every subject of this alert */
  emailSubjectRef?: string;
  alerts?: AlertEntry[];
  scheduleId?: string;
  /** the same as scheduleId */
  scheduledAlertId?: string;
  /** the store of the alert */
  storeId?: string;
  /** days the store lives after its last use; 0 = for ever */
  expirationInDays?: number;
  /** when it is sent next, UTC; null while it is paused or over */
  nextRunAt?: string | null;
  storeName?: string;
  /** in request order */
  triggers?: ActiveKeyword[];
  mode?: "plan";
  plannedAt?: string;
  /** of a schedule, the first of its runs; the plan is of the first one */
  runs?: string[];
  steps?: PlannedStepAnswer[];
  /** end of the escalation if too few people answer */
  exhaustedAt?: string;
  /** of all steps, in US dollars */
  estimatedCost?: number;
  /** the same if every attempt of every call is answered; only with calls */
  estimatedCostMost?: number;
}

/** One call: several messages, over several channels, to many people. */
export interface SendAlertBody {
  /** one entry per channel and text */
  alert: (SmsElement | EmailElement | CallElement | InboundCallElement)[];
  /** what lists show of it; default: the first subject, else the first words of the first text */
  title?: string | null;
  contactGroup?: ContactGroupChoice | null;
  linkedAlerts?: LinkedAlerts | null;
  /** who is contacted next if too few people answer */
  escalation?: Escalation | null;
  options?: SendOptions | null;
  trigger?: Trigger | null;
  deferral?: Deferral | null;
  /** your own reference; it comes back in answers and events */
  clientRef: string;
  /** `plan`: nothing is sent, stored or counted; the answer says what would happen to whom and when */
  mode?: "send" | "plan";
}

/** One call that sends a stored alert. */
export interface SendAlertFromStoreBody {
  /** your own reference; it comes back in answers and events */
  clientRef: string;
  /** the stored alert, in place of everything else */
  storeDetails: StoreChoice;
}

/** All alerts are accepted; each result is as in a call of its own. */
export interface SendAlertsAnswer {
  success: boolean;
  returnCode: number;
  clientRef?: string;
  /** one entry per alert, in request order */
  results: Record<string, unknown>[];
}

/** Several alerts, sent at once or later: all are accepted, or none. */
export interface SendAlertsBody {
  clientRef?: string | null;
  /** first the one that goes at once, if any */
  alerts: SendAlertsEntry[];
}

/** One alert of several; as in `/sendalert`, without version and key. */
export interface SendAlertsEntry {
  /** one entry per channel and text */
  alert: (SmsElement | EmailElement | CallElement | InboundCallElement)[];
  /** what lists show of it; default: the first subject, else the first words of the first text */
  title?: string | null;
  contactGroup?: ContactGroupChoice | null;
  linkedAlerts?: LinkedAlerts | null;
  /** who is contacted next if too few people answer */
  escalation?: Escalation | null;
  options?: SendOptions | null;
  trigger?: Trigger | null;
  deferral?: Deferral | null;
  /** your own reference; it comes back in answers and events */
  clientRef: string;
}

/** The call was accepted as a whole or in part. The accepted messages will be sent. */
export interface SendAnswer {
  success: boolean;
  returnCode: number;
  clientRef: string;
  /** the alert's id */
  alertRef: string;
  /** the same as alertRef */
  alertId: string;
  /** stands in every subject of this alert */
  emailSubjectRef?: string;
  alerts: AlertEntry[];
}

/** Options of the call as a whole. */
export interface SendOptions {
  /**
   * how you get the results: `poll` by /collectevents, `callback` at your URL, `bus` on the operator's event bus
   * (needs the right `canUseBus`), `none` not at all; default: as the key says
   */
  notification?: "poll" | "callback" | "bus" | "none" | null;
  /** how callbacks are encoded; default: as the key says */
  notificationType?: "json" | "form" | null;
  /** https URL where callbacks go; default: as the key says */
  callbackURL?: string | null;
  schedule?: Schedule | null;
  /** how long answers count and results are kept; needs the right `canSetLifetime` */
  lifetime?: string | null;
  /** send also during quiet hours */
  urgent?: boolean;
  /**
   * visits to short links that look human count as answers, without a button; steps, all-clear and runs inherit
   * it. Risk: machines visit links too and can end an escalation; default: as the key says
   */
  clickCounts?: boolean | null;
}

/** One of `SendAnswer`, `ScheduledAnswer`. */
export interface SendStoredAlertAnswer {
  success: boolean;
  returnCode: number;
  clientRef: string;
  /** the alert's id */
  alertRef?: string;
  /** the same as alertRef */
  alertId?: string;
  /** stands in every subject of this alert */
  emailSubjectRef?: string;
  alerts?: AlertEntry[];
  scheduleId?: string;
  /** the same as scheduleId */
  scheduledAlertId?: string;
  /** the store of the alert */
  storeId?: string;
  /** days the store lives after its last use; 0 = for ever */
  expirationInDays?: number;
  /** when it is sent next, UTC; null while it is paused or over */
  nextRunAt?: string | null;
}

/** Send an alert that was stored before. */
export interface SendStoredAlertBody {
  /** default: the one in the store; one of the two must be there */
  clientRef?: string | null;
  /** id of the stored alert; this or `storeName` */
  storeId?: string | null;
  /** name of the stored alert; this or `storeId` */
  storeName?: string | null;
  options?: StoredSendOptions | null;
}

/** What your account may send. Your operator changes it. */
export interface SendingLimitsAnswer {
  /** where text messages may go; null = anywhere */
  countries: string[] | null;
  /** premium, shared-cost, personal, satellite numbers */
  specialNumbers: boolean;
  /** text messages to one receiver; null = no limit */
  perReceiver: RateAnswer | null;
  /** calls placed to one number, a third of them kept for urgent calls; null = no limit */
  callsPerReceiver: RateAnswer | null;
  /** text messages in all; null = no limit */
  perAccount: RateAnswer | null;
  /** estimated cost of a UTC day; null = no limit */
  dailySpendLimitUsd: number | null;
  /** estimated */
  spentTodayUsd: number;
  paused: PausedAnswer[];
}

/** The call was sent, and the stored alert it names waits for a keyword. */
export interface SentAndActiveAnswer {
  success: boolean;
  returnCode: number;
  clientRef: string;
  /** the alert's id */
  alertRef: string;
  /** the same as alertRef */
  alertId: string;
  /** stands in every subject of this alert */
  emailSubjectRef?: string;
  alerts: AlertEntry[];
  storeId: string;
  expirationInDays: number;
  triggers: ActiveKeyword[];
}

/** Who sent an alert. */
export interface SentByResource {
  kind: "key" | "user";
  /** of the API key or the person */
  id: string;
  /** when it was sent; null: not known any more */
  name: string | null;
}

/** What one element said. */
export interface SentContentResource {
  /** the step it is about; 0 = the first alert */
  step: number;
  /** place of the element in its `alert` array */
  item: number;
  channel: "sms" | "email" | "call" | "inboundCall";
  tag: string;
  recipient_count: number;
  /** as the receiver sees it; null: the default */
  sender: string | null;
  subject: string | null;
  /** the text, or the body of a mail, up to 10,000 characters */
  text: string;
  truncated: boolean;
  /** of a mail */
  content_type: string | null;
  /** keywords in braces were replaced for each receiver */
  personal: boolean;
}

/** Change the name and the defaults of your own key. Only an operator changes its rights. */
export interface SetInfoBody {
  clientRef?: string | null;
  /** display name of the key */
  apiKeyFriendlyName?: string | null;
  /** default of `options.notification`; `bus` needs the right `canUseBus` */
  defaultNotification?: "poll" | "callback" | "bus" | "none" | null;
  /** default encoding of callbacks */
  defaultNotificationFormat?: "json" | "form" | null;
  /** where callbacks go when a call does not say; null removes */
  defaultCallbackUrl?: string | null;
  /** convert text messages to the GSM 7-bit alphabet: they have fewer segments */
  transliterate?: boolean | null;
  /** owner address for mails about failed callbacks and exceeded sending limits; null removes */
  ownerEmail?: string | null;
  /**
   * default of `options.clickCounts`: visits to short links that look human count as answers. Machines visit links
   * too and can then end an escalation
   */
  clickCounts?: boolean | null;
  /** make a new signing secret, enable, disable, deliver again */
  callback?: CallbackChangeBody | null;
}

/** A text to paste into the telephone system. */
export interface SetUpResource {
  /** text/plain or application/xml */
  media_type: string;
  text: string;
}

/** Where people who may see the rule find it. */
export interface SharedRuleResource {
  url: string;
}

/** A short URL of each recipient's own, written `{shortlink}` in the content. */
export interface Shortlink {
  /** your own name for it; default: the call's clientRef */
  reference?: string | null;
  /**
   * where it leads; who clicked is added to its query (`reference`, `alertid`, `contactid` or `recipient`, `type`,
   * `tag`); default: a page that says thank you
   */
  url?: string | null;
  /**
   * whether a visit shows our page with one button first, which the receiver presses; default: true without `url`,
   * if the alert escalates or is linked, or if `reference` is the keyword of a trigger; false with `clickCounts`.
   * With `false`, visits set no trigger off unless `clickCounts`
   */
  confirm?: boolean | null;
}

/** Play the message; the call succeeds when it is answered, or as the options say. */
export interface SimpleIvr {
  ivrType?: "simple";
  /** calls until success */
  ivrAttempts?: number;
  /**
   * success only if all was played. No key ends the message then; a key that is pressed while it plays is lost if
   * the receiver hangs up before its end
   */
  ivrRequireFullPlay?: boolean;
  /** success only if a key was pressed. Without it, voicemail counts as reached */
  ivrRequireResponse?: boolean;
}

/** Which registrations a rule is about. */
export interface SipFiltersBody {
  /** ids, extensions or aliases */
  lines: string[];
  /** online, offline, and renewed while online */
  events: ("registered" | "unregistered" | "refreshed")[];
}

/** A new rule about registrations. */
export interface SipRuleBody {
  name: string;
  description?: string;
  /** false: it matches nothing */
  enabled?: boolean;
  options?: SipRuleOptionsBody;
  /** a person; absent = who calls */
  owner?: string | null;
  notifications?: (EmailActionBody | SmsActionBody | WebhookActionBody)[];
  type: "sip";
  triggers?: SipTriggerBody[];
}

/** When a rule about registrations speaks. */
export interface SipRuleOptionsBody {
  throttle?: ThrottleBody | null;
  digest?: DigestBody | null;
  /** events that come later after they happened are not told */
  max_age?: string;
  /** before the messages of broadcasts */
  urgent?: boolean;
  hold?: HoldBody | null;
}

/** One alternative of a rule about registrations. */
export interface SipTriggerBody {
  /** history calls it `entity` */
  description?: string;
  filters: SipFiltersBody;
}

/** Texts to 1 to 50 numbers. */
export interface SmsActionBody {
  type: "sms";
  /** false: nothing is sent by it */
  enabled?: boolean;
  /** a number of the account that can send texts */
  from: string;
  /** who gets them */
  to: string[];
  /** with `%%NAME%%`; empty = the ordinary one */
  text?: string;
}

/** A text message. */
export interface SmsElement {
  /** phone numbers (E.164) or email addresses */
  recipients?: string[] | null;
  /** the same in one string, separated by commas */
  recipientList?: string | null;
  /** a stored `recipientList` */
  storedRecipients?: string | StoreChoice | null;
  /** ids of contacts of the call's group */
  contacts?: string[] | null;
  /** the same in one string, separated by commas */
  contactList?: string | null;
  /** a stored `contactList` */
  storedContactList?: string | StoreChoice | null;
  /** names of sets of the call's group; `all` always exists */
  contactSets?: string[] | null;
  /** the same in one string, separated by commas */
  contactSetList?: string | null;
  /** a stored `contactSetList` */
  storedContactSetList?: string | StoreChoice | null;
  /** your own name for this element; it comes back in answers and events */
  tag: string;
  /** the text; this or `storedContent` */
  content?: string | null;
  /** how `content` is written; default utf8 */
  contentEncoding?: "base64" | "utf8" | null;
  /** a store of this type; this or `content` */
  storedContent?: string | StoreChoice | null;
  linkedAlertModifiers?: LinkedAlertModifiers | null;
  /** the element is skipped unless one of them is open */
  timeWindows?: string[] | null;
  alertType: "sms";
  /** a number people can reply to, or a name they cannot */
  sender: string;
  lookups?: Lookups | null;
}

/** Which text messages a rule is about. */
export interface SmsFiltersBody {
  /** numbers of the event, however written; absent = any */
  numbers?: string[] | null;
  /** ids, extensions or aliases; absent = any */
  lines?: string[] | null;
  /** whose texts they are; absent = anybody's */
  users?: string[] | null;
  /** absent = both */
  directions?: ("incoming" | "outgoing")[] | null;
  /** a part of the text, whatever its case */
  contains?: string | null;
}

/** Texts to 1 to 50 numbers. */
export interface SmsNotificationResource {
  /** its id, for ever */
  id: string;
  type: "sms";
  enabled: boolean;
  /** a number of the account */
  from: string;
  /** who gets them */
  to: string[];
  /** empty = the ordinary text */
  text: string;
  /** in answers about notifications */
  estimate?: TextEstimateResource;
}

/** A new rule about text messages. */
export interface SmsRuleBody {
  name: string;
  description?: string;
  /** false: it matches nothing */
  enabled?: boolean;
  options?: RuleOptionsBody;
  /** a person; absent = who calls */
  owner?: string | null;
  notifications?: (EmailActionBody | SmsActionBody | WebhookActionBody)[];
  type: "sms";
  triggers?: SmsTriggerBody[];
}

/** One alternative of a rule about text messages. */
export interface SmsTriggerBody {
  /** history calls it `entity` */
  description?: string;
  filters?: SmsFiltersBody;
}

/** An event source. */
export interface SourceBody {
  name: string;
  /** the telephone system; it never changes */
  kind: "native" | "freeswitch" | "asterisk" | "yeastar" | "twilio" | "telnyx" | "3cx" | "fspbx" | "connect" | "generic";
  /** ISO 3166 country of national numbers; null = only international numbers are read */
  region?: string | null;
  /** of local times in payloads */
  zone?: string;
  /** patterns of extensions, like 2XXX; empty: numbers of 2 to 6 digits */
  internal?: string[];
  /** how long a call waits for another leg */
  settle_seconds?: number;
  /** of refreshed registrations: kept if a rule asks for them, always, or never */
  refreshes?: "auto" | "keep" | "drop";
  /** of the kind `generic`: how its payloads become events */
  mapping?: Record<string, unknown> | null;
  /** the vendor that signs requests */
  signature?: "twilio" | "telnyx" | "fspbx" | "didww" | null;
  /** what it signs with, newest first; read as •••, which keeps it */
  signing_keys?: string[];
  /** a disabled source's requests are refused */
  enabled?: boolean;
  /**
   * a source that tells nothing for so long counts as silent: a span from 1m to 31d; auto: the span is learnt;
   * off: never
   */
  expect_every?: string;
}

/** All event sources, by id. */
export interface SourceList {
  items: SourceResource[];
  next_cursor: null;
}

/** An event source. */
export interface SourceResource {
  /** its id, for ever */
  id: string;
  name: string;
  kind: "native" | "freeswitch" | "asterisk" | "yeastar" | "twilio" | "telnyx" | "3cx" | "fspbx" | "connect" | "generic";
  region: string | null;
  zone: string;
  internal: string[];
  settle_seconds: number;
  refreshes: "auto" | "keep" | "drop";
  mapping: Record<string, unknown> | null;
  signature: "twilio" | "telnyx" | "fspbx" | "didww" | null;
  /** ••• for each */
  signing_keys: string[];
  enabled: boolean;
  /** a span, auto or off: when the source counts as silent */
  expect_every: string;
  /** where the telephone system sends its events */
  url: string;
  /** how many secrets are live: two while one replaces the other */
  secrets: number;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** Which events are looked at, by when they were received. */
export interface SpanBody {
  /** ISO 8601, included */
  from: string;
  /** ISO 8601, excluded; at most now */
  to: string;
}

/** A mail about an incident. */
export interface StageToldResource {
  stage: "told" | "day_7" | "day_14" | "day_21";
  /** when it was decided */
  at: string;
  /** how many were mailed; null while it is under way */
  people: number | null;
}

/** How much is waiting. */
export interface StatsAnswer {
  /** result events to be collected */
  eventsWaiting: number;
}

/** A report of the status of an integration. */
export interface StatusBody {
  status: "active" | "disabled" | "pending" | "failed";
  /** why, in one line */
  reason?: string | null;
  /** since when, with a zone; omitted = now. It orders reports: an older one changes nothing */
  time?: string | null;
}

/** One step: the alert that is sent if too few people have answered by then. */
export interface Step {
  /** from the step before, the alert itself for the first; 1m to 30d */
  after: string;
  /** as the call's own `alert`; contacts and sets are those of the call's group */
  alert: (SmsElement | EmailElement | CallElement | InboundCallElement)[];
}

/** Stop the alert and its escalation. */
export interface StopBody {
  /** send `escalation.onStopped` to everybody who was contacted */
  all_clear?: boolean;
}

/** How many people must answer, and how. */
export interface StopCondition {
  count: "any" | "all" | number;
  /**
   * weaker answers are kept and do not count: `opened` < `confirmed` < `pressed_in` < `wrote` = `pressed` =
   * `marked`. Default: `confirmed`, with `clickCounts` `opened`; `opened` only goes with `clickCounts`
   */
  evidence?: "opened" | "confirmed" | "pressed_in" | "wrote" | "pressed" | "marked" | null;
}

/** At least one entry succeeded. */
export interface StoreAnswer {
  success: boolean;
  returnCode: number;
  clientRef?: string;
  /** in request order */
  content: StoreEntryAnswer[];
}

/** A store, by id or by name. */
export interface StoreChoice {
  /** id of the store */
  storeId?: string | null;
  /** name of the store */
  storeName?: string | null;
}

/** Keep content for later calls. It expires unless it is used. */
export interface StoreContentBody {
  clientRef?: string | null;
  /** what to store */
  content: (TextStore | EmailStore | VoiceStore | ObjectStore)[];
  /** for entries that have none of their own */
  options?: StoreOptions | null;
}

/** A store, with what it holds, in the form of `/storecontent`. */
export interface StoreContentResource {
  store_id: string;
  name: string | null;
  tag: string;
  content_type: "call" | "sms" | "email" | "inboundCall" | "recipientList" | "alert" | "contactGroup" | "contactList" | "contactSetList";
  /** the sub-unit that it belongs to; null: the whole account */
  company: string | null;
  created_at: string;
  /** when it is removed unless it is used before; null = never */
  expires_at: string | null;
  /** bytes of the content, in UTF-8 */
  size: number;
  /** text, an object if it is an alert or group, or recorded voice in base64; null: over 1 MB */
  content: string | Record<string, unknown> | null;
  /** how `content` is written */
  content_encoding: "utf8" | "base64" | "json";
  /** the other fields of its type. A recording is kept as `wav`, whatever form it came in */
  fields: Record<string, unknown>;
  /** how long a recording is; null: it is none */
  seconds: number | null;
}

/** The result of one entry. */
export interface StoreEntryAnswer {
  success: boolean;
  tag: string | null;
  contentType: "call" | "sms" | "email" | "inboundCall" | "recipientList" | "alert" | "contactGroup" | "contactList" | "contactSetList" | null;
  storeId: string | null;
  storeName: string | null;
  /** days it lives unused; 0 = for ever */
  expirationInDays?: number | null;
  /** when more than one was asked for */
  deletedStoreIds?: string[];
  failureReason?: string;
  /** `IN_USE`: nothing was removed, because something waits for it */
  failureCode?: FaultCode;
  /** why stores were not removed */
  waiting?: WaitingEntry[];
  /** they change nothing of the result */
  warnings?: WarningEntry[];
}

/** Stores by their ids. A page may be short while `next_cursor` says that more follows. */
export interface StoreListResource {
  items: StoreResource[];
  /** give it as `cursor` for what follows; null at the end */
  next_cursor: string | null;
}

/** A name to find the store by. An existing store of this name and type is replaced. */
export interface StoreName {
  storeName: string;
}

/** How long a store lives without being used. Needs the right `canSetLifetime`. */
export interface StoreOptions {
  /** like 30d; 0d = for ever */
  lifetime?: string | null;
  /** older form of `lifetime`; 0 = for ever */
  expirationInDays?: number | null;
}

/** A store, without what it holds. */
export interface StoreResource {
  store_id: string;
  name: string | null;
  tag: string;
  content_type: "call" | "sms" | "email" | "inboundCall" | "recipientList" | "alert" | "contactGroup" | "contactList" | "contactSetList";
  /** the sub-unit that it belongs to; null: the whole account */
  company: string | null;
  created_at: string;
  /** when it is removed unless it is used before; null = never */
  expires_at: string | null;
}

/** A stored alert: a call without version and API key. Its `clientRef` is used if the send has none. */
export interface StoredAlert {
  /** one entry per channel and text */
  alert: (SmsElement | EmailElement | CallElement | InboundCallElement)[];
  /** what lists show of it; default: the first subject, else the first words of the first text */
  title?: string | null;
  contactGroup?: ContactGroupChoice | null;
  linkedAlerts?: LinkedAlerts | null;
  /** who is contacted next if too few people answer */
  escalation?: Escalation | null;
  options?: SendOptions | null;
  trigger?: Trigger | null;
  deferral?: Deferral | null;
  version?: "latest" | "v1" | "v1.0" | null;
  clientRef?: string | null;
}

/** One store. */
export interface StoredAnswer {
  storeId: string;
  storeName: string | null;
  tag: string;
  type: "call" | "sms" | "email" | "inboundCall" | "recipientList" | "alert" | "contactGroup" | "contactList" | "contactSetList";
  /** when; null = never */
  expiresUnlessUsed: string | null;
}

/** Options for sending a stored alert. */
export interface StoredSendOptions {
  schedule?: Schedule | null;
}

/** Where calls to a number go. */
export interface TargetBody {
  /** what is called */
  kind: "line" | "group";
  /** its id */
  id: string;
}

/** Where calls to a number go. */
export interface TargetResource {
  kind: "line" | "group";
  /** its id, for ever */
  id: string;
}

/** Nothing: it is done. */
export interface TemplateChangedResource {
}

/** The account's own templates, by name. */
export interface TemplateList {
  items: TemplateResource[];
}

/** A template of the account's own; null: as in the default. */
export interface TemplateResource {
  from: string | null;
  subject: string | null;
  body: string | null;
  name: "USER_CREATION" | "QUEUE_CALL_LOST" | "QUEUE_SLA" | "QUEUE_CALLBACK" | "QUEUE_CALLBACK_FAILED" | "VOICEMAIL_RECEIVED" | "CALL_REPORT_COMPLETED" | "DISK_LOW" | "EMERGENCY_CALL" | "LICENSE_LIMITED" | "RECHARGE" | "CONFERENCE_INVITATION" | "TRUNK_CONNECTED" | "TRUNK_DISCONNECTED";
  warnings: TemplateWarningResource[];
  updated_at: string;
  /** id of a person or an API key */
  updated_by: string;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** Whom a sample is mailed to. */
export interface TemplateTestBody {
  recipient: string;
}

/** A variable that the template does not have; it is sent as it is written. */
export interface TemplateWarningResource {
  field: "from" | "subject" | "body";
  line: number;
  variable: string;
  /** the variable that may be meant */
  suggestion: string | null;
}

/** Words of a template. What is omitted stays; null goes back to the default. */
export interface TemplateWordsBody {
  /** display name of the sender */
  from?: string | null;
  subject?: string | null;
  /** text, or HTML; HTML if it holds a tag of HTML */
  body?: string | null;
}

/** A test mail. */
export interface TestMailBody {
  /** one address */
  recipient: string;
  subject: string;
  /** plain text */
  content: string;
}

/** A test mail that the mail server took. */
export interface TestMailResource {
  warnings: TestMailWarning[];
}

/** Something beside a test mail that was sent. */
export interface TestMailWarning {
  pointer: string;
  code: "SUPPRESSED";
  message: string;
}

/** Texts to the person. */
export interface TextChannelBody {
  enabled?: boolean;
  custom?: CustomNumberBody;
}

/** Texts to the person. */
export interface TextChannelResource {
  enabled: boolean;
  custom: CustomNumberResource;
  /**
   * whether texts arrive; `no_number`: neither a custom number nor a backup phone; `own_number`: the number is one
   * of the account's by now; `opted_out`: the number said STOP, or is blocked
   */
  state: "off" | "no_number" | "own_number" | "opted_out" | "ready";
}

/** What the texts of one run come to, by a sample of what fires the rule. An estimate, and no invoice. */
export interface TextEstimateResource {
  /** segments of a text */
  parts: number;
  /** of the texts to all receivers */
  price: BacktestCost;
}

/** A text message, or a list in one line, separated by commas. */
export interface TextStore {
  /** your own name for this entry; it comes back in the answer */
  tag: string;
  /** what to keep */
  content: string;
  /** how `content` is written; default utf8 */
  contentEncoding?: "base64" | "utf8" | null;
  storeDetails?: StoreName | null;
  options?: StoreOptions | null;
  contentType: "sms" | "recipientList" | "contactList" | "contactSetList";
}

/** How a text is read out. */
export interface TextToSpeech {
  /**
   * BCP 47 language tag, in any case: en-GB, en-US, en-AU, en-IE, en-NZ, en-SG, en-ZA, en-IN, en-GB-WLS, cy-GB,
   * de-DE, de-AT, de-CH, fr-FR, fr-CA, fr-BE, es-ES, es-MX, es-US, it-IT, pt-PT, pt-BR, nl-NL, nl-BE, pl-PL, da-
   * DK, nb-NO, sv-SE, fi-FI, is-IS, ca-ES, cs-CZ, ro-RO, ru-RU, tr-TR, ar-AE, arb, hi-IN, ja-JP, ko-KR, cmn-CN,
   * yue-CN. Another region of a language has the first voice of that language, and a warning
   */
  language?: string;
  /** a language without such a voice is read out by its other voice, with a warning */
  gender?: "MALE" | "FEMALE" | "NEUTRAL";
  /** the content is SSML, `<speak>…</speak>` */
  enhancedTts?: boolean;
}

/** At most `max` matches are told in each window of `per`. */
export interface ThrottleBody {
  max: number;
  per: string;
  /** what is counted apart */
  by?: "rule" | "line" | "caller" | "number" | "group";
}

/** One line of the timeline. */
export interface TimelineEntryResource {
  /** when it happened */
  at: string;
  kind: TimelineKind;
  /** the step it is about; 0 = the first alert */
  step: number | null;
  /** of the messages it is about */
  channel: string | null;
  answer_kind: ResponseKind | null;
  /** how many messages or people it is about */
  count: number | null;
  address: string | null;
  contact_id: string | null;
  /** what the person wrote, or the note of who marked the person */
  text: string | null;
  /** who asked for a step, stopped it or marked an answer, like `key:k1`; else null */
  by: string | null;
  reason: Reason | null;
  /** the same in words; may change */
  reason_text: string | null;
}

/** Lines of a timeline: `timeline[].kind` of `/alerts/{alert_ref}/incident`. */
export type TimelineKind = "accepted" | "step" | "step_without_alert" | "delivered" | "not_reached" | "answered" | "answer_not_counted" | "cancelled" | "acknowledged" | "exhausted" | "all_clear";

/** Notifications to enable or disable together. */
export interface ToggleBody {
  ids: string[];
  enabled: boolean;
}

/** All personal tokens of the caller, newest first. */
export interface TokenList {
  items: TokenResource[];
  next_cursor: null;
}

/** A personal token. */
export interface TokenResource {
  /** its id, for ever */
  id: string;
  name: string;
  read_only: boolean;
  manages_people: boolean;
  created_at: string;
  expires_at: string;
  /** last use, an hour early at most; null = never */
  used_at: string | null;
  /** the token itself, in the answer to its making only */
  token?: string;
}

/** Who gets what a person has. */
export interface TransferBody {
  /** id of another person */
  to: string;
  /** `confirm` of the 409 that listed what stops */
  confirm?: string | null;
}

/** An event that a payload would tell. */
export interface TriedEventResource {
  type: string;
  /** the source's id of it */
  id: string;
  time: string;
  data: Record<string, unknown>;
}

/** A payload, and what would come of it. */
export interface TriedPayloadResource {
  payload: Record<string, unknown>;
  events: TriedEventResource[];
  without: NoEventResource[];
}

/** What a body would tell. */
export interface TriedResource {
  items: TriedPayloadResource[];
}

/**
 * Keep the alert and send it when a person writes a keyword or answers by a link.  With `storeDetails` a stored
 * alert waits instead, and this one is sent now, for example with links that fire it.
 */
export interface Trigger {
  triggers: TriggerEntry[];
  /** least time between two runs */
  minimumRepeatInterval?: string;
  /** 0 = without end */
  maximumRepeats?: number;
  /** the stored alert that is fired */
  storeDetails?: StoreChoice | null;
}

/** One keyword that fires the alert. */
export interface TriggerEntry {
  type: "sms" | "email" | "shortlink";
  /**
   * in any case; a word of its own in the first 40 characters of a text or a subject, or the `shortlink.reference`
   * of a link whose button is pressed
   */
  keyword: string;
  /** comes back in the event `keyword` */
  tag: string;
}

/** A trigger; it matches if all its filters do. */
export interface TriggerExplained {
  /** of the trigger */
  id: string;
  description: string;
  matched: boolean;
  filters: FilterResource[];
}

/** A trigger by its id and description. */
export interface TriggerNamed {
  /** of the trigger */
  id: string;
  description: string;
}

/** A payload to be mapped: `payload` as JSON, or `body` as the telephone system posts it. */
export interface TryBody {
  /** one payload */
  payload?: Record<string, unknown> | null;
  /** JSON, or a form */
  body?: string | null;
  /** of `body` */
  content_type?: string;
  /** tried in place of the source's own */
  mapping?: Record<string, unknown> | null;
}

/** A page of people. */
export interface UserList {
  /** `cursor` of the next page; null = this is the last */
  next_cursor: string | null;
  items: UserResource[];
}

/** A person. */
export interface UserResource {
  /** its id, for ever */
  id: string;
  email: string;
  name: string;
  /** a system role, or the id of a custom role */
  role: string;
  companies: string[];
  /** ids of contacts that are linked to the person */
  contacts: string[];
  billing: boolean;
  /** invited: has not signed in or accepted yet */
  state: "invited" | "active" | "disabled";
  zone: string | null;
  backup_phone: string | null;
  /** when a session of the console was last used */
  last_seen_at: string | null;
  /** its id in the system that pushes the directory */
  external_id: string | null;
  /** grows with each change; `ETag` holds it */
  version: number;
}

/** A variable of a template. */
export interface VariableResource {
  name: string;
  /** where its value comes from; names in backquotes are of the event's data */
  about: string;
  sample: string;
}

/** Recorded voice, or a text to read out. */
export interface VoiceStore {
  /** your own name for this entry; it comes back in the answer */
  tag: string;
  /** what to keep */
  content: string;
  /** how `content` is written; default utf8 */
  contentEncoding?: "base64" | "utf8" | null;
  storeDetails?: StoreName | null;
  options?: StoreOptions | null;
  contentType: "call" | "inboundCall";
  voiceFormat?: "mp3" | "wav" | "aiff" | "tts" | null;
  tts?: TextToSpeech | null;
}

/** What waits for a store. */
export interface WaitingEntry {
  kind: "schedule" | "trigger";
  /** of the schedule; of a trigger, the store that it sends */
  id: string;
  /** the store that it needs */
  storeId: string;
}

/** What a disabled key does not send any more. */
export interface WaitingUnderKeyResource {
  /** scheduled alerts with runs left, the newest 200 */
  schedules: string[];
  /** stored alerts that wait for a keyword, 200 at most */
  triggers: string[];
}

/** Warnings: `warnings[].code` of an entry of an answer: what was done, and may not be what was meant. */
export type WarningCode = "MANY_SEGMENTS" | "UNKNOWN_PLACEHOLDER" | "UNKNOWN_DATE_FORM" | "DROPPED" | "OPEN_TO_ANYBODY" | "IGNORED" | "OTHER_VOICE" | "VOICEMAIL_COUNTS" | "ATTEMPTS_CANNOT_FIT" | "UNKNOWN_TYPE" | "SUPPRESSED" | "LIFETIME_SHORT" | "CLICKS_COUNT";

/** Something that was done, and may not be what was meant. */
export interface WarningEntry {
  /** JSON pointer into the request */
  pointer: string;
  code: WarningCode;
  message: string;
}

/** A request to a URL: a JSON body with POST and PUT, the same values in the query with GET. */
export interface WebhookActionBody {
  type: "webhook";
  /** false: nothing is sent by it */
  enabled?: boolean;
  url: string;
  method: "POST" | "PUT" | "GET";
  headers?: (BearerHeaderBody | ApiKeyHeaderBody | BasicHeaderBody | CustomHeaderBody)[];
}

/** A request to a URL. */
export interface WebhookNotificationResource {
  /** its id, for ever */
  id: string;
  type: "webhook";
  enabled: boolean;
  /** callers who may not edit the rule read `•••` for each value of its query */
  url: string;
  method: "POST" | "PUT" | "GET";
  /** secrets read `•••`; written back, that keeps them */
  headers: (BearerHeaderBody | ApiKeyHeaderBody | BasicHeaderBody | CustomHeaderBody)[];
  /** what has no value; the webhook is off until it is written */
  secret_missing: string[];
  /** headers whose value went because scheme, host or port changed; the webhook is off */
  cleared?: string[];
}
