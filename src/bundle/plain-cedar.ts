/**
 * A pack said in plain Cedar, for engines that know Cedar and no more than that.
 *
 * Three things that this engine adds to Cedar are lost on any other: that the principal is a child of its
 * role (Cedarling gives the principal of a request no parents at all), that facts which cannot be read
 * defer, and that risks which add up to the threshold deny. Without the first, a `forbid` by role never
 * applies, which allows more than was meant. Here all three are said by policies alone:
 *
 *     principal in Role::"lead"    →  the role in the context is lead or one below it
 *     context.session.malformed    →  a forbid that defers unless it is empty
 *     @risk and its threshold      →  a forbid on the sum of the permits that hold
 *
 * Nothing else changes: an engine that is asked without roles then allows what this one allows. What cannot
 * be said without allowing more is a problem, not a guess. `layout.ts` says where the two forms stand.
 */
import { err, ok, type Result } from '../base/result.ts';
import { printExpr } from '../cedar/print.ts';
import { parsePolicies } from '../cedar/parse.ts';
import type { Policy } from '../cedar/ast.ts';
import type { RecordType } from '../cedar/schema/model.ts';
import { authorize } from '../cedar/authorize.ts';
import { decide } from '../decision/decide.ts';
import { AGENT, CALL_TOOL } from '../decision/policies.ts';
import { fileKind, SCHEMA_FILE, type PackFiles } from '../pack/files.ts';
import { readPack, type Pack } from '../pack/read.ts';
import { rolesOfContext, type Splice } from './plain-roles.ts';

/** Where that stands which is said of the pack as a whole. */
export const ADDED_FILE = 'policies/plain-cedar.cedar';

export interface PlainProblem {
  readonly message: string;
  /** The file in question. */
  readonly path: string;
}

/** The files of a pack that other engines need in another form: those that differ, and one that is new. */
export function plainForm(
  files: PackFiles,
  pack: Pack,
): Result<PackFiles, readonly PlainProblem[]> {
  const problems: PlainProblem[] = [];
  const unsayable = (path: string, message: string): void => {
    problems.push({ path, message });
  };
  for (const { uid } of pack.policies.entities) {
    if (uid.type === AGENT) {
      unsayable('entities', `Other engines know no more of ${uid} than what a request says.`);
    }
  }
  const texts = new Map([...files].filter(([path]) => fileKind(path) === 'policies'));
  const plain = new Map<string, string>();
  for (const [path, text] of texts) {
    const splices: Splice[] = [];
    for (const policy of parsePolicies(text).policies) {
      const asked = rolesOfContext(policy, pack.policies);
      splices.push(...asked.splices);
      for (const what of asked.problems) unsayable(path, `The rule ${idOf(policy)} ${what}.`);
    }
    if (splices.length > 0) plain.set(path, NOTE + spliced(text, splices));
  }
  if (plain.size > 0) {
    for (const what of undeclaredRoles(pack)) unsayable(SCHEMA_FILE, what);
  }
  plain.set(ADDED_FILE, addedPolicies(pack, new Map([...texts, ...plain]), unsayable));
  return problems.length > 0 ? err(problems) : ok(plain);
}

/** The scenarios that an engine would allow otherwise which knows Cedar and no more, given the pack in this form. */
export function decidedOtherwise(pack: Pack, files: PackFiles): readonly string[] {
  const plain = readPack(files).pack?.policies;
  return pack.scenarios.flatMap(({ id, run }) => {
    if (!run.ok) return [];
    const { check, now } = run.value;
    const decided = decide(pack.policies, check, { now, requestId: id });
    if (!decided.ok) return [];
    const allowed = decided.value.record.verdict === 'ALLOW';
    const found = decided.value.tools.every(({ request }) => {
      if (plain === undefined) return false;
      const declared = plain.schema.actions.has(request.action.toString());
      const asked = declared ? request : { ...request, action: CALL_TOOL };
      const answer = authorize(plain.policySet, asked, plain.entities);
      return answer.decision === 'allow' && answer.errors.length === 0;
    });
    return allowed === found ? [] : [id];
  });
}

