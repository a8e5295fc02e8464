/**
 * A pack for the tools of an MCP server, to begin with: what each tool takes is typed, what destroys is
 * refused, what reaches the outside waits for a person, and each tool has its scenarios.
 */
import { quote } from '../../cedar/strings.ts';
import type { PackFiles } from '../../pack/files.ts';
import { docOf, InputTypes } from './input-types.ts';
import { sampleArguments } from './sample.ts';
import { natureOf, sideEffectsOf, type McpTool, type ToolNature } from './tool-list.ts';

/** Beside the pack's own files: what a gate has to know about the tools. */
const TOOLS_FILE = 'tools.json';

export interface PackOfTools {
  readonly files: PackFiles;
  /** What was left out, and why. */
  readonly notes: readonly string[];
  /** How many tools the rules to begin with allow, defer and deny. */
  readonly proposed: Readonly<Record<'ALLOW' | 'DEFER' | 'DENY', number>>;
}

/** Names that the engine and this pack use for actions of their own. */
const GROUPS = {
  looks: 'read_only_tools',
  changes: 'changing_tools',
  destroys: 'destructive_tools',
  reaches: 'open_world_tools',
} as const;
const TAKEN: ReadonlySet<string> = new Set(['plan', 'call_tool', ...Object.values(GROUPS)]);

/** Makes the pack. `name`: letters, digits, `-`, `_` and `.`; any other sign becomes a `-`. */
export function packFromTools(name: string, list: readonly McpTool[]): PackOfTools {
  const tools = list.filter((tool) => !TAKEN.has(tool.name));
  const notes = list
    .filter((tool) => TAKEN.has(tool.name))
    .map((tool) => `The tool ${tool.name} is left out: its name means something else in a pack.`);
  const described = tools.map((tool) => ({ tool, nature: natureOf(tool) }));
  const used = new Set(described.flatMap(({ nature }) => groupsOf(nature)));
  const files = new Map([
    ['metadata.json', json(metadataOf(name))],
    ['stage0.json', json({ timeZone: 'UTC', risk: { threshold: 100, high: 60 } })],
    ['schema.cedarschema', schemaOf(described, used)],
    ['policies/tools.cedar', policiesOf(used)],
    [
      TOOLS_FILE,
      json(
        Object.fromEntries(
          described.map(({ tool, nature }) => [tool.name, { side_effects: sideEffectsOf(nature) }]),
        ),
      ),
    ],
  ]);
  for (const [stem, scenario] of scenariosOf(described)) {
    files.set(freeIn(files, stem), json({ at: '2026-03-16T10:00:00Z', ...scenario }));
  }
  const verdicts = described.map(({ nature }) => verdictOn(nature));
  const count = (verdict: string): number => verdicts.filter((one) => one === verdict).length;
  return {
    files,
    notes,
    proposed: { ALLOW: count('ALLOW'), DEFER: count('DEFER'), DENY: count('DENY') },
  };
}

interface Described {
  readonly tool: McpTool;
  readonly nature: ToolNature;
}

/** What the rules to begin with say about a call that nobody approved. */
function verdictOn({ destructive, openWorld }: ToolNature): 'ALLOW' | 'DEFER' | 'DENY' {
  if (destructive) return 'DENY';
  return openWorld ? 'DEFER' : 'ALLOW';
}

function metadataOf(name: string): object {
  const plain = name
    .replaceAll(/[^\w.-]+/gu, '-')
    .replace(/^[^A-Za-z0-9]+/u, '')
    .slice(0, 100);
  const description = 'Made from the list of tools of an MCP server.';
  return {
    cedar_version: '4.5.0',
    policy_store: {
      id: 'mcp',
      name: plain === '' ? 'tools' : plain,
      description,
      version: '0.1.0',
    },
  };
}

