import { useEffect, type RefObject } from 'react';
import type { Span } from '../../base/span.ts';
import {
  branchCovered,
  branchSeen,
  ruleCovered,
  ruleSeen,
  type Covered,
} from '../dock/coverage-rows.ts';
import { useStudioState } from '../state/context.ts';
import styles from './coverage-gutter.module.css';
import { monaco } from './monaco.ts';

interface Mark {
  readonly covered: Covered;
  readonly words: string;
}

/** The worst of a line is what its bar shows. */
const worst: readonly Covered[] = ['error', 'none', 'one', 'both'];

/** While the coverage stands open below: a bar beside each rule and condition of the file, with its counts. */
export function useCoverageGutter(
  editor: RefObject<monaco.editor.IStandaloneCodeEditor | undefined>,
  path: string,
): void {
  const coverage = useStudioState((state) =>
    state.dock === 'coverage' && state.snapshot?.stale === false ? state.coverage : undefined,
  );
  useEffect(() => {
    const current = editor.current;
    const model = current?.getModel();
    if (coverage === undefined || !current || !model) return undefined;
    const lines = new Map<number, readonly Mark[]>();
    const mark = (span: Span, covered: Covered, words: string) => {
      const line = model.getPositionAt(span.start).lineNumber;
      lines.set(line, [...(lines.get(line) ?? []), { covered, words }]);
    };
    for (const rule of coverage.rules) {
      if (rule.path !== path) continue;
      mark(rule.span, ruleCovered(rule), `${rule.id}: ${ruleSeen(rule)}`);
      for (const branch of rule.branches) {
        mark(branch.span, branchCovered(branch), `${branch.text}: ${branchSeen(branch)}`);
      }
    }
    const shown = current.createDecorationsCollection(
      [...lines].map(([line, marks]) => {
        const covered = worst.find((each) => marks.some((one) => one.covered === each)) ?? 'both';
        return {
          range: new monaco.Range(line, 1, line, 1),
          options: {
            linesDecorationsClassName: styles[covered] ?? '',
            linesDecorationsTooltip: marks.map(({ words }) => words).join('\n'),
          },
        };
      }),
    );
    return () => {
      shown.clear();
    };
  }, [editor, coverage, path]);
}
