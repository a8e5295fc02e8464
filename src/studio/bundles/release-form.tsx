import { BadgeCheck, FileDown } from 'lucide-react';
import { useId } from 'react';
import { Button } from '../parts/button.tsx';
import form from '../parts/form.module.css';
import styles from './bundles.module.css';
import { obstacle } from './desk-state.ts';
import { useDesk, useDeskState } from './desk.ts';
import { cancel, say, sign } from './export-actions.ts';
import { Field } from './field.tsx';
import { Notice } from '../parts/notice.tsx';
import { sizeWords } from './size-words.ts';

/** What is not as it should be, and the reason for which it is released for all that. */
function Reason() {
  const desk = useDesk();
  const id = useId();
  const reason = useDeskState((state) => state.words.reason);
  const answer = useDeskState((state) => state.looked?.answer);
  if (answer?.ok !== true || answer.value.doubts.length === 0) return null;
  return (
    <div className={styles['reason']}>
      <Notice tone="careful">
        {answer.value.doubts.map(({ about, message }) => (
          <p key={about}>{message}</p>
        ))}
        <p>
          It can be released with a written reason, which is signed with it. A trust.json that asks
          for passed tests will still refuse it.
        </p>
      </Notice>
      <label className={form['label']} htmlFor={id}>
        Reason for releasing it all the same
      </label>
      <textarea
        id={id}
        className={form['input']}
        rows={3}
        maxLength={4000}
        value={reason}
        onChange={(event) => {
          say(desk, { reason: event.target.value });
        }}
      />
    </div>
  );
}

function Done() {
  const signed = useDeskState((state) => state.signed);
  if (signed === undefined) return null;
  return (
    <Notice tone="good">
      <p>
        <strong>{`${signed.fileName} is signed`}</strong>
        {` and downloaded, ${sizeWords(signed.size)}, test result ${signed.result}.`}
      </p>
      <p>
        Bundle id <code className={styles['code']}>{signed.id}</code>
      </p>
    </Notice>
  );
}

/** Who releases it, for whom and until when; and the button that signs. */
export function ReleaseForm() {
  const desk = useDesk();
  const words = useDeskState((state) => state.words);
  const blocked = useDeskState(obstacle);
  const signing = useDeskState((state) => state.signing);
  const problem = useDeskState((state) => state.problem);
  const fileName = useDeskState((state) =>
    state.looked?.answer.ok === true ? state.looked.answer.value.fileName : undefined,
  );
  return (
    <section className={styles['part']} aria-label="Release">
      <h3 className={styles['heading']}>Release</h3>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          void sign(desk);
        }}
      >
        <Field
          label="Released by"
          value={words.by}
          maxLength={200}
          autoComplete="name"
          onText={(by) => {
            say(desk, { by });
          }}
        />
        <div className={styles['pair']}>
          <Field
            label="Expires after (optional)"
            type="date"
            value={words.expires}
            onText={(expires) => {
              say(desk, { expires });
            }}
          />
          <Field
            label="Only for (optional)"
            value={words.audience}
            placeholder="anybody"
            maxLength={2000}
            onText={(audience) => {
              say(desk, { audience });
            }}
          />
        </div>
        <Reason />
        {problem === undefined ? null : <Notice tone="bad">{problem}</Notice>}
        <div className={styles['actions']}>
          <Button type="submit" tone="primary" disabled={blocked !== undefined || signing}>
            {signing ? (
              <BadgeCheck size={14} aria-hidden="true" />
            ) : (
              <FileDown size={14} aria-hidden="true" />
            )}
            {signing ? 'Signing…' : `Sign and download ${fileName ?? ''}`}
          </Button>
          {signing ? (
            <Button
              onClick={() => {
                cancel(desk);
              }}
            >
              Cancel
            </Button>
          ) : null}
          <p className={styles['blocked']} role="status">
            {signing ? '' : blocked}
          </p>
        </div>
        <Done />
      </form>
    </section>
  );
}
