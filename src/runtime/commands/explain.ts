import { Command } from 'commander';
import { explainDecision } from '../../decision/decide.ts';
import {
  readCheckInput,
  VERDICT_EXIT,
  withCheckOptions,
  type CheckOptions,
} from '../check-input.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { failed } from '../problem.ts';
import { traceOf, type PolicyTrace, type ToolTrace, type TraceNode } from '../trace.ts';
import { printRecord } from './check.ts';

const EXAMPLE = `
Rules whose scope leaves the request out are in --json alone.
Exit code: 0 ALLOW, 3 DEFER, 4 DENY, 1 when it was not decided.

Example:
  stage0 explain policies/payments request.json`;

/** `stage0 explain`: decides one check, and says why, rule by rule. */
export function explainCommand(host: Host, end: (code: number) => void): Command {
  return withCheckOptions(
    new Command('explain').description('decide one check, and say why, rule by rule'),
  )
    .addHelpText('after', EXAMPLE)
    .action(async (pack: string, request: string, options: CheckOptions) =>
      end(await run(host, pack, request, options)),
    );
}

async function run(
  host: Host,
  pack: string,
  request: string,
  options: CheckOptions,
): Promise<number> {
  const input = await readCheckInput(host, pack, request, options);
  if (!input.ok) return failed(host, input.error, options);
  const { served, check, at } = input.value;
  const decision = explainDecision(served.pack.policies, check, at);
  if (!decision.ok) {
    return failed(host, [{ message: `error: ${decision.error.message}` }], options);
  }
  const { record } = decision.value;
  const tools = traceOf(decision.value, served.pack, served.files);
  host.out(
    options.json === true
      ? `${JSON.stringify({ record, tools })}\n`
      : `${printRecord(record)}${tools.map(printTool).join('')}`,
  );
  return record.decision === 'ERROR' ? EXIT.failed : VERDICT_EXIT[record.verdict];
}

function printTool({ tool, verdict, policies }: ToolTrace): string {
  const concerned = policies.filter(
    ({ scope }) => scope.principal && scope.action && scope.resource,
  );
  return `\n${tool}: ${verdict}\n${concerned.map(printPolicy).join('')}`;
}

const MARKS: Readonly<Record<PolicyTrace['outcome'], string>> = {
  satisfied: '●',
  unsatisfied: '○',
  error: '✗',
};

function printPolicy({ policy, effect, path, line, outcome, error, conditions }: PolicyTrace) {
  const why = error === undefined ? '' : `: ${error}`;
  const head = `  ${MARKS[outcome]} ${effect} ${policy}  ${path}:${line}${why}\n`;
  return head + conditions.map(({ kind, body }) => printNode(body, `    ${kind} `, 6)).join('');
}

/** Only what was reached: the rest had no part in it. */
function printNode(
  { text, value, error, reached, children }: TraceNode,
  start: string,
  indent: number,
): string {
  if (!reached) return '';
  const isLiteral = children.length === 0 && value === text;
  if (isLiteral) return '';
  const said = error ?? value ?? 'error';
  const line = `${start}${text.replaceAll(/\s+/g, ' ')} → ${said}\n`;
  const below = ' '.repeat(indent);
  return line + children.map((child) => printNode(child, below, indent + 2)).join('');
}
