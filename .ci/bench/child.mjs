/**
 * What has to be measured in a process of its own: `node --expose-gc .ci/bench/child.mjs <what> …`. Prints
 * one line of JSON.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cpu } from './measure.mjs';

const [what = '', place = '', argument = ''] = process.argv.slice(2);
const collect = () => {
  // Twice: what finalizers let go of is only collected by the next one.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

/** @typedef {ReturnType<typeof import('../../src/cedar/cold.bench.ts').coldInput>} ColdInput */

/** @param {string} file */
const urlOf = (file) => pathToFileURL(join(place, file)).href;

/** @returns {ColdInput} */
function readInput() {
  /** @type {ColdInput} */
  const input = JSON.parse(readFileSync(argument, 'utf8'));
  return input;
}

/** Milliseconds, by the clock and of CPU, since this was called. */
function stopwatch() {
  const [clock, used] = [performance.now(), cpu()];
  return () => ({ ms: performance.now() - clock, cpuMs: (cpu() - used) / 1000 });
}

async function coldOurs() {
  const input = readInput();
  const stop = stopwatch();
  /** @type {typeof import('../../src/cedar/public.ts')} */
  const cedar = await import(urlOf('cedar.js'));
  /** @type {typeof import('../../src/cedar/public-schema.ts')} */
  const data = await import(urlOf('cedar-schema.js'));
  const { policies } = cedar.parsePolicies(input.policies);
  const set = must(
    cedar.compilePolicies(policies.map((policy, index) => ({ id: `policy${index}`, policy }))),
  );
  const json = (/** @type {unknown} */ value) =>
    must(data.jsonFromUnknown(value, { length: 1e7, depth: 50, count: 1e6 }));
  const entities = must(
    cedar.buildEntities(must(data.readEntities(json(input.entities), undefined))),
  );
  const uid = (/** @type {{ type: string; id: string }} */ { type, id }) =>
    cedar.entityUid(type, id);
  const request = {
    principal: uid(input.principal),
    action: uid(input.action),
    resource: uid(input.resource),
    context: must(data.readContext(json(input.context), undefined)),
  };
  const { decision } = cedar.authorize(set, request, entities);
  return { ...stop(), decision };
}

async function coldWasm() {
  const input = readInput();
  const stop = stopwatch();
  const wasm = await import('@cedar-policy/cedar-wasm/nodejs');
  const instantiated = stop();
  wasm.preparsePolicySet('cold', { staticPolicies: input.policies });
  const { principal, action, resource, context, entities } = input;
  const answer = wasm.statefulIsAuthorized({
    principal,
    action,
    resource,
    context,
    entities,
    preparsedPolicySetId: 'cold',
  });
  const decision = answer.type === 'success' ? answer.response.decision : answer.errors;
  return { ...stop(), decision, instantiated };
}

async function heapPerRule() {
  /** @type {typeof import('../../src/cedar/cold.bench.ts')} */
  const bench = await import(pathToFileURL(place).href);
  return { bytes: bench.heapPerRule(collect) };
}

async function growth() {
  /** @type {typeof import('../../src/cedar/cold.bench.ts')} */
  const bench = await import(pathToFileURL(place).href);
  return { heaps: bench.heapOverDecisions(Number(argument), collect) };
}

/**
 * @template T
 * @param {import('../../src/base/result.ts').Result<T, unknown>} result
 * @returns {T}
 */
function must(result) {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error));
}

/** @type {Readonly<Record<string, () => Promise<object>>>} */
const TASKS = { coldOurs, coldWasm, heapPerRule, growth };
const task = TASKS[what];
if (task === undefined) throw new Error(`There is no ${what} to measure`);
console.log(JSON.stringify(await task()));
