import { useId, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import styles from './name-dialog.module.css';

/** What a name dialog asks for. `check` returns why a name will not do, or undefined when it will. */
export interface NameQuestion {
  readonly title: string;
  readonly description: string;
  readonly label: string;
  readonly initial: string;
  readonly action: string;
  readonly check: (name: string) => string | undefined;
  readonly submit: (name: string) => void;
}

/** Asks for one name and says at once what is wrong with it. */
export function NameDialog({
  question,
  onClose,
}: {
  readonly question: NameQuestion;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(question.initial);
  const [touched, setTouched] = useState(false);
  const id = useId();
  const trimmed = name.trim();
  const problem = question.check(trimmed);
  const shown = touched ? problem : undefined;
  return (
    <Dialog title={question.title} description={question.description} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTouched(true);
          if (problem !== undefined) return;
          question.submit(trimmed);
          onClose();
        }}
      >
        <label className={styles['label']} htmlFor={id}>
          {question.label}
        </label>
        <input
          id={id}
          className={styles['input']}
          value={name}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={shown !== undefined}
          aria-describedby={`${id}-problem`}
          onFocus={(event) => {
            event.target.select();
          }}
          onChange={(event) => {
            setName(event.target.value);
            setTouched(true);
          }}
        />
        <p id={`${id}-problem`} className={styles['problem']} role="status">
          {shown}
        </p>
        <div className={styles['actions']}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="primary">
            {question.action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
