/** The bench's contestants for one workload: plain Cedar, the whole decision, the others, and the limit. */
import { evaluate } from '../cedar/authorize.ts';
import {
  at,
  byHand,
  must,
  ours,
  prepare,
  type Contestant,
  type Prepared,
} from '../cedar/contestants.bench.ts';
import { casbin, celJs, officialWasm, zenEngine } from '../cedar/rivals.bench.ts';
import { NOW, REQUESTS, workload, type Shape, type Workload } from '../cedar/workload.bench.ts';
import { readCheck } from './check.ts';
import { decide } from './decide.ts';
import { decisionPolicies, type DecisionPolicies } from './policies.ts';
import { ruleOn } from './verdict.ts';

export { REQUESTS };

/** All that decide this workload; the limit comes first. */
export async function contestants(shape: Shape): Promise<readonly Contestant[]> {
  const work = workload(shape);
  const prepared = prepare(work);
  const policies = policiesOf(prepared);
  return [
    byHand(work),
    ours(prepared),
    withTrace(policies, prepared),
    fullCheck(policies, work),
    officialWasm(work),
    celJs(work),
    await casbin(work),
    zenEngine(work),
  ];
}

function policiesOf({ set, schema, entities }: Prepared): DecisionPolicies {
  return decisionPolicies({
    name: 'bench',
    version: '1.0.0',
    digest: `sha256:${'0'.repeat(64)}`,
    policySet: set,
    schema,
    entities,
    settings: { timeZone: 'UTC', risk: { threshold: 100, high: 60 }, tools: {} },
  });
}

/** The verdict of a prepared request, with everything that was found on the way. */
function withTrace(policies: DecisionPolicies, { set, cases }: Prepared): Contestant {
  const { rules, settings } = policies;
  const run = (index: number) => {
    const { request, entities } = at(cases, index);
    return ruleOn(rules, evaluate(set, request, entities), [], settings.risk.threshold);
  };
  return {
    name: 'ours, verdict with rule trace',
    run,
    answer: (index) => {
      const { verdict, findings } = run(index);
      const satisfied = findings.flatMap(({ rule }) => (rule === undefined ? [] : [rule.id]));
      return {
        decision: verdict === 'ALLOW' ? 'allow' : 'deny',
        verdict,
        satisfied: satisfied.toSorted(),
      };
    },
  };
}

/** From a parsed request body to the record that a client gets. */
function fullCheck(policies: DecisionPolicies, { requests }: Workload): Contestant {
  const run = (index: number) => {
    const check = must(readCheck(at(requests, index).body));
    return must(decide(policies, check, { now: NOW, requestId: 'bench' }));
  };
  return {
    name: 'ours, full check to record',
    run,
    answer: (index) => {
      const { record, tools } = run(index);
      const { verdict } = record;
      const satisfied = tools.flatMap((tool) => tool.satisfied).toSorted();
      return { decision: verdict === 'ALLOW' ? 'allow' : 'deny', verdict, satisfied };
    },
  };
}
