import { NO_ENTITIES, type Entities } from './entities.ts';
import type { Failure } from './failure.ts';
import type { Request } from './request.ts';
import { EMPTY_RECORD, EntityUid, type Value } from './value.ts';

const NOBODY = new EntityUid('Nobody', '');
const NOWHERE = NO_ENTITIES.standing(NOBODY);

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
  /** The three in their hierarchy, found once per request. */
  principalStanding = NOWHERE;
  actionStanding = NOWHERE;
  resourceStanding = NOWHERE;
  /** The number of this request: what was found out for another is not this one's. */
  request = 0;

  /** Makes this the frame of the next request. */
  enter(request: Request, entities: Entities): void {
    this.principal = request.principal;
    this.action = request.action;
    this.resource = request.resource;
    this.context = request.context;
    this.entities = entities;
    this.principalStanding = entities.standing(request.principal);
    this.actionStanding = entities.standing(request.action);
    this.resourceStanding = entities.standing(request.resource);
    this.request++;
  }
}
