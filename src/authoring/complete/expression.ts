/** Proposals inside of a condition. */
import { isName } from '../../cedar/schema/names.ts';
import { entityUid } from '../../cedar/value.ts';
import { environmentsOf } from '../types/fragment.ts';
import { EXTENSION_CALLABLES } from '../types/functions.ts';
import { typeText, type InferredAttribute } from '../types/inferred.ts';
import { entityProposals, typeProposals } from './entities.ts';
import { escapeSnippet, type Proposal } from './item.ts';
import { attributeNames, attributeProposal, memberProposals } from './members.ts';
import { typeBefore, type ExpressionContext } from './operand.ts';
import {
  constructorProposal,
  inProposals,
  likePattern,
  stringProposals,
  valueProposals,
} from './operand-values.ts';
import { operatorsAfter } from './operators.ts';
import { endsOperand } from './tokens.ts';
import { idsOf } from './values.ts';

export function expressionProposals(context: ExpressionContext): readonly Proposal[] {
  const { words, before } = context;
  const last = words.at(-1);
  if (before.typed === 'string') return stringProposals(context);
  if (last?.kind === '.') return memberProposals(context);
  if (last?.kind === '::') return idProposals(context);
  if (last?.kind === 'identifier') {
    if (last.text === 'has') return attributeNames(context, words.slice(0, -1), []);
    if (last.text === 'is') return typeProposals(context.model);
    if (last.text === 'in') return inProposals(context);
    if (last.text === 'like') return [likePattern()];
  }
  if (endsOperand(last)) {
    return before.typed === 'nothing' || before.typed === 'word' ? operatorsAfter(context) : [];
  }
  return [...valueProposals(context), ...startProposals(context)];
}

function idProposals({ model, words }: ExpressionContext): readonly Proposal[] {
  const type = typeBefore(words);
  if (type === undefined) return [];
  return entityProposals(model, type, 'id');
}

/** Where an expression can begin. */
function startProposals({
  hierarchy,
  scope,
  model,
  words,
}: ExpressionContext): readonly Proposal[] {
  const environments = environmentsOf(hierarchy, scope);
  const one = (names: readonly string[]) => [...new Set(names)].slice(0, 3).join(' or ');
  const variables: readonly (readonly [string, string])[] = [
    ['principal', one(environments.map(({ principal }) => principal))],
    ['action', one(environments.map(({ action }) => action.uid.type))],
    ['resource', one(environments.map(({ resource }) => resource))],
    ['context', 'the facts of the check'],
  ];
  const proposals: Proposal[] = variables.map(([label, detail]) => ({
    label,
    kind: 'variable',
    detail,
    rank: 2,
  }));
  const context = new Map<string, InferredAttribute>();
  for (const environment of environments) {
    for (const [name, attribute] of environment.context.attributes) context.set(name, attribute);
  }
  for (const [name, attribute] of context) {
    if (!isName(name)) continue;
    const label = `context.${name}`;
    proposals.push({
      ...attributeProposal(label, attribute),
      filterText: `${label} ${name}`,
      rank: 3,
    });
    if (attribute.required) continue;
    proposals.push({
      label: `context has ${name} && …`,
      kind: 'snippet',
      detail: typeText(attribute.type),
      insertText: `context has ${name} && context.${name}`,
      filterText: `context has ${name}`,
      rank: 4,
    });
  }
  for (const callable of EXTENSION_CALLABLES.values()) {
    if (callable.style === 'function')
      proposals.push({ ...constructorProposal(callable), rank: 5 });
  }
  if (words.at(-1)?.kind !== '!') {
    proposals.push(
      {
        label: 'if',
        kind: 'keyword',
        insertText: 'if ${1:condition} then ${2:this} else ${3:that}',
        snippet: true,
        rank: 6,
      },
      { label: '!', kind: 'operator', detail: 'not', rank: 6 },
    );
  }
  proposals.push(
    { label: 'true', kind: 'keyword', rank: 6 },
    { label: 'false', kind: 'keyword', rank: 6 },
  );
  for (const type of hierarchy.schema.entityTypes.keys()) {
    const [first = 'id'] = idsOf(model, type);
    proposals.push({
      label: type,
      kind: 'entity-type',
      detail: entityUid(type, first).toString(),
      insertText: `${type}::"\${1:${escapeSnippet(first)}}"`,
      snippet: true,
      rank: 7,
    });
  }
  return proposals;
}