function groupsOf({ looksOnly, destructive, openWorld }: ToolNature): readonly string[] {
  return [
    looksOnly ? GROUPS.looks : GROUPS.changes,
    ...(destructive ? [GROUPS.destroys] : []),
    ...(openWorld ? [GROUPS.reaches] : []),
  ];
}

// ---------------------------------------------------------------- schema

const FACTS = `goal: String,
    success_criteria: Set<String>,
    constraints: Set<String>,
    tools: Set<String>,
    side_effects: Set<String>,
    limits: Limits,
    session: Session,
    agent_name?: String,
    actor_role?: String,
    user_role?: String,
    environment?: String,
    run_id?: String,
    approval_status?: String,
    approved_by?: String,
    approved_at?: datetime,
    approval_reason?: String,
    recent_tools?: Set<String>,
    cumulative_cost_usd?: decimal,`;

const HEAD = `// Made from a server's list of tools. One action a tool, with its arguments in context.input, named and typed as
// Cedar's MCP schema generator does it. What a tool says about itself is the server's word: read it before you
// trust it.

type Limits = {
  max_iterations?: Long,
  max_retries?: Long,
  timeout_seconds?: Long,
  max_cost_usd?: decimal,
  same_tool_limit?: Long,
};

type Session = {
  now: datetime,
  hour: Long,
  minute_of_day: Long,
  weekday: Long,
  goal_length: Long,
  same_tool_calls: Long,
  malformed: Set<String>,
};

entity Role in [Role];
entity Agent in [Role];
entity Environment in [Environment];
`;

const GROUP_DOCS: Readonly<Record<string, string>> = {
  [GROUPS.looks]: 'Tools that say they only look.',
  [GROUPS.changes]: 'Tools that change something, or do not say that they only look.',
  [GROUPS.destroys]: 'Tools that may destroy what is there, or do not say that they only add.',
  [GROUPS.reaches]: 'Tools that reach systems outside, or do not say that they stay inside.',
};

function schemaOf(described: readonly Described[], used: ReadonlySet<string>): string {
  const types = new InputTypes();
  const actions = described.map(({ tool, nature }) => {
    const groups = ['call_tool', ...groupsOf(nature)].map((group) => quote(group)).join(', ');
    const doc = docOf(tool.description ?? tool.title);
    return `${doc === '' ? '' : `${doc.trim()}\n`}action ${quote(tool.name)} in [${groups}]
  appliesTo {
  principal: Agent,
  resource: Environment,
  context: {
    input: ${types.add(tool)},
    ${FACTS}
  },
};
`;
  });
  const any = `action "plan", "call_tool"
  appliesTo {
  principal: Agent,
  resource: Environment,
  context: {
    ${FACTS}
  },
};
`;
  const groups = Object.entries(GROUP_DOCS)
    .filter(([group]) => used.has(group))
    .map(([group, doc]) => `@doc(${quote(doc)})\naction ${quote(group)} in ["call_tool"];\n`);
  return [HEAD, `${[...types.declared.values()].join('\n\n')}\n`, any, ...groups, ...actions].join(
    '\n',
  );
}

// ---------------------------------------------------------------- policies

const PLAN = `// To begin with: what only looks and what adds may run, what destroys is refused, what reaches outside waits for a
// person. A tool that the schema does not know is refused, because nothing permits it.
//
@id("planning-is-free")
permit (
  principal,
  action == Action::"plan",
  resource
);
`;

