/** Proposals in the schema. */
import type { PackModel } from '../model.ts';
import { placed, type CompletionItem, type Proposal } from './item.ts';
import { innermostOpen, readBefore, type Word } from './tokens.ts';

export function completeSchema(
  model: PackModel,
  text: string,
  offset: number,
): readonly CompletionItem[] {
  const before = readBefore(text, offset);
  if (before.typed === 'comment') return [];
  const names = declaredNames(model, text);
  const proposals =
    before.typed === 'string' ? inString(before.words, names) : outside(before.words, names);
  return placed(proposals, before.replace);
}

interface Names {
  readonly entities: readonly string[];
  readonly commons: readonly string[];
  readonly actions: readonly string[];
}

/** What the text declares, half-written declarations among it, and what the last readable schema does. */
function declaredNames({ schema }: PackModel, text: string): Names {
  const found = (pattern: RegExp, known: Iterable<string>): readonly string[] => {
    const written = Array.from(text.matchAll(pattern), ({ groups }) => groups?.['name'] ?? '');
    return [...new Set([...written, ...known])];
  };
  const actions = [...(schema?.actions.values() ?? [])].map(({ uid }) => uid.id);
  return {
    entities: found(/^\s*entity\s+(?<name>[A-Za-z_]\w*)/gm, schema?.entityTypes.keys() ?? []),
    commons: found(/^\s*type\s+(?<name>[A-Za-z_]\w*)/gm, schema?.commonTypes.keys() ?? []),
    actions: found(/^\s*action\s+"?(?<name>(?<!")\w+|(?<=")[^"\n]*)/gm, actions),
  };
}

function inString(words: readonly Word[], names: Names): readonly Proposal[] {
  return isActionList(words) ? names.actions.map((label) => actionProposal(label)) : [];
}

function outside(words: readonly Word[], names: Names): readonly Proposal[] {
  const last = words.at(-1);
  const open = words[innermostOpen(words)];
  if (last?.kind === '@') {
    const doc = {
      label: 'doc',
      kind: 'annotation',
      insertText: 'doc("$1")',
      snippet: true,
    } as const;
    return [{ ...doc, detail: 'what hovers and completion show', rank: 0 }];
  }
  if (last?.kind === ':' || (last?.kind === '<' && words.at(-2)?.text === 'Set')) {
    return typePosition(words, names);
  }
  if (last?.text === '=' || (last?.text ?? '') === 'tags') return types(names);
  if (isActionList(words)) {
    return names.actions.map((id) => actionProposal(JSON.stringify(id)));
  }
  if (isEntityList(words)) return entities(names);
  if (open?.kind === '{') return inBraces(words);
  if (last === undefined || last.kind === ';' || last.kind === ')' || last.kind === '}') {
    return declarations();
  }
  return afterName(words);
}

/** Behind `entity X` or `action "x"`. */
function afterName(words: readonly Word[]): readonly Proposal[] {
  const keyword = words.findLast(({ text }) => text === 'entity' || text === 'action');
  const snippet = (label: string, insertText: string, detail: string, rank: number): Proposal => ({
    label,
    kind: 'keyword',
    insertText,
    snippet: true,
    detail,
    rank,
  });
  if (keyword === undefined || words.at(-1) === keyword) return [];
  if (keyword.text === 'entity') {
    return [
      snippet('in', 'in [$1]', 'the types that its entities can be in', 0),
      snippet('{ … }', '{\n  $1\n}', 'attributes', 1),
      snippet('tags', 'tags ${1:String}', 'the type of its tags', 2),
      snippet('enum', 'enum ["$1"]', 'the only ids', 3),
    ];
  }
  return [
    snippet('in', 'in ["$1"]', 'the groups that it is in', 0),
    snippet('appliesTo', APPLIES_TO, 'who does it, to what', 1),
  ];
}

const APPLIES_TO =
  'appliesTo { principal: ${1:Agent}, resource: ${2:Environment}, context: ${3:CheckContext} }';

