/** Words of the policy language, which no identifier may be. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  'true',
  'false',
  'if',
  'then',
  'else',
  'in',
  'is',
  'like',
  'has',
]);

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

/** Whether `text` may name something: an identifier that is no word of the language. */
export function isName(text: string): boolean {
  return IDENTIFIER.test(text) && !RESERVED_WORDS.has(text);
}

/** Whether `text` is a possibly qualified name, written as Cedar prints it. */
export function isPath(text: string): boolean {
  return text.split('::').every(isName);
}

/** Whether `text` can be the name of a declared entity type: `__cedar` is the language's own. */
export function isTypeName(text: string): boolean {
  return isPath(text) && !text.split('::').includes('__cedar');
}

/** Whether entities of this type are actions: `Action`, in whatever namespace. */
export function isActionType(type: string): boolean {
  return type === 'Action' || type.endsWith('::Action');
}
