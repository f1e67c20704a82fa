// Every operation of the API as a method. Written by `make clients` from docs/openapi.json; changes belong there.

import { Transport, part } from "./transport.js";

/** A method for each operation. Each rejects with a `TocsinError`. */
export class Tocsin extends Transport {
  sendAlert(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey, "X-Company": options.xCompany } };
    return this._request("POST", "/sendalert", request, options);
  }

  sendAlerts(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey, "X-Company": options.xCompany } };
    return this._request("POST", "/sendalerts", request, options);
  }

  sendStoredAlert(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey, "X-Company": options.xCompany } };
    return this._request("POST", "/sendstoredalert", request, options);
  }

  scheduleStoredAlert(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey, "X-Company": options.xCompany } };
    return this._request("POST", "/schedulestoredalert", request, options);
  }

  pauseScheduledAlert(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/pausescheduledalert", request, options);
  }

  resumeScheduledAlert(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/resumescheduledalert", request, options);
  }

  cancelScheduledAlert(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/cancelscheduledalert", request, options);
  }

  storeContent(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey, "X-Company": options.xCompany } };
    return this._request("POST", "/storecontent", request, options);
  }

  deleteContent(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/deletecontent", request, options);
  }

  listStores(query = {}, options = {}) {
    return this._pages("/stores", query, options);
  }

  getStore(storeId, options = {}) {
    const request = {};
    return this._request("GET", `/stores/${part(storeId)}`, request, options);
  }

  listContacts(storeId, query = {}, options = {}) {
    return this._pages(`/stores/${part(storeId)}/contacts`, query, options);
  }

  getContact(storeId, contactId, options = {}) {
    const request = {};
    return this._request("GET", `/stores/${part(storeId)}/contacts/${part(contactId)}`, request, options);
  }

  putContact(storeId, contactId, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PUT", `/stores/${part(storeId)}/contacts/${part(contactId)}`, request, options);
  }

  deleteContact(storeId, contactId, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/stores/${part(storeId)}/contacts/${part(contactId)}`, request, options);
  }

  putSet(storeId, name, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PUT", `/stores/${part(storeId)}/sets/${part(name)}`, request, options);
  }

  deleteSet(storeId, name, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/stores/${part(storeId)}/sets/${part(name)}`, request, options);
  }

  cancelAlerts(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey, "X-Company": options.xCompany } };
    return this._request("POST", "/cancelalerts", request, options);
  }

  collectEvents(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/collectevents", request, options);
  }

  getInfo(body, options = {}) {
    const request = { body: { version: "latest", ...body } };
    return this._request("POST", "/getinfo", request, options);
  }

  setInfo(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/setinfo", request, options);
  }

  listAlerts(query = {}, options = {}) {
    return this._pages("/alerts", query, options);
  }

  summarizeAlerts(query = {}, options = {}) {
    const request = { query };
    return this._request("GET", "/alerts/summary", request, options);
  }

  getAlert(alertRef, options = {}) {
    const request = {};
    return this._request("GET", `/alerts/${part(alertRef)}`, request, options);
  }

  listRecipients(alertRef, query = {}, options = {}) {
    return this._pages(`/alerts/${part(alertRef)}/recipients`, query, options);
  }

  listResponses(alertRef, query = {}, options = {}) {
    return this._pages(`/alerts/${part(alertRef)}/responses`, query, options);
  }

  explainRecipient(alertRef, recipient, options = {}) {
    const request = {};
    return this._request("GET", `/alerts/${part(alertRef)}/explain/${part(recipient)}`, request, options);
  }

  escalateAlert(alertRef, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/alerts/${part(alertRef)}/escalate`, request, options);
  }

  stopAlert(alertRef, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/alerts/${part(alertRef)}/stop`, request, options);
  }

  acknowledgeAlert(alertRef, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/alerts/${part(alertRef)}/acknowledge`, request, options);
  }

  resendAlert(alertRef, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/alerts/${part(alertRef)}/resend`, request, options);
  }

  getIncident(alertRef, query = {}, options = {}) {
    const request = { query };
    return this._request("GET", `/alerts/${part(alertRef)}/incident`, request, options);
  }

  getHealth(options = {}) {
    const request = {};
    return this._request("GET", "/health", request, options);
  }

  getMe(options = {}) {
    const request = {};
    return this._request("GET", "/users/me", request, options);
  }

  changeMe(body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", "/users/me", request, options);
  }

  listCompanies(query = {}, options = {}) {
    return this._pages("/companies", query, options);
  }

  createCompany(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/companies", request, options);
  }

  getCompany(id, options = {}) {
    const request = {};
    return this._request("GET", `/companies/${part(id)}`, request, options);
  }

  changeCompany(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/companies/${part(id)}`, request, options);
  }

  deleteCompany(id, query = {}, options = {}) {
    const request = { query, headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/companies/${part(id)}`, request, options);
  }

  listUsers(query = {}, options = {}) {
    return this._pages("/users", query, options);
  }

  createUser(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/users", request, options);
  }

  getUser(id, options = {}) {
    const request = {};
    return this._request("GET", `/users/${part(id)}`, request, options);
  }

  changeUser(id, body, query = {}, options = {}) {
    const request = { body, query, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/users/${part(id)}`, request, options);
  }

  deleteUser(id, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/users/${part(id)}`, request, options);
  }

  listLines(query = {}, options = {}) {
    return this._pages("/lines", query, options);
  }

  createLine(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/lines", request, options);
  }

  getLine(id, options = {}) {
    const request = {};
    return this._request("GET", `/lines/${part(id)}`, request, options);
  }

  changeLine(id, body, query = {}, options = {}) {
    const request = { body, query, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/lines/${part(id)}`, request, options);
  }

  deleteLine(id, query = {}, options = {}) {
    const request = { query, headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/lines/${part(id)}`, request, options);
  }

  listPhoneNumbers(query = {}, options = {}) {
    return this._pages("/phone_numbers", query, options);
  }

  createPhoneNumber(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/phone_numbers", request, options);
  }

  getPhoneNumber(id, options = {}) {
    const request = {};
    return this._request("GET", `/phone_numbers/${part(id)}`, request, options);
  }

  changePhoneNumber(id, body, query = {}, options = {}) {
    const request = { body, query, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/phone_numbers/${part(id)}`, request, options);
  }

  deletePhoneNumber(id, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/phone_numbers/${part(id)}`, request, options);
  }

  listGroups(query = {}, options = {}) {
    return this._pages("/groups", query, options);
  }

  createGroup(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/groups", request, options);
  }

  getGroup(id, options = {}) {
    const request = {};
    return this._request("GET", `/groups/${part(id)}`, request, options);
  }

  changeGroup(id, body, query = {}, options = {}) {
    const request = { body, query, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/groups/${part(id)}`, request, options);
  }

  deleteGroup(id, query = {}, options = {}) {
    const request = { query, headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/groups/${part(id)}`, request, options);
  }

  listRoles(query = {}, options = {}) {
    return this._pages("/roles", query, options);
  }

  createRole(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/roles", request, options);
  }

  getRole(id, options = {}) {
    const request = {};
    return this._request("GET", `/roles/${part(id)}`, request, options);
  }

  changeRole(id, body, query = {}, options = {}) {
    const request = { body, query, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/roles/${part(id)}`, request, options);
  }

  deleteRole(id, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/roles/${part(id)}`, request, options);
  }

  disableUser(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/users/${part(id)}/disable`, request, options);
  }

  enableUser(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/users/${part(id)}/enable`, request, options);
  }

  endSessions(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/users/${part(id)}/sessions/end`, request, options);
  }

  resetMfa(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/users/${part(id)}/mfa/reset`, request, options);
  }

  inviteUser(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/users/${part(id)}/invite`, request, options);
  }

  transferThings(id, body, query = {}, options = {}) {
    const request = { body, query, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/users/${part(id)}/hand_over`, request, options);
  }

  listPermissions(options = {}) {
    const request = {};
    return this._request("GET", "/roles/permissions", request, options);
  }

  putExternal(kind, externalId, body, query = {}, options = {}) {
    const request = { body, query, headers: { "If-Match": options.ifMatch } };
    return this._request("PUT", `/directory/${part(kind)}/external/${part(externalId)}`, request, options);
  }

  importDirectory(body, options = {}) {
    const request = { body };
    return this._request("POST", "/directory/imports", request, options);
  }

  listAlertRules(query = {}, options = {}) {
    return this._pages("/alert_rules", query, options);
  }

  createAlertRule(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/alert_rules", request, options);
  }

  getAlertRule(id, options = {}) {
    const request = {};
    return this._request("GET", `/alert_rules/${part(id)}`, request, options);
  }

  changeAlertRule(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/alert_rules/${part(id)}`, request, options);
  }

  deleteAlertRule(id, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/alert_rules/${part(id)}`, request, options);
  }

  copyAlertRule(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/alert_rules/${part(id)}/copy`, request, options);
  }

  giveAlertRule(id, body, query = {}, options = {}) {
    const request = { body, query, headers: { "If-Match": options.ifMatch } };
    return this._request("POST", `/alert_rules/${part(id)}/owner`, request, options);
  }

  testAlertRule(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/alert_rules/${part(id)}/test`, request, options);
  }

  exportAlertRule(id, query = {}, options = {}) {
    const request = { query };
    return this._request("GET", `/alert_rules/${part(id)}/export`, request, options);
  }

  shareAlertRule(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("POST", `/alert_rules/${part(id)}/share`, request, options);
  }

  listRuleTriggers(id, options = {}) {
    const request = {};
    return this._request("GET", `/alert_rules/${part(id)}/triggers`, request, options);
  }

  addRuleTrigger(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/alert_rules/${part(id)}/triggers`, request, options);
  }

  getRuleTrigger(id, triggerId, options = {}) {
    const request = {};
    return this._request("GET", `/alert_rules/${part(id)}/triggers/${part(triggerId)}`, request, options);
  }

  changeRuleTrigger(id, triggerId, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/alert_rules/${part(id)}/triggers/${part(triggerId)}`, request, options);
  }

  deleteRuleTrigger(id, triggerId, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/alert_rules/${part(id)}/triggers/${part(triggerId)}`, request, options);
  }

  listRuleNotifications(id, options = {}) {
    const request = {};
    return this._request("GET", `/alert_rules/${part(id)}/notifications`, request, options);
  }

  addRuleNotification(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/alert_rules/${part(id)}/notifications`, request, options);
  }

  toggleRuleNotifications(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/alert_rules/${part(id)}/notifications`, request, options);
  }

  deleteRuleNotifications(id, query = {}, options = {}) {
    const request = { query, headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/alert_rules/${part(id)}/notifications`, request, options);
  }

  getRuleNotification(id, notificationId, options = {}) {
    const request = {};
    return this._request("GET", `/alert_rules/${part(id)}/notifications/${part(notificationId)}`, request, options);
  }

  changeRuleNotification(id, notificationId, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/alert_rules/${part(id)}/notifications/${part(notificationId)}`, request, options);
  }

  deleteRuleNotification(id, notificationId, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/alert_rules/${part(id)}/notifications/${part(notificationId)}`, request, options);
  }

  getExampleRequest(id, notificationId, options = {}) {
    const request = {};
    return this._request("GET", `/alert_rules/${part(id)}/notifications/${part(notificationId)}/example_request`, request, options);
  }

  listHistory(id, query = {}, options = {}) {
    return this._pages(`/alert_rules/${part(id)}/history`, query, options);
  }

  getHistoryRecord(id, historyId, options = {}) {
    const request = {};
    return this._request("GET", `/alert_rules/${part(id)}/history/${part(historyId)}`, request, options);
  }

  backtestAlertRule(id, body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/alert_rules/${part(id)}/backtest`, request, options);
  }

  startBacktest(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/backtests", request, options);
  }

  getBacktest(id, options = {}) {
    const request = {};
    return this._request("GET", `/backtests/${part(id)}`, request, options);
  }

  getOwnNotificationSettings(options = {}) {
    const request = {};
    return this._request("GET", "/users/me/notification_settings", request, options);
  }

  changeOwnNotificationSettings(body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", "/users/me/notification_settings", request, options);
  }

  getOwnFollowedLines(options = {}) {
    const request = {};
    return this._request("GET", "/users/me/notification_settings/lines", request, options);
  }

  replaceOwnFollowedLines(body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PUT", "/users/me/notification_settings/lines", request, options);
  }

  getNotificationSettings(id, options = {}) {
    const request = {};
    return this._request("GET", `/users/${part(id)}/notification_settings`, request, options);
  }

  changeNotificationSettings(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/users/${part(id)}/notification_settings`, request, options);
  }

  getFollowedLines(id, options = {}) {
    const request = {};
    return this._request("GET", `/users/${part(id)}/notification_settings/lines`, request, options);
  }

  replaceFollowedLines(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PUT", `/users/${part(id)}/notification_settings/lines`, request, options);
  }

  listTokens(options = {}) {
    const request = {};
    return this._request("GET", "/users/me/tokens", request, options);
  }

  createToken(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/users/me/tokens", request, options);
  }

  deleteToken(tokenId, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/users/me/tokens/${part(tokenId)}`, request, options);
  }

  listNotifications(query = {}, options = {}) {
    return this._pages("/users/me/notifications", query, options);
  }

  markNotification(notificationId, body, options = {}) {
    const request = { body };
    return this._request("PATCH", `/users/me/notifications/${part(notificationId)}`, request, options);
  }

  markAllNotifications(options = {}) {
    const request = {};
    return this._request("POST", "/users/me/notifications/read_all", request, options);
  }

  getPushKey(options = {}) {
    const request = {};
    return this._request("GET", "/push_key", request, options);
  }

  listPushSubscriptions(options = {}) {
    const request = {};
    return this._request("GET", "/users/me/push_subscriptions", request, options);
  }

  addPushSubscription(body, options = {}) {
    const request = { body };
    return this._request("POST", "/users/me/push_subscriptions", request, options);
  }

  removePushEndpoint(body, options = {}) {
    const request = { body };
    return this._request("DELETE", "/users/me/push_subscriptions", request, options);
  }

  removePushSubscription(subscriptionId, options = {}) {
    const request = {};
    return this._request("DELETE", `/users/me/push_subscriptions/${part(subscriptionId)}`, request, options);
  }

  listKeys(options = {}) {
    const request = {};
    return this._request("GET", "/keys", request, options);
  }

  createKey(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/keys", request, options);
  }

  getKey(keyId, options = {}) {
    const request = {};
    return this._request("GET", `/keys/${part(keyId)}`, request, options);
  }

  changeKey(keyId, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/keys/${part(keyId)}`, request, options);
  }

  disableKey(keyId, body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/keys/${part(keyId)}/disable`, request, options);
  }

  enableKey(keyId, body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/keys/${part(keyId)}/enable`, request, options);
  }

  rotateKey(keyId, body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/keys/${part(keyId)}/rotate`, request, options);
  }

  getAccount(options = {}) {
    const request = {};
    return this._request("GET", "/account", request, options);
  }

  changeAccount(body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", "/account", request, options);
  }

  sendSampleNotices(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/users/me/notification_settings/sample", request, options);
  }

  grantToken(options = {}) {
    const request = {};
    return this._request("POST", "/oauth/token", request, options);
  }

  listEventSources(options = {}) {
    const request = {};
    return this._request("GET", "/event_sources", request, options);
  }

  createEventSource(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/event_sources", request, options);
  }

  getEventSource(id, options = {}) {
    const request = {};
    return this._request("GET", `/event_sources/${part(id)}`, request, options);
  }

  changeEventSource(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/event_sources/${part(id)}`, request, options);
  }

  deleteEventSource(id, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/event_sources/${part(id)}`, request, options);
  }

  giveEventSourceSecret(id, body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/event_sources/${part(id)}/secret`, request, options);
  }

  listSamples(id, options = {}) {
    const request = {};
    return this._request("GET", `/event_sources/${part(id)}/samples`, request, options);
  }

  tryPayload(id, body, options = {}) {
    const request = { body };
    return this._request("POST", `/event_sources/${part(id)}/try`, request, options);
  }

  getSetUp(id, options = {}) {
    const request = {};
    return this._request("GET", `/event_sources/${part(id)}/setup`, request, options);
  }

  sendEvents(body, options = {}) {
    const request = { body };
    return this._request("POST", "/events", request, options);
  }

  listEvents(query = {}, options = {}) {
    return this._pages("/events", query, options);
  }

  sendPayload(id, body, options = {}) {
    const request = { body };
    return this._request("POST", `/events/${part(id)}`, request, options);
  }

  getEvent(id, options = {}) {
    const request = {};
    return this._request("GET", `/events/${part(id)}`, request, options);
  }

  sendEventsByRole(body, options = {}) {
    const request = { body };
    return this._request("POST", "/iam/events", request, options);
  }

  explainEvent(id, query = {}, options = {}) {
    const request = { query };
    return this._request("GET", `/events/${part(id)}/explain`, request, options);
  }

  explainRule(id, query = {}, options = {}) {
    const request = { query };
    return this._request("GET", `/alert_rules/${part(id)}/explain`, request, options);
  }

  listIntegrations(query = {}, options = {}) {
    return this._pages("/integrations", query, options);
  }

  createIntegration(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/integrations", request, options);
  }

  getIntegration(id, options = {}) {
    const request = {};
    return this._request("GET", `/integrations/${part(id)}`, request, options);
  }

  changeIntegration(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/integrations/${part(id)}`, request, options);
  }

  deleteIntegration(id, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/integrations/${part(id)}`, request, options);
  }

  reportIntegrationStatus(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/integrations/${part(id)}/status`, request, options);
  }

  listIntegrationAlerts(query = {}, options = {}) {
    return this._pages("/integration_alerts", query, options);
  }

  createIntegrationAlert(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/integration_alerts", request, options);
  }

  listIntegrationAlertCandidates(options = {}) {
    const request = {};
    return this._request("GET", "/integration_alerts/candidates", request, options);
  }

  getIntegrationAlert(id, options = {}) {
    const request = {};
    return this._request("GET", `/integration_alerts/${part(id)}`, request, options);
  }

  changeIntegrationAlert(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/integration_alerts/${part(id)}`, request, options);
  }

  deleteIntegrationAlert(id, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/integration_alerts/${part(id)}`, request, options);
  }

  getMailSettings(options = {}) {
    const request = {};
    return this._request("GET", "/tenant/notification", request, options);
  }

  saveMailSettings(body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("POST", "/tenant/notification", request, options);
  }

  sendTestMail(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/tenant/notification/test_email", request, options);
  }

  disconnectMail(body, options = {}) {
    const request = { body };
    return this._request("POST", "/tenant/notification/disconnect", request, options);
  }

  listDefaultTemplates(options = {}) {
    const request = {};
    return this._request("GET", "/default_email_templates", request, options);
  }

  getDefaultTemplate(name, options = {}) {
    const request = {};
    return this._request("GET", `/default_email_templates/${part(name)}`, request, options);
  }

  listMailTemplates(options = {}) {
    const request = {};
    return this._request("GET", "/custom_email_templates", request, options);
  }

  createMailTemplate(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/custom_email_templates", request, options);
  }

  getMailTemplate(name, options = {}) {
    const request = {};
    return this._request("GET", `/custom_email_templates/${part(name)}`, request, options);
  }

  changeMailTemplate(name, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("POST", `/custom_email_templates/${part(name)}`, request, options);
  }

  destroyMailTemplate(name, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("POST", `/custom_email_templates/${part(name)}/destroy`, request, options);
  }

  previewMailTemplate(name, body, options = {}) {
    const request = { body };
    return this._request("POST", `/custom_email_templates/${part(name)}/preview`, request, options);
  }

  testMailTemplate(name, body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", `/custom_email_templates/${part(name)}/test`, request, options);
  }

  connectMailbox(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/tenant/notification/connect", request, options);
  }

  listTenantMails(query = {}, options = {}) {
    return this._pages("/tenant/notification/messages", query, options);
  }

  listAppointments(query = {}, options = {}) {
    return this._pages("/appointments", query, options);
  }

  createAppointment(body, options = {}) {
    const request = { body, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/appointments", request, options);
  }

  getAppointment(id, options = {}) {
    const request = {};
    return this._request("GET", `/appointments/${part(id)}`, request, options);
  }

  changeAppointment(id, body, options = {}) {
    const request = { body, headers: { "If-Match": options.ifMatch } };
    return this._request("PATCH", `/appointments/${part(id)}`, request, options);
  }

  cancelAppointment(id, options = {}) {
    const request = { headers: { "If-Match": options.ifMatch } };
    return this._request("DELETE", `/appointments/${part(id)}`, request, options);
  }
}
