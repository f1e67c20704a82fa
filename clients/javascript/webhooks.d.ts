import type { EventEntry } from "./types.js";

/** `request.headers` of Node and Express, or a `Headers`. Upper and lower case are the same. */
export type WebhookHeaders = Record<string, string | string[] | undefined> | { entries(): Iterable<[string, string]> };

export interface VerifyOptions {
  /** Seconds that the webhook may be old, or its clock ahead; 300 by default. */
  tolerance?: number;
  /** Seconds since 1970; the clock of this machine by default. */
  now?: number;
}

/**
 * Returns if the webhook comes from Tocsin and is fresh. A form (`notificationType: form`) is verified like JSON.
 *
 * While a secret is rotated, Tocsin signs with the old and the new one, and it is enough to know either.
 *
 * Throws a `WebhookVerificationError` if no signature fits, a header is missing, or the webhook is too old; a
 * `TypeError` if a secret is no `whsec_…` secret.
 *
 * @param body exactly the bytes that came, before any parsing.
 * @param secrets your `whsec_…` secret, or several of which one must fit.
 */
export declare function verifySignature(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options?: VerifyOptions,
): void;

/** Verifies a webhook like `verifySignature`, and returns its event. */
export declare function parseWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options?: VerifyOptions,
): EventEntry;