function inBraces(words: readonly Word[]): readonly Proposal[] {
  const open = innermostOpen(words);
  const isAppliesTo = words[open - 1]?.text === 'appliesTo';
  const last = words.at(-1);
  const starts = last?.kind === '{' || last?.kind === ',' || last?.kind === ')';
  if (isAppliesTo && starts) {
    return ['principal', 'resource', 'context'].map((label, rank) => ({
      label,
      kind: 'property',
      insertText: `${label}: `,
      rank,
    }));
  }
  if (starts) {
    const attribute: Proposal = {
      label: 'attribute',
      kind: 'snippet',
      insertText: '@doc("${1:What it is.}")\n${2:name}?: ${3:String},',
      snippet: true,
      rank: 0,
    };
    return [attribute];
  }
  return last?.kind === '}' ? declarations() : [];
}

function typePosition(words: readonly Word[], names: Names): readonly Proposal[] {
  const key = words.at(-2)?.text;
  const open = innermostOpen(words);
  if (words[open - 1]?.text !== 'appliesTo') return types(names);
  if (key !== 'context') return entities(names);
  return [
    ...names.commons.map((label): Proposal => ({
      label,
      kind: 'type',
      detail: 'common type',
      rank: 0,
    })),
    { label: '{ … }', kind: 'snippet', insertText: '{ $1 }', snippet: true, rank: 1 },
  ];
}

/** Inside of `in […]` of an action, or right behind its `in`. */
function isActionList(words: readonly Word[]): boolean {
  return listOwner(words) === 'action';
}

/** Inside of `in […]` of an entity, of `principal: […]`, or right behind `in`. */
function isEntityList(words: readonly Word[]): boolean {
  const owner = listOwner(words);
  return owner === 'entity' || owner === 'appliesTo';
}

function listOwner(words: readonly Word[]): 'action' | 'entity' | 'appliesTo' | undefined {
  const last = words.at(-1);
  const open = innermostOpen(words);
  const inList = words[open]?.kind === '[' && (last?.kind === '[' || last?.kind === ',');
  const before = inList ? words[open - 1] : last;
  if (before?.kind === ':' && inList) return 'appliesTo';
  if (before?.text !== 'in' || before.kind !== 'identifier') return undefined;
  const keyword = words.findLast(({ text }) => text === 'entity' || text === 'action');
  return keyword?.text === 'action' ? 'action' : 'entity';
}

function actionProposal(label: string): Proposal {
  return { label, kind: 'action', detail: 'action', rank: 0 };
}

function entities({ entities: list }: Names): readonly Proposal[] {
  return list.map((label) => ({ label, kind: 'entity-type', detail: 'entity type', rank: 1 }));
}

const BUILTIN: readonly (readonly [string, string])[] = [
  ['String', 'text'],
  ['Long', 'a whole number of 64 bits'],
  ['Bool', 'true or false'],
  ['decimal', 'an exact number with up to four decimals'],
  ['datetime', 'a moment'],
  ['duration', 'a span of time'],
  ['ipaddr', 'an IP address or range'],
];

function types(names: Names): readonly Proposal[] {
  return [
    ...BUILTIN.map(([label, detail]): Proposal => ({ label, kind: 'type', detail, rank: 0 })),
    { label: 'Set<…>', kind: 'type', insertText: 'Set<${1:String}>', snippet: true, rank: 0 },
    {
      label: '{ … }',
      kind: 'snippet',
      insertText: '{ $1 }',
      snippet: true,
      detail: 'record',
      rank: 1,
    },
    ...names.commons.map((label): Proposal => ({
      label,
      kind: 'type',
      detail: 'common type',
      rank: 2,
    })),
    ...entities(names),
  ];
}

function declarations(): readonly Proposal[] {
  const declaration = (label: string, insertText: string, detail: string): Proposal => ({
    label,
    kind: 'keyword',
    detail,
    insertText,
    snippet: true,
    rank: 0,
  });
  return [
    declaration('entity', 'entity ${1:Name} in [${2:Role}];', 'a type of entities'),
    declaration(
      'action',
      `action "\${4:tool}" in ["\${5:call_tool}"]\n  ${APPLIES_TO};`,
      'a tool, or a group of tools',
    ),
    declaration('type', 'type ${1:Name} = {\n  $2\n};', 'a name for a type'),
    declaration('namespace', 'namespace ${1:Name} {\n  $2\n}', 'a prefix for names'),
    { ...declaration('@doc', '@doc("$1")', 'what hovers and completion show'), kind: 'annotation' },
  ];
}
