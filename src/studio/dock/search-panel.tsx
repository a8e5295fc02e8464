import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useId, useMemo, useRef, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { findInFiles, MAX_MATCHES, replaceInFiles, type Match } from '../state/search.ts';
import { changeTexts } from '../state/text-edits.ts';
import styles from './dock.module.css';

const rowHeight = 26;

function MatchRow({ match }: { readonly match: Match }) {
  const studio = useStudio();
  const before = match.lineText.slice(0, match.column).trimStart();
  const end = match.column + match.end - match.start;
  return (
    <button
      type="button"
      className={styles['go']}
      onClick={() => {
        studio.reveal(match.path, match);
      }}
    >
      <span className={styles['place']}>{`${match.path}:${match.line}`}</span>
      <span className={styles['line']}>
        {before}
        <mark>{match.lineText.slice(match.column, end)}</mark>
        {match.lineText.slice(end)}
      </span>
    </button>
  );
}

function countText(matches: readonly Match[]): string {
  if (matches.length >= MAX_MATCHES) return `The first ${MAX_MATCHES} places.`;
  const files = new Set(matches.map((match) => match.path)).size;
  const places = matches.length === 1 ? '1 place' : `${matches.length} places`;
  return `${places} in ${files === 1 ? '1 file' : `${files} files`}.`;
}

/** Finds a text in every file of the pack, and replaces it in all of them with one undo. */
export function SearchPanel() {
  const studio = useStudio();
  const files = useStudioState((state) => state.files);
  const [text, setText] = useState('');
  const [replacement, setReplacement] = useState('');
  const [matchCase, setMatchCase] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const wanted = useDeferredValue(text);
  const search = useMemo(() => ({ text: wanted, matchCase }), [wanted, matchCase]);
  const matches = useMemo(() => findInFiles(files, search), [files, search]);
  const virtualizer = useVirtualizer({
    count: matches.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  return (
    <>
      <div className={styles['tools']} role="search">
        <input
          className={styles['field']}
          type="search"
          aria-label="Find in pack"
          placeholder="Find in pack"
          value={text}
          data-find=""
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
        <input
          className={styles['field']}
          type="text"
          aria-label="Replace with"
          placeholder="Replace with"
          value={replacement}
          onChange={(event) => {
            setReplacement(event.target.value);
          }}
        />
        <span className={styles['check']}>
          <input
            id={id}
            type="checkbox"
            checked={matchCase}
            onChange={(event) => {
              setMatchCase(event.target.checked);
            }}
          />
          <label htmlFor={id}>Match case</label>
        </span>
        <Button
          disabled={matches.length === 0}
          onClick={() => {
            const changed = replaceInFiles(files, search, replacement);
            changeTexts(studio, changed, `Replaced “${search.text}” in ${changed.size} files.`);
          }}
        >
          Replace all
        </Button>
      </div>
      <p className={styles['note']} role="status">
        {wanted === ''
          ? 'Looks into policies, schema, entities, scenarios and settings.'
          : countText(matches)}
      </p>
      <div className={styles['rows']} ref={scroller}>
        <ul
          aria-label="Places"
          style={{ height: virtualizer.getTotalSize(), position: 'relative' }}
        >
          {virtualizer.getVirtualItems().map((item) => {
            const match = matches[item.index];
            return match === undefined ? null : (
              <li
                key={item.key}
                className={styles['row']}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <MatchRow match={match} />
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}
