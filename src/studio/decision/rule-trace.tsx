import { useState } from 'react';
import type { PolicyTrace, ToolTrace } from '../../worker/trace-api.ts';
import { Button } from '../parts/button.tsx';
import { VerdictBadge } from '../parts/verdict.tsx';
import { useStudioState } from '../state/context.ts';
import { RuleRow, scopeMisses } from './rule-row.tsx';
import styles from './rule-trace.module.css';

/** So many deciding rules stand open. */
const FEW = 2;
/** So many rules that could have decided are shown until all are asked for. */
const SHOWN = 6;

function RuleGroup({
  title,
  tool,
  policies,
  folded = false,
  startsOpen = false,
  shown = Infinity,
}: {
  readonly title: string;
  readonly tool: string;
  readonly policies: readonly PolicyTrace[];
  readonly folded?: boolean;
  readonly startsOpen?: boolean;
  readonly shown?: number;
}) {
  const [all, setAll] = useState(false);
  const selected = useStudioState((state) => state.selection?.ruleId);
  if (policies.length === 0) return null;
  // What is selected elsewhere must be here to be seen.
  const list = policies.filter(({ id }, index) => all || index < shown || id === selected);
  return (
    <details className={styles['group']} open={!folded}>
      <summary>
        {title} <span className={styles['count']}>{policies.length}</span>
      </summary>
      <ul>
        {list.map((policy) => (
          <RuleRow key={policy.id} tool={tool} policy={policy} startsOpen={startsOpen} />
        ))}
      </ul>
      {list.length < policies.length ? (
        <Button
          onClick={() => {
            setAll(true);
          }}
        >
          {`Show ${policies.length - list.length} more`}
        </Button>
      ) : null}
    </details>
  );
}

/** Whether a rule's word is the verdict's reason: a forbid that fails denies, whatever it says. */
function decided({ verdict }: ToolTrace, policy: PolicyTrace): boolean {
  if (policy.outcome === 'satisfied') return policy.verdict === verdict;
  return policy.outcome === 'error' && policy.effect === 'forbid' && verdict === 'DENY';
}

/** How near a rule was to counting: the share of its conditions that held. */
function nearness({ miss }: PolicyTrace): number {
  return miss === undefined ? 0 : miss.held / miss.of;
}

function ToolRules({ tool, named }: { readonly tool: ToolTrace; readonly named: boolean }) {
  const deciders = tool.policies.filter((policy) => decided(tool, policy));
  const counted = tool.policies.filter(
    (policy) => policy.outcome !== 'unsatisfied' && !deciders.includes(policy),
  );
  const asked = tool.policies
    .filter((policy) => policy.outcome === 'unsatisfied' && scopeMisses(policy).length === 0)
    .toSorted((a, b) => nearness(b) - nearness(a));
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
      {deciders.length === 0 ? (
        <p className={styles['none']}>
          {counted.some(({ effect }) => effect === 'permit')
            ? 'No rule decided this by itself.'
            : 'No rule permits this. Without a permit the answer is DENY.'}
        </p>
      ) : null}
      <RuleGroup
        title="Rules that decided"
        tool={tool.tool}
        policies={deciders}
        startsOpen={deciders.length <= FEW}
      />
      <RuleGroup title="Rules that applied too" tool={tool.tool} policies={counted} />
      <RuleGroup
        title="Rules that could have, the nearest first"
        tool={tool.tool}
        policies={asked}
        shown={SHOWN}
      />
      <RuleGroup title="Rules about other requests" tool={tool.tool} policies={others} folded />
    </section>
  );
}

/** Rule by rule: which decided, which could have and why they did not. */
export function RuleTrace({ tools }: { readonly tools: readonly ToolTrace[] }) {
  return (
    <div className={styles['trace']}>
      {tools.map((tool) => (
        <ToolRules key={tool.tool} tool={tool} named={tools.length > 1} />
      ))}
    </div>
  );
}
