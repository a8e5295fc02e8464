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

/** Most calls that wait for their second question; older ones are decided again. */
const MOST_KEPT = 10_000;

/** What is known of calls between the two questions. It stays in this process: nothing of it can be forged. */
export class SdkCalls {
  readonly #gate: Gate;
  readonly #rulings = new Map<string, Kept>();
  readonly #approvals = new Map<string, Approval>();
  readonly #refusals = new Map<string, Refusal>();

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** The first question. The ruling is kept for the second. */
  async foresee(call: SdkCall, signal?: AbortSignal): Promise<Ruling> {
    const ruling = await this.#gate.decide(call, { signal });
    if (this.#rulings.size >= MOST_KEPT) this.#rulings.clear();
    this.#rulings.set(call.id, { arguments: textOf(call.arguments), ruling });
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
    const { id } = call;
    const foreseen = this.foreseen(call);
    const approval = this.#approvals.get(id);
    const refusal = this.#refusals.get(id);
    for (const known of [this.#rulings, this.#approvals, this.#refusals]) known.delete(id);
    if (refusal !== undefined) return { verdict: 'DENY', refusal };
    if (approval !== undefined) return this.#gate.decide(call, { approval, signal });
    return foreseen ?? this.#gate.decide(call, { signal });
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
    if (refusal !== undefined) this.#refusals.set(id, refusal);
  }

  /** Takes a person's answer to what `pending` gave. The error says why it is not worth anything. */
  approve(id: string, pending: unknown, answer: Answer): Result<Approval, string> {
    if (!answer.approved) return err('The answer is no approval.');
    const approval = this.#gate.approve(pending, answer);
    if (approval.ok) this.#approvals.set(id, approval.value);
    return approval;
  }
}

/** What two calls with the same arguments have in common; unreadable ones have nothing. */
function textOf(args: unknown): string {
  const taken = takeData(args);
  return taken.ok ? canonicalJson(taken.value) : `unreadable ${Math.random()}`;
}
