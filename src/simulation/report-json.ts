/** Reports as plain data for `JSON.stringify`: maps become objects, records are cut to what a reviewer asks. */
import type { DecisionRecord } from '../decision/record.ts';
import type { FlipReport, FlipRow } from './flips.ts';
import type { MutationReport } from './mutation.ts';
import type { RecordsDiff } from './records-diff.ts';
import type { Review } from './review.ts';
import type { TestRun } from './test-run.ts';

/** A test run; of each record only what expectations are about. `mutation`: when mutants were tried. */
export function testsAsJson(
  { pack, passed, failed, errors, results, coverage }: TestRun,
  mutation?: MutationReport,
): unknown {
  return {
    pack,
    passed,
    failed,
    errors,
    results: results.map(({ id, name, path, tags, state, expect, verdict, issues, problem }) => ({
      id,
      name,
      path,
      tags,
      state,
      expect,
      verdict,
      issues,
      problem,
    })),
    coverage,
    ...(mutation === undefined ? {} : { mutation: mutationAsJson(mutation) }),
  };
}

/** Mutants by what was changed and where; the changed rules themselves stay out. */
function mutationAsJson({ survivors, ...figures }: MutationReport): unknown {
  return {
    ...figures,
    survivors: survivors.map(({ key, ruleId, kind, what, span, after }) => ({
      key,
      ruleId,
      kind,
      what,
      span,
      after,
    })),
  };
}

/** A review, with both records of every flip. */
export function reviewAsJson({ flips, diff, changes, bump }: Review): unknown {
  return {
    flips: flipsAsJson(flips),
    diff: {
      rules: diffAsJson(diff.rules),
      schema: diffAsJson(diff.schema),
      entities: diffAsJson(diff.entities),
      settings: diffAsJson(diff.settings),
      scenarios: diffAsJson(diff.scenarios),
    },
    changes,
    suggestion: bump,
  };
}

function flipsAsJson({ rows, quiet, ...rest }: FlipReport): unknown {
  return { ...rest, rows, quiet: quiet.map(quietAsJson) };
}

function quietAsJson({ before, after, ...row }: FlipRow): unknown {
  const short = ({ reason, issues }: DecisionRecord): unknown => ({ reason, issues });
  return { ...row, before: short(before), after: short(after) };
}

function diffAsJson<T>({ added, updated, removed }: RecordsDiff<T>): unknown {
  return {
    added: Object.fromEntries(added),
    updated: Object.fromEntries(updated),
    removed: Object.fromEntries(removed),
  };
}
