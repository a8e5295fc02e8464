import type { ControlProps } from './field-row.tsx';
import styles from './request-form.module.css';

/** Not given, true or false: three things, none of them another. */
export function BoolControl({
  id,
  field,
  literal,
  describedBy,
  invalid,
  onSet,
  onRemove,
}: ControlProps) {
  return (
    <select
      id={id}
      className={styles['input']}
      data-kind="bool"
      data-empty={literal === undefined || undefined}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      aria-required={field.required || undefined}
      value={literal ?? ''}
      onChange={({ target: { value } }) => {
        if (value === '') onRemove();
        else onSet(value);
      }}
    >
      <option value="">{field.type === '' ? 'not given' : `not given · ${field.type}`}</option>
      {literal === 'null' ? <option value="null">null, the same as not given</option> : null}
      <option value="true">true</option>
      <option value="false">false</option>
    </select>
  );
}
