import type { PackModel } from '../model.ts';
import type { Problem } from '../problem.ts';
import {
  annotationValueRule,
  forbidWithoutIssue,
  issueSeverityConflict,
  unknownAnnotation,
  verdictOnPermit,
} from './annotations.ts';
import { conditionAlwaysFalse, conditionAlwaysTrue, ruleNeverMatches } from './constants.ts';
import { deferWithoutEvidence } from './evidence.ts';
import { forbidCanError, typeError, unguardedOptional } from './failing.ts';
import { duplicateId, missingId } from './identity.ts';
import { lintContext, type LintRule } from './rule.ts';
import {
  scenarioUnknownField,
  scenarioUnknownIssue,
  scenarioUnknownRole,
  scenarioUnknownTool,
  unknownEntity,
} from './scenarios.ts';
import { shadowedPermit } from './shadow.ts';
import { unusedAction, unusedAttribute, unusedEntityType } from './unused.ts';

/** Every lint rule, in the order in which a reader of their list wants them. */
export const LINT_RULES: readonly LintRule[] = [
  missingId,
  duplicateId,
  forbidWithoutIssue,
  unknownAnnotation,
  annotationValueRule,
  verdictOnPermit,
  issueSeverityConflict,
  deferWithoutEvidence,
  forbidCanError,
  unguardedOptional,
  typeError,
  conditionAlwaysTrue,
  conditionAlwaysFalse,
  ruleNeverMatches,
  shadowedPermit,
  unknownEntity,
  unusedEntityType,
  unusedAction,
  unusedAttribute,
  scenarioUnknownRole,
  scenarioUnknownTool,
  scenarioUnknownField,
  scenarioUnknownIssue,
];

/** Why a lint rule matters and what to do, by its id; `undefined` for codes of others. */
export function lintDoc(id: string): string | undefined {
  return LINT_RULES.find((rule) => rule.id === id)?.doc;
}

/** What our own rules say about a pack. Files that do not parse say nothing here. */
export function lint(
  model: PackModel,
  rules: readonly LintRule[] = LINT_RULES,
): readonly Problem[] {
  const context = lintContext(model);
  return rules.flatMap((rule) =>
    Array.from(rule.check(context), ({ path, span, message, fixes = [], severity }) => ({
      path,
      span,
      severity: severity ?? rule.severity,
      source: 'lint' as const,
      code: rule.id,
      message,
      fixes,
    })),
  );
}
