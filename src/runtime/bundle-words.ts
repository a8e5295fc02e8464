import type { TestResult } from '../bundle/evidence.ts';

/** What a bundle's test result says, in a line; strings come from whoever signed it and stand in quotes. */
export function testResultWords({ result, passedTests, failedTests, stage0 }: TestResult): string {
  const { coverage, mutation, flips, acceptance } = stage0 ?? {};
  const measured = [
    `${passedTests.length} scenarios pass, ${failedTests.length} do not`,
    coverage && `covered ${coverage.points.covered} of ${coverage.points.total}`,
    mutation && `noticed ${mutation.killed} of ${mutation.total} mistakes`,
    flips && `${flips.length} flips`,
    acceptance && `released because ${JSON.stringify(acceptance.reason)}`,
  ];
  return `${result}: ${measured.filter((part) => part !== undefined).join(', ')}`;
}
