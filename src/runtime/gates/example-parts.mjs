/** What the examples of the gates have in common: what a model calls, the tools, and somebody at the terminal. */
import { createInterface } from 'node:readline/promises';
import { z } from 'zod';

/** What a model would call, both at once. */
export const CALLS = [
  {
    id: '1',
    name: 'payout',
    args: { amount: 120.5, to: 'Print & Co', iban: 'DE89370400440532013000' },
  },
  { id: '2', name: 'delete_table', args: { environment: 'production', table: 'customers' } },
];

export const PAYOUT = z.object({ amount: z.number(), to: z.string(), iban: z.string() });
export const TABLE = z.object({ environment: z.string(), table: z.string() });

/** What a tool does. */
export function done(text) {
  console.log(`\nRAN: ${text}`);
  return text;
}

/** Shows a call that waits, and gives what the person at the terminal answers. */
export async function askAtTerminal({ reason, arguments: args }) {
  const terminal = createInterface(process.stdin, process.stdout);
  const by = await terminal.question(
    `\n${reason}\n${JSON.stringify(args)}\nYour name, to approve: `,
  );
  terminal.close();
  return by === '' ? { approved: false } : { approved: true, by };
}
