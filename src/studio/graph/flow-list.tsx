import type { FlowRule, FlowTier } from '../../simulation/flow.ts';
import { VerdictIcon } from '../parts/verdict.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { ConditionWords } from './condition-words.tsx';
import styles from './flow-list.module.css';
import { useGraph } from './graph-context.ts';
import { markOf, markText } from './graph-state.ts';

const tiers: readonly { readonly tier: FlowTier; readonly title: string }[] = [
  { tier: 'deny', title: 'Rules that deny' },
  { tier: 'permit', title: 'Rules that permit' },
  { tier: 'defer', title: 'Rules that defer' },
];

function Rule({ rule }: { readonly rule: FlowRule }) {
  const studio = useStudio();
  const mark = useGraph((state) => markText(markOf(state, rule.id)));
  const scope = useGraph((state) =>
    state.picture?.graph.nodes.find((node) => node.id === rule.scopeId),
  );
  const selected = useStudioState((state) => state.selection?.ruleId === rule.ruleId);
  const scopeText = scope?.kind === 'scope' ? scope.text : '';
  return (
    <li className={styles['rule']} data-selected={selected || undefined}>
      <div className={styles['head']}>
        <VerdictIcon mark={rule.verdict} size={14} />
        <button
          type="button"
          className={styles['id']}
          aria-current={selected ? 'true' : undefined}
          onClick={() => {
            studio.select({ ruleId: rule.ruleId, path: rule.path, span: rule.span }, 'graph');
          }}
        >
          {rule.ruleId}
        </button>
        {rule.issue === undefined ? null : <code>{rule.issue}</code>}
        <span className={styles['mark']}>{mark}</span>
      </div>
      <p>{rule.text}</p>
      <p className={styles['quiet']}>{`About ${scopeText}.`}</p>
      <ConditionWords ruleId={rule.ruleId} path={rule.path} clauses={rule.clauses} />
    </li>
  );
}

/** The same flow as nested lists, in the order in which it decides. */
export function FlowList() {
  const picture = useGraph((state) => state.picture);
  const states = useGraph((state) => state.trace?.states);
  const rules = picture?.view.nodes.filter((node): node is FlowRule => node.kind === 'rule') ?? [];
  const steps = picture?.graph.nodes.filter((node) => node.kind === 'ladder') ?? [];
  return (
    <div className={styles['list']}>
      {tiers.map(({ tier, title }) => (
        <section key={tier} aria-label={title}>
          <h3>{title}</h3>
          <ol>
            {rules
              .filter((rule) => rule.tier === tier)
              .map((rule) => (
                <Rule key={rule.id} rule={rule} />
              ))}
          </ol>
        </section>
      ))}
      <section aria-label="How they combine">
        <h3>How they combine</h3>
        <ol>
          {steps.map((step) => (
            <li key={step.id} className={styles['step']}>
              {`${step.text}: ${step.verdict}.`}{' '}
              <span className={styles['quiet']}>{states?.nodes.get(step.id)?.why}</span>
            </li>
          ))}
          <li className={styles['step']}>Otherwise: ALLOW.</li>
        </ol>
        {states === undefined ? null : <p>{`This check: ${states.verdict}.`}</p>}
      </section>
    </div>
  );
}
