// The signature of every operation. Written by `make clients` from docs/openapi.json; changes belong there.

import type { CallOptions, Pages } from "./transport.js";
import { Transport } from "./transport.js";
import type {
  AccessTokenResource,
  AccountBody,
  AccountResource,
  AcknowledgeBody,
  AddRuleNotificationAnswer,
  AlertOfIntegrationsBody,
  AlertOfIntegrationsResource,
  AlertRowResource,
  AlertRuleItem,
  AlertRuleResource,
  AlertStatusResource,
  AlertSummaryResource,
  AppointmentBody,
  AppointmentPatch,
  AppointmentResource,
  BacktestBody,
  BacktestResource,
  BriefLineResource,
  CallRuleBody,
  CallTriggerBody,
  CancelAlertsBody,
  CancelAnswer,
  CandidateList,
  ChangeRuleNotificationAnswer,
  ChangedAnswer,
  CloudEventBody,
  CollectEventsBody,
  CompanyBody,
  CompanyResource,
  ConnectBody,
  ConnectingResource,
  ContactResource,
  ContactSetResource,
  CopiedRuleResource,
  CopyBody,
  DefaultTemplateList,
  DefaultTemplateResource,
  DeleteContentBody,
  DisabledKeyResource,
  EmailActionBody,
  EscalateBody,
  EventExplained,
  EventResource,
  EventsAnswer,
  EventsAnswerBody,
  ExampleRequestResource,
  ExplanationResource,
  ExportAlertRuleFormat,
  FollowedLinesBody,
  FollowedLinesResource,
  GetIncidentShow,
  GetInfoAnswer,
  GetInfoBody,
  GetLineAnswer,
  GetRuleNotificationAnswer,
  GiveBody,
  GroupBody,
  GroupResource,
  Health,
  HistoryRecord,
  ImportBody,
  ImportResource,
  InboxEntry,
  IncidentResource,
  IntegrationResource,
  KeyList,
  KeyResource,
  LineBody,
  LineResource,
  ListAlertRulesEnabled,
  ListAlertRulesList,
  ListAlertRulesType,
  ListAlertsState,
  ListAppointmentsState,
  ListNotificationsUnread,
  ListRecipientsChannel,
  ListRecipientsState,
  MailListed,
  MailSettingsBody,
  MailSettingsResource,
  MarkBody,
  MarkedInbox,
  MergePatch,
  NewIntegrationBody,
  NewKeyBody,
  NewSourceResource,
  NewTemplateBody,
  NewTemplateResource,
  NewTokenBody,
  NewUserBody,
  NothingBody,
  NotificationList,
  NotificationSettingsBody,
  NotificationSettingsResource,
  PermissionList,
  PhoneNumberBody,
  PhoneNumberResource,
  PreviewBody,
  PreviewResource,
  PushEndpointBody,
  PushKey,
  PushSubscriptionBody,
  PushSubscriptionList,
  PushSubscriptionResource,
  PutExternalAnswer,
  RecipientResource,
  ResendBody,
  ResponseResource,
  RoleBody,
  RoleResource,
  RotateBody,
  RuleExplained,
  RuleTestResource,
  RuleTriggerList,
  RuleTriggerResource,
  SampleList,
  SampleNoticesResource,
  ScheduleStoredAlertBody,
  ScheduledAlertBody,
  ScheduledAnswer,
  SendAlertAnswer,
  SendAlertBody,
  SendAlertFromStoreBody,
  SendAlertsAnswer,
  SendAlertsBody,
  SendStoredAlertAnswer,
  SendStoredAlertBody,
  SetInfoBody,
  SetUpResource,
  SharedRuleResource,
  SipRuleBody,
  SipTriggerBody,
  SmsActionBody,
  SmsRuleBody,
  SmsTriggerBody,
  SourceBody,
  SourceList,
  SourceResource,
  SpanBody,
  StatusBody,
  StopBody,
  StoreAnswer,
  StoreContentBody,
  StoreContentResource,
  StoreResource,
  TemplateChangedResource,
  TemplateList,
  TemplateResource,
  TemplateTestBody,
  TemplateWordsBody,
  TestMailBody,
  TestMailResource,
  ToggleBody,
  TokenList,
  TokenResource,
  TransferBody,
  TriedResource,
  TryBody,
  UserResource,
  WebhookActionBody,
} from "./types.js";

/** A method for each operation. Each rejects with a `TocsinError`. */
export declare class Tocsin extends Transport {
  /** Send an alert. `POST /sendalert` */
  sendAlert(body: SendAlertBody | SendAlertFromStoreBody, options?: CallOptions): Promise<SendAlertAnswer>;

