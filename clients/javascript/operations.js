// Every operation of the API as a method. Written by `make clients` from docs/openapi.json; changes belong there.

import { Transport, part } from "./transport.js";

/** A method for each operation. Each rejects with a `TocsinError`. */
export class Tocsin extends Transport {
  sendAlert(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/sendalert", request, options);
  }

  sendAlerts(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/sendalerts", request, options);
  }

  sendStoredAlert(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
    return this._request("POST", "/sendstoredalert", request, options);
  }

  scheduleStoredAlert(body, options = {}) {
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
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
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
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
    const request = { body: { version: "latest", ...body }, headers: { "Idempotency-Key": options.idempotencyKey } };
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
}
