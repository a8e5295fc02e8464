import type { Span } from '../../base/span.ts';
import { memberOf, nodeAt, type JsonNode } from './tree.ts';

/** A name that a scenario gives, and where. */
export interface Fact {
  readonly text: string;
  /** With its quotes. */
  readonly span: Span;
}

/** What a scenario says that other files of the pack also speak of. */
export interface ScenarioFacts {
  /** The role that the agent acts in: `actor_role`, else `user_role`. */
  readonly role: Fact | undefined;
  readonly environment: Fact | undefined;
  readonly tools: readonly Fact[];
  /** Names of the context's fields. */
  readonly fields: readonly Fact[];
  /** Codes that are expected, or expected to be absent. */
  readonly issues: readonly Fact[];
  readonly verdict: Fact | undefined;
}

export function readScenarioFacts(tree: JsonNode): ScenarioFacts {
  const request = memberOf(tree, 'request');
  const context = memberOf(request, 'context');
  const recent = memberOf(context, 'recent_tools')?.elements ?? [];
  const current = text(memberOf(context, 'current_tool'));
  const tools = [...(memberOf(request, 'tools')?.elements ?? []), ...recent].flatMap(
    (node) => text(node) ?? [],
  );
  return {
    role: text(memberOf(context, 'actor_role')) ?? text(memberOf(context, 'user_role')),
    environment: text(memberOf(context, 'environment')) ?? text(memberOf(request, 'environment')),
    tools: current === undefined ? tools : [...tools, current],
    fields: (context?.members ?? []).map(({ name, nameSpan }) => ({ text: name, span: nameSpan })),
    issues: ['issues', 'without'].flatMap((name) =>
      (nodeAt(tree, 'expect', name)?.elements ?? []).flatMap((node) => text(node) ?? []),
    ),
    verdict: text(nodeAt(tree, 'expect', 'verdict')),
  };
}

function text(node: JsonNode | undefined): Fact | undefined {
  return node?.kind === 'string' ? { text: node.value, span: node.span } : undefined;
}
