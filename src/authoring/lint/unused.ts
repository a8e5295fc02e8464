import type { Attributes, Schema, Type } from '../../cedar/schema/model.ts';
import { CALL_TOOL, PLAN } from '../../decision/policies.ts';
import { SCHEMA_FILE } from '../../pack/files.ts';
import { DERIVED_FIELDS, ENGINE_FACTS } from '../vocabulary.ts';
import { expressions, entitiesIn, typeNamesIn } from '../walk.ts';
import type { Finding, LintContext, LintRule } from './rule.ts';

export const unusedEntityType: LintRule = {
  id: 'unused-entity-type',
  severity: 'info',
  doc: 'No rule, action, attribute or entity speaks of this type. Remove it, or write the rule that needs it.',
  *check(context) {
    const schema = current(context);
    if (schema === undefined) return;
    const used = new Set<string>();
    for (const { policy } of context.policies) {
      for (const { uid } of entitiesIn(policy)) used.add(uid.type);
      for (const { name } of typeNamesIn(policy)) used.add(name);
    }
    for (const { mentions } of context.model.entityFiles) {
      for (const { uid } of mentions) used.add(uid.type);
    }
    for (const [name, { span, nameSpan }] of schema.entityTypes) {
      const isReferred = schema.references.some(
        ({ target, name: to, span: at }) =>
          target === 'entity' && to === name && (at.start < span.start || at.end > span.end),
      );
      if (used.has(name) || isReferred) continue;
      yield finding(nameSpan, `Nothing in the pack uses the entity type ${name}.`);
    }
  },
};

export const unusedAction: LintRule = {
  id: 'unused-action',
  severity: 'info',
  doc: 'No rule names this action or a group that it is in, and no scenario uses it: only rules about all actions see it.',
  *check(context) {
    const schema = current(context);
    const { hierarchy } = context.model;
    if (schema === undefined || hierarchy === undefined) return;
    const named = new Set<string>([PLAN.toString(), CALL_TOOL.toString()]);
    for (const { policy } of context.policies) {
      for (const { uid } of entitiesIn(policy))
        if (schema.actions.has(uid.toString())) named.add(uid.toString());
    }
    const tools = new Set<string>();
    for (const { facts } of context.model.scenarioFiles) {
      for (const { text } of facts.tools) tools.add(text);
    }
    // The group of all tools says nothing about a tool.
    const groups = new Set(named);
    groups.delete(CALL_TOOL.toString());
    const inUse = [...schema.actions].filter(([key, { uid }]) => {
      const isNamed = named.has(key) || tools.has(uid.id);
      return isNamed || [...hierarchy.ancestorActions(uid)].some((group) => groups.has(group));
    });
    const used = new Set(inUse.map(([key]) => key));
    for (const [, { uid }] of inUse)
      for (const group of hierarchy.ancestorActions(uid)) used.add(group);
    for (const [key, { nameSpan }] of schema.actions) {
      if (used.has(key)) continue;
      yield finding(nameSpan, `No rule or scenario speaks of ${key}.`);
    }
  },
};

export const unusedAttribute: LintRule = {
  id: 'unused-attribute',
  severity: 'info',
  doc: 'No rule reads this attribute. Facts that no rule reads cost their senders work; remove it, or write the rule.',
  *check(context) {
    const schema = current(context);
    if (schema === undefined) return;
    const used = new Set<number>();
    for (const { policy, types } of context.policies) {
      if (types === undefined) continue;
      for (const expr of expressions(policy)) {
        const names =
          expr.kind === 'attribute' ? [expr.name] : expr.kind === 'has' ? expr.path : [];
        for (const name of names) {
          for (const { span } of types.attributesOf(name))
            if (span !== undefined) used.add(span.start);
        }
      }
    }
    const said = new Set<number>();
    const check = function* check(attributes: Attributes, skip: boolean): Generator<Finding, void> {
      for (const [name, { span, type }] of attributes) {
        const derived = skip && (DERIVED_FIELDS.has(name) || ENGINE_FACTS.has(name));
        if (!derived && !used.has(span.start) && !said.has(span.start)) {
          said.add(span.start);
          yield finding(span, `No rule reads ${name}.`);
        } else if (!derived && used.has(span.start)) {
          const inner = recordIn(type);
          if (inner !== undefined && !said.has(span.start)) yield* check(inner, false);
        }
      }
    };
    for (const { appliesTo } of schema.actions.values()) {
      if (appliesTo !== undefined) yield* check(appliesTo.context.attributes, true);
    }
    for (const { attributes } of schema.entityTypes.values()) yield* check(attributes, false);
  },
};

function recordIn(type: Type): Attributes | undefined {
  return type.kind === 'record' ? type.attributes : undefined;
}

function current({ model }: LintContext): Schema | undefined {
  const isBroken = model.policyFiles.some(({ errors }) => errors.length > 0);
  return model.schemaIsCurrent && !isBroken ? model.schema : undefined;
}

function finding(span: Finding['span'], message: string): Finding {
  return { path: SCHEMA_FILE, span, message };
}
