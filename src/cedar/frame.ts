import { NO_ENTITIES, type Entities, type Standing } from './entities.ts';
import type { Failure } from './failure.ts';
import type { Request } from './request.ts';
import { EMPTY_RECORD, EntityUid, type Value } from './value.ts';

const NOBODY = new EntityUid('Nobody', '');

/** What a compiled expression is: it reads the frame and yields its value, or why there is none. */
export type Evaluate = (frame: Frame) => Value | Failure;

/**
 * Where compiled expressions find the request. A policy set has one frame and uses it for one request
 * after the other (an evaluation runs to its end, nothing runs inside it), so deciding allocates
 * nothing for it.
 */
export class Frame {
  principal = NOBODY;
  action = NOBODY;
  resource = NOBODY;
  context = EMPTY_RECORD;
  entities = NO_ENTITIES;
  /** The number of this request: what was found out for another is not this one's. */
  request = 0;
  #principal: Standing | undefined;
  #action: Standing | undefined;
  #resource: Standing | undefined;

  /** Makes this the frame of the next request. */
  enter(request: Request, entities: Entities): void {
    this.principal = request.principal;
    this.action = request.action;
    this.resource = request.resource;
    this.context = request.context;
    this.entities = entities;
    this.#principal = undefined;
    this.#action = undefined;
    this.#resource = undefined;
    this.request++;
  }

  /** The three in the hierarchy, each looked up when it is first needed. */
  get principalStanding(): Standing {
    return (this.#principal ??= this.entities.standing(this.principal));
  }

  get actionStanding(): Standing {
    return (this.#action ??= this.entities.standing(this.action));
  }

  get resourceStanding(): Standing {
    return (this.#resource ??= this.entities.standing(this.resource));
  }
}
