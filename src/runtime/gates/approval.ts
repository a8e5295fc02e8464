/**
 * A person's yes to one call. It is worth nothing by itself: the gate decides again with it as evidence.
 *
 * A call that is deferred gives a `Pending`; whoever asks the person hands it back with the answer and gets
 * an `Approval`. Both are plain data that may be written down, sent and read again by another process,
 * and both are sealed with the gate's key: what was changed on the way, or made by somebody else, is
 * forged. An approval counts for the call with the same hash alone, once, and for a while.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { canonicalJson, type CanonicalJson } from '../../base/canonical-json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { z } from '../../decision/zod.ts';
import { takeData, type CheckedCall } from './call.ts';

const Time = z.number().int().min(0);
/** Data that came through `takeData` is JSON already. */
const Data = z.record(
  z.string(),
  z.custom<CanonicalJson>((value) => value !== undefined),
);

const PendingShape = z.strictObject({
  tool: z.string(),
  /** Of tool and arguments. */
  hash: z.string(),
  /** What the person is shown: secrets are masked. */
  arguments: Data,
  /** Why the policies ask, and what. */
  reason: z.string(),
  questions: z.array(z.string()),
  request_id: z.string(),
  policy_version: z.string(),
  nonce: z.string(),
  /** Epoch milliseconds. */
  expires: Time,
  seal: z.string(),
});

/** A call that waits for a person. */
export type Pending = Readonly<z.output<typeof PendingShape>>;

const ApprovalShape = z.strictObject({
  tool: z.string(),
  hash: z.string(),
  nonce: z.string(),
  approved_by: z.string().min(1),
  /** Epoch milliseconds. */
  approved_at: Time,
  approval_reason: z.string().optional(),
  /** Answers to what the policies asked beside it. */
  facts: Data,
  expires: Time,
  /** Until when its nonce must be remembered. */
  pending_until: Time,
  seal: z.string(),
});

/** A person's yes to a `Pending`. */
export type Approval = Readonly<z.output<typeof ApprovalShape>>;

const AnswerShape = z.discriminatedUnion('approved', [
  z.strictObject({
    approved: z.literal(true),
    /** A name or an address, of the person and never of the agent. */
    by: z.string().trim().min(1),
    reason: z.string().optional(),
    /** Facts for the check, by name: answers to further questions. */
    facts: z.record(z.string(), z.unknown()).optional(),
  }),
  z.strictObject({
    approved: z.literal(false),
    by: z.string().optional(),
    reason: z.string().optional(),
  }),
]);

/** What a person answered. */
export type Answer = Readonly<z.output<typeof AnswerShape>>;

/** An answer that comes from a person's screen; `undefined` when it is none. */
export function readAnswer(given: unknown): Answer | undefined {
  const read = AnswerShape.safeParse(given);
  return read.success ? read.data : undefined;
}

/** Remembers which approvals were used. One for several processes lies in a database of theirs. */
export interface UsedApprovals {
  /**
   * Marks an approval as used, in one step that no other call can come between. `false` when it was used
   * already, or when that cannot be told. May forget it after `until` (epoch milliseconds).
   */
  readonly use: (nonce: string, until: number) => boolean | Promise<boolean>;
}

const MOST_USED = 100_000;

/** Remembers in this process. What is full refuses: to forget one that could still be used would let it run twice. */
export function usedInMemory(now: () => number = Date.now, most = MOST_USED): UsedApprovals {
  const used = new Map<string, number>();
  return {
    use: (nonce, until) => {
      if (used.has(nonce)) return false;
      if (used.size >= most) {
        for (const [old, end] of used) if (end < now()) used.delete(old);
      }
      if (used.size >= most) return false;
      used.set(nonce, until);
      return true;
    },
  };
}

export interface ApprovalOptions {
  readonly key: Uint8Array;
  readonly used: UsedApprovals;
  readonly now: () => number;
  /** Milliseconds that an approval counts. */
  readonly lasts: number;
  /** Milliseconds in which a call that waits can be approved. */
  readonly waits: number;
}

export type ApprovalProblem = {
  readonly code: 'APPROVAL_FORGED' | 'APPROVAL_OTHER_CALL' | 'APPROVAL_EXPIRED' | 'APPROVAL_USED';
  readonly message: string;
};

/** Opens and redeems approvals of one gate. */
export class Approvals {
  readonly #options: ApprovalOptions;

