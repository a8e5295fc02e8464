import { useState } from 'react';
import type { ControlProps } from './field-row.tsx';
import { isValue } from './request-text.ts';
import styles from './request-form.module.css';

/**
 * A value as JSON text: records, entities, and what is of another kind than its field. What cannot be
 * read stays here until it can, so that the rest of the request stays readable.
 */
export function JsonControl({
  id,
  field,
  literal,
  describedBy,
  invalid,
  onSet,
  onRemove,
  stays,
  onHold,
}: ControlProps & {
  /** Whether the field is there when it is not given, so that emptying it can mean that. */
  readonly stays: boolean;
  /** Somebody is about to type in it: from here on it must not make way for another control. */
  readonly onHold: () => void;
}) {
  /** What is typed, and the value that it was typed over. */
  const [typed, setTyped] = useState<{
    readonly text: string;
    readonly over: string | undefined;
  }>();
  // Changed from elsewhere, as by Revert: what was typed over it is of no use.
  const text = typed !== undefined && typed.over === literal ? typed.text : (literal ?? '');
  const isRead = isValue(text) || (stays && text.trim() === '');
  return (
    <>
      <textarea
        id={id}
        className={styles['input']}
        data-kind="json"
        rows={Math.min(Math.max(text.split('\n').length, 1), 12)}
        value={text}
        placeholder={field.type === '' ? 'not given' : `not given · ${field.type}`}
        spellCheck={false}
        aria-describedby={isRead ? describedBy : `${id}-unread ${describedBy}`}
        aria-invalid={invalid || !isRead || undefined}
        aria-required={field.required || undefined}
        onFocus={onHold}
        onBlur={() => {
          if (isRead) setTyped(undefined);
        }}
        onChange={({ target: { value } }) => {
          const next = value.trim();
          if (next === '' && stays) {
            setTyped({ text: value, over: undefined });
            onRemove();
          } else if (isValue(next)) {
            setTyped({ text: value, over: next });
            onSet(next);
          } else {
            setTyped({ text: value, over: literal });
          }
        }}
      />
      {isRead ? null : (
        <p id={`${id}-unread`} className={styles['problem']}>
          This is no JSON yet. The request keeps the value before it.
        </p>
      )}
    </>
  );
}
