/**
 * Policies in plain English, from their syntax trees, for whoever does not read Cedar:
 *
 *     context has approved_by && context.approved_by != ""
 *     approved by is given and approved by is not empty text
 *
 * The words are exact. Two expressions get the same words only if they evaluate alike, on every request:
 * nothing is left out, groups stand in parentheses wherever they could be read in two ways, and names
 * that would read like something else are shown as they are written. "Belongs to" is Cedar's `in`: every
 * entity belongs to itself.
 */
import type { Span } from '../base/span.ts';
import type {
  ActionScope,
  Expr,
  Policy,
  PrincipalScope,
  ScopeEntity,
  VariableName,
} from './ast.ts';
import { childrenOf } from './intern.ts';
import { leafWords } from './words-leaves.ts';
import { CEDAR_LEXICON, type Lexicon } from './words-lexicon.ts';
import { isCondition, Terms } from './words-terms.ts';

/** A condition in words, as a tree that follows its expression. */
export interface Words {
  /** `parts` of and, or: the operands; of not: the operand; of if: condition, then, otherwise. */
  readonly kind: 'and' | 'or' | 'not' | 'if' | 'leaf';
  /** The whole of it; never empty. */
  readonly text: string;
  /** The words of its opposite. */
  readonly negation: string;
  readonly span: Span;
  readonly parts: readonly Words[];
  /** Of a leaf: every field that it reads, each once. */
  readonly reads: readonly FieldPath[];
}

/** A field that an expression reads: `context.limits.max_records`; the empty path is the root itself. */
export interface FieldPath {
  readonly root: VariableName;
  readonly path: readonly string[];
}

/** One clause of a policy in words. */
export interface ClauseWords {
  readonly kind: 'when' | 'unless';
  readonly words: Words;
  readonly span: Span;
}

export interface ScopeWords {
  /** "any agent", "any tool that belongs to the group payout". */
  readonly text: string;
  /** Whether it leaves nothing out. */
  readonly isAny: boolean;
  readonly span: Span;
}

/** A policy in words. */
export interface PolicyWords {
  /** All of it: "Defers any tool that belongs to the group payout unless …." */
  readonly sentence: string;
  readonly scope: {
    readonly principal: ScopeWords;
    readonly action: ScopeWords;
    readonly resource: ScopeWords;
  };
  readonly clauses: readonly ClauseWords[];
}

/** Words one condition. */
export function conditionWords(expr: Expr, lexicon: Lexicon = CEDAR_LEXICON): Words {
  return writerOf(lexicon)(expr);
}

/** Words something that is not true or false by itself: a field, a value. */
export function termWords(expr: Expr, lexicon: Lexicon = CEDAR_LEXICON): string {
  const write = writerOf(lexicon);
  return new Terms(lexicon, (inner) => write(inner).text).term(expr);
}

/** Words a policy. `verb` replaces the lexicon's for its effect: "Defers". */
export function policyWords(
  policy: Policy,
  lexicon: Lexicon = CEDAR_LEXICON,
  verb: string = lexicon.verbs[policy.effect],
): PolicyWords {
  const write = writerOf(lexicon);
  const terms = new Terms(lexicon, (inner) => write(inner).text);
  const principal = entityScope(policy.principal, lexicon.nouns.principal, terms);
  const action = actionScope(policy.action, lexicon.nouns.action, terms);
  const resource = entityScope(policy.resource, lexicon.nouns.resource, terms);
  const clauses = policy.conditions.map(({ kind, body, span }) => ({
    kind,
    words: write(body),
    span,
  }));
  const parts = [
    verb,
    scopeSentence(principal, action, resource),
    clauseSentence('when', ' and ', clauses),
    clauseSentence('unless', ' or ', clauses),
  ];
  const sentence = `${parts.filter((part) => part !== '').join(' ')}.`;
  return { sentence, scope: { principal, action, resource }, clauses };
}

/** What a clause says in one sentence: all of `when` must hold, none of `unless` may. */
function clauseSentence(
  kind: ClauseWords['kind'],
  joint: string,
  clauses: readonly ClauseWords[],
): string {
  const bodies = clauses.filter((clause) => clause.kind === kind).map(({ words }) => words);
  const [only, ...more] = bodies;
  if (only === undefined) return '';
  const text = more.length === 0 ? only.text : bodies.map((words) => grouped(words)).join(joint);
  return `${kind} ${text}`;
}

// ---------------------------------------------------------------- conditions

type Write = (expr: Expr) => Words;

function writerOf(lexicon: Lexicon): Write {
  const write: Write = (expr) => writeCondition(expr, write, terms);
  const terms = new Terms(lexicon, (inner) => write(inner).text);
  return write;
}

