import type { Ref } from 'react';
import styles from './choices.module.css';

interface ChoicesProps<T extends string> {
  /** What is chosen here: the name of the group. */
  readonly label: string;
  readonly choices: readonly { readonly value: T; readonly label: string }[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
  readonly ref?: Ref<HTMLDivElement>;
}

/** Two or three ways to look at the same thing, side by side; one of them is pressed. */
export function Choices<T extends string>({
  label,
  choices,
  chosen,
  onChoose,
  ref,
}: ChoicesProps<T>) {
  return (
    <div ref={ref} className={styles['choices']} role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          className={styles['choice']}
          aria-pressed={choice.value === chosen}
          onClick={() => {
            onChoose(choice.value);
          }}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}
