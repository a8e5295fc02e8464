/** Proposals in a policy file. */
import type { PackModel } from '../model.ts';
import { quote } from '../../cedar/strings.ts';
import { grouped } from '../group.ts';
import { ANNOTATION_WORDS, ANNOTATIONS } from '../vocabulary.ts';
import { policyContext, type PolicyContext, type PolicyPlace } from './context.ts';
import { actionProposals, entityProposals, typeProposals } from './entities.ts';
import { expressionProposals } from './expression.ts';
import { typeBefore } from './operand.ts';
import { escapeSnippet, placed, type CompletionItem, type Proposal } from './item.ts';
import { ruleSnippets } from './snippets.ts';
import { endsOperand } from './tokens.ts';
import { issueCodes } from './values.ts';

export function completePolicy(
  model: PackModel,
  text: string,
  offset: number,
): readonly CompletionItem[] {
  const context = policyContext(text, offset);
  return placed(proposalsAt(model, text, context), context.before.replace);
}

function proposalsAt(model: PackModel, text: string, context: PolicyContext): Iterable<Proposal> {
  const { place, before, scope } = context;
  switch (place.kind) {
    case 'nowhere':
      return [];
    case 'top':
      return topProposals(model, context);
    case 'annotation-name':
      return annotationNames(context);
    case 'annotation-value':
      return annotationValues(model, place.name, before.typed === 'string', context);
    case 'scope':
      return scopeProposals(model, place, before.typed === 'string');
    case 'after-scope':
      return afterScope(place.last);
    case 'expression': {
      const { hierarchy } = model;
      if (hierarchy === undefined) return [];
      const inScope = scope && text.slice(scope.start, scope.end);
      return expressionProposals({
        model,
        hierarchy,
        text,
        scope: inScope,
        words: place.words,
        before,
      });
    }
  }
}

function topProposals(model: PackModel, context: PolicyContext): readonly Proposal[] {
  const hasAnnotations = context.annotations.size > 0;
  const head = '(${1:principal}, ${2:action}, ${3:resource})$0';
  return [
    ...(hasAnnotations ? [] : ruleSnippets(model)),
    ...annotationNames(context, '@', hasAnnotations ? 0 : 20),
    {
      label: 'permit',
      kind: 'keyword',
      detail: 'allow, unless a rule objects',
      insertText: `permit ${head};`,
      snippet: true,
      rank: 1,
    },
    {
      label: 'forbid',
      kind: 'keyword',
      detail: 'deny; with @verdict("DEFER") wait for evidence',
      insertText: `forbid ${head};`,
      snippet: true,
      rank: 1,
    },
  ];
}

function annotationNames(
  { annotations, effect }: PolicyContext,
  at = '',
  rank = 0,
): readonly Proposal[] {
  return ANNOTATIONS.flatMap(({ name, doc, on, example }, index): readonly Proposal[] => {
    if (annotations.has(name) || (on === 'forbid' && effect === 'permit')) return [];
    const insertText = `${at}${name}("\${1:${escapeSnippet(example)}}")`;
    const detail = on === 'forbid' ? 'annotation of a forbid' : 'annotation';
    return [
      {
        label: at + name,
        kind: 'annotation',
        detail,
        doc,
        insertText,
        snippet: true,
        rank: rank + index,
      },
    ];
  });
}

function annotationValues(
  model: PackModel,
  name: string,
  isQuoted: boolean,
  { annotations }: PolicyContext,
): readonly Proposal[] {
  const values = valuesOf(model, name, annotations);
  if (isQuoted) return values;
  return values.map((value) => Object.assign({}, value, { label: quote(value.label) }));
}

