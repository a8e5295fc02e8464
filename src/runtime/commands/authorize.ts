import { Command, Option } from 'commander';
import { LineIndex } from '../../base/span.ts';
import { authorize, type Authorization } from '../../cedar/authorize.ts';
import { readAuthorization, type AuthorizationFiles } from '../authorization-input.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { failed, printProblem, type Source } from '../problem.ts';

interface Options extends AuthorizationFiles {
  readonly verbose?: true;
  readonly json?: true;
}

const EXAMPLE = `
Exit code: 0 ALLOW, 2 DENY, 1 when it cannot be decided.

Example:
  stage0 authorize --policies policies.cedar --entities entities.json \\
    --principal 'User::"alice"' --action 'Action::"view"' --resource 'Photo::"beach.jpg"'`;

/** `stage0 authorize`: plain Cedar, with the flags and the exit codes of the official `cedar authorize`. */
export function authorizeCommand(host: Host, end: (code: number) => void): Command {
  const single = ['principal', 'action', 'resource', 'context'];
  return new Command('authorize')
    .description('decide one Cedar request')
    .option('-p, --policies <file>', 'policies and templates; - is the standard input', '-')
    .option('-k, --template-linked <file>', 'links that make policies of templates')
    .option('-s, --schema <file>', 'reads entities and context by their types')
    .addOption(new Option('--schema-format <format>').choices(['cedar', 'json']).default('cedar'))
    .requiredOption('--entities <file>', 'entities, as JSON')
    .addOption(
      new Option('--request, --request-json <file>', 'the whole request, as JSON').conflicts(
        single,
      ),
    )
    .option('-l, --principal <entity>', 'such as User::"alice"')
    .option('-a, --action <entity>')
    .option('-r, --resource <entity>')
    .option('-c, --context <file>', 'the context, as JSON')
    .addOption(
      new Option('--request-validation <boolean>', 'check the request against the schema')
        .choices(['true', 'false'])
        .default('true'),
    )
    .option('-v, --verbose', 'name the policies that determined the decision')
    .option('--json', 'print {decision, reason, errors}')
    .addHelpText('after', EXAMPLE)
    .action(async (options: Options) => end(await run(host, options)));
}

async function run(host: Host, options: Options): Promise<number> {
  const input = await readAuthorization(host, options);
  if (!input.ok) return failed(host, input.error, options);
  const { set, request, entities, policies } = input.value;
  const answer = authorize(set, request, entities);
  const errors = placed(answer, policies);
  if (options.json === true) {
    const { decision, reasons: reason } = answer;
    host.out(`${JSON.stringify({ decision, reason, errors })}\n`);
  } else {
    host.out(`${answer.decision.toUpperCase()}\n`);
    for (const { policyId, message, ...place } of errors) {
      const text = `error while evaluating policy \`${policyId}\`: ${message}`;
      host.error(`${printProblem({ file: policies.name, ...place, message: text })}\n`);
    }
    if (options.verbose === true) host.out(reasonsOf(answer));
  }
  return answer.decision === 'allow' ? EXIT.ok : EXIT.denied;
}

function reasonsOf({ reasons }: Authorization): string {
  if (reasons.length === 0) return '\nnote: no policies applied to this request\n';
  const lines = reasons.map((id) => `  ${id}\n`).join('');
  return `\nnote: this decision was due to the following policies:\n${lines}`;
}

function placed({ errors }: Authorization, policies: Source) {
  const lines = new LineIndex(policies.text);
  return errors.map(({ policyId, code, message, span }) => ({
    policyId,
    code,
    message,
    ...lines.position(span.start),
  }));
}
