/** Every answer that is no decision has one of these codes, in the one body that all known clients read. */
export type RefusalCode =
  | 'BODY_TOO_LARGE'
  | 'CONCURRENCY_EXCEEDED'
  | 'CONTENT_TYPE_UNSUPPORTED'
  | 'INTERNAL_ERROR'
  | 'INVALID_JSON'
  | 'INVALID_REQUEST'
  | 'LOG_UNAVAILABLE'
  | 'METHOD_NOT_ALLOWED'
  | 'NO_TRUSTED_POLICY'
  | 'NOT_FOUND'
  | 'OUTSIDE_KEY'
  | 'PACK_NOT_NAMED'
  | 'PACK_VERSION_MISMATCH'
  | 'PLAN_LACKS_FEATURE'
  | 'QUOTA_EXCEEDED'
  | 'REQUEST_INCOMPLETE'
  | 'STATE_UNAVAILABLE'
  | 'UNKNOWN_KEY';

/** Why a check was not decided. */
export interface Refusal {
  readonly status: 400 | 401 | 402 | 403 | 404 | 405 | 413 | 415 | 422 | 429 | 500 | 503;
  readonly code: RefusalCode;
  readonly message: string;
  /** Seconds, with a 429. */
  readonly retryAfter?: number;
}

/** Nothing may decide. */
export const NO_POLICY: Refusal = {
  status: 503,
  code: 'NO_TRUSTED_POLICY',
  message: 'No trusted policy is loaded.',
};

/** The store does not answer. */
export const NO_STATE: Refusal = {
  status: 503,
  code: 'STATE_UNAVAILABLE',
  message: 'What is counted cannot be reached, and so nothing is decided.',
};

/** The body of an answer that is no decision. */
export interface RefusalBody {
  readonly message: string;
  readonly error: RefusalCode;
  readonly request_id: string;
  readonly retry_after_seconds?: number;
  readonly detail: {
    readonly detail: string;
    readonly request_id: string;
    readonly retry_after_seconds?: number;
  };
}

export function refusalBody(
  { code, message, retryAfter }: Refusal,
  requestId: string,
): RefusalBody {
  const wait = retryAfter === undefined ? {} : { retry_after_seconds: retryAfter };
  return {
    message,
    error: code,
    request_id: requestId,
    ...wait,
    detail: { detail: message, request_id: requestId, ...wait },
  };
}
