import { Command } from 'commander';
import { decide } from '../../decision/decide.ts';
import type { DecisionRecord } from '../../decision/record.ts';
import {
  readCheckInput,
  VERDICT_EXIT,
  withCheckOptions,
  type CheckOptions,
} from '../check-input.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { failed } from '../problem.ts';

const EXAMPLE = `
Exit code: 0 ALLOW, 3 DEFER, 4 DENY, 1 when it was not decided.

Example:
  echo '{"goal": "Deploy the site", "tools": ["deploy"]}' | stage0 check policies/guard -`;

/** `stage0 check`: decides one check. */
export function checkCommand(host: Host, end: (code: number) => void): Command {
  return withCheckOptions(new Command('check').description('decide one check'))
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
  const decision = decide(served.pack.policies, check, at);
  if (!decision.ok) {
    return failed(host, [{ message: `error: ${decision.error.message}` }], options);
  }
  const { record } = decision.value;
  host.out(options.json === true ? `${JSON.stringify(record)}\n` : printRecord(record));
  return record.decision === 'ERROR' ? EXIT.failed : VERDICT_EXIT[record.verdict];
}

/** A record as people read it. */
export function printRecord(record: DecisionRecord): string {
  const { verdict, issues, defer_questions: questions, risk_score: risk } = record;
  return [
    `${verdict}  ${record.policy_version}  risk ${risk}`,
    ...issues.map(({ code, severity, message }) => `  ${severity} ${code}: ${message}`),
    ...questions.map((question) => `  ? ${question}`),
    '',
  ].join('\n');
}
