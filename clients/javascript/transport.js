import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import { APIConnectionError, APIStatusError, APITimeoutError, TocsinError, statusError } from "./errors.js";

export const VERSION = "0.1.0";

/** Milliseconds. If the API asks for a longer pause, the call rejects at once. */
const LONGEST_WAIT = 60_000;

const FIRST_WAIT = 500;
const MOST_WAIT = 8_000;

/** A list that is read while it is iterated. Each iteration begins anew. */
export class Pages {
  #fetch;
  #cursor;

  constructor(fetch, cursor) {
    this.#fetch = fetch;
    this.#cursor = cursor;
  }

  async *[Symbol.asyncIterator]() {
    for await (const page of this.pages()) yield* page.items;
  }

  async *pages() {
    let cursor = this.#cursor;
    do {
      const page = await this.#fetch(cursor);
      yield page;
      cursor = page.next_cursor;
    } while (cursor);
  }
}

/** One caller of the API. */
export class Transport {
  #baseUrl;
  #apiKey;
  #timeout;
  #maxRetries;
  #sleep;

  constructor({ baseUrl, apiKey, timeout = 30_000, maxRetries = 3, sleep = pause }) {
    if (!/^https?:\/\//.test(baseUrl)) throw new TypeError("baseUrl must begin with https:// or http://");
    this.#baseUrl = baseUrl.replace(/\/+$/, "");
    this.#apiKey = apiKey;
    this.#timeout = timeout;
    this.#maxRetries = maxRetries;
    this.#sleep = sleep;
  }

  _pages(path, query, options) {
    const fetch = (cursor) => this._request("GET", path, { query: { ...query, cursor } }, options);
    return new Pages(fetch, query.cursor);
  }

  /** Makes a call. What is undefined in query and headers is not sent, but an Idempotency-Key is made up. */
  async _request(method, path, { query = {}, body, headers = {} }, { signal, timeout = this.#timeout } = {}) {
    const url = this.#baseUrl + path + encoded(query);
    const sent = {
      Authorization: `Bearer ${this.#apiKey}`,
      Accept: "application/json",
      "User-Agent": `tocsin-client-javascript/${VERSION}`,
    };
    if (body !== undefined) sent["Content-Type"] = "application/json";
    for (const [name, value] of Object.entries(headers)) {
      if (value || name === "Idempotency-Key") sent[name] = value || randomUUID();
    }
    const request = { method, headers: sent, body: JSON.stringify(body), redirect: "manual" };
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await once(url, request, signal, timeout);
      } catch (error) {
        const wait = error instanceof TocsinError ? waitAfter(error, attempt) : null;
        if (wait === null || attempt >= this.#maxRetries) throw error;
        await this.#sleep(wait, undefined, { signal });
      }
    }
  }
}

/** Returns a value as one part of a path. */
export function part(value) {
  return encodeURIComponent(value);
}

async function once(url, request, signal, timeout) {
  const limit = AbortSignal.timeout(timeout);
  let answer, text;
  try {
    answer = await fetch(url, { ...request, signal: signal ? AbortSignal.any([signal, limit]) : limit });
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (limit.aborted) throw new APITimeoutError(`no answer within ${timeout} ms`, { cause: error });
    throw new APIConnectionError(error.cause?.message ?? error.message, { cause: error });
  }
  if (!answer.ok) throw statusError(answer.status, jsonOr(text, text), seconds(answer.headers.get("Retry-After")));
  const parsed = text === "" ? undefined : jsonOr(text, null);
  if (parsed === null) throw new APIStatusError(answer.status, text);
  return parsed;
}

function encoded(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

function jsonOr(text, otherwise) {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}

function seconds(word) {
  return word !== null && /^\d+$/.test(word) ? Number(word) : null;
}

/** Returns the milliseconds until the next attempt, null if there is to be none. `attempt`: from 0. */
function waitAfter(error, attempt) {
  if (!error.retryable) return null;
  if (error.retryAfter !== null) {
    const asked = error.retryAfter * 1_000;
    return asked <= LONGEST_WAIT ? asked : null;
  }
  return Math.min(FIRST_WAIT * 2 ** attempt, MOST_WAIT) * (0.5 + Math.random() / 2);
}
