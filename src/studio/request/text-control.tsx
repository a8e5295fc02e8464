import { useId, useState } from 'react';
import { hasLines, literalFor, textOf } from './form-rows.ts';
import type { ControlProps } from './field-row.tsx';
import { Suggestions } from './suggestions.tsx';
import styles from './request-form.module.css';

const modes = { long: 'numeric', decimal: 'decimal', datetime: 'text', text: 'text' } as const;

/** A text, a number or a moment. Emptied, a text is empty; the others are not given. */
export function TextControl({
  kind,
  id,
  field,
  literal,
  describedBy,
  invalid,
  onSet,
  onRemove,
}: ControlProps & { readonly kind: keyof typeof modes }) {
  const list = useId();
  const [isFocused, setFocused] = useState(false);
  const text = textOf(literal);
  const [isTall, setTall] = useState(field.name === 'goal');
  if (!isTall && hasLines(text)) setTall(true);
  const take = (typed: string) => {
    const next = literalFor(kind, typed);
    if (next === undefined) onRemove();
    else onSet(next);
  };
  const shared = {
    id,
    value: text,
    className: styles['input'],
    'data-kind': kind,
    placeholder: placeholderOf(field.type, literal),
    spellCheck: false,
    'aria-describedby': describedBy,
    'aria-invalid': invalid || undefined,
    'aria-required': field.required || undefined,
  };
  if (isTall) {
    return (
      <textarea
        {...shared}
        rows={2}
        onChange={(event) => {
          take(event.target.value);
        }}
      />
    );
  }
  return (
    <>
      <input
        {...shared}
        inputMode={modes[kind]}
        autoComplete="off"
        list={isFocused ? list : undefined}
        onFocus={() => {
          setFocused(true);
        }}
        onBlur={() => {
          setFocused(false);
        }}
        onChange={(event) => {
          take(event.target.value);
        }}
      />
      {isFocused ? <Suggestions id={list} values={field.values} /> : null}
    </>
  );
}

/** What stands in an empty field. */
function placeholderOf(type: string, literal: string | undefined): string {
  if (literal === undefined) return type === '' ? 'not given' : `not given · ${type}`;
  return literal === 'null' ? 'null, the same as not given' : 'empty text';
}
