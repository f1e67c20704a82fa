import type { ErrorCode, FaultCode } from "./types.js";

/** A call that failed. */
export declare class TocsinError extends Error {
  /** The same call may succeed later. */
  readonly retryable: boolean;
  /** Seconds that the API asks to wait, null if it does not say. */
  readonly retryAfter: number | null;
}

/** No answer came: the connection was refused, reset or ended too early. */
export declare class APIConnectionError extends TocsinError {}

/** No answer came within `timeout`. */
export declare class APITimeoutError extends APIConnectionError {}

/** A webhook was not signed with the secret, or is too old. */
export declare class WebhookVerificationError extends TocsinError {}

/** One thing that is wrong with a request. */
export interface Fault {
  /** JSON pointer into the request; empty = the whole request. */
  pointer: string;
  /** Stable, see docs/codes.md. */
  code: FaultCode | ErrorCode | (string & {});
  /** For people; it may change. */
  message: string;
}

/** The API answered with an error status. */
export declare class APIStatusError extends TocsinError {
  /** The HTTP status. */
  readonly status: number;
  /** Stable, see docs/codes.md; empty if the answer is not one of the API. */
  readonly code: ErrorCode | FaultCode | (string & {});
  /** Everything that is wrong with the request. */
  readonly faults: readonly Fault[];
  /** Quote it when you ask for help; empty if there is none. */
  readonly requestId: string;
  /** The answer as it came: JSON, or text. */
  readonly body: unknown;
}

/** 400, 413 or 415: `faults` says what is wrong with the request. */
export declare class BadRequestError extends APIStatusError {}

/** 401: the API key is missing, unknown or disabled. */
export declare class AuthenticationError extends APIStatusError {}

/** 403: the API key lacks a right. */
export declare class PermissionDeniedError extends APIStatusError {}

/** 404: there is no such thing, or it belongs to another key. */
export declare class NotFoundError extends APIStatusError {}

/** 409 or 412: the state of the thing does not allow it. */
export declare class ConflictError extends APIStatusError {}

/** 422: nothing could be accepted, or the Idempotency-Key belongs to a different request. */
export declare class UnprocessableEntityError extends APIStatusError {}

/** 429: too many calls. */
export declare class RateLimitError extends APIStatusError {}

/** A status from 500 on. */
export declare class InternalServerError extends APIStatusError {}
