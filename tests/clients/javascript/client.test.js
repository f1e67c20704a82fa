/** The JavaScript client against a scripted server: what it sends, repeats, rejects with and reads. */

import assert from "node:assert/strict";
import { test } from "node:test";

import * as tocsin from "../../../clients/javascript/index.js";
import { scripted } from "./scripted_api.js";

const { Tocsin } = tocsin;

const ALERT = {
  clientRef: "pump-7",
  alert: [{ alertType: "sms", tag: "t", sender: "Tocsin", recipients: ["+447700900001"], content: "Hi" }],
};
const PROBLEM = {
  detail: "no such alert",
  instance: "r1",
  code: "NOT_FOUND",
  errors: [{ code: "NOT_FOUND", message: "no such alert", detail: "" }],
};
const FAILED = {
  success: false,
  returnCode: 400,
  failureReason: "two faults",
  requestId: "r2",
  errors: [
    { pointer: "/alert/0/sender", code: "REQUIRED", message: "sender is needed" },
    { pointer: "/x", code: "UNKNOWN_FIELD", message: "there is no x" },
  ],
};

function clientOf(api, slept = [], more = {}) {
  return new Tocsin({ baseUrl: `${api.url}/`, apiKey: "sk_1", sleep: async (wait) => slept.push(wait), ...more });
}

async function all(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail("it succeeded");
}

test("a call brings key, version and a name of its own", () =>
  scripted([{ body: { alertRef: "a1" } }, {}], async (api) => {
    const client = clientOf(api);
    assert.equal((await client.sendAlert(ALERT)).alertRef, "a1");
    await client.sendAlert(ALERT, { idempotencyKey: "mine" });

    const [first, second] = api.asked;
    assert.deepEqual([first.method, first.path], ["POST", "/live/sendalert"]);
    assert.deepEqual(first.body, { version: "latest", ...ALERT });
    assert.equal(first.headers.authorization, "Bearer sk_1");
    assert.equal(first.headers["content-type"], "application/json");
    assert.equal(first.headers["user-agent"], `tocsin-client-javascript/${tocsin.VERSION}`);
    assert.equal(first.headers["idempotency-key"].length, 36);
    assert.equal(second.headers["idempotency-key"], "mine");
  }));

test("what may succeed later is repeated under the same name", () => {
  const answers = [
    { status: 503, body: PROBLEM, headers: { "Retry-After": "7" } },
    { fault: "reset" },
    { status: 409, body: FAILED, headers: { "Retry-After": "1" } },
    { body: { alertRef: "a1" } },
  ];
  return scripted(answers, async (api) => {
    const slept = [];
    assert.equal((await clientOf(api, slept).sendAlert(ALERT)).alertRef, "a1");

    assert.equal(new Set(api.asked.map((asked) => asked.headers["idempotency-key"])).size, 1);
    assert.deepEqual(
      api.asked.map((asked) => asked.body),
      Array(4).fill({ version: "latest", ...ALERT }),
    );
    assert.deepEqual([slept[0], slept[2]], [7000, 1000]);
    assert.ok(slept[1] >= 500 && slept[1] <= 1000, `${slept[1]}`);
  });
});

test("pauses grow and attempts end", () =>
  scripted(Array(4).fill({ status: 502, body: "<html>bad gateway</html>" }), async (api) => {
    const slept = [];
    const error = await rejection(clientOf(api, slept).getAlert("a1"));

    assert.equal(api.asked.length, 4);
    assert.equal(slept.length, 3);
    slept.forEach((wait, n) => assert.ok(wait >= 250 * 2 ** n && wait <= 500 * 2 ** n, `${wait}`));
    assert.ok(error instanceof tocsin.InternalServerError);
    assert.deepEqual([error.status, error.code, error.body], [502, "", "<html>bad gateway</html>"]);
  }));

