import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useId, useMemo, useRef, useState } from 'react';
import type { Problem } from '../../authoring/problem.ts';
import { LineIndex } from '../../base/span.ts';
import { Button } from '../parts/button.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { applyEdits } from '../state/text-edits.ts';
import { allProblems } from '../state/selectors.ts';
import styles from './dock.module.css';

const icons = { error: CircleAlert, warning: TriangleAlert, info: Info };
const rowHeight = 26;

function placeOf(problem: Problem, files: ReadonlyMap<string, string>): string {
  if (problem.span === undefined) return problem.path;
  const index = new LineIndex(files.get(problem.path) ?? '');
  const { line, column } = index.position(problem.span.start);
  return `${problem.path}:${line}:${column}`;
}

function ProblemRow({ problem }: { readonly problem: Problem }) {
  const studio = useStudio();
  const place = useStudioState((state) => placeOf(problem, state.files));
  const Icon = icons[problem.severity];
  const [fix] = problem.fixes;
  return (
    <>
      <button
        type="button"
        className={styles['go']}
        title={problem.message}
        onClick={() => {
          studio.reveal(problem.path, problem.span ?? { start: 0, end: 0 });
        }}
      >
        <Icon size={14} aria-label={problem.severity} />
        <span className={styles['message']}>{problem.message}</span>
        <span className={styles['place']}>{place}</span>
      </button>
      <ProblemCode problem={problem} />
      {fix === undefined ? null : (
        <Button
          className={styles['fix']}
          title={fix.title}
          onClick={() => {
            applyEdits(studio, fix.edits);
          }}
        >
          Fix
        </Button>
      )}
    </>
  );
}

/** A problem's code, which opens what it means. */
function ProblemCode({ problem: { code, message } }: { readonly problem: Problem }) {
  const doc = useStudioState((state) => state.problemDocs[code]);
  if (doc === undefined) return <span className={styles['code']}>{code}</span>;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className={styles['codeLink']} aria-label={`${code}: what it means`}>
          {code}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles['doc']}
          side="top"
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={code}
        >
          <code>{code}</code>
          <p>{message}</p>
          <p className={styles['docText']}>{doc}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Everything wrong with the pack, each leading to its place, with its fix where there is one. */
export function ProblemsPanel() {
  const problems = useStudioState(allProblems);
  const activePath = useStudioState((state) => state.activePath);
  const [onlyFile, setOnlyFile] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const shown = useMemo(
    () => (onlyFile ? problems.filter((problem) => problem.path === activePath) : problems),
    [onlyFile, problems, activePath],
  );
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  return (
    <>
      <div className={styles['tools']}>
        <span className={styles['check']}>
          <input
            id={id}
            type="checkbox"
            checked={onlyFile}
            onChange={(event) => {
              setOnlyFile(event.target.checked);
            }}
          />
          <label htmlFor={id}>Only the file in front</label>
        </span>
      </div>
      {shown.length === 0 ? (
        <p className={styles['note']}>
          {problems.length === 0 ? 'Nothing is wrong with this pack.' : 'Nothing in this file.'}
        </p>
      ) : null}
      <div className={styles['rows']} ref={scroller}>
        <ul
          aria-label="Problems"
          style={{ height: virtualizer.getTotalSize(), position: 'relative' }}
        >
          {virtualizer.getVirtualItems().map((item) => {
            const problem = shown[item.index];
            return problem === undefined ? null : (
              <li
                key={item.key}
                className={styles['row']}
                data-severity={problem.severity}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <ProblemRow problem={problem} />
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}
