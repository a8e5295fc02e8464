import { CircleAlert, TriangleAlert } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { LineIndex } from '../../base/span.ts';
import type { EngineProblem } from '../../worker/engine-api.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { problemRows } from '../state/selectors.ts';
import styles from './problem-list.module.css';

const numbers = new Intl.NumberFormat();
/** A list this long says enough; the rest shows once these are mended. */
const shownProblems = 200;

function placeOf(problem: EngineProblem, files: ReadonlyMap<string, string>): string {
  if (problem.span === undefined) return problem.path;
  const { line, column } = new LineIndex(files.get(problem.path) ?? '').position(
    problem.span.start,
  );
  return `${problem.path}:${line}:${column}`;
}

/** How many problems the pack has, opening into the list of them; each leads to its place. */
export function ProblemList({ className }: { readonly className: string | undefined }) {
  const studio = useStudio();
  const problems = useStudioState(problemRows);
  const files = useStudioState((state) => state.files);
  const [open, setOpen] = useState(false);
  const errors = problems.some((problem) => problem.severity === 'error');
  const count = numbers.format(problems.length);
  return (
    <Popover.Root open={open && problems.length > 0} onOpenChange={setOpen}>
      <Popover.Trigger
        className={className}
        data-tone={errors ? 'bad' : undefined}
        disabled={problems.length === 0}
      >
        <CircleAlert size={13} aria-hidden="true" />
        {problems.length === 1 ? '1 problem' : `${count} problems`}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles['popover']}
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Problems"
          // The chosen place takes the focus, not the strip.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
          }}
        >
          <ul>
            {problems.slice(0, shownProblems).map((problem) => {
              const place = placeOf(problem, files);
              const Icon = problem.severity === 'error' ? CircleAlert : TriangleAlert;
              return (
                <li key={`${place} ${problem.code} ${problem.message}`}>
                  <button
                    type="button"
                    className={styles['problem']}
                    data-severity={problem.severity}
                    onClick={() => {
                      setOpen(false);
                      studio.reveal(problem.path, problem.span ?? { start: 0, end: 0 });
                    }}
                  >
                    <Icon size={14} aria-label={problem.severity} />
                    <span className={styles['message']}>{problem.message}</span>
                    <span className={styles['place']}>{place}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
