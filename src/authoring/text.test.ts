import { expect, test } from 'vitest';
import { nearest } from './text.ts';

const KNOWN = ['approved_by', 'approved_at', 'approval_status', 'goal', 'limits'];

test.each([
  ['aproved_by', 'approved_by'],
  ['approved_yb', 'approved_by'],
  ['approvedBy', 'approved_by'],
  ['approval-status', 'approval_status'],
  ['gaol', 'goal'],
  ['limit', 'limits'],
  ['approved_by', 'approved_at'],
  ['session', undefined],
  ['go', undefined],
  ['', undefined],
])('%s is nearest to %s', (name, wanted) => {
  expect(nearest(name, KNOWN)).toBe(wanted);
});
