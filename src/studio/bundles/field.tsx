import { useId, type ComponentProps } from 'react';
import form from '../parts/form.module.css';

interface FieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'id' | 'className'> {
  readonly label: string;
  readonly onText: (text: string) => void;
}

/** One line of text with its label. */
export function Field({ label, onText, ...rest }: FieldProps) {
  const id = useId();
  return (
    <div className={form['field']}>
      <label className={form['label']} htmlFor={id}>
        {label}
      </label>
      <input
        spellCheck={false}
        autoComplete="off"
        {...rest}
        id={id}
        className={form['input']}
        onChange={(event) => {
          onText(event.target.value);
        }}
      />
    </div>
  );
}
