import { ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { assertNever } from '../../base/assert.ts';
import type { PolicyTrace } from '../../worker/trace-api.ts';
import { VerdictIcon } from '../parts/verdict.tsx';
import { explainRule } from '../state/asked.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { ConditionTree } from './condition-tree.tsx';
import styles from './rule-trace.module.css';

/** The parts of a rule's scope that the request is not in. */
export function scopeMisses(policy: PolicyTrace): readonly string[] {
  const names = { principal: 'agent', action: 'tool', resource: 'environment' } as const;
  return (['principal', 'action', 'resource'] as const)
    .filter((part) => !policy.scope[part])
    .map((part) => names[part]);
}

/** In a few words, why a rule counted or did not. */
function outcomeText(policy: PolicyTrace): string {
  switch (policy.outcome) {
    case 'satisfied':
      return policy.effect === 'permit' ? 'permits' : 'applies';
    case 'error':
      return `failed: ${policy.error?.message ?? 'unknown error'}`;
    case 'unsatisfied': {
      const misses = scopeMisses(policy);
      if (misses.length > 0) return `not reached: not about this ${misses.join(' or ')}`;
      return policy.miss?.text ?? 'does not apply';
    }
    default:
      return assertNever(policy.outcome);
  }
}

/** The conditions of a rule; those of a rule about other requests are fetched when somebody looks. */
function WholeRule({ tool, policy }: { readonly tool: string; readonly policy: PolicyTrace }) {
  const studio = useStudio();
  const [fetched, setFetched] = useState<PolicyTrace>();
  const whole = policy.trimmed === true ? fetched : policy;
  useEffect(() => {
    if (policy.trimmed !== true) return undefined;
    let current = true;
    void (async () => {
      const answer = await explainRule(studio, tool, policy.id);
      if (current && answer?.ok === true) setFetched(answer.value);
    })();
    return () => {
      current = false;
    };
  }, [studio, tool, policy]);
  return whole === undefined ? null : <ConditionTree policy={whole} />;
}

/** One rule of the trace: why it counted or not, and, opened, its conditions with their values. */
export function RuleRow({
  tool,
  policy,
  startsOpen = false,
}: {
  readonly tool: string;
  readonly policy: PolicyTrace;
  readonly startsOpen?: boolean;
}) {
  const studio = useStudio();
  const [toggled, setToggled] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const selection = useStudioState((state) =>
    state.selection?.ruleId === policy.id ? state.selection : undefined,
  );
  const isInCondition = useStudioState((state) => {
    const place = state.selection;
    if (place?.ruleId !== policy.id) return false;
    if (policy.trimmed === true) return place.span.start > policy.span.start;
    return policy.conditions.some(
      ({ body: { span } }) => span.start <= place.span.start && place.span.end <= span.end,
    );
  });
  const open = isInCondition || toggled !== startsOpen;
  // Selected in the text or the graph: shown here as well, whatever it was folded into.
  useEffect(() => {
    if (selection === undefined || selection.source === 'trace') return;
    row.current?.closest('details')?.setAttribute('open', '');
    const selected = row.current?.querySelector('[data-node][data-selected]') ?? row.current;
    selected?.scrollIntoView({ block: 'nearest' });
  }, [selection]);
  return (
    <li
      ref={row}
      className={styles['rule']}
      data-outcome={policy.outcome}
      data-rule={policy.id}
      data-selected={selection === undefined ? undefined : true}
    >
      <div className={styles['ruleHead']}>
        <button
          type="button"
          className={styles['toggle']}
          aria-expanded={open}
          aria-label={`Conditions of ${policy.id}`}
          onClick={() => {
            setToggled(!toggled);
          }}
        >
          <ChevronRight size={14} aria-hidden="true" />
        </button>
        <VerdictIcon mark={policy.verdict} size={14} />
        <button
          type="button"
          className={styles['name']}
          title="Show in the editor"
          aria-current={selection === undefined ? undefined : 'true'}
          onClick={() => {
            const { id, path, span } = policy;
            studio.select({ ruleId: id, path, span }, 'trace');
          }}
        >
          {policy.id}
        </button>
        {policy.outcome === 'satisfied' ? (
          <span className={styles['outcome']}>{outcomeText(policy)}</span>
        ) : null}
      </div>
      {policy.outcome === 'satisfied' ? null : (
        <p className={styles['why']}>{outcomeText(policy)}</p>
      )}
      {open ? <WholeRule tool={tool} policy={policy} /> : null}
    </li>
  );
}
