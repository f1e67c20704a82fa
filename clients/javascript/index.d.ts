export * from "./errors.js";
export { Tocsin } from "./operations.js";
export type { CallOptions, ClientOptions, Page } from "./transport.js";
export { Pages, VERSION } from "./transport.js";
export type * from "./types.js";
export type { VerifyOptions, WebhookHeaders } from "./webhooks.js";
export { parseWebhook, verifySignature } from "./webhooks.js";
