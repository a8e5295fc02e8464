/**
 * A pack for the tools of an MCP server, to begin with: what each tool takes is typed, what destroys is
 * refused, what reaches the outside waits for a person, and each tool has its scenarios.
 */
import type { PackFiles } from '../../pack/files.ts';
import { groupsOf, TAKEN, verdictOn } from './groups.ts';
import { policiesOf } from './policies-of-tools.ts';
import { scenariosOf } from './scenarios-of-tools.ts';
import { schemaOf } from './schema-of-tools.ts';
import { natureOf, sideEffectsOf, type McpTool } from './tool-list.ts';

/** Beside the pack's own files: what a gate has to know about the tools. */
const TOOLS_FILE = 'tools.json';

export interface PackOfTools {
  readonly files: PackFiles;
  /** What was left out, and why. */
  readonly notes: readonly string[];
  /** How many tools the rules to begin with allow, defer and deny. */
  readonly proposed: Readonly<Record<'ALLOW' | 'DEFER' | 'DENY', number>>;
}

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

function freeIn(files: PackFiles, stem: string): string {
  const base = stem.replaceAll(/^-+|-+$/gu, '') === '' ? 'tool' : stem.replaceAll(/^-+|-+$/gu, '');
  let path = `scenarios/${base}.json`;
  for (let number = 2; files.has(path); number += 1) path = `scenarios/${base}-${number}.json`;
  return path;
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
