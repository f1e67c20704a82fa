/** The JavaScript client believes what the server signed (VECTORS is a file of its callbacks), and nothing else. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { WebhookVerificationError, parseWebhook, verifySignature } from "../../../clients/javascript/index.js";

const { now, fresh, vectors } = JSON.parse(readFileSync(process.env.VECTORS, "utf8"));

for (const { name, good, headers, secrets, body } of vectors) {
  test(`a callback is believed if the server signed it lately: ${name}`, () => {
    for (const bytes of [body, Buffer.from(body)]) {
      for (const given of [headers, Object.entries(headers).length ? new Headers(headers) : headers]) {
        const verify = () => verifySignature(bytes, given, secrets, { now });
        if (good) verify();
        else assert.throws(verify, WebhookVerificationError);
      }
    }
  });
}

test("the event is returned", () => {
  const { headers, secrets, body } = fresh;
  assert.equal(parseWebhook(Buffer.from(body), headers, secrets[0]).reply, "Zoë");
  assert.throws(() => parseWebhook(`${body} `, headers, secrets), WebhookVerificationError);
});

for (const secret of ["", "abc", "whsec_", "whsec_!!!", "bm5ubg=="]) {
  test(`a secret that is none is told to the developer: ${secret}`, () => {
    assert.throws(() => verifySignature("", fresh.headers, secret), /whsec_/);
  });
}