function writeCondition(expr: Expr, write: Write, terms: Terms): Words {
  const { span } = expr;
  switch (expr.kind) {
    case 'and':
    case 'or': {
      const parts = expr.operands.map(write);
      const text = parts.map(grouped).join(` ${expr.kind} `);
      return { kind: expr.kind, text, negation: `not (${text})`, span, parts, reads: [] };
    }
    case 'not': {
      const operand = write(expr.operand);
      const { text, negation } = operand;
      return { kind: 'not', text: negation, negation: text, span, parts: [operand], reads: [] };
    }
    case 'if': {
      const parts = [expr.condition, expr.consequent, expr.alternative].map(write);
      const [condition = '', consequent = '', alternative = ''] = parts.map(grouped);
      const text = `if ${condition} then ${consequent}, otherwise ${alternative}`;
      return { kind: 'if', text, negation: `not (${text})`, span, parts, reads: [] };
    }
    default:
      return { kind: 'leaf', ...leafWords(expr, terms), span, parts: [], reads: fieldsIn(expr) };
  }
}

/** The words of a part of something larger. */
function grouped(words: Words): string {
  return isGroup(words) ? `(${words.text})` : words.text;
}

/** Whether it reads as more than one thing: a "not" shows what it negates, or that in parentheses. */
function isGroup({ kind, parts }: Words): boolean {
  if (kind === 'leaf') return false;
  if (kind !== 'not') return true;
  // Two negations are none: the words are those of what stands inside both.
  const [operand] = parts;
  const [inner] = operand?.kind === 'not' ? operand.parts : [];
  return inner !== undefined && isGroup(inner);
}

/** Every field that an expression reads, the longest path of each. */
export function fieldsIn(expr: Expr): readonly FieldPath[] {
  const found = new Map<string, FieldPath>();
  const visit = (inner: Expr): void => {
    const field = fieldOf(inner);
    if (field !== undefined) {
      found.set(JSON.stringify([field.root, ...field.path]), field);
      return;
    }
    for (const child of childrenOf(inner)) visit(child);
  };
  visit(expr);
  return [...found.values()];
}

function fieldOf(expr: Expr): FieldPath | undefined {
  if (expr.kind === 'variable') return { root: expr.name, path: [] };
  if (expr.kind !== 'attribute' && expr.kind !== 'has') return undefined;
  const above = isCondition(expr.subject) ? undefined : fieldOf(expr.subject);
  if (above === undefined) return undefined;
  const names = expr.kind === 'has' ? expr.path : [expr.name];
  return { root: above.root, path: [...above.path, ...names.map(({ text }) => text)] };
}

// ---------------------------------------------------------------- scopes

function scopeSentence(principal: ScopeWords, action: ScopeWords, resource: ScopeWords): string {
  if (principal.isAny && action.isAny && resource.isAny) return 'everything';
  const parts = [
    action.text,
    ...(principal.isAny ? [] : [`for ${principal.text}`]),
    ...(resource.isAny ? [] : [`on ${resource.text}`]),
  ];
  return parts.join(' ');
}

function entityScope(scope: PrincipalScope, noun: string, terms: Terms): ScopeWords {
  const { span } = scope;
  const say = (text: string): ScopeWords => ({ text, isAny: false, span });
  switch (scope.kind) {
    case 'any':
      return { text: `any ${noun}`, isAny: true, span };
    case 'equal':
      return say(scopeEntity(scope.entity, terms, false));
    case 'in':
      return say(`any ${noun} that belongs to ${scopeEntity(scope.entity, terms, true)}`);
    case 'is':
      return say(`any ${noun} of type ${terms.type(scope.entityType.name)}`);
    case 'is-in':
      return say(
        `any ${noun} of type ${terms.type(scope.entityType.name)} that belongs to ${scopeEntity(scope.entity, terms, true)}`,
      );
  }
}

function actionScope(scope: ActionScope, noun: string, terms: Terms): ScopeWords {
  const { span } = scope;
  const say = (text: string): ScopeWords => ({ text, isAny: false, span });
  switch (scope.kind) {
    case 'any':
      return { text: `any ${noun}`, isAny: true, span };
    case 'equal':
      return say(terms.term(scope.entity));
    case 'in':
      return say(`any ${noun} that belongs to ${terms.group(scope.entity)}`);
    case 'in-any': {
      const groups = scope.entities.map((entity) => terms.group(entity)).join(', ') || 'nothing';
      return say(`any ${noun} that belongs to any of ${groups}`);
    }
  }
}

/** An entity, or the place that a template leaves open for one. */
function scopeEntity(entity: ScopeEntity, terms: Terms, asGroup: boolean): string {
  if (entity.kind === 'slot') return `whatever fills the slot ${entity.slot}`;
  return asGroup ? terms.group(entity) : terms.term(entity);
}
