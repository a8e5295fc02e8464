/** The official Cedar toolchain, for the commands that advise. It decides nothing. */
import type { OfficialAnswer, OfficialCall } from '../authoring/official/validation.ts';

/** What is used of it. */
export interface Official {
  readonly validate: (call: OfficialCall) => OfficialAnswer;
  readonly formatPolicies: (call: {
    readonly policyText: string;
    readonly lineWidth: number;
    readonly indentWidth: number;
  }) =>
    | { readonly type: 'failure'; readonly errors: readonly { readonly message: string }[] }
    | { readonly type: 'success'; readonly formatted_policy: string };
}

/** Loads four megabytes of WebAssembly: only when they are needed. */
export function loadOfficial(): Promise<Official> {
  return import('@cedar-policy/cedar-wasm/nodejs');
}
