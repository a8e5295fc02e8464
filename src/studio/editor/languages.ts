import type { languages } from 'monaco-editor/editor';
import type { Monaco } from './monaco.ts';

/** The language id of a pack's file, by its name. */
export function languageOf(path: string): string {
  if (path.endsWith('.cedar')) return 'cedar';
  if (path.endsWith('.cedarschema')) return 'cedarschema';
  if (path.endsWith('.json')) return 'pack-json';
  return 'plaintext';
}

type Rule = languages.IMonarchLanguageRule;

const cedarStrings: readonly Rule[] = [[/"/, { token: 'string.quote', next: '@string' }]];

const stringStates: readonly Rule[] = [
  [/\\(?:[nrt0'"\\*]|x[0-7][0-9a-fA-F]|u\{[0-9a-fA-F]{1,6}\})/, 'string.escape'],
  [/\\./, 'string.invalid'],
  [/"/, { token: 'string.quote', next: '@pop' }],
  [/[^\\"]+/, 'string'],
];

const slashComments: readonly Rule[] = [[/\/\/.*$/, 'comment']];

/** Registers highlighting, brackets and comments for Cedar policies, Cedar schemas and JSON. */
export function registerLanguages(monaco: Monaco): void {
  const brackets: [string, string][] = [
    ['{', '}'],
    ['[', ']'],
    ['(', ')'],
  ];
  const pairs = [
    ...brackets.map(([open, close]) => ({ open, close })),
    { open: '"', close: '"', notIn: ['string', 'comment'] },
  ];
  const configuration = {
    comments: { lineComment: '//' },
    brackets,
    autoClosingPairs: pairs,
    surroundingPairs: pairs,
    indentationRules: { increaseIndentPattern: /[{[(]\s*$/, decreaseIndentPattern: /^\s*[}\])]/ },
  };

  monaco.languages.register({ id: 'cedar', extensions: ['.cedar'], aliases: ['Cedar'] });
  monaco.languages.setLanguageConfiguration('cedar', configuration);
  monaco.languages.setMonarchTokensProvider('cedar', {
    defaultToken: '',
    effects: ['permit', 'forbid'],
    keywords: ['when', 'unless', 'if', 'then', 'else', 'in', 'has', 'like', 'is'],
    variables: ['principal', 'action', 'resource', 'context'],
    constants: ['true', 'false'],
    functions: ['decimal', 'ip', 'datetime', 'duration'],
    tokenizer: {
      root: [
        ...slashComments,
        [/@[A-Za-z_]\w*/, 'annotation'],
        [/\?(?:principal|resource)\b/, 'variable.slot'],
        [/\.(\s*)([A-Za-z_]\w*)(?=\s*\()/, 'method'],
        [/\.(\s*)([A-Za-z_]\w*)/, 'property'],
        [/[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*(?=::")/, 'type'],
        [
          /[A-Za-z_]\w*/,
          {
            cases: {
              '@effects': 'keyword.effect',
              '@keywords': 'keyword',
              '@variables': 'variable.predefined',
              '@constants': 'constant',
              '@functions': 'method',
              '[A-Z].*': 'type',
              '@default': 'identifier',
            },
          },
        ],
        [/\d+/, 'number'],
        [/[{}()[\]]/, '@brackets'],
        [/&&|\|\||==|!=|<=|>=|::|[<>!+\-*]/, 'operator'],
        ...cedarStrings,
      ],
      string: [...stringStates],
    },
  });

  monaco.languages.register({ id: 'cedarschema', extensions: ['.cedarschema'] });
  monaco.languages.setLanguageConfiguration('cedarschema', configuration);
  monaco.languages.setMonarchTokensProvider('cedarschema', {
    defaultToken: '',
    keywords: [
      'namespace',
      'entity',
      'action',
      'type',
      'in',
      'tags',
      'enum',
      'appliesTo',
      'principal',
      'resource',
      'context',
    ],
    builtins: [
      'Bool',
      'Boolean',
      'Long',
      'String',
      'Set',
      'decimal',
      'ipaddr',
      'datetime',
      'duration',
    ],
    tokenizer: {
      root: [
        ...slashComments,
        [/@[A-Za-z_]\w*/, 'annotation'],
        [
          /[A-Za-z_]\w*(?=\??\s*:(?!:))/,
          { cases: { '@keywords': 'keyword', '@default': 'property' } },
        ],
        [
          /[A-Za-z_]\w*/,
          {
            cases: {
              '@keywords': 'keyword',
              '@builtins': 'type.builtin',
              '[A-Z].*': 'type',
              '@default': 'identifier',
            },
          },
        ],
        [/[{}()[\]]/, '@brackets'],
        [/[<>=?]|::/, 'operator'],
        ...cedarStrings,
      ],
      string: [...stringStates],
    },
  });

  // Monaco's own JSON language brings a second worker and a schema service; the pack's rooms already
  // validate every JSON file, so colours are all that is wanted here.
  monaco.languages.register({ id: 'pack-json', extensions: ['.json'] });
  monaco.languages.setLanguageConfiguration('pack-json', {
    brackets: brackets.slice(0, 2),
    autoClosingPairs: pairs,
    surroundingPairs: pairs,
  });
  monaco.languages.setMonarchTokensProvider('pack-json', {
    defaultToken: '',
    tokenizer: {
      root: [
        [/"(?:[^"\\]|\\.)*"(?=\s*:)/, 'property'],
        [/"(?:[^"\\]|\\.)*"/, 'string'],
        [/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, 'number'],
        [/\b(?:true|false|null)\b/, 'constant'],
        [/[{}[\]]/, '@brackets'],
      ],
    },
  });
}