  /** Send several alerts, at once or later. `POST /sendalerts` */
  sendAlerts(body: SendAlertsBody, options?: CallOptions): Promise<SendAlertsAnswer>;

  /** Send an alert that was stored before. `POST /sendstoredalert` */
  sendStoredAlert(body: SendStoredAlertBody, options?: CallOptions): Promise<SendStoredAlertAnswer>;

  /** Send a stored alert later. `POST /schedulestoredalert` */
  scheduleStoredAlert(body: ScheduleStoredAlertBody, options?: CallOptions): Promise<ScheduledAnswer>;

  /** Pause a scheduled alert. `POST /pausescheduledalert` */
  pauseScheduledAlert(body: ScheduledAlertBody, options?: CallOptions): Promise<ChangedAnswer>;

  /** Resume a scheduled alert. `POST /resumescheduledalert` */
  resumeScheduledAlert(body: ScheduledAlertBody, options?: CallOptions): Promise<ChangedAnswer>;

  /** Cancel a scheduled alert. `POST /cancelscheduledalert` */
  cancelScheduledAlert(body: ScheduledAlertBody, options?: CallOptions): Promise<ChangedAnswer>;

  /** Keep content for later calls. `POST /storecontent` */
  storeContent(body: StoreContentBody, options?: CallOptions): Promise<StoreAnswer>;

  /** Remove stored content. `POST /deletecontent` */
  deleteContent(body: DeleteContentBody, options?: CallOptions): Promise<StoreAnswer>;

