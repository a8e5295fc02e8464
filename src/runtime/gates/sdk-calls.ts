/**
 * Calls of hosts that ask twice: once whether a person is needed, and once more when the tool is to run. Both
 * belong to one call id, and the second must be about what the first was about.
 */
import { err, type Result } from '../../base/result.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { readAnswer, type Answer, type Approval, type Pending } from './approval.ts';
import { takeData } from './call.ts';
import type { Gate, Ruling } from './gate.ts';
import { rejected, undecidable, type Refusal } from './refusal.ts';

/** A call with the id that its host knows it by. */
export interface SdkCall {
  readonly tool: string;
  readonly id: string;
  readonly arguments: unknown;
}

interface Kept {
  readonly arguments: string;
  readonly ruling: Ruling;
}

/** Most calls that wait for their second question. */
const MOST_KEPT = 10_000;

/**
 * What is known of calls between the two questions. It stays in this process: nothing of it can be forged.
 *
 * Of each kind the latest are kept. A call whose ruling or approval has fallen out is decided again, without
 * the approval. Once a person's no has fallen out, nobody can tell any more which call it was for: from then on
 * a call that was not foreseen is refused.
 */
export class SdkCalls {
  readonly #gate: Gate;
  readonly #most: number;
  readonly #rulings = new Map<string, Kept>();
  readonly #approvals = new Map<string, Approval>();
  readonly #refusals = new Map<string, Refusal>();
  #forgotARefusal = false;

  constructor(gate: Gate, most = MOST_KEPT) {
    this.#gate = gate;
    this.#most = most;
  }

  /** The first question. The ruling is kept for the second. */
  async foresee(call: SdkCall, signal?: AbortSignal): Promise<Ruling> {
    const ruling = await this.#gate.decide(call, { signal });
    keep(this.#rulings, this.#most, call.id, { arguments: textOf(call.arguments), ruling });
    return ruling;
  }

  /** What was foreseen of this call, with these arguments. */
  foreseen({ id, arguments: args }: SdkCall): Ruling | undefined {
    const kept = this.#rulings.get(id);
    return kept?.arguments === textOf(args) ? kept.ruling : undefined;
  }

  /**
   * The second question: the ruling that counts. An approval is used up by it; a ruling that was foreseen
   * counts once, and for the same arguments alone.
   */
  async settle(call: SdkCall, signal?: AbortSignal): Promise<Ruling> {
    const { id, tool } = call;
    const foreseen = this.foreseen(call);
    const approval = this.#approvals.get(id);
    const refusal = this.#refusals.get(id);
    for (const known of [this.#rulings, this.#approvals, this.#refusals]) known.delete(id);
    if (refusal !== undefined) return { verdict: 'DENY', refusal };
    if (approval !== undefined) return this.#gate.decide(call, { approval, signal });
    if (foreseen !== undefined) return foreseen;
    if (this.#forgotARefusal) return { verdict: 'DENY', refusal: forgotten(tool) };
    return this.#gate.decide(call, { signal });
  }

  /** What a person is asked about a call that waits; `undefined` when it needs no person, or none helps. */
  async pending(call: SdkCall): Promise<Pending | undefined> {
    const ruling = await this.#gate.decide(call);
    return ruling.verdict === 'DEFER' ? ruling.pending : undefined;
  }

  /** Takes a person's answer, yes or no, to what `foresee` or `pending` gave. Nobody's answer is none. */
  answer({ tool, id }: SdkCall, pending: unknown, answer: unknown): void {
    const read = readAnswer(answer);
    const refused = read?.approved === true ? undefined : rejected(tool, read?.by, read?.reason);
    const approval = read?.approved === true ? this.approve(id, pending, read) : undefined;
    const refusal =
      refused ??
      (approval?.ok === false ? undecidable(tool, 'APPROVAL_REFUSED', approval.error) : undefined);
    if (refusal === undefined) return;
    this.#forgotARefusal = keep(this.#refusals, this.#most, id, refusal) || this.#forgotARefusal;
  }

  /** Takes a person's answer to what `pending` gave. The error says why it is not worth anything. */
  approve(id: string, pending: unknown, answer: Answer): Result<Approval, string> {
    if (!answer.approved) return err('The answer is no approval.');
    const approval = this.#gate.approve(pending, answer);
    if (approval.ok) keep(this.#approvals, this.#most, id, approval.value);
    return approval;
  }
}

/** Keeps the latest `most` values. Whether another one fell out for this one. */
function keep<T>(kept: Map<string, T>, most: number, id: string, value: T): boolean {
  kept.delete(id);
  const [oldest] = kept.keys();
  const full = oldest !== undefined && kept.size >= most;
  if (full) kept.delete(oldest);
  kept.set(id, value);
  return full;
}

function forgotten(tool: string): Refusal {
  const why = 'Too many calls that a person said no to never came back: this may be one of them.';
  return undecidable(tool, 'ANSWER_FORGOTTEN', why);
}

/** What two calls with the same arguments have in common; unreadable ones have nothing. */
function textOf(args: unknown): string {
  const taken = takeData(args);
  return taken.ok ? canonicalJson(taken.value) : `unreadable ${Math.random()}`;
}
