/** The scenarios that a pack of tools begins with, by the stems of their files. */
import { verdictOn, type Described } from './groups.ts';
import { sampleArguments } from './sample.ts';
import { sideEffectsOf } from './tool-list.ts';

/** What the rules to begin with say of each tool, of planning, and of a tool that is unknown. */
export function scenariosOf(
  described: readonly Described[],
): readonly (readonly [string, object])[] {
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
