export declare const VERSION: string;

export interface ClientOptions {
  /** Of the API, up to the stage. */
  baseUrl: string;
  /** Sent as a bearer token. */
  apiKey: string;
  /** Milliseconds for one attempt, 30,000 by default. */
  timeout?: number;
  /**
   * Attempts after the first one, 3 by default. Connection errors, 429 and 5xx (but 501) are tried again, after the time
   * that `Retry-After` says. A repeated call has the same `Idempotency-Key`, so that it is done once.
   */
  maxRetries?: number;
  /** Waits between attempts, in milliseconds. */
  sleep?: (milliseconds: number, value?: undefined, options?: { signal?: AbortSignal }) => Promise<unknown>;
}

export interface CallOptions {
  /** Your own name for this request; repeats of it are done once. One is made up if there is none. */
  idempotencyKey?: string;
  /** ETag: the call is refused if the thing has changed since. */
  ifMatch?: string;
  /** Ends the call, which rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds for one attempt. */
  timeout?: number;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** A list that is read while it is iterated with `for await`. Each iteration begins anew. */
export declare class Pages<T> implements AsyncIterable<T> {
  private constructor();
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined>;
  /** Yields every page as it came. */
  pages(): AsyncGenerator<Page<T>, void, undefined>;
}

/** One caller of the API. */
export declare class Transport {
  /** Throws a `TypeError` if `baseUrl` is no HTTP URL. */
  constructor(options: ClientOptions);
}
