import type { ComparedRow } from '../../worker/compare-api.ts';
import { Button } from '../parts/button.tsx';
import filters from '../parts/filters.module.css';
import { useCompare, useCompareStore } from './compare-state.ts';
import { choicesOf, everything, type FlipFilter } from './flip-filter.ts';
import styles from './flip-table.module.css';

function asItIs(value: string): string {
  return value;
}

function Choice({
  label,
  all,
  name,
  values,
  word = asItIs,
}: {
  readonly label: string;
  readonly all: string;
  readonly name: Exclude<keyof FlipFilter, 'text'>;
  readonly values: readonly string[];
  readonly word?: (value: string) => string;
}) {
  const store = useCompareStore();
  const filter = useCompare((state) => state.filter);
  const value = filter[name];
  if (values.length === 0 && value === '') return null;
  return (
    <select
      className={filters['choice']}
      aria-label={label}
      value={value}
      onChange={(event) => {
        store.setState({ filter: { ...filter, [name]: event.target.value } });
      }}
    >
      <option value="">{all}</option>
      {[...new Set([...(value === '' ? [] : [value]), ...values])].map((each) => (
        <option key={each} value={each}>
          {word(each)}
        </option>
      ))}
    </select>
  );
}

function turnWords(turn: string): string {
  const [from = '', to = ''] = turn.split(' ');
  return from === '' ? `to ${to}` : `${from} to ${to}`;
}

/** Narrows the rows by what they became, by issue, rule and tag, and by name. */
export function FilterBar({
  rows,
  shown,
  flips,
}: {
  readonly rows: readonly ComparedRow[];
  readonly shown: number;
  /** Whether the verdicts differ: if not, there is no from and to. */
  readonly flips: boolean;
}) {
  const store = useCompareStore();
  const filter = useCompare((state) => state.filter);
  const { turns, issues, rules, tags } = choicesOf(rows);
  const isNarrowed = Object.values(filter).some((value) => value !== '');
  return (
    <div className={styles['filters']} role="search" aria-label="Narrow the scenarios">
      <input
        className={filters['find']}
        type="search"
        aria-label="Find a scenario"
        placeholder="Find a scenario"
        value={filter.text}
        onChange={(event) => {
          store.setState({ filter: { ...filter, text: event.target.value } });
        }}
      />
      {flips ? (
        <Choice label="From and to" all="Any flip" name="turn" values={turns} word={turnWords} />
      ) : null}
      <Choice label="Issue" all="Any issue" name="issue" values={issues} />
      <Choice label="Rule" all="Any rule" name="rule" values={rules} />
      <Choice label="Tag" all="Any tag" name="tag" values={tags} />
      {isNarrowed ? (
        <Button
          onClick={() => {
            store.setState({ filter: everything });
          }}
        >
          {`${shown} of ${rows.length}: show all`}
        </Button>
      ) : null}
    </div>
  );
}
