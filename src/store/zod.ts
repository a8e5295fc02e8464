import { config, z } from 'zod';

// Zod would try `new Function` to see whether it may compile schemas; under our
// Content-Security-Policy the try alone is a reported violation. Must run before the first schema.
config({ jitless: true });

export { z };
