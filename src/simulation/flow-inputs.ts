import { printValue } from '../cedar/value.ts';
import type { FieldPath } from '../cedar/words.ts';
import type { Check } from '../decision/check.ts';
import type { ToolDecision } from '../decision/decide.ts';
import type { DecisionPolicies } from '../decision/policies.ts';
import { fieldValue, requestPointer } from './flow-fields.ts';

/** A field that a condition reads, with its value in this request. */
export interface FlowInput {
  readonly field: FieldPath;
  /** As in the policy's text: `context.approved_by`. */
  readonly text: string;
  /** Cedar text; absent when the field is not given. */
  readonly value?: string;
  /** Where it stands in the request, or would; absent for what only the engine knows. */
  readonly pointer?: string;
}

/** What was asked, and of whom. */
export interface Asked {
  readonly policies: DecisionPolicies;
  readonly check: Check;
}

/** The fields that a condition reads, as they are in one tool's request. */
export function inputsOf(
  reads: readonly FieldPath[],
  { policies, check }: Asked,
  tool: ToolDecision,
): readonly FlowInput[] {
  return reads.map((field) => {
    const value = fieldValue(field, tool);
    const pointer = requestPointer(field, check, tool.tool, policies);
    return {
      field,
      text: [field.root, ...field.path].join('.'),
      // A whole context would dwarf everything around it.
      ...(value === undefined || (field.root === 'context' && field.path.length === 0)
        ? {}
        : { value: printValue(value) }),
      ...(pointer === undefined ? {} : { pointer }),
    };
  });
}
