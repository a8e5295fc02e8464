import { X } from 'lucide-react';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { textsOf, type FieldProblem } from './form-rows.ts';
import type { ControlProps } from './field-row.tsx';
import { Suggestions } from './suggestions.tsx';
import styles from './request-form.module.css';

/**
 * A list of texts, one a line. The last line is always empty: what is typed there is an element from the
 * first character on, and a new empty line stands below it.
 */
export function ListControl({
  field,
  pointer,
  literal,
  problems,
  describedBy,
  onSet,
  onRemove,
  onAppend,
}: ControlProps & {
  readonly pointer: string;
  readonly problems: readonly FieldProblem[];
  /** Takes an element's literal to the end of the list. */
  readonly onAppend: (literal: string) => void;
}) {
  const list = useId();
  const host = useRef<HTMLUListElement>(null);
  const [focused, setFocused] = useState<number>();
  const texts = (literal === undefined ? undefined : textsOf(literal)) ?? [];
  const focus = (index: number) => {
    host.current?.querySelectorAll('input')[index]?.focus();
  };
  const remove = (index: number) => {
    onRemove([index]);
    focus(index);
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      focus(index + 1);
    }
    if (event.key === 'Backspace' && texts[index] === '') {
      event.preventDefault();
      onRemove([index]);
      focus(Math.max(index - 1, 0));
    }
  };
  const values = field.values.filter((value) => !texts.includes(value));
  return (
    <ul className={styles['list']} ref={host}>
      {[...texts, undefined].map((text, index) => {
        const here = `${pointer}/${index}`;
        const isWrong = problems.some(
          ({ pointer: wrong, element }) =>
            wrong === here ||
            (text !== undefined && element === text) ||
            // What is wrong with the list as a whole stands at its end.
            (text === undefined && wrong === pointer && element === undefined),
        );
        return (
          // An element is its place: the field that is typed in stays the same one.
          <li key={here} className={styles['element']}>
            <input
              className={styles['input']}
              data-field={here}
              data-kind="text"
              value={text ?? ''}
              aria-label={
                text === undefined ? `Add to ${field.name}` : `${field.name} ${index + 1}`
              }
              aria-describedby={describedBy}
              aria-invalid={isWrong || undefined}
              placeholder={text === undefined ? placeholderOf(literal) : 'empty text'}
              spellCheck={false}
              autoComplete="off"
              list={focused === index ? list : undefined}
              onFocus={() => {
                setFocused(index);
              }}
              onBlur={() => {
                setFocused(undefined);
              }}
              onChange={({ target: { value } }) => {
                const element = JSON.stringify(value);
                if (text === undefined) onAppend(element);
                else onSet(element, [index]);
              }}
              onKeyDown={(event) => {
                onKeyDown(event, index);
              }}
            />
            {text === undefined ? null : (
              <button
                type="button"
                className={styles['remove']}
                aria-label={`Remove ${field.name} ${index + 1}`}
                title="Remove"
                onClick={() => {
                  remove(index);
                }}
              >
                <X size={13} aria-hidden="true" />
              </button>
            )}
          </li>
        );
      })}
      {focused === undefined ? null : <Suggestions id={list} values={values} />}
    </ul>
  );
}

function placeholderOf(literal: string | undefined): string {
  if (literal === undefined) return 'not given · add…';
  return literal === 'null' ? 'null · add…' : 'add…';
}