const NOTE = `// Said in plain Cedar, for engines that give the principal no parents: roles are asked of the context.\n`;

function spliced(text: string, splices: readonly Splice[]): string {
  let said = '';
  let at = 0;
  for (const { span, text: other } of splices.toSorted((a, b) => a.span.start - b.span.start)) {
    said += text.slice(at, span.start) + other;
    at = span.end;
  }
  return said + text.slice(at);
}

function idOf({ annotations }: Policy): string {
  return annotations.find(({ name }) => name === 'id')?.value ?? '';
}

/** The context must say what the principal's parents say. */
function undeclaredRoles({ policies }: Pack): readonly string[] {
  const missing = new Set<string>();
  for (const { context } of contextsOf(policies)) {
    for (const field of ['actor_role', 'user_role']) {
      if (context.attributes.get(field)?.type.kind !== 'string') missing.add(field);
    }
  }
  return [...missing].map(
    (field) => `${field} must be declared in every context, as a String: rules ask for roles.`,
  );
}

function contextsOf({ schema }: Pack['policies']): readonly { readonly context: RecordType }[] {
  return [...schema.actions.values()].flatMap(({ appliesTo }) => appliesTo ?? []);
}

/** What the engine here adds to all policies. */
function addedPolicies(
  { policies }: Pack,
  files: PackFiles,
  unsayable: (path: string, message: string) => void,
): string {
  const said: string[] = [];
  const knows = contextsOf(policies).every(({ context }) => {
    const session = context.attributes.get('session');
    if (session?.type.kind !== 'record' || !session.required) return false;
    const malformed = session.type.attributes.get('malformed');
    return malformed?.type.kind === 'set' && malformed.required;
  });
  if (knows) said.push(MALFORMED);
  else {
    const message = 'session.malformed must be declared in every context, as a Set<String>.';
    unsayable(SCHEMA_FILE, message);
  }
  const { threshold } = policies.settings.risk;
  const risks = policies.rules.flatMap(({ id, standing, risk }) =>
    standing === 'permits' && risk > 0 ? [[id, risk] as const] : [],
  );
  if (risks.reduce((sum, [, risk]) => sum + risk, 0) >= threshold) {
    said.push(riskPolicy(new Map(risks), threshold, files));
  }
  return said.join('\n');
}

const MALFORMED = `// What was sent and cannot be read defers, whatever else is said of it.
@id("plain-cedar-unreadable-facts")
@verdict("DEFER")
forbid (principal, action, resource)
unless { context.session.malformed.isEmpty() };
`;

/**
 * Where everything else allows, no forbid holds: only permits add to the risk. A permit that fails adds
 * nothing here and would make this rule fail in plain Cedar, which is why whoever asks must take any error
 * for a denial.
 */
function riskPolicy(
  risks: ReadonlyMap<string, number>,
  threshold: number,
  files: PackFiles,
): string {
  const terms: string[] = [];
  for (const [path, text] of files) {
    if (fileKind(path) !== 'policies') continue;
    for (const policy of parsePolicies(text).policies) {
      const risk = risks.get(idOf(policy));
      if (risk !== undefined) terms.push(`(if ${holds(policy, text)} then ${risk} else 0)`);
    }
  }
  return `// Risks that add up to the threshold of stage0.json deny.
@id("plain-cedar-risk-threshold")
@issue("RISK_THRESHOLD_EXCEEDED")
@severity("HIGH")
@message("The risks of this call add up to ${threshold} or more.")
forbid (principal, action, resource)
when {
  ${terms.join(' +\n  ')} >= ${threshold}
};
`;
}

/** A policy's scope and conditions as one expression. */
function holds({ principal, action, resource, conditions }: Policy, text: string): string {
  const scopes = [principal, action, resource].filter(({ kind }) => kind !== 'any');
  const parts = [
    ...scopes.map(({ span }) => text.slice(span.start, span.end)),
    ...conditions.map(({ kind, body }) => `${kind === 'when' ? '' : '!'}(${printExpr(body)})`),
  ];
  return parts.length === 0 ? 'true' : parts.join(' && ');
}