const RULES: readonly (readonly [string, string])[] = [
  [
    GROUPS.looks,
    `@id("tools-that-only-look")
permit (
  principal,
  action in Action::"${GROUPS.looks}",
  resource
);
`,
  ],
  [
    GROUPS.changes,
    `@id("tools-that-change-something")
permit (
  principal,
  action in Action::"${GROUPS.changes}",
  resource
);
`,
  ],
  [
    GROUPS.destroys,
    `// Where a person may allow it, make this @verdict("DEFER") and say in \`unless\` what they have to say.
@id("destructive-tools-are-refused")
@issue("DESTRUCTIVE_TOOL")
@severity("HIGH")
@message("This tool may destroy what is there. Use one that only looks or only adds.")
@risk("60")
forbid (
  principal,
  action in Action::"${GROUPS.destroys}",
  resource
);
`,
  ],
  [
    GROUPS.reaches,
    `@id("open-world-tools-need-a-person")
@verdict("DEFER")
@issue("OPEN_WORLD_TOOL")
@message("This tool reaches systems outside. A person has to approve the call.")
@question("Who approved that this call leaves our own systems?")
@guardrail("approval_required")
@risk("30")
forbid (
  principal,
  action in Action::"${GROUPS.reaches}",
  resource
)
unless
{
  context has approval_status &&
  context.approval_status == "approved" &&
  context has approved_by &&
  context.approved_by != ""
};
`,
  ],
];

function policiesOf(used: ReadonlySet<string>): string {
  const rules = RULES.filter(([group]) => used.has(group)).map(([, text]) => text);
  return [PLAN, ...rules].join('\n');
}

// ---------------------------------------------------------------- scenarios

function scenariosOf(described: readonly Described[]): readonly (readonly [string, object])[] {
  return [
    ...described.flatMap(scenariosFor),
    [
      'planning',
      {
        name: 'Planning needs nobody',
        description: 'A check that proposes no tool.',
        tags: ['tools'],
        request: { goal: 'Decide which tool to call next' },
        expect: { verdict: 'ALLOW', issues: [] },
      },
    ],
    [
      'unknown-tool',
      {
        name: 'A tool that is not in the list',
        description: 'Nothing permits what the schema does not know.',
        tags: ['tools'],
        request: { goal: 'Call a tool that came later', tools: ['not_in_the_list'] },
        expect: { verdict: 'DENY', issues: ['NOT_PERMITTED'] },
      },
    ],
  ];
}

const APPROVED = {
  approval_status: 'approved',
  approved_by: 'somebody@example.com',
  approved_at: '2026-03-16T09:55:00Z',
};

function scenariosFor({ tool, nature }: Described): readonly (readonly [string, object])[] {
  const verdict = verdictOn(nature);
  const input = sampleArguments(tool);
  const shown = tool.name.toWellFormed().slice(0, 150);
  const scenario = (
    name: string,
    evidence: object,
    expected: string,
    issues: readonly string[],
  ) => ({
    name,
    tags: ['tools'],
    request: {
      goal: `Call the tool ${shown}`,
      success_criteria: ['The result was looked at'],
      tools: [tool.name],
      side_effects: sideEffectsOf(nature),
      context: { ...evidence, input },
    },
    expect: { verdict: expected, issues },
  });
  const stem = tool.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .slice(0, 80);
  if (verdict === 'DENY') {
    const refused = scenario(`${shown} is refused`, {}, 'DENY', ['DESTRUCTIVE_TOOL']);
    const anyway = scenario(`${shown} is refused though approved`, APPROVED, 'DENY', [
      'DESTRUCTIVE_TOOL',
    ]);
    return [
      [stem, refused],
      [`${stem}-approved`, anyway],
    ];
  }
  if (verdict === 'DEFER') {
    const waits = scenario(`${shown} waits for a person`, {}, 'DEFER', ['OPEN_WORLD_TOOL']);
    return [
      [stem, waits],
      [`${stem}-approved`, scenario(`${shown} is approved`, APPROVED, 'ALLOW', [])],
    ];
  }
  return [[stem, scenario(`${shown} may run`, {}, 'ALLOW', [])]];
}

function freeIn(files: PackFiles, stem: string): string {
  const base = stem.replaceAll(/^-+|-+$/gu, '') === '' ? 'tool' : stem.replaceAll(/^-+|-+$/gu, '');
  let path = `scenarios/${base}.json`;
  for (let number = 2; files.has(path); number += 1) path = `scenarios/${base}-${number}.json`;
  return path;
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
