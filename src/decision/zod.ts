import { config, z } from 'zod';

// zod compiles object schemas with `new Function` where it can, and probes for it first. Under our
// Content-Security-Policy the probe alone is a reported violation, so it is switched off before the
// first schema is built. Import `z` from here wherever a shape is described.
config({ jitless: true });

export { z };
