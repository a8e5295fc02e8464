import type { Entities } from './entities.ts';
import type { Failure } from './failure.ts';
import type { Request } from './request.ts';
import type { CedarRecord, EntityUid, Value } from './value.ts';

const MAX_REQUEST = 2 ** 31 - 1;

/** What a compiled expression is: it reads the frame and yields its value, or why there is none. */
export type Evaluate = (frame: Frame) => Value | Failure;

/**
 * Where compiled expressions find the request, and keep what they share. A policy set has one frame
 * and uses it for one request after the other (an evaluation runs to its end, nothing runs inside it),
 * so deciding allocates nothing for it. Kept values are stamped with the number of their request;
 * nothing needs clearing.
 */
export class Frame {
  principal: EntityUid;
  action: EntityUid;
  resource: EntityUid;
  context: CedarRecord;
  entities: Entities;
  /** The number of this request. */
  request = 0;
  /** Of each shared expression: the request that it was last evaluated for, and what it came to. */
  readonly stamps: Int32Array;
  readonly values: (Value | Failure)[];

  constructor(request: Request, entities: Entities, shared: number) {
    this.principal = request.principal;
    this.action = request.action;
    this.resource = request.resource;
    this.context = request.context;
    this.entities = entities;
    this.stamps = new Int32Array(shared);
    this.values = Array.from({ length: shared }, () => false);
  }

  /** Makes this the frame of the next request. */
  enter(request: Request, entities: Entities): this {
    this.principal = request.principal;
    this.action = request.action;
    this.resource = request.resource;
    this.context = request.context;
    this.entities = entities;
    this.request = this.request === MAX_REQUEST ? this.#restart() : this.request + 1;
    return this;
  }

  /** Numbers have run out: they begin anew, and no old stamp may look like a new one. */
  #restart(): number {
    this.stamps.fill(0);
    return 1;
  }
}
