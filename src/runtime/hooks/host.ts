/**
 * Coding agents ask before they act by running a program: the call as JSON on its standard input, the
 * answer in its output and exit code. What each of them calls that is here one `HookHost` a file.
 *
 * What is not a decision must not look like none: to these hosts an unknown exit code often means "go on".
 * So an error is answered in the host's own word for no, too.
 */
import type { Result } from '../../base/result.ts';
import type { DecisionRecord } from '../../decision/record.ts';
import type { HookCall } from './local-tools.ts';

export interface HookHost {
  /** As in `stage0 hook <name>`. */
  readonly name: string;
  /** For `--help`: what to write into the host's settings. */
  readonly setUp: string;
  /** The call in an event; the error says why there is none in it. */
  readonly read: (event: unknown, where: Where) => Result<HookCall, string>;
  readonly answer: (ruling: HookRuling, event: unknown) => HookAnswer;
  /** When there is no decision, for whatever reason. */
  readonly refuse: (why: string) => HookAnswer;
}

/** What the host's process says of where it works. */
export interface Where {
  /** Of `--project`; the host's own word when absent. */
  readonly project: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface HookRuling {
  readonly record: DecisionRecord;
  /** In a sentence or more, for whoever reads it. */
  readonly reason: string;
}

export interface HookAnswer {
  readonly code: number;
  readonly out?: string;
  readonly error?: string;
}

const MAX_REASON = 4000;

/** What a person or a model is told about a decision. */
export function reasonOf(record: DecisionRecord): string {
  const { verdict, reason, defer_questions: questions, policy_version, request_id } = record;
  const head = `${verdict} by ${policy_version}`;
  const asked = verdict === 'DEFER' ? questions.map((question) => `\n? ${question}`).join('') : '';
  const text = reason === '' ? head : `${head}: ${reason}`;
  return `${text.slice(0, MAX_REASON)}${asked.slice(0, MAX_REASON)}\n(request ${request_id})`;
}
