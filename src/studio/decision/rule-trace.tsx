import { ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { assertNever } from '../../base/assert.ts';
import type { PolicyTrace, ToolTrace } from '../../worker/engine-api.ts';
import { VerdictBadge, VerdictIcon } from '../parts/verdict.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { ConditionTree } from './condition-tree.tsx';
import styles from './rule-trace.module.css';

function scopeMisses(policy: PolicyTrace): readonly string[] {
  return (['principal', 'action', 'resource'] as const).filter((part) => !policy.scope[part]);
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
      if (misses.length > 0) return `not about this ${misses.join(' or ')}`;
      const at = policy.conditions.findIndex(
        (condition) => condition.outcome === (condition.kind === 'when' ? 'false' : 'true'),
      );
      const condition = policy.conditions[at];
      if (condition === undefined) return 'does not apply';
      const place =
        policy.conditions.length > 1
          ? `condition ${at + 1} of ${policy.conditions.length}`
          : 'its condition';
      return condition.kind === 'when' ? `${place} is false` : `${place} (unless) is true`;
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
      const answer = await studio.explainRule(tool, policy.id);
      if (current && answer?.ok === true) setFetched(answer.value);
    })();
    return () => {
      current = false;
    };
  }, [studio, tool, policy]);
  return whole === undefined ? null : <ConditionTree policy={whole} />;
}

function RuleRow({ tool, policy }: { readonly tool: string; readonly policy: PolicyTrace }) {
  const studio = useStudio();
  const [open, setOpen] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const selection = useStudioState((state) =>
    state.selection?.ruleId === policy.id ? state.selection : undefined,
  );
  // Selected in the text or the graph: shown here as well, whatever it was folded into.
  useEffect(() => {
    if (selection === undefined || selection.source === 'trace') return;
    row.current?.closest('details')?.setAttribute('open', '');
    row.current?.scrollIntoView({ block: 'nearest' });
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
            setOpen(!open);
          }}
        >
          <ChevronRight size={14} aria-hidden="true" />
        </button>
        <VerdictIcon mark={policy.verdict} size={14} />
        <button
          type="button"
          className={styles['name']}
          title="Show in the editor"
          onClick={() => {
            const { id, path, span } = policy;
            studio.select({ ruleId: id, path, span }, 'trace');
          }}
        >
          {policy.id}
        </button>
        <span className={styles['outcome']}>{outcomeText(policy)}</span>
      </div>
      {open ? <WholeRule tool={tool} policy={policy} /> : null}
    </li>
  );
}

function RuleGroup({
  title,
  tool,
  policies,
  folded = false,
}: {
  readonly title: string;
  readonly tool: string;
  readonly policies: readonly PolicyTrace[];
  readonly folded?: boolean;
}) {
  if (policies.length === 0) return null;
  return (
    <details className={styles['group']} open={!folded}>
      <summary>
        {title} <span className={styles['count']}>{policies.length}</span>
      </summary>
      <ul>
        {policies.map((policy) => (
          <RuleRow key={policy.id} tool={tool} policy={policy} />
        ))}
      </ul>
    </details>
  );
}

/** A forbid outranks a permit, and a deny a defer: the order in which rules decide. */
const rank = { DENY: 0, DEFER: 1, ALLOW: 2 };

function ToolRules({ tool, named }: { readonly tool: ToolTrace; readonly named: boolean }) {
  const counted = tool.policies
    .filter((policy) => policy.outcome !== 'unsatisfied')
    .toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
  const asked = tool.policies.filter(
    (policy) => policy.outcome === 'unsatisfied' && scopeMisses(policy).length === 0,
  );
  const others = tool.policies.filter(
    (policy) => policy.outcome === 'unsatisfied' && scopeMisses(policy).length > 0,
  );
  return (
    <section className={styles['tool']} aria-label={`Rules for ${tool.tool}`}>
      {named ? (
        <h4 className={styles['toolHead']}>
          <code>{tool.tool}</code> <VerdictBadge mark={tool.verdict} />
        </h4>
      ) : null}
      {counted.length === 0 ? (
        <p className={styles['none']}>No rule applied. Without a permit the answer is DENY.</p>
      ) : null}
      <RuleGroup title="Rules that counted" tool={tool.tool} policies={counted} />
      <RuleGroup title="Asked, and did not apply" tool={tool.tool} policies={asked} folded />
      <RuleGroup title="About other requests" tool={tool.tool} policies={others} folded />
    </section>
  );
}

/** Rule by rule: which counted, which did not and why. */
export function RuleTrace({ tools }: { readonly tools: readonly ToolTrace[] }) {
  return (
    <div className={styles['trace']}>
      {tools.map((tool) => (
        <ToolRules key={tool.tool} tool={tool} named={tools.length > 1} />
      ))}
    </div>
  );
}
