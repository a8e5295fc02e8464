import { useState } from 'react';
import filters from '../parts/filters.module.css';
import { useStudioState } from '../state/context.ts';
import { FieldRow } from './field-row.tsx';
import type { FormRows } from './form-rows.ts';
import type { Change } from './request-text.ts';
import styles from './request-form.module.css';

/** The facts of the context: those that the schema declares, then those that it does not. */
export function FactsSection({
  rows,
  edit,
  isKnown,
}: {
  readonly rows: FormRows;
  readonly edit: (change: Change) => void;
  /** Whether a schema says what there may be. */
  readonly isKnown: boolean;
}) {
  const [filter, setFilter] = useState('');
  const place = useStudioState((state) => state.requestPlace);
  const [followed, setFollowed] = useState(place);
  // Asked to show a field: the filter must not hide it.
  if (place !== followed) {
    setFollowed(place);
    if (place !== undefined) setFilter('');
  }
  const { context, facts, undeclared } = rows;
  const total = facts.length + undeclared.length;
  const isLong = total >= 8;
  // A filter that nobody sees hides nothing.
  const wanted = isLong ? filter.trim().toLowerCase() : '';
  const shown = [...facts, ...undeclared].filter(({ field }) =>
    field.name.toLowerCase().includes(wanted),
  );
  const given = facts.filter(({ literal }) => literal !== undefined).length;
  return (
    <section aria-label="Facts">
      <div className={styles['heading']}>
        <h3>Facts</h3>
        <span className={styles['count']}>
          {isKnown && context === undefined ? `${given} of ${facts.length} given` : ''}
          {isKnown ? '' : 'The schema cannot be read.'}
        </span>
        {!isLong ? null : (
          <input
            type="search"
            className={filters['find']}
            aria-label="Filter facts"
            placeholder="Filter facts"
            value={filter}
            onChange={(event) => {
              setFilter(event.target.value);
            }}
          />
        )}
      </div>
      {context === undefined ? null : <FieldRow {...context} edit={edit} />}
      {shown.map((row) => (
        <FieldRow key={row.pointer} {...row} edit={edit} />
      ))}
      {shown.length === 0 && total > 0 ? (
        <p className={styles['empty']} role="status">
          No fact has “{filter.trim()}” in its name.
        </p>
      ) : null}
    </section>
  );
}
