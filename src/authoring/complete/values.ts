/**
 * What a text is known to be: the values that the pack itself compares an attribute with, those that its
 * scenarios send, and those that the contract names.
 */
import type { Expr } from '../../cedar/ast.ts';
import { printExpr } from '../../cedar/print.ts';
import { WORDS } from '../../decision/constraint-words.ts';
import { ENVIRONMENT, ROLE } from '../../decision/policies.ts';
import { nodeAt } from '../json/tree.ts';
import type { PackModel } from '../model.ts';
import { expressions } from '../walk.ts';
import type { Proposal } from './item.ts';

const CONTRACT: ReadonlyMap<string, readonly string[]> = new Map([
  ['context.approval_status', ['approved', 'pending', 'rejected', 'none', 'missing']],
  ['context.constraints', [...WORDS.keys()]],
]);

/** Values of the attribute that `subject` prints as; sets by their elements. */
export function knownValues(model: PackModel, subject: string): readonly Proposal[] {
  const found = new Map<string, Proposal>();
  const add = (values: Iterable<string>, detail: string, rank: number): void => {
    for (const value of values) {
      if (found.has(value)) continue;
      found.set(value, { label: value, kind: 'value', detail, rank });
    }
  };
  add(comparedWith(model, subject), 'used in a rule', 1);
  add(CONTRACT.get(subject) ?? [], 'of the contract', 2);
  if (/\.(?:actor_role|user_role|required_role)$/.test(subject)) add(idsOf(model, ROLE), ROLE, 2);
  if (/\.(?:environment|allowed_environment)$/.test(subject)) {
    add(idsOf(model, ENVIRONMENT), ENVIRONMENT, 2);
  }
  if (/^context\.(?:tools|current_tool|recent_tools)$/.test(subject)) {
    add(toolsOf(model), 'action of the schema', 2);
  }
  add(sentAs(model, subject), 'sent in a scenario', 3);
  return [...found.values()];
}

/** Ids of the declared entities of a type. */
export function idsOf(model: PackModel, type: string): readonly string[] {
  const declared = model.entityFiles.flatMap(({ mentions }) =>
    mentions.flatMap(({ role, uid }) =>
      role === 'declaration' && uid.type === type ? [uid.id] : [],
    ),
  );
  return [...new Set([...declared, ...(model.schema?.entityTypes.get(type)?.enumIds ?? [])])];
}

/** Ids of actions that a request may name. */
export function toolsOf({ schema }: PackModel): readonly string[] {
  return [...(schema?.actions.values() ?? [])].flatMap(({ uid, appliesTo }) =>
    appliesTo === undefined ? [] : [uid.id],
  );
}

/** Codes that the rules of the pack give, each once. */
export function issueCodes({ policyFiles }: PackModel): readonly string[] {
  const codes = policyFiles.flatMap(({ policies }) =>
    policies.flatMap(({ annotations }) =>
      annotations.flatMap(({ name, value }) => (name === 'issue' && value !== '' ? [value] : [])),
    ),
  );
  return [...new Set(codes)];
}

function comparedWith({ policyFiles }: PackModel, subject: string): ReadonlySet<string> {
  const values = new Set<string>();
  for (const { policies } of policyFiles) {
    for (const policy of policies) {
      for (const expr of expressions(policy)) {
        for (const value of literalsAgainst(expr, subject)) values.add(value);
      }
    }
  }
  return values;
}

function literalsAgainst(expr: Expr, subject: string): readonly string[] {
  if (expr.kind === 'compare') {
    if (isSubject(expr.left, subject)) return texts(expr.right);
    return isSubject(expr.right, subject) ? texts(expr.left) : [];
  }
  if (expr.kind === 'method' && isSubject(expr.subject, subject)) return expr.args.flatMap(texts);
  return [];
}

function isSubject(expr: Expr, subject: string): boolean {
  return expr.kind === 'attribute' && printExpr(expr) === subject;
}

function texts(expr: Expr): readonly string[] {
  if (expr.kind === 'set') return expr.elements.flatMap(texts);
  return expr.kind === 'literal' && typeof expr.value === 'string' ? [expr.value] : [];
}

function sentAs({ scenarioFiles }: PackModel, subject: string): ReadonlySet<string> {
  const values = new Set<string>();
  const name = /^context\.(\w+)$/.exec(subject)?.[1];
  if (name === undefined || name === 'goal') return values;
  for (const { tree } of scenarioFiles) {
    const node =
      nodeAt(tree, 'request', 'context', name) ??
      (name === 'side_effects' ? nodeAt(tree, 'request', name) : undefined);
    for (const one of node === undefined ? [] : [node, ...node.elements]) {
      if (one.kind === 'string' && one.value.length <= 60) values.add(one.value);
      if (values.size >= 50) return values;
    }
  }
  return values;
}
