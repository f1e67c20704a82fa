// The signature of every operation. Written by `make clients` from docs/openapi.json; changes belong there.

import type { CallOptions, Pages } from "./transport.js";
import { Transport } from "./transport.js";
import type {
  AcknowledgeBody,
  AlertRowResource,
  AlertStatusResource,
  AlertSummaryResource,
  CancelAlertsBody,
  CancelAnswer,
  ChangedAnswer,
  CollectEventsBody,
  ContactResource,
  ContactSetResource,
  DeleteContentBody,
  EscalateBody,
  EventsAnswer,
  ExplanationResource,
  GetIncidentShow,
  GetInfoAnswer,
  GetInfoBody,
  Health,
  IncidentResource,
  ListAlertsState,
  ListRecipientsChannel,
  ListRecipientsState,
  RecipientResource,
  ResendBody,
  ResponseResource,
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
  StopBody,
  StoreAnswer,
  StoreContentBody,
  StoreContentResource,
  StoreResource,
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
}
