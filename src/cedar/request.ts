import type { CedarRecord, EntityUid } from './value.ts';

/** Who wants to do what to what, and the facts around it. */
export interface Request {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: CedarRecord;
}
