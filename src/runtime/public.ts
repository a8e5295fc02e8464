/**
 * The entry point `./runtime`: a verdict before something happens, over HTTP or in this process.
 *
 *     const decider = createClient({ url, key });          // or await createRuntime({ bundle, trust })
 *     const { verdict } = await decider.check({ goal, tools: ['payments_api'], context });
 *     if (verdict === 'ALLOW') pay();
 */
export { createClient, type ClientOptions } from './client.ts';
export {
  createRuntime,
  type Runtime,
  type RuntimeOptions,
  type UnsignedOptions,
} from './in-process.ts';
export type { CheckInput, CheckResult, Decider, Undecided } from './check-result.ts';