  constructor(options: ApprovalOptions) {
    this.#options = options;
  }

  /** What a person is asked about a call. */
  open(
    { tool, id, masked, hash }: CheckedCall,
    asked: Pick<Pending, 'reason' | 'questions' | 'request_id' | 'policy_version'>,
  ): Pending {
    const { now, waits } = this.#options;
    // Of one call there is one nonce, however often it is asked about.
    const nonce = id === undefined ? randomUUID() : this.#mac('call', { hash, id });
    const pending = { tool, hash, arguments: masked, ...asked, nonce, expires: now() + waits };
    return { ...pending, seal: this.#mac('pending', pending) };
  }

  /** The approval of what waits; the error says why it cannot be approved. */
  approve(waiting: unknown, given: unknown): Result<Approval, string> {
    const pending = this.#read(PendingShape, 'pending', waiting);
    if (pending === undefined) return err('This is no pending call of this gate.');
    const answer = readAnswer(given);
    if (answer?.approved !== true) return err('The answer is no approval by somebody.');
    const { now, lasts } = this.#options;
    const { tool, hash, nonce, expires } = pending;
    if (now() >= expires)
      return err('The call has waited too long: it has to be asked about anew.');
    const facts = takeData(answer.facts ?? {});
    if (!facts.ok) return err(`The facts cannot be kept: ${facts.error}`);
    const approval = {
      tool,
      hash,
      nonce,
      approved_by: answer.by,
      approved_at: now(),
      ...(answer.reason === undefined ? {} : { approval_reason: answer.reason }),
      facts: isMembers(facts.value) ? facts.value : {},
      expires: now() + lasts,
      pending_until: expires,
    };
    const data = takeData(approval);
    if (!data.ok) return err(`The answer cannot be kept: ${data.error}`);
    return ok({ ...approval, seal: this.#mac('approval', data.value) });
  }

  /** Takes an approval for a call. What is taken is used up, whatever comes of the call. */
  async redeem(
    given: unknown,
    { tool, hash }: CheckedCall,
  ): Promise<Result<Approval, ApprovalProblem>> {
    const approval = this.#read(ApprovalShape, 'approval', given);
    if (approval === undefined) return problem('APPROVAL_FORGED');
    const { now, used, lasts } = this.#options;
    if (!same(approval.hash, hash) || approval.tool !== tool) return problem('APPROVAL_OTHER_CALL');
    if (now() >= approval.expires) return problem('APPROVAL_EXPIRED');
    const first = await used.use(approval.nonce, approval.pending_until + lasts);
    return first ? ok(approval) : problem('APPROVAL_USED');
  }

  /** What bears this gate's seal; `undefined` for everything else. */
  #read<T extends { readonly seal: string }>(
    shape: z.ZodType<T>,
    what: string,
    given: unknown,
  ): T | undefined {
    const data = takeData(given);
    const read = data.ok ? shape.safeParse(data.value) : undefined;
    if (read?.success !== true || !data.ok || !isMembers(data.value)) return undefined;
    const sealed = { ...data.value, seal: undefined };
    return same(read.data.seal, this.#mac(what, sealed)) ? read.data : undefined;
  }

  #mac(what: string, value: CanonicalJson): string {
    return createHmac('sha256', this.#options.key)
      .update(`stage0 ${what}\n${canonicalJson(value)}`)
      .digest('hex');
  }
}

/** An approval as facts of the check that decides again. What it says beside them is in its `facts`. */
export function approvalFacts(approval: Approval): Readonly<Record<string, unknown>> {
  const { approved_by, approved_at, approval_reason } = approval;
  return {
    approval_status: 'approved',
    approved_by,
    approved_at: new Date(approved_at).toISOString(),
    ...(approval_reason === undefined ? {} : { approval_reason }),
  };
}

const PROBLEMS = {
  APPROVAL_FORGED: 'The approval was not given by this gate, or was changed.',
  APPROVAL_OTHER_CALL: 'The approval is for another tool or other arguments.',
  APPROVAL_EXPIRED: 'The approval was given too long ago.',
  APPROVAL_USED: 'The approval was used before.',
} as const;

function problem(code: keyof typeof PROBLEMS): Result<never, ApprovalProblem> {
  return err({ code, message: PROBLEMS[code] });
}

function isMembers(value: CanonicalJson): value is Readonly<Record<string, CanonicalJson>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Compares in a time that does not tell how much of them is alike. */
function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