  /** Your stores. `GET /stores` */
  listStores(query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<StoreResource>;

  /** One store and what it holds. `GET /stores/{store_id}` */
  getStore(storeId: string, options?: CallOptions): Promise<StoreContentResource>;

  /** The contacts of a stored group. `GET /stores/{store_id}/contacts` */
  listContacts(storeId: string, query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<ContactResource>;

  /** One contact of a stored group. `GET /stores/{store_id}/contacts/{contact_id}` */
  getContact(storeId: string, contactId: string, options?: CallOptions): Promise<ContactResource>;

  /** Put one contact into a stored group. `PUT /stores/{store_id}/contacts/{contact_id}` */
  putContact(storeId: string, contactId: string, body: ContactResource, options?: CallOptions): Promise<ContactResource>;

  /** Remove one contact from a stored group. `DELETE /stores/{store_id}/contacts/{contact_id}` */
  deleteContact(storeId: string, contactId: string, options?: CallOptions): Promise<void>;

  /** Put one set into a stored group. `PUT /stores/{store_id}/sets/{name}` */
  putSet(storeId: string, name: string, body: ContactSetResource, options?: CallOptions): Promise<ContactSetResource>;

  /** Remove one set from a stored group. `DELETE /stores/{store_id}/sets/{name}` */
  deleteSet(storeId: string, name: string, options?: CallOptions): Promise<void>;

  /** Cancel alerts. `POST /cancelalerts` */
  cancelAlerts(body: CancelAlertsBody, options?: CallOptions): Promise<CancelAnswer>;

  /** Collect result events. `POST /collectevents` */
  collectEvents(body: CollectEventsBody, options?: CallOptions): Promise<EventsAnswer>;

  /** Ask about your key. `POST /getinfo` */
  getInfo(body: GetInfoBody, options?: CallOptions): Promise<GetInfoAnswer>;

  /** Change the defaults of your key. `POST /setinfo` */
  setInfo(body: SetInfoBody, options?: CallOptions): Promise<GetInfoAnswer>;

  /** Sent alerts, newest first. `GET /alerts` */
  listAlerts(query?: { limit?: number; cursor?: string; client_ref?: string; state?: ListAlertsState; since?: string; until?: string; sender?: string; title?: string; sent_by?: string; receiver?: string }, options?: CallOptions): Pages<AlertRowResource>;

  /** The sums over the alerts of one reference. `GET /alerts/summary` */
  summarizeAlerts(query: { client_ref: string; since?: string; until?: string; sender?: string; cursor?: string }, options?: CallOptions): Promise<AlertSummaryResource>;

  /** One alert and its progress. `GET /alerts/{alert_ref}` */
  getAlert(alertRef: string, options?: CallOptions): Promise<AlertStatusResource>;

  /** Receivers and the state of their messages. `GET /alerts/{alert_ref}/recipients` */
  listRecipients(alertRef: string, query?: { limit?: number; cursor?: string; state?: ListRecipientsState; channel?: ListRecipientsChannel }, options?: CallOptions): Pages<RecipientResource>;

  /** What people answered. `GET /alerts/{alert_ref}/responses` */
  listResponses(alertRef: string, query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<ResponseResource>;

  /** Why a receiver got a message or not. `GET /alerts/{alert_ref}/explain/{recipient}` */
  explainRecipient(alertRef: string, recipient: string, options?: CallOptions): Promise<ExplanationResource>;

  /** Send the next step of an escalation now. `POST /alerts/{alert_ref}/escalate` */
  escalateAlert(alertRef: string, body: EscalateBody, options?: CallOptions): Promise<AlertStatusResource>;

  /** Stop an alert and its escalation. `POST /alerts/{alert_ref}/stop` */
  stopAlert(alertRef: string, body: StopBody, options?: CallOptions): Promise<AlertStatusResource>;

  /** Mark a receiver as having answered. `POST /alerts/{alert_ref}/acknowledge` */
  acknowledgeAlert(alertRef: string, body: AcknowledgeBody, options?: CallOptions): Promise<AlertStatusResource>;

  /** Send again to the receivers whose message failed. `POST /alerts/{alert_ref}/resend` */
  resendAlert(alertRef: string, body: ResendBody, options?: CallOptions): Promise<AlertStatusResource>;

  /** An alert with all steps of its escalation. `GET /alerts/{alert_ref}/incident` */
  getIncident(alertRef: string, query?: { show?: GetIncidentShow; limit?: number; cursor?: string }, options?: CallOptions): Promise<IncidentResource>;

  /** Whether the API is up. `GET /health` */
  getHealth(options?: CallOptions): Promise<Health>;

  /** Read oneself. `GET /users/me` */
  getMe(options?: CallOptions): Promise<UserResource>;

  /** Change oneself. `PATCH /users/me` */
  changeMe(body: MergePatch, options?: CallOptions): Promise<UserResource>;

  /** List companies. `GET /companies` */
  listCompanies(query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<CompanyResource>;

  /** Create a company. `POST /companies` */
  createCompany(body: CompanyBody, options?: CallOptions): Promise<CompanyResource>;

  /** Read a company. `GET /companies/{id}` */
  getCompany(id: string, options?: CallOptions): Promise<CompanyResource>;

  /** Change a company. `PATCH /companies/{id}` */
  changeCompany(id: string, body: MergePatch, options?: CallOptions): Promise<CompanyResource>;

  /** Delete a company. `DELETE /companies/{id}` */
  deleteCompany(id: string, query?: { confirm?: string }, options?: CallOptions): Promise<void>;

  /** List users. `GET /users` */
  listUsers(query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<UserResource>;

  /** Create a user. `POST /users` */
  createUser(body: NewUserBody, options?: CallOptions): Promise<UserResource>;

  /** Read a user. `GET /users/{id}` */
  getUser(id: string, options?: CallOptions): Promise<UserResource>;

  /** Change a user. `PATCH /users/{id}` */
  changeUser(id: string, body: MergePatch, query?: { confirm?: string }, options?: CallOptions): Promise<UserResource>;

  /** Delete a user. `DELETE /users/{id}` */
  deleteUser(id: string, options?: CallOptions): Promise<void>;

  /** List lines. `GET /lines` */
  listLines(query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<LineResource | BriefLineResource>;

  /** Create a line. `POST /lines` */
  createLine(body: LineBody, options?: CallOptions): Promise<LineResource>;

  /** Read a line. `GET /lines/{id}` */
  getLine(id: string, options?: CallOptions): Promise<GetLineAnswer>;

  /** Change a line. `PATCH /lines/{id}` */
  changeLine(id: string, body: MergePatch, query?: { confirm?: string }, options?: CallOptions): Promise<LineResource>;

  /** Delete a line. `DELETE /lines/{id}` */
  deleteLine(id: string, query?: { confirm?: string }, options?: CallOptions): Promise<void>;

  /** List phone numbers. `GET /phone_numbers` */
  listPhoneNumbers(query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<PhoneNumberResource>;

  /** Create a phone number. `POST /phone_numbers` */
  createPhoneNumber(body: PhoneNumberBody, options?: CallOptions): Promise<PhoneNumberResource>;

  /** Read a phone number. `GET /phone_numbers/{id}` */
  getPhoneNumber(id: string, options?: CallOptions): Promise<PhoneNumberResource>;

  /** Change a phone number. `PATCH /phone_numbers/{id}` */
  changePhoneNumber(id: string, body: MergePatch, query?: { confirm?: string }, options?: CallOptions): Promise<PhoneNumberResource>;

  /** Delete a phone number. `DELETE /phone_numbers/{id}` */
  deletePhoneNumber(id: string, options?: CallOptions): Promise<void>;

  /** List groups. `GET /groups` */
  listGroups(query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<GroupResource>;

  /** Create a group. `POST /groups` */
  createGroup(body: GroupBody, options?: CallOptions): Promise<GroupResource>;

  /** Read a group. `GET /groups/{id}` */
  getGroup(id: string, options?: CallOptions): Promise<GroupResource>;

  /** Change a group. `PATCH /groups/{id}` */
  changeGroup(id: string, body: MergePatch, query?: { confirm?: string }, options?: CallOptions): Promise<GroupResource>;

  /** Delete a group. `DELETE /groups/{id}` */
  deleteGroup(id: string, query?: { confirm?: string }, options?: CallOptions): Promise<void>;

  /** List roles. `GET /roles` */
  listRoles(query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<RoleResource>;

  /** Create a role. `POST /roles` */
  createRole(body: RoleBody, options?: CallOptions): Promise<RoleResource>;

  /** Read a role. `GET /roles/{id}` */
  getRole(id: string, options?: CallOptions): Promise<RoleResource>;

  /** Change a role. `PATCH /roles/{id}` */
  changeRole(id: string, body: MergePatch, query?: { confirm?: string }, options?: CallOptions): Promise<RoleResource>;

  /** Delete a role. `DELETE /roles/{id}` */
  deleteRole(id: string, options?: CallOptions): Promise<void>;

  /** Disable a person. `POST /users/{id}/disable` */
  disableUser(id: string, body: NothingBody, options?: CallOptions): Promise<UserResource>;

  /** Enable a person. `POST /users/{id}/enable` */
  enableUser(id: string, body: NothingBody, options?: CallOptions): Promise<UserResource>;

  /** Sign a person out everywhere. `POST /users/{id}/sessions/end` */
  endSessions(id: string, body: NothingBody, options?: CallOptions): Promise<UserResource>;

  /** Turn a person's authenticator app off. `POST /users/{id}/mfa/reset` */
  resetMfa(id: string, body: NothingBody, options?: CallOptions): Promise<UserResource>;

  /** Invite a person. `POST /users/{id}/invite` */
  inviteUser(id: string, body: NothingBody, options?: CallOptions): Promise<UserResource>;

  /** Transfer what a person has. `POST /users/{id}/hand_over` */
  transferThings(id: string, body: TransferBody, query?: { confirm?: string }, options?: CallOptions): Promise<UserResource>;

  /** List what a custom role can have. `GET /roles/permissions` */
  listPermissions(options?: CallOptions): Promise<PermissionList>;

  /** Push a thing of another system. `PUT /directory/{kind}/external/{external_id}` */
  putExternal(kind: string, externalId: string, body: NewUserBody | CompanyBody | LineBody | PhoneNumberBody | GroupBody, query?: { confirm?: string }, options?: CallOptions): Promise<PutExternalAnswer>;

  /** Plan or apply an import. `POST /directory/imports` */
  importDirectory(body: ImportBody, options?: CallOptions): Promise<ImportResource>;

  /** List alert rules. `GET /alert_rules` */
  listAlertRules(query?: { list?: ListAlertRulesList; type?: ListAlertRulesType; enabled?: ListAlertRulesEnabled; owner?: string; search?: string; limit?: number; cursor?: string }, options?: CallOptions): Pages<AlertRuleItem>;

  /** Create an alert rule. `POST /alert_rules` */
  createAlertRule(body: CallRuleBody | SipRuleBody | SmsRuleBody, options?: CallOptions): Promise<AlertRuleResource>;

  /** Read an alert rule. `GET /alert_rules/{id}` */
  getAlertRule(id: string, options?: CallOptions): Promise<AlertRuleResource>;

  /** Change an alert rule. `PATCH /alert_rules/{id}` */
  changeAlertRule(id: string, body: MergePatch, options?: CallOptions): Promise<AlertRuleResource>;

  /** Delete an alert rule. `DELETE /alert_rules/{id}` */
  deleteAlertRule(id: string, options?: CallOptions): Promise<void>;

  /** Copy an alert rule. `POST /alert_rules/{id}/copy` */
  copyAlertRule(id: string, body: CopyBody, options?: CallOptions): Promise<CopiedRuleResource>;

  /** Switch the owner of an alert rule. `POST /alert_rules/{id}/owner` */
  giveAlertRule(id: string, body: GiveBody, query?: { confirm?: string }, options?: CallOptions): Promise<AlertRuleResource>;

  /** Test an alert rule. `POST /alert_rules/{id}/test` */
  testAlertRule(id: string, body: NothingBody, options?: CallOptions): Promise<RuleTestResource>;

  /** Export an alert rule. `GET /alert_rules/{id}/export` */
  exportAlertRule(id: string, query?: { format?: ExportAlertRuleFormat }, options?: CallOptions): Promise<string>;

  /** Share an alert rule. `POST /alert_rules/{id}/share` */
  shareAlertRule(id: string, body: NothingBody, options?: CallOptions): Promise<SharedRuleResource>;

  /** List the triggers of a rule. `GET /alert_rules/{id}/triggers` */
  listRuleTriggers(id: string, options?: CallOptions): Promise<RuleTriggerList>;

  /** Add a trigger. `POST /alert_rules/{id}/triggers` */
  addRuleTrigger(id: string, body: CallTriggerBody | SipTriggerBody | SmsTriggerBody, options?: CallOptions): Promise<RuleTriggerResource>;

  /** Read a trigger. `GET /alert_rules/{id}/triggers/{trigger_id}` */
  getRuleTrigger(id: string, triggerId: string, options?: CallOptions): Promise<RuleTriggerResource>;

  /** Change a trigger. `PATCH /alert_rules/{id}/triggers/{trigger_id}` */
  changeRuleTrigger(id: string, triggerId: string, body: MergePatch, options?: CallOptions): Promise<RuleTriggerResource>;

  /** Delete a trigger. `DELETE /alert_rules/{id}/triggers/{trigger_id}` */
  deleteRuleTrigger(id: string, triggerId: string, options?: CallOptions): Promise<void>;

  /** List the notifications of a rule. `GET /alert_rules/{id}/notifications` */
  listRuleNotifications(id: string, options?: CallOptions): Promise<NotificationList>;

  /** Add a notification. `POST /alert_rules/{id}/notifications` */
  addRuleNotification(id: string, body: EmailActionBody | SmsActionBody | WebhookActionBody, options?: CallOptions): Promise<AddRuleNotificationAnswer>;

  /** Enable or disable notifications. `PATCH /alert_rules/{id}/notifications` */
  toggleRuleNotifications(id: string, body: ToggleBody, options?: CallOptions): Promise<NotificationList>;

  /** Delete notifications. `DELETE /alert_rules/{id}/notifications` */
  deleteRuleNotifications(id: string, query: { ids: string }, options?: CallOptions): Promise<void>;

  /** Read a notification. `GET /alert_rules/{id}/notifications/{notification_id}` */
  getRuleNotification(id: string, notificationId: string, options?: CallOptions): Promise<GetRuleNotificationAnswer>;

  /** Change a notification. `PATCH /alert_rules/{id}/notifications/{notification_id}` */
  changeRuleNotification(id: string, notificationId: string, body: MergePatch, options?: CallOptions): Promise<ChangeRuleNotificationAnswer>;

  /** Delete a notification. `DELETE /alert_rules/{id}/notifications/{notification_id}` */
  deleteRuleNotification(id: string, notificationId: string, options?: CallOptions): Promise<void>;

  /** Show what a webhook sends. `GET /alert_rules/{id}/notifications/{notification_id}/example_request` */
  getExampleRequest(id: string, notificationId: string, options?: CallOptions): Promise<ExampleRequestResource>;

  /** Read what a rule sent. `GET /alert_rules/{id}/history` */
  listHistory(id: string, query?: { from?: string; to?: string; channel?: string; status?: string; recipient?: string; entity?: string; line?: string; extension?: string; test?: string; limit?: number; cursor?: string }, options?: CallOptions): Pages<HistoryRecord>;

  /** Read one message of a rule. `GET /alert_rules/{id}/history/{history_id}` */
  getHistoryRecord(id: string, historyId: string, options?: CallOptions): Promise<HistoryRecord>;

  /** Test a rule with earlier events. `POST /alert_rules/{id}/backtest` */
  backtestAlertRule(id: string, body: SpanBody, options?: CallOptions): Promise<BacktestResource>;

  /** Test a rule that is not saved with earlier events. `POST /backtests` */
  startBacktest(body: BacktestBody, options?: CallOptions): Promise<BacktestResource>;

  /** Read a backtest. `GET /backtests/{id}` */
  getBacktest(id: string, options?: CallOptions): Promise<BacktestResource>;

  /** Read your notification settings. `GET /users/me/notification_settings` */
  getOwnNotificationSettings(options?: CallOptions): Promise<NotificationSettingsResource>;

  /** Change your notification settings. `PATCH /users/me/notification_settings` */
  changeOwnNotificationSettings(body: NotificationSettingsBody, options?: CallOptions): Promise<NotificationSettingsResource>;

  /** Read the lines that you follow. `GET /users/me/notification_settings/lines` */
  getOwnFollowedLines(options?: CallOptions): Promise<FollowedLinesResource>;

  /** Replace the lines that you follow. `PUT /users/me/notification_settings/lines` */
  replaceOwnFollowedLines(body: FollowedLinesBody, options?: CallOptions): Promise<FollowedLinesResource>;

  /** Read the notification settings of a person. `GET /users/{id}/notification_settings` */
  getNotificationSettings(id: string, options?: CallOptions): Promise<NotificationSettingsResource>;

  /** Change the notification settings of a person. `PATCH /users/{id}/notification_settings` */
  changeNotificationSettings(id: string, body: NotificationSettingsBody, options?: CallOptions): Promise<NotificationSettingsResource>;

  /** Read the lines that a person follows. `GET /users/{id}/notification_settings/lines` */
  getFollowedLines(id: string, options?: CallOptions): Promise<FollowedLinesResource>;

  /** Replace the lines that a person follows. `PUT /users/{id}/notification_settings/lines` */
  replaceFollowedLines(id: string, body: FollowedLinesBody, options?: CallOptions): Promise<FollowedLinesResource>;

  /** List your personal tokens. `GET /users/me/tokens` */
  listTokens(options?: CallOptions): Promise<TokenList>;

  /** Make a personal token. `POST /users/me/tokens` */
  createToken(body: NewTokenBody, options?: CallOptions): Promise<TokenResource>;

  /** Delete a personal token. `DELETE /users/me/tokens/{token_id}` */
  deleteToken(tokenId: string, options?: CallOptions): Promise<void>;

  /** List your notifications. `GET /users/me/notifications` */
  listNotifications(query?: { unread?: ListNotificationsUnread; limit?: number; cursor?: string }, options?: CallOptions): Pages<InboxEntry>;

  /** Mark a notification as read or unread. `PATCH /users/me/notifications/{notification_id}` */
  markNotification(notificationId: string, body: MarkBody, options?: CallOptions): Promise<InboxEntry>;

  /** Mark all notifications as read. `POST /users/me/notifications/read_all` */
  markAllNotifications(options?: CallOptions): Promise<MarkedInbox>;

  /** Read the push key. `GET /push_key` */
  getPushKey(options?: CallOptions): Promise<PushKey>;

  /** List your browsers that are pushed to. `GET /users/me/push_subscriptions` */
  listPushSubscriptions(options?: CallOptions): Promise<PushSubscriptionList>;

  /** Add a browser. `POST /users/me/push_subscriptions` */
  addPushSubscription(body: PushSubscriptionBody, options?: CallOptions): Promise<PushSubscriptionResource>;

  /** Remove a browser by its endpoint. `DELETE /users/me/push_subscriptions` */
  removePushEndpoint(body: PushEndpointBody, options?: CallOptions): Promise<void>;

  /** Remove a browser. `DELETE /users/me/push_subscriptions/{subscription_id}` */
  removePushSubscription(subscriptionId: string, options?: CallOptions): Promise<void>;

  /** List API keys. `GET /keys` */
  listKeys(options?: CallOptions): Promise<KeyList>;

  /** Make an API key. `POST /keys` */
  createKey(body: NewKeyBody, options?: CallOptions): Promise<KeyResource>;

  /** Read an API key. `GET /keys/{key_id}` */
  getKey(keyId: string, options?: CallOptions): Promise<KeyResource>;

  /** Change an API key. `PATCH /keys/{key_id}` */
  changeKey(keyId: string, body: MergePatch, options?: CallOptions): Promise<KeyResource>;

  /** Disable an API key. `POST /keys/{key_id}/disable` */
  disableKey(keyId: string, body: NothingBody, options?: CallOptions): Promise<DisabledKeyResource>;

  /** Enable an API key. `POST /keys/{key_id}/enable` */
  enableKey(keyId: string, body: NothingBody, options?: CallOptions): Promise<KeyResource>;

  /** Give an API key a new token. `POST /keys/{key_id}/rotate` */
  rotateKey(keyId: string, body: RotateBody, options?: CallOptions): Promise<KeyResource>;

  /** Read the settings of the account. `GET /account` */
  getAccount(options?: CallOptions): Promise<AccountResource>;

  /** Change the settings of the account. `PATCH /account` */
  changeAccount(body: AccountBody, options?: CallOptions): Promise<AccountResource>;

  /** Send yourself a sample of a notice. `POST /users/me/notification_settings/sample` */
  sendSampleNotices(body: NothingBody, options?: CallOptions): Promise<SampleNoticesResource>;

  /** Exchange a password for an access token. `POST /oauth/token` */
  grantToken(options?: CallOptions): Promise<AccessTokenResource>;

  /** List event sources. `GET /event_sources` */
  listEventSources(options?: CallOptions): Promise<SourceList>;

  /** Create an event source. `POST /event_sources` */
  createEventSource(body: SourceBody, options?: CallOptions): Promise<NewSourceResource>;

  /** Read an event source. `GET /event_sources/{id}` */
  getEventSource(id: string, options?: CallOptions): Promise<SourceResource>;

  /** Change an event source. `PATCH /event_sources/{id}` */
  changeEventSource(id: string, body: MergePatch, options?: CallOptions): Promise<SourceResource>;

  /** Delete an event source. `DELETE /event_sources/{id}` */
  deleteEventSource(id: string, options?: CallOptions): Promise<void>;

  /** Give a source a new secret. `POST /event_sources/{id}/secret` */
  giveEventSourceSecret(id: string, body: NothingBody, options?: CallOptions): Promise<NewSourceResource>;

  /** Read the last payloads of a source. `GET /event_sources/{id}/samples` */
  listSamples(id: string, options?: CallOptions): Promise<SampleList>;

  /** Map a payload and store nothing. `POST /event_sources/{id}/try` */
  tryPayload(id: string, body: TryBody, options?: CallOptions): Promise<TriedResource>;

  /** Read what to paste into the telephone system. `GET /event_sources/{id}/setup` */
  getSetUp(id: string, options?: CallOptions): Promise<SetUpResource>;

  /** Send telephony events. `POST /events` */
  sendEvents(body: CloudEventBody, options?: CallOptions): Promise<EventsAnswerBody>;

  /** List telephony events. `GET /events` */
  listEvents(query?: { from?: string; to?: string; type?: string; line?: string; number?: string; limit?: number; cursor?: string }, options?: CallOptions): Pages<EventResource>;

  /** Send what a telephone system tells. `POST /events/{id}` */
  sendPayload(id: string, body: CloudEventBody, options?: CallOptions): Promise<EventsAnswerBody>;

  /** Read a telephony event. `GET /events/{id}` */
  getEvent(id: string, options?: CallOptions): Promise<EventResource>;

  /** Send telephony events as a role of AWS. `POST /iam/events` */
  sendEventsByRole(body: CloudEventBody, options?: CallOptions): Promise<EventsAnswerBody>;

  /** Read all that an event did. `GET /events/{id}/explain` */
  explainEvent(id: string, query?: { user?: string }, options?: CallOptions): Promise<EventExplained>;

  /** Read why a rule fired for an event, or did not. `GET /alert_rules/{id}/explain` */
  explainRule(id: string, query: { event: string }, options?: CallOptions): Promise<RuleExplained>;

  /** List integrations. `GET /integrations` */
  listIntegrations(query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<IntegrationResource>;

  /** Create an integration. `POST /integrations` */
  createIntegration(body: NewIntegrationBody, options?: CallOptions): Promise<IntegrationResource>;

  /** Read an integration. `GET /integrations/{id}` */
  getIntegration(id: string, options?: CallOptions): Promise<IntegrationResource>;

  /** Change an integration. `PATCH /integrations/{id}` */
  changeIntegration(id: string, body: MergePatch, options?: CallOptions): Promise<IntegrationResource>;

  /** Delete an integration. `DELETE /integrations/{id}` */
  deleteIntegration(id: string, options?: CallOptions): Promise<void>;

  /** Report the status of an integration. `POST /integrations/{id}/status` */
  reportIntegrationStatus(id: string, body: StatusBody, options?: CallOptions): Promise<IntegrationResource>;

  /** List who is told when integrations fail. `GET /integration_alerts` */
  listIntegrationAlerts(query?: { limit?: number; cursor?: string }, options?: CallOptions): Pages<AlertOfIntegrationsResource>;

  /** Subscribe a person to alerts of integrations. `POST /integration_alerts` */
  createIntegrationAlert(body: AlertOfIntegrationsBody, options?: CallOptions): Promise<AlertOfIntegrationsResource>;

  /** List whom you may subscribe. `GET /integration_alerts/candidates` */
  listIntegrationAlertCandidates(options?: CallOptions): Promise<CandidateList>;

  /** Read a subscription. `GET /integration_alerts/{id}` */
  getIntegrationAlert(id: string, options?: CallOptions): Promise<AlertOfIntegrationsResource>;

  /** Change a subscription. `PATCH /integration_alerts/{id}` */
  changeIntegrationAlert(id: string, body: MergePatch, options?: CallOptions): Promise<AlertOfIntegrationsResource>;

  /** Delete a subscription. `DELETE /integration_alerts/{id}` */
  deleteIntegrationAlert(id: string, options?: CallOptions): Promise<void>;

  /** Read the mail settings. `GET /tenant/notification` */
  getMailSettings(options?: CallOptions): Promise<MailSettingsResource>;

  /** Save mail settings. `POST /tenant/notification` */
  saveMailSettings(body: MailSettingsBody, options?: CallOptions): Promise<MailSettingsResource>;

  /** Send a test mail, and wait for the mail server's answer. `POST /tenant/notification/test_email` */
  sendTestMail(body: TestMailBody, options?: CallOptions): Promise<TestMailResource>;

  /** Forget the consent of a Microsoft 365 or Gmail mailbox. `POST /tenant/notification/disconnect` */
  disconnectMail(body: NothingBody, options?: CallOptions): Promise<MailSettingsResource>;

  /** List the default mail templates. `GET /default_email_templates` */
  listDefaultTemplates(options?: CallOptions): Promise<DefaultTemplateList>;

  /** Read a default template and its variables. `GET /default_email_templates/{name}` */
  getDefaultTemplate(name: string, options?: CallOptions): Promise<DefaultTemplateResource>;

  /** List the account's own mail templates. `GET /custom_email_templates` */
  listMailTemplates(options?: CallOptions): Promise<TemplateList>;

  /** Give a mail the account's own words. `POST /custom_email_templates` */
  createMailTemplate(body: NewTemplateBody, options?: CallOptions): Promise<NewTemplateResource>;

  /** Read one of the account's own templates. `GET /custom_email_templates/{name}` */
  getMailTemplate(name: string, options?: CallOptions): Promise<TemplateResource>;

  /** Change one of the account's own templates. `POST /custom_email_templates/{name}` */
  changeMailTemplate(name: string, body: TemplateWordsBody, options?: CallOptions): Promise<TemplateChangedResource>;

  /** Go back to the default template. `POST /custom_email_templates/{name}/destroy` */
  destroyMailTemplate(name: string, body: NothingBody, options?: CallOptions): Promise<TemplateChangedResource>;

  /** See the mail with sample values. `POST /custom_email_templates/{name}/preview` */
  previewMailTemplate(name: string, body: PreviewBody, options?: CallOptions): Promise<PreviewResource>;

  /** Mail a sample of the template. `POST /custom_email_templates/{name}/test` */
  testMailTemplate(name: string, body: TemplateTestBody, options?: CallOptions): Promise<TestMailResource>;

  /** Connect a mailbox of Microsoft 365 or Gmail. `POST /tenant/notification/connect` */
  connectMailbox(body: ConnectBody, options?: CallOptions): Promise<ConnectingResource>;

  /** List the mails about events. `GET /tenant/notification/messages` */
  listTenantMails(query?: { state?: string; limit?: number; cursor?: string }, options?: CallOptions): Pages<MailListed>;

  /** List appointments. `GET /appointments` */
  listAppointments(query?: { assignee?: string; from?: string; to?: string; state?: ListAppointmentsState; limit?: number; cursor?: string }, options?: CallOptions): Pages<AppointmentResource>;

  /** Make an appointment. `POST /appointments` */
  createAppointment(body: AppointmentBody, options?: CallOptions): Promise<AppointmentResource>;

  /** Read an appointment. `GET /appointments/{id}` */
  getAppointment(id: string, options?: CallOptions): Promise<AppointmentResource>;

  /** Change, move or give away an appointment. `PATCH /appointments/{id}` */
  changeAppointment(id: string, body: AppointmentPatch, options?: CallOptions): Promise<AppointmentResource>;

  /** Cancel an appointment. `DELETE /appointments/{id}` */
  cancelAppointment(id: string, options?: CallOptions): Promise<void>;
}
