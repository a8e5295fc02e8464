/** Every answer that is no decision has one of these codes, in the one body that all known clients read. */
export type RefusalCode =
  | 'BODY_TOO_LARGE'
  | 'CONTENT_TYPE_UNSUPPORTED'
  | 'INTERNAL_ERROR'
  | 'INVALID_JSON'
  | 'INVALID_REQUEST'
  | 'METHOD_NOT_ALLOWED'
  | 'NO_TRUSTED_POLICY'
  | 'NOT_FOUND'
  | 'PACK_VERSION_MISMATCH'
  | 'REQUEST_INCOMPLETE';

/** Why a check was not decided. */
export interface Refusal {
  readonly status: 400 | 404 | 405 | 413 | 415 | 422 | 500 | 503;
  readonly code: RefusalCode;
  readonly message: string;
}

/** The body of an answer that is no decision. */
export interface RefusalBody {
  readonly message: string;
  readonly error: RefusalCode;
  readonly request_id: string;
  readonly detail: { readonly detail: string; readonly request_id: string };
}

export function refusalBody({ code, message }: Refusal, requestId: string): RefusalBody {
  return {
    message,
    error: code,
    request_id: requestId,
    detail: { detail: message, request_id: requestId },
  };
}
