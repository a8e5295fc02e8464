/** Exit codes that mean the same for every command. `denied` is official Cedar's. */
export const EXIT = { ok: 0, failed: 1, denied: 2 } as const;
