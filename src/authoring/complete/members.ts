/** Proposals behind a `.` and behind `has`. */
import { isName } from '../../cedar/schema/names.ts';
import { quote } from '../../cedar/strings.ts';
import { methodsOf, signatureText, type Callable } from '../types/functions.ts';
import { typeText, type InferredAttribute } from '../types/inferred.ts';
import { operandBefore } from './context.ts';
import type { Proposal } from './item.ts';
import { attributesOf, guardsIn, operandTypes, type ExpressionContext } from './operand.ts';
import type { Word } from './tokens.ts';

export function memberProposals(context: ExpressionContext): readonly Proposal[] {
  const words = context.words.slice(0, -1);
  // `x has a.b.▮` goes on with the names of what `x.a.b` is.
  let at = words.length - 1;
  const path: string[] = [];
  while (words[at]?.kind === 'identifier' && words[at - 1]?.kind === '.') {
    path.unshift(words[at]?.text ?? '');
    at -= 2;
  }
  if (words[at]?.kind === 'identifier' && words[at - 1]?.text === 'has') {
    path.unshift(words[at]?.text ?? '');
    return attributeNames(context, words.slice(0, at - 1), path);
  }

  const operand = operandTypes(context, words);
  const place = operandBefore(words);
  if (operand === undefined || place === undefined) return [];
  const guarded = guardsIn(context);
  const proposals: Proposal[] = [];
  for (const [name, attribute] of attributesOf(context, operand.types)) {
    const access = isName(name)
      ? `${operand.printed}.${name}`
      : `${operand.printed}[${quote(name)}]`;
    const isOpen = !attribute.required && !guarded.has(access);
    if (isName(name))
      proposals.push({ ...attributeProposal(name, attribute), rank: isOpen ? 2 : 1 });
    if (!isOpen || !isName(name)) continue;
    const written = context.text.slice(place.start, place.end);
    if (written.includes('\n')) continue;
    proposals.push({
      label: `${name} (if present)`,
      kind: 'snippet',
      detail: `${operand.printed} has ${name} && …`,
      doc: 'Asks first whether the attribute is there; without that the rule fails when it is absent.',
      insertText: `${operand.printed} has ${name} && ${access}`,
      filterText: `${written}.${name}`,
      replace: { start: place.start, end: context.before.replace.end },
      rank: 3,
    });
  }
  for (const type of operand.types) proposals.push(...methodsOf(type).map(methodProposal));
  return proposals;
}

/** Names for behind a `has`, those that may be absent first. */
export function attributeNames(
  context: ExpressionContext,
  subject: readonly Word[],
  path: readonly string[],
): readonly Proposal[] {
  const operand = operandTypes(context, subject);
  let types = operand?.types ?? [];
  for (const name of path) {
    const attribute = attributesOf(context, types).get(name);
    types = attribute === undefined ? [] : [attribute.type];
  }
  return Array.from(attributesOf(context, types), ([name, attribute]) => {
    const proposal = { ...attributeProposal(name, attribute), rank: attribute.required ? 2 : 1 };
    return isName(name) ? proposal : Object.assign(proposal, { insertText: quote(name) });
  });
}

export function attributeProposal(
  name: string,
  { type, required, doc }: InferredAttribute,
): Proposal {
  const detail = `${typeText(type)}${required ? '' : ', optional'}`;
  const proposal: Proposal = { label: name, kind: 'attribute', detail, rank: 1 };
  return doc === undefined ? proposal : { ...proposal, doc };
}

export function methodProposal(callable: Callable): Proposal {
  const args = callable.parameters.map(({ name }, index) => `\${${index + 1}:${name}}`).join(', ');
  return {
    label: callable.name,
    kind: callable.style === 'method' ? 'method' : 'function',
    detail: signatureText(callable),
    doc: callable.doc,
    insertText: `${callable.name}(${args})`,
    snippet: args !== '',
    rank: 4,
  };
}
