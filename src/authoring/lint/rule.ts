import type { Span } from '../../base/span.ts';
import type { Annotation, Policy } from '../../cedar/ast.ts';
import { UidMap } from '../../cedar/uid-map.ts';
import type { EntityMention } from '../json/entities.ts';
import type { PackModel, PolicyFile } from '../model.ts';
import type { Fix, ProblemSeverity, TextEdit } from '../problem.ts';
import type { PolicyTypes } from '../types/check-policy.ts';

/** One thing that a rule has to say. */
export interface Finding {
  readonly path: string;
  readonly span: Span;
  readonly message: string;
  readonly fixes?: readonly Fix[];
  /** Where it differs from the rule's. */
  readonly severity?: ProblemSeverity;
}

export interface LintRule {
  /** Kebab-case; the code of its problems. */
  readonly id: string;
  readonly severity: ProblemSeverity;
  /** Why it matters and what to do, for people. */
  readonly doc: string;
  readonly check: (context: LintContext) => Iterable<Finding>;
}

/** A policy with its file and what is known of it. */
export interface LintPolicy {
  readonly file: PolicyFile;
  readonly path: string;
  readonly policy: Policy;
  readonly types: PolicyTypes | undefined;
  readonly defers: boolean;
}

export interface LintContext {
  readonly model: PackModel;
  readonly policies: readonly LintPolicy[];
  /** Entities that the pack's files declare, and where. */
  readonly entities: UidMap<EntityMention & { readonly path: string }>;
}

export function lintContext(model: PackModel): LintContext {
  const entities = new UidMap<EntityMention & { readonly path: string }>();
  for (const { path, mentions } of model.entityFiles) {
    for (const mention of mentions) {
      if (mention.role === 'declaration') entities.set(mention.uid, { ...mention, path });
    }
  }
  const policies = model.policyFiles.flatMap((file) =>
    file.policies.map((policy) => ({
      file,
      path: file.path,
      policy,
      types: model.typesOf(policy),
      defers: policy.effect === 'forbid' && annotationValue(policy, 'verdict') === 'DEFER',
    })),
  );
  return { model, policies, entities };
}

/** A rule that looks at one policy at a time. */
export function policyRule(
  rule: Omit<LintRule, 'check'>,
  check: (policy: LintPolicy, context: LintContext) => Iterable<Omit<Finding, 'path'>>,
): LintRule {
  return {
    ...rule,
    *check(context) {
      for (const policy of context.policies) {
        for (const finding of check(policy, context)) yield { path: policy.path, ...finding };
      }
    },
  };
}

export function annotationOf(policy: Policy, name: string): Annotation | undefined {
  return policy.annotations.find((annotation) => annotation.name === name);
}

export function annotationValue(policy: Policy, name: string): string | undefined {
  return annotationOf(policy, name)?.value;
}

/** Where to underline something about a policy as a whole: its id, else its effect. */
export function headOf({ policy, file }: LintPolicy): Span {
  const id = annotationOf(policy, 'id');
  return id === undefined ? effectSpan(policy, file.text) : (id.valueSpan ?? id.span);
}

/** The word `permit` or `forbid`. */
export function effectSpan(policy: Policy, text: string): Span {
  const after = policy.annotations.at(-1)?.span.end ?? policy.span.start;
  const start = text.indexOf(policy.effect, after);
  return { start, end: start + policy.effect.length };
}

export function replace(path: string, span: Span, text: string): TextEdit {
  return { path, span, text };
}

/** An annotation on a line of its own, before the effect. */
export function insertAnnotation({ policy, file, path }: LintPolicy, text: string): TextEdit {
  const { start } = effectSpan(policy, file.text);
  return { path, span: { start, end: start }, text: `${text}\n` };
}

/** Takes a piece of text away, and its line when nothing else stands there. */
export function removeLine(path: string, text: string, span: Span): TextEdit {
  let { start, end } = span;
  while (start > 0 && /[ \t]/.test(text[start - 1] ?? '')) start -= 1;
  while (end < text.length && /[ \t\r]/.test(text[end] ?? '')) end += 1;
  const alone = (start === 0 || text[start - 1] === '\n') && text[end] === '\n';
  return { path, span: alone ? { start, end: end + 1 } : span, text: '' };
}
