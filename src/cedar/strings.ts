/** How Cedar writes a string literal: `text` in quotes, with everything escaped that does not print. */
export function quote(text: string): string {
  return `"${escape(text)}"`;
}

// eslint-disable-next-line no-control-regex -- control characters are what has to be escaped
const PLAIN =
  /^[^"\\\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]*$/;
const NEEDS_ESCAPE =
  // eslint-disable-next-line no-control-regex -- as above
  /["\\\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]|\p{Surrogate}/gu;

/** The body of a string literal. Bidirectional marks are escaped too: text must not lie to its reader. */
export function escape(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(NEEDS_ESCAPE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '"':
      return '\\"';
    case '\\':
      return '\\\\';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    case '\0':
      return '\\0';
    default: {
      const code = character.charCodeAt(0);
      // Half a surrogate pair is no character; Cedar text cannot hold it.
      return `\\u{${(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code).toString(16)}}`;
    }
  }
}
