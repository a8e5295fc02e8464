import { err, ok, type Result } from '../../base/result.ts';
import type { TracedValue } from '../../authoring/view/hover.ts';
import type { Answer, RuleRow } from '../../worker/engine-api.ts';
import type { TraceNode } from '../../worker/trace-api.ts';
import { applyEdits } from '../state/text-edits.ts';
import { allProblems } from '../state/selectors.ts';
import type { Studio } from '../state/studio.ts';
import type { InlineValue, LanguageSource, RuleLens } from './language-source.ts';

/** The value of an answer, or `otherwise` when the engine was busy with something newer, or gone. */
async function given<T>(answer: Answer<T>, otherwise: T): Promise<T> {
  const result = await answer;
  return result.ok ? result.value : otherwise;
}

async function orMessage<T>(answer: Answer<T>): Promise<Result<T, string>> {
  const result = await answer;
  return result.ok ? ok(result.value) : err(result.error.message);
}

/** How a node came out, as short as can be. */
function outcomeText(node: TraceNode): string {
  return node.outcome === 'error' ? 'error' : (node.value ?? '');
}

const connectives = new Set(['and', 'or', 'not', 'if']);

/** The innermost nodes that are true or false on their own: those between `&&`, `||` and `!`. */
function* leaves(node: TraceNode): Generator<TraceNode> {
  if (node.outcome === 'not-reached') return;
  if (!connectives.has(node.kind)) {
    yield node;
    return;
  }
  for (const child of node.children) yield* leaves(child);
}

function* everyNode(node: TraceNode): Generator<TraceNode> {
  yield node;
  for (const child of node.children) yield* everyNode(child);
}

/** The policies of a file as the selected scenario met them, of the tool that decided. */
function tracedPolicies(studio: Studio, path: string) {
  const { decision, snapshot } = studio.state;
  if (decision?.result.ok !== true || snapshot?.stale === true) return [];
  const { record, tools } = decision.result.value;
  const tool = tools.find((each) => each.verdict === record.verdict) ?? tools[0];
  return (tool?.policies ?? []).filter((policy) => policy.path === path);
}

function inlineValues(studio: Studio, path: string): readonly InlineValue[] {
  if (!studio.state.showValues) return [];
  return tracedPolicies(studio, path).flatMap((policy) =>
    policy.conditions.flatMap(({ body }) =>
      [...leaves(body)].map((node) => ({
        offset: node.span.end,
        text: outcomeText(node),
        tooltip: node.error ?? `${outcomeText(node)} in the selected scenario`,
      })),
    ),
  );
}

function tracedValues(studio: Studio, path: string): readonly TracedValue[] {
  return tracedPolicies(studio, path).flatMap((policy) =>
    policy.conditions.flatMap(({ body }) =>
      [...everyNode(body)]
        .filter((node) => node.outcome !== 'not-reached')
        .map((node) => ({ span: node.span, text: node.error ?? node.value ?? '' })),
    ),
  );
}

/** The scenarios whose verdict a rule brought about. */
function scenariosDecidedBy(studio: Studio, rule: RuleRow): readonly string[] {
  return (studio.state.snapshot?.scenarios ?? [])
    .filter((row) => row.verdict === rule.verdict && row.satisfied.includes(rule.id))
    .map((row) => row.id);
}

function ruleLenses(studio: Studio, path: string): readonly RuleLens[] {
  const { snapshot } = studio.state;
  if (snapshot === undefined || snapshot.stale) return [];
  return snapshot.rules
    .filter((rule) => rule.path === path)
    .map((rule) => ({
      ruleId: rule.id,
      span: rule.span,
      scenarios: scenariosDecidedBy(studio, rule),
    }));
}

/** The language source of a studio: the engine's worker for what is asked, the state for what is shown. */
export function studioLanguage(
  studio: Studio,
  acts: { readonly newScenario: (ruleId: string) => void },
): LanguageSource {
  const { engine, toolchain } = studio.parts;
  const pack = () => studio.state.packId ?? '';
  return {
    serves: (packId) => packId === studio.state.packId,
    text: (path) => studio.state.files.get(path),
    complete: async (path, offset) => given(engine.complete(pack(), path, offset), []),
    hover: async (path, offset) =>
      given(engine.hover(pack(), path, offset, tracedValues(studio, path)), undefined),
    definition: async (path, offset) => given(engine.definition(pack(), path, offset), []),
    references: async (path, offset) => given(engine.references(pack(), path, offset), []),
    renamable: async (path, offset) => orMessage(engine.prepareRename(pack(), path, offset)),
    rename: async (path, offset, name) => orMessage(engine.rename(pack(), path, offset, name)),
    outline: async (path) => given(engine.outline(pack(), path), []),
    folding: async (path) => given(engine.folding(pack(), path), []),
    signature: async (path, offset) => given(engine.signature(pack(), path, offset), undefined),
    semantic: async (path) => given(engine.tokens(pack(), path), []),
    format: async (text) => {
      const formatted = await toolchain.format(text);
      if (formatted.ok) return formatted;
      if (formatted.error.code !== 'SUPERSEDED')
        studio.parts.notify('error', formatted.error.message);
      return err(formatted.error.message);
    },
    problems: (path) => allProblems(studio.state).filter((problem) => problem.path === path),
    values: (path) => inlineValues(studio, path),
    lenses: (path) => ruleLenses(studio, path),
    onChange: (listener) =>
      studio.parts.state.subscribe((now, before) => {
        const changed =
          now.decision !== before.decision ||
          now.snapshot !== before.snapshot ||
          now.showValues !== before.showValues;
        if (changed) listener();
      }),
    apply: (edits) => {
      applyEdits(studio, edits);
    },
    showScenarios: (ids) => {
      studio.set({ scenarioFilter: ids, pane: 'explorer' });
    },
    newScenario: acts.newScenario,
  };
}
