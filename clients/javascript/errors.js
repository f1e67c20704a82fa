/** A call that failed. */
export class TocsinError extends Error {
  retryable = false;
  retryAfter = null;

  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

export class APIConnectionError extends TocsinError {
  retryable = true;
}

export class APITimeoutError extends APIConnectionError {}

export class WebhookVerificationError extends TocsinError {}

export class APIStatusError extends TocsinError {
  constructor(status, body, retryAfter = null) {
    const told = body !== null && typeof body === "object" ? body : {};
    const faults = (told.errors ?? []).map((fault) => ({
      pointer: fault.pointer ?? fault.detail ?? "",
      code: fault.code,
      message: fault.message,
    }));
    const code = told.code ?? faults[0]?.code ?? "";
    super(`${status} ${code}: ${told.failureReason ?? told.detail ?? (typeof body === "string" ? body : "")}`);
    this.status = status;
    this.code = code;
    this.faults = faults;
    this.requestId = told.requestId ?? told.instance ?? "";
    this.body = body;
    this.retryAfter = retryAfter;
    // A 409 with Retry-After is a call under the same Idempotency-Key that is still at work.
    this.retryable = status === 429 || (status >= 500 && status !== 501) || (status === 409 && retryAfter !== null);
  }
}

export class BadRequestError extends APIStatusError {}
export class AuthenticationError extends APIStatusError {}
export class PermissionDeniedError extends APIStatusError {}
export class NotFoundError extends APIStatusError {}
export class ConflictError extends APIStatusError {}
export class UnprocessableEntityError extends APIStatusError {}
export class RateLimitError extends APIStatusError {}
export class InternalServerError extends APIStatusError {}

const BY_STATUS = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  412: ConflictError,
  413: BadRequestError,
  415: BadRequestError,
  422: UnprocessableEntityError,
  429: RateLimitError,
};

/** Returns the error of a status. `retryAfter`: seconds. */
export function statusError(status, body, retryAfter) {
  const Kind = BY_STATUS[status] ?? (status >= 500 ? InternalServerError : APIStatusError);
  return new Kind(status, body, retryAfter);
}
