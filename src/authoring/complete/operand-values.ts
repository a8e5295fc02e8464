/** Proposals for a value that something is compared with, in quotes or out of them. */
import { quote } from '../../cedar/strings.ts';
import { environmentsOf } from '../types/fragment.ts';
import { EXTENSION_CALLABLES, type Callable } from '../types/functions.ts';
import { entityProposals } from './entities.ts';
import { escapeSnippet, type Proposal } from './item.ts';
import { attributeNames, methodProposal } from './members.ts';
import { comparedOperand, operandTypes, typeBefore, type ExpressionContext } from './operand.ts';
import { endsOperand } from './tokens.ts';
import { knownValues } from './values.ts';

/** Entities that the left side can be in. */
export function inProposals(context: ExpressionContext): readonly Proposal[] {
  const { model, hierarchy, words } = context;
  const left = operandTypes(context, words.slice(0, -1));
  const outer = new Set<string>();
  for (const type of left?.types ?? []) {
    if (type.kind !== 'entity') continue;
    for (const name of [type.name, ...hierarchy.ancestorTypes(type.name)]) outer.add(name);
  }
  const isTypePosition = words.at(-3)?.text === 'is';
  const types =
    outer.size > 0 && !isTypePosition ? [...outer] : [...hierarchy.schema.entityTypes.keys()];
  return [
    ...types.flatMap((type) => entityProposals(model, type, 'whole')),
    {
      label: '[…]',
      kind: 'snippet',
      insertText: '[$1]',
      snippet: true,
      detail: 'any of these',
      rank: 3,
    },
  ];
}

export function likePattern(): Proposal {
  return {
    label: '"…*"',
    kind: 'snippet',
    detail: 'pattern: * stands for any text',
    insertText: '"${1:*}"',
    snippet: true,
    rank: 1,
  };
}

/** What the operand on the other side of a comparison, or the set around, is known to be. */
export function valueProposals(context: ExpressionContext): readonly Proposal[] {
  const { model, words } = context;
  const compared = comparedOperand(context);
  if (compared === undefined) return [];
  const { types, printed, element } = compared;
  const proposals: Proposal[] = [];
  for (const type of types) {
    const of = element && type.kind === 'set' ? type.element : type;
    if (of.kind === 'string') {
      for (const value of knownValues(model, printed)) {
        proposals.push({ ...value, label: quote(value.label), rank: 0 });
      }
    } else if (of.kind === 'entity') {
      proposals.push(...entityProposals(model, of.name, 'whole'));
    } else if (of.kind === 'bool') {
      proposals.push(
        ...['true', 'false'].map((label) => ({ label, kind: 'keyword' as const, rank: 0 })),
      );
    } else if (of.kind === 'extension') {
      const name = of.name === 'ipaddr' ? 'ip' : of.name;
      const callable = EXTENSION_CALLABLES.get(name);
      if (callable !== undefined) proposals.push({ ...constructorProposal(callable), rank: 0 });
      if (name === 'datetime') proposals.push(...now(context));
    }
    if (!element || words.at(-1)?.kind !== '(') continue;
    const isSet = /^contains(?:All|Any)$/.test(words.at(-2)?.text ?? '');
    if (isSet)
      proposals.push({ label: '[…]', kind: 'snippet', insertText: '[$1]', snippet: true, rank: 0 });
  }
  return proposals;
}

function now({ hierarchy, scope }: ExpressionContext): readonly Proposal[] {
  const session = environmentsOf(hierarchy, scope)[0]?.context.attributes.get('session')?.type;
  const has = session?.kind === 'record' && session.attributes.has('now');
  if (!has) return [];
  return [{ label: 'context.session.now', kind: 'attribute', detail: 'datetime', rank: 1 }];
}

/** Inside of quotes. */
export function stringProposals(context: ExpressionContext): readonly Proposal[] {
  const { model, words } = context;
  const last = words.at(-1);
  const type = typeBefore(words);
  if (type !== undefined) return entityProposals(model, type, 'inside');
  if (last?.text === 'has') return attributeNames(context, words.slice(0, -1), []).map(plainName);
  if (last?.kind === '[' && endsOperand(words.at(-2))) {
    return attributeNames(context, words.slice(0, -1), []).map(plainName);
  }
  const name = words.at(-2)?.text ?? '';
  const example = EXAMPLES.get(last?.kind === '(' ? name : '');
  if (example !== undefined) {
    return example.map((label) => ({ label, kind: 'value' as const, detail: name, rank: 1 }));
  }
  const compared = comparedOperand(context);
  return compared === undefined ? [] : knownValues(model, compared.printed);
}

const EXAMPLES: ReadonlyMap<string, readonly string[]> = new Map([
  ['decimal', ['0.00', '100.00']],
  ['datetime', ['2026-01-31', '2026-01-31T09:00:00Z', '2026-01-31T09:00:00.000+0100']],
  ['duration', ['5m', '1h', '8h', '24h', '7d', '1d12h']],
  ['ip', ['127.0.0.1', '10.0.0.0/8', '::1']],
]);

/** Without the quotes that a name may need where there are none yet. */
function plainName({ label, kind, detail, rank }: Proposal): Proposal {
  return detail === undefined ? { label, kind, rank } : { label, kind, detail, rank };
}

export function constructorProposal(callable: Callable): Proposal {
  const [example = ''] = EXAMPLES.get(callable.name) ?? [];
  const insertText = `${callable.name}("\${1:${escapeSnippet(example)}}")`;
  return { ...methodProposal(callable), insertText, snippet: true };
}
