import * as z from 'zod/mini';

// The zod of what every decision reads: its schemas are built in half the time, which a cold start shows.
// Everything else describes its shapes with `zod.ts`; the two can be put into each other.
z.config({ jitless: true });

export { z };
