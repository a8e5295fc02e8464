import type { FlowNode, FlowRule, FlowTier } from '../../simulation/flow.ts';
import { VerdictIcon } from '../parts/verdict.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { ChangeMark } from './change-mark.tsx';
import { ConditionWords } from './condition-words.tsx';
import styles from './flow-list.module.css';
import { useGraph } from './graph-context.ts';
import { markOf } from './graph-marks.ts';
import { StateMark } from './state-mark.tsx';

const tiers: readonly { readonly tier: FlowTier; readonly title: string }[] = [
  { tier: 'deny', title: 'Rules that deny' },
  { tier: 'permit', title: 'Rules that permit' },
  { tier: 'defer', title: 'Rules that defer' },
];

function Rule({ rule }: { readonly rule: FlowRule }) {
  const studio = useStudio();
  const why = useGraph((state) => markOf(state, rule.id).detail?.why);
  const decisive = useGraph((state) => markOf(state, rule.id).decisive);
  const broken = useGraph((state) => state.picture?.broken.get(rule.id));
  const scope = useGraph((state) =>
    state.picture?.graph.nodes.find((node) => node.id === rule.scopeId),
  );
  const selected = useStudioState((state) => state.selection?.ruleId === rule.ruleId);
  const scopeText = scope?.kind === 'scope' ? scope.text : '';
  return (
    <li
      className={styles['rule']}
      data-decisive={decisive || undefined}
      data-selected={selected || undefined}
    >
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
        {rule.issue === undefined ? null : (
          <span className={styles['quiet']}>
            <code>{rule.issue}</code> {rule.severity?.toLowerCase()}
          </span>
        )}
        <span className={styles['mark']}>
          {decisive ? 'decided · ' : ''}
          <ChangeMark id={rule.id} />
          <StateMark id={rule.id} />
        </span>
      </div>
      <p>{rule.text}</p>
      <p className={styles['quiet']}>{`About ${scopeText}. In ${rule.path}.`}</p>
      {why === undefined ? null : <p>{why}</p>}
      {broken === undefined ? null : <p className={styles['broken']}>{`Broken: ${broken}`}</p>}
      <ConditionWords ruleId={rule.ruleId} path={rule.path} clauses={rule.clauses} withInputs />
    </li>
  );
}

function Step({ node }: { readonly node: Extract<FlowNode, { kind: 'ladder' | 'engine' }> }) {
  const why = useGraph((state) => markOf(state, node.id).detail?.why);
  return (
    <li className={styles['step']}>
      {node.kind === 'ladder' ? `${node.text}: ${node.verdict}.` : `${node.text}.`}{' '}
      <StateMark id={node.id} /> <span className={styles['quiet']}>{why}</span>
    </li>
  );
}

/** The same flow as nested lists, in the order in which it decides. */
export function FlowList() {
  const picture = useGraph((state) => state.picture);
  const verdict = useGraph((state) =>
    state.mode === 'scenario' ? state.trace?.states?.verdict : undefined,
  );
  const inView = new Set(
    picture?.view.nodes.flatMap((node) => (node.kind === 'group' ? node.ruleIds : [node.id])),
  );
  const rules = picture?.graph.rules.filter((rule) => inView.has(rule.id)) ?? [];
  const nodes = picture?.graph.nodes ?? [];
  return (
    <div className={styles['list']}>
      <ul>
        {nodes.map((node) => (node.kind === 'engine' ? <Step key={node.id} node={node} /> : null))}
      </ul>
      {tiers.map(({ tier, title }) => {
        const own = rules.filter((rule) => rule.tier === tier);
        return (
          <section key={tier} aria-label={title}>
            <h3>{`${title} · ${own.length}`}</h3>
            <ol>
              {own.map((rule) => (
                <Rule key={rule.id} rule={rule} />
              ))}
            </ol>
          </section>
        );
      })}
      <section aria-label="How they combine">
        <h3>How they combine</h3>
        <ol>
          {nodes.map((node) =>
            node.kind === 'ladder' ? <Step key={node.id} node={node} /> : null,
          )}
          <li className={styles['step']}>Otherwise: ALLOW.</li>
        </ol>
        {verdict === undefined ? null : (
          <p className={styles['step']}>
            This check: <VerdictIcon mark={verdict} size={14} /> {verdict}.
          </p>
        )}
      </section>
    </div>
  );
}
