import { pointerTo } from './lossless.ts';

export type ValueIssueCode =
  | 'ACTION_MISMATCH'
  | 'BAD_ENTITY_UID'
  | 'BAD_EXTENSION_VALUE'
  | 'ENUM_ID'
  | 'EXPR_ESCAPE'
  | 'LONG_RANGE'
  | 'MISSING_ATTRIBUTE'
  | 'NULL_VALUE'
  | 'PARENT_NOT_ALLOWED'
  | 'SHAPE'
  | 'TAGS_NOT_ALLOWED'
  | 'TOO_MANY_ISSUES'
  | 'TYPE_MISMATCH'
  | 'UNDECLARED_ACTION'
  | 'UNDECLARED_TYPE'
  | 'UNEXPECTED_ATTRIBUTE';

/** One thing wrong with data, and where. */
export interface ValueIssue {
  /** RFC 6901 pointer into the JSON; for elements of a set in no order, of the set. */
  readonly path: string;
  readonly code: ValueIssueCode;
  readonly message: string;
}

/** Issues reported for one document. */
const MAX_VALUE_ISSUES = 100;

/**
 * Where a value stands, as a chain up to the root: extending it costs one small object, and the text
 * is only made for an issue.
 */
export type Path = string | { readonly parent: Path; readonly key: string | number };

/** Renders a path as an RFC 6901 pointer. Its length is the nesting, which whoever parsed bounded. */
export function renderPath(path: Path): string {
  return typeof path === 'string' ? path : pointerTo(renderPath(path.parent), path.key);
}

/** Collects issues up to the limit. */
export class Issues {
  readonly list: ValueIssue[] = [];

  add(path: Path, code: ValueIssueCode, message: string): undefined {
    if (this.list.length < MAX_VALUE_ISSUES) {
      this.list.push({ path: renderPath(path), code, message });
    } else if (this.list.length === MAX_VALUE_ISSUES) {
      const more = `There are more than ${MAX_VALUE_ISSUES} issues; the rest is not shown.`;
      this.list.push({ path: '', code: 'TOO_MANY_ISSUES', message: more });
    }
  }
}