function valuesOf(
  model: PackModel,
  name: string,
  annotations: ReadonlyMap<string, string>,
): readonly Proposal[] {
  const word = ANNOTATION_WORDS.get(name);
  if (word?.values !== undefined) {
    return word.values.map(({ value, doc }, rank) => ({ label: value, kind: 'value', doc, rank }));
  }
  const used = (detail: string): readonly Proposal[] =>
    usedValues(model, name).map(([label, count]) => ({
      label,
      kind: 'value',
      detail: count === 1 ? detail : `${detail} ${count} times`,
      rank: 1,
    }));
  switch (name) {
    case 'id': {
      const stem = annotations.get('issue')?.toLowerCase().replaceAll('_', '-') ?? word?.example;
      return stem === undefined ? [] : [{ label: stem, kind: 'value', rank: 1 }];
    }
    case 'issue':
      return issueCodes(model).map((label) => ({ label, kind: 'value', detail: 'used', rank: 1 }));
    case 'risk':
    case 'value_risk':
    case 'waste_risk':
      return ['10', '20', '30', '40', '50', '60', '80', '100'].map((label) => ({
        label,
        kind: 'value',
        rank: Number(label),
      }));
    case 'guardrail':
    case 'question':
      return used('used');
    default:
      return [];
  }
}

/** Values that the pack's rules give an annotation, the commonest first. */
function usedValues(
  { policyFiles }: PackModel,
  name: string,
): readonly (readonly [string, number])[] {
  const values = policyFiles.flatMap(({ policies }) =>
    policies.flatMap(({ annotations }) =>
      annotations.flatMap((one) => (one.name === name && one.value !== '' ? [one.value] : [])),
    ),
  );
  return [...grouped(values, (value) => value)]
    .map(([value, all]) => [value, all.length] as const)
    .toSorted(([, a], [, b]) => b - a);
}

function scopeProposals(
  model: PackModel,
  { slot, words }: PolicyPlace & { readonly kind: 'scope' },
  isQuoted: boolean,
): readonly Proposal[] {
  const last = words.at(-1);
  const type = typeBefore(words);
  if (type !== undefined) return entityProposals(model, type, isQuoted ? 'inside' : 'id');
  if (isQuoted) return [];
  if (last === undefined) return [{ label: slot, kind: 'variable', rank: 1 }];
  if (last.text === 'is') return slot === 'action' ? [] : typeProposals(model);
  const opensValue =
    last.text === 'in' || last.kind === '==' || last.kind === '[' || last.kind === ',';
  if (opensValue && slot === 'action') {
    const proposals = actionProposals(model, 'whole');
    if (last.text !== 'in') return proposals;
    const any: Proposal = {
      label: '[…]',
      kind: 'snippet',
      insertText: '[$1]',
      snippet: true,
      rank: 3,
    };
    return [...proposals, any];
  }
  if (opensValue) {
    return slotTypes(model, slot, last.text === 'in').flatMap((name) =>
      entityProposals(model, name, 'whole'),
    );
  }
  if (!endsOperand(last)) return [];
  return scopeOperators(
    slot,
    words.length,
    words.some(({ text }) => text === 'is'),
  );
}

function scopeOperators(slot: string, count: number, isTyped: boolean): readonly Proposal[] {
  const operator = (label: string, detail: string, rank: number): Proposal => ({
    label,
    kind: 'operator',
    detail,
    rank,
  });
  if (count === 1) {
    const all = [operator('in', 'is it, or is inside of it', 1), operator('==', 'is exactly', 2)];
    return slot === 'action' ? all : [...all, operator('is', 'is of this type', 3)];
  }
  return isTyped && slot !== 'action' ? [operator('in', 'and is inside of', 1)] : [];
}

/** Types that a principal or resource can be, or be in. */
function slotTypes(
  { hierarchy }: PackModel,
  slot: 'principal' | 'action' | 'resource',
  inside: boolean,
): readonly string[] {
  const types = new Set<string>();
  for (const environment of hierarchy?.environments ?? []) {
    const type = slot === 'principal' ? environment.principal : environment.resource;
    if (inside) for (const outer of hierarchy?.ancestorTypes(type) ?? []) types.add(outer);
    types.add(type);
  }
  return [...types];
}

function afterScope(last: string): readonly Proposal[] {
  if (last === 'when' || last === 'unless') {
    return [{ label: '{ … }', kind: 'snippet', insertText: '{ $1 }', snippet: true, rank: 1 }];
  }
  const clause = (label: string, detail: string, rank: number): Proposal => ({
    label,
    kind: 'keyword',
    detail,
    insertText: `${label} { $1 }`,
    snippet: true,
    rank,
  });
  return [
    clause('when', 'applies only if', 1),
    clause('unless', 'does not apply if', 2),
    { label: ';', kind: 'operator', detail: 'end of the rule', rank: 3 },
  ];
}
