import { X } from 'lucide-react';
import { Fragment, memo, useId, useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import type { RequestField } from '../../authoring/json/request-fields.ts';
import { assertNever } from '../../base/assert.ts';
import { BoolControl } from './bool-control.tsx';
import { controlFor, pathOf, type FormRow } from './form-rows.ts';
import { JsonControl } from './json-control.tsx';
import { ListControl } from './list-control.tsx';
import type { Change } from './request-text.ts';
import styles from './request-form.module.css';
import { TextControl } from './text-control.tsx';

/** What every control of a value is given. */
export interface ControlProps {
  readonly id: string;
  readonly field: RequestField;
  /** The value as it is written; undefined: not given. */
  readonly literal: string | undefined;
  readonly describedBy: string;
  readonly invalid: boolean;
  /** Takes a value, or one inside of it. */
  readonly onSet: (literal: string, inside?: readonly number[]) => void;
  readonly onRemove: (inside?: readonly number[]) => void;
}

interface FieldRowProps extends FormRow {
  /** Changes the request; the same function every time. */
  readonly edit: (change: Change) => void;
}

/** One member or fact: its name, the control for its type, and what is wrong with it. */
export const FieldRow = memo(function FieldRow(props: FieldRowProps) {
  const { pointer, field, inContext, literal, problems, note, edit } = props;
  const id = useId();
  const row = useRef<HTMLDivElement>(null);
  // Once typed in as JSON it stays so until the form is shown anew: another control at the moment of
  // leaving would move what is being clicked.
  const [isHeld, setHeld] = useState(false);
  const path = pathOf(field.name, inContext);
  const control = isHeld ? 'json' : controlFor(field.control, literal);
  const isMissing = field.required && (literal === undefined || literal === 'null');
  const shared: ControlProps = {
    id,
    field,
    literal,
    describedBy: `${id}-about ${id}-problems`,
    invalid: problems.length > 0,
    onSet: (value, inside = []) => {
      edit({ kind: 'set', path: [...path, ...inside], literal: value });
    },
    onRemove: (inside = []) => {
      edit({ kind: 'remove', path: [...path, ...inside] });
    },
  };
  const isList = control === 'texts';
  return (
    <div
      ref={row}
      className={styles['row']}
      data-row={pointer}
      data-field={pointer}
      data-given={literal !== undefined || undefined}
      role={isList ? 'group' : undefined}
      aria-labelledby={isList ? `${id}-label` : undefined}
    >
      <div className={styles['label']} title={field.doc}>
        {isList ? (
          <span id={`${id}-label`}>{breakable(field.name)}</span>
        ) : (
          <label htmlFor={id}>{breakable(field.name)}</label>
        )}
        {field.required ? (
          <span className={styles['required']} data-missing={isMissing || undefined}>
            required
          </span>
        ) : null}
      </div>
      <div className={styles['value']}>
        <div className={styles['control']}>
          <Control
            {...props}
            {...shared}
            control={control}
            onHold={() => {
              setHeld(true);
            }}
            path={path}
          />
        </div>
        {note === undefined ? null : <p className={styles['note']}>{note}</p>}
        <div id={`${id}-problems`}>
          {problems.map((problem) => (
            <p key={`${problem.pointer} ${problem.message}`} className={styles['problem']}>
              {problem.message}
            </p>
          ))}
        </div>
        <span id={`${id}-about`} className={styles['hidden']}>
          {`${field.type} ${note ?? field.doc}`}
        </span>
      </div>
      {literal === undefined ? null : (
        <button
          type="button"
          className={styles['remove']}
          aria-label={`Do not give ${field.name}`}
          title="Do not give it"
          onClick={() => {
            const here = row.current;
            const beside = here?.nextElementSibling ?? here?.previousElementSibling;
            // At once, so that the focus goes to what stands there then.
            flushSync(() => {
              setHeld(false);
              shared.onRemove();
            });
            const next = here?.isConnected === true ? here : beside;
            next?.querySelector<HTMLElement>('input, textarea, select')?.focus();
          }}
        >
          <X size={13} aria-hidden="true" />
        </button>
      )}
    </div>
  );
});

/** A name that can go on in the next line behind each of its words. */
function breakable(name: string): ReactNode {
  const words = name.split('_');
  return words.map((word, index) => (
    <Fragment key={words.slice(0, index + 1).join('_')}>
      {index === 0 ? null : (
        <>
          _<wbr />
        </>
      )}
      {word}
    </Fragment>
  ));
}

function Control({
  control,
  path,
  onHold,
  ...props
}: FieldRowProps &
  ControlProps & {
    readonly control: ReturnType<typeof controlFor>;
    readonly path: ReturnType<typeof pathOf>;
    readonly onHold: () => void;
  }) {
  switch (control) {
    case 'text':
    case 'long':
    case 'decimal':
    case 'datetime':
      return <TextControl {...props} kind={control} />;
    case 'bool':
      return <BoolControl {...props} />;
    case 'texts':
      return (
        <ListControl
          {...props}
          onAppend={(literal) => {
            props.edit({ kind: 'append', path, literal });
          }}
        />
      );
    case 'json':
      return <JsonControl {...props} onHold={onHold} />;
    default:
      return assertNever(control);
  }
}
