import { createHmac, timingSafeEqual } from "node:crypto";

import { WebhookVerificationError } from "./errors.js";

const TOLERANCE = 300;

export function parseWebhook(body, headers, secrets, options = {}) {
  verifySignature(body, headers, secrets, options);
  return JSON.parse(typeof body === "string" ? body : Buffer.from(body).toString("utf8"));
}

export function verifySignature(body, headers, secrets, { tolerance = TOLERANCE, now = Date.now() / 1_000 } = {}) {
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((name) => header(headers, `webhook-${name}`));
  const keys = [secrets].flat().map(key);
  if (!/^\d+$/.test(timestamp)) throw new WebhookVerificationError("webhook-timestamp is no number of seconds");
  if (!(Math.abs(now - Number(timestamp)) <= tolerance)) {
    throw new WebhookVerificationError("the webhook is too old, or a clock is wrong");
  }
  const expected = keys.map((one) => {
    const digest = createHmac("sha256", one).update(`${id}.${timestamp}.`).update(body).digest("base64");
    return Buffer.from(`v1,${digest}`);
  });
  const given = signatures.split(" ").map((signature) => Buffer.from(signature));
  // Every pair is compared, so that the time says nothing about which one fits.
  const fits = expected.flatMap((one) => given.map((other) => one.length === other.length && timingSafeEqual(one, other)));
  if (!fits.includes(true)) throw new WebhookVerificationError("no signature fits the secret");
}

function header(headers, name) {
  const entries = typeof headers.entries === "function" ? [...headers.entries()] : Object.entries(headers);
  const found = entries.find(([one]) => one.toLowerCase() === name)?.[1];
  if (typeof found !== "string") throw new WebhookVerificationError(`the header ${name} is missing`);
  return found;
}

function key(secret) {
  const word = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(secret)?.[1];
  if (!word) throw new TypeError("a secret is whsec_ and base64");
  return Buffer.from(word, "base64");
}
