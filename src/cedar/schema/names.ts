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

/** Whether `text` is the possibly qualified name of an entity type, written as Cedar prints it. */
export function isTypeName(text: string): boolean {
  return text
    .split('::')
    .every((part) => IDENTIFIER.test(part) && !RESERVED_WORDS.has(part) && part !== '__cedar');
}

/** Whether entities of this type are actions: `Action`, in whatever namespace. */
export function isActionType(type: string): boolean {
  return type === 'Action' || type.endsWith('::Action');
}
