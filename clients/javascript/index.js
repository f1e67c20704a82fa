/** Client of the Tocsin alerting API. `Tocsin` makes calls, `parseWebhook` verifies what Tocsin posts to you. */

export {
  APIConnectionError,
  APIStatusError,
  APITimeoutError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  TocsinError,
  UnprocessableEntityError,
  WebhookVerificationError,
} from "./errors.js";
export { Tocsin } from "./operations.js";
export { Pages, VERSION } from "./transport.js";
export { parseWebhook, verifySignature } from "./webhooks.js";