for (const [answer, kind] of [
  [{ status: 400, body: FAILED }, tocsin.BadRequestError],
  [{ status: 401, body: PROBLEM }, tocsin.AuthenticationError],
  [{ status: 403, body: PROBLEM }, tocsin.PermissionDeniedError],
  [{ status: 404, body: PROBLEM }, tocsin.NotFoundError],
  [{ status: 409, body: FAILED }, tocsin.ConflictError],
  [{ status: 413, body: PROBLEM }, tocsin.BadRequestError],
  [{ status: 422, body: FAILED }, tocsin.UnprocessableEntityError],
  [{ status: 429, body: PROBLEM, headers: { "Retry-After": "61" } }, tocsin.RateLimitError],
  [{ status: 501, body: FAILED }, tocsin.InternalServerError],
  [{ status: 302, body: "", headers: { Location: "/live/health" } }, tocsin.APIStatusError],
  [{ status: 200, body: "<html>" }, tocsin.APIStatusError],
]) {
  test(`an answer that no repeat would change rejects at once: ${answer.status}`, () =>
    scripted([answer], async (api) => {
      const error = await rejection(clientOf(api).sendAlert(ALERT));
      assert.equal(error.constructor, kind);
      assert.equal(error.name, kind.name);
      assert.equal(error.status, answer.status);
    }));
}

test("an error says everything that is wrong", () =>
  scripted([{ status: 400, body: FAILED }, { status: 404, body: PROBLEM }], async (api) => {
    const failed = await rejection(clientOf(api).sendAlert(ALERT));
    const problem = await rejection(clientOf(api).getAlert("a1"));

    assert.equal(failed.message, "400 REQUIRED: two faults");
    assert.equal(problem.message, "404 NOT_FOUND: no such alert");
    assert.deepEqual(failed.faults, FAILED.errors);
    assert.deepEqual([failed.requestId, problem.requestId, problem.code], ["r2", "r1", "NOT_FOUND"]);
  }));

for (const [fault, kind] of [
  ["reset", tocsin.APIConnectionError],
  ["short", tocsin.APIConnectionError],
  ["late", tocsin.APITimeoutError],
]) {
  test(`without an answer the connection is to blame: ${fault}`, () =>
    scripted([{ fault }], async (api) => {
      const error = await rejection(clientOf(api, [], { maxRetries: 0, timeout: 200 }).sendAlert(ALERT));
      assert.equal(error.constructor, kind);
    }));
}

test("a server that is not there is tried again", async () => {
  const gone = await scripted([], async (api) => api);
  const slept = [];
  const error = await rejection(clientOf(gone, slept).getHealth());
  assert.ok(error instanceof tocsin.APIConnectionError);
  assert.match(error.message, /ECONNREFUSED/);
  assert.equal(slept.length, 3);
});

test("a signal ends a call with its own reason, while it waits for the answer and between attempts", () =>
  scripted([{ fault: "late" }, { status: 503 }], async (api) => {
    const during = await rejection(clientOf(api).getAlert("a1", { signal: AbortSignal.timeout(50) }));
    assert.equal(during.name, "TimeoutError");

    const ended = new AbortController();
    const client = new Tocsin({ baseUrl: api.url, apiKey: "sk_1" });
    const call = rejection(client.getAlert("a1", { signal: ended.signal }));
    while (api.asked.length < 2) await new Promise(setImmediate);
    ended.abort(new Error("enough"));
    const between = await call;
    assert.equal(between.message, "enough");
    assert.equal(api.asked.length, 2);
  }));

test("a list is read page by page while it is iterated", () => {
  const pages = [
    { items: [1, 2], next_cursor: "c/1" },
    { items: [3], next_cursor: null },
  ];
  return scripted([...pages, ...pages].map((body) => ({ body })), async (api) => {
    const found = clientOf(api).listRecipients("a/1", { state: "sent", limit: 2 });
    assert.equal(api.asked.length, 0);
    assert.deepEqual(await all(found), [1, 2, 3]);
    assert.deepEqual(await all(found.pages()), pages);

    const paths = api.asked.slice(0, 2).map((asked) => asked.path);
    assert.deepEqual(paths, [
      "/live/alerts/a%2F1/recipients?state=sent&limit=2",
      "/live/alerts/a%2F1/recipients?state=sent&limit=2&cursor=c%2F1",
    ]);
    assert.equal(api.asked[0].headers["idempotency-key"], undefined);
  });
});

test("only URLs of HTTP are called", () => {
  assert.throws(() => new Tocsin({ baseUrl: "file:///etc/passwd", apiKey: "k" }), /baseUrl/);
});
