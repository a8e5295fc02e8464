/** Exit codes that mean the same for every command. `denied` is official Cedar's, `refused` what stops a coding agent's tool. */
export const EXIT = { ok: 0, failed: 1, denied: 2, refused: 2 } as const;
