import { useCallback, useMemo, useRef, useState, type FocusEvent } from 'react';
import type { RequestFields } from '../../authoring/json/request-fields.ts';
import { LineIndex } from '../../base/span.ts';
import { Button } from '../parts/button.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { editShownRequest, shownRequest } from '../state/pack-actions.ts';
import { scenarioPath } from '../state/paths.ts';
import { requestText } from '../state/scenario-text.ts';
import { FactsSection } from './facts-section.tsx';
import { FieldRow } from './field-row.tsx';
import { formRows, problemsOf, type FormRow, type FormRows } from './form-rows.ts';
import { changed, readRequest, type Change } from './request-text.ts';
import styles from './request-form.module.css';
import { useFoundField } from './use-found-field.ts';
import { useRequestFields } from './use-request-fields.ts';

interface RequestFormProps {
  readonly scenarioId: string;
  /** Shows the same text as JSON, where what is wrong with it can be mended. */
  readonly onShowJson: () => void;
}

/** The request of a scenario, field by field: every edit is an edit of the text that the JSON view shows. */
export function RequestForm({ scenarioId, onShowJson }: RequestFormProps) {
  const asked = useRequestFields();
  const draft = useStudioState((state) => state.requestDrafts.get(scenarioId));
  const file = useStudioState((state) => state.files.get(scenarioPath(scenarioId)));
  const text = useMemo(() => draft ?? requestText(file ?? '') ?? '', [draft, file]);
  const read = useMemo(() => readRequest(text), [text]);
  if (!read.ok) {
    return (
      <div className={styles['unreadable']} role="status">
        <p>
          <strong>{placeOf(text, read.offset)}</strong> {read.message} A form needs the whole
          request; the text stays as it is until you change it as JSON.
        </p>
        <Button onClick={onShowJson}>Show it as JSON</Button>
      </div>
    );
  }
  if (asked?.fields === undefined) {
    return <p className={styles['empty']}>{asked?.failure ?? 'Asking what a request may hold…'}</p>;
  }
  return <Fields scenarioId={scenarioId} fields={asked.fields} text={text} root={read.root} />;
}

function placeOf(text: string, offset: number): string {
  const { line, column } = new LineIndex(text).position(offset);
  return `Line ${line}, column ${column}:`;
}

function Fields({
  scenarioId,
  fields,
  text,
  root,
}: {
  readonly scenarioId: string;
  readonly fields: RequestFields;
  readonly text: string;
  readonly root: Parameters<typeof formRows>[1];
}) {
  const studio = useStudio();
  const host = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string>();
  const result = useStudioState(({ decision }) =>
    decision?.scenarioId === scenarioId ? decision.result : undefined,
  );
  const problems = useMemo(() => problemsOf(result), [result]);
  const rows = useMemo(
    () => formRows(text, root, fields, problems),
    [text, root, fields, problems],
  );
  const edit = useCallback(
    (change: Change) => {
      editShownRequest(studio, scenarioId, changed(shownRequest(studio, scenarioId), change));
    },
    [studio, scenarioId],
  );
  useFoundField(host);
  const list = (of: readonly FormRow[]) =>
    of.map((row) => <FieldRow key={row.pointer} {...row} edit={edit} />);
  return (
    <div className={styles['form']} ref={host} data-request-form="">
      <div
        className={styles['fields']}
        onFocus={({ target }: FocusEvent<HTMLElement>) => {
          setFocused(target.closest('[data-row]')?.getAttribute('data-row') ?? undefined);
        }}
      >
        <section aria-label="The request">{list(rows.asks)}</section>
        <FactsSection rows={rows} edit={edit} isKnown={fields.facts !== undefined} />
        <section aria-label="How it is asked">
          <h3 className={styles['heading']}>How it is asked</h3>
          {list(rows.options)}
        </section>
        {rows.unknown.length === 0 ? null : (
          <section aria-label="Not of the contract">
            <h3 className={styles['heading']}>Not of the contract</h3>
            {list(rows.unknown)}
          </section>
        )}
      </div>
      <About row={everyRow(rows).find((row) => row.pointer === focused)} />
    </div>
  );
}

function everyRow(rows: FormRows): readonly FormRow[] {
  const { asks, context, facts, undeclared, options, unknown } = rows;
  const whole = context === undefined ? [] : [context];
  return [...asks, ...whole, ...facts, ...undeclared, ...options, ...unknown];
}

/** What the field with the focus means, for the eye: every control is described by the same words. */
function About({ row }: { readonly row: FormRow | undefined }) {
  return (
    <div className={styles['about']} aria-hidden="true">
      {row === undefined ? (
        <p>Select a field to see what it means.</p>
      ) : (
        <>
          <p>
            <code>{row.field.name}</code> {row.field.type}
            {row.field.required ? ', required' : ''}
          </p>
          <p>{row.note ?? row.field.doc}</p>
        </>
      )}
    </div>
  );
}
