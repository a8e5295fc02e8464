/** What the browser remembers of the view, beside the packs themselves: read with suspicion, written whole. */
import type { Store } from '../../store/store.ts';
import { z } from '../../store/zod.ts';
import type { StudioState } from './state.ts';

const themeSchema = z.enum(['system', 'light', 'dark']);

const sessionSchema = z.object({
  /** The pack that was open last. */
  packId: z.string().optional(),
  /** The examples that this browser was given once; one that was deleted does not come back. */
  seeded: z.array(z.string()).default([]),
});

const viewSchema = z.object({
  tabs: z.array(z.string()),
  activePath: z.string().optional(),
  scenarioId: z.string().optional(),
  requestDrafts: z.record(z.string(), z.string()).default({}),
});

export type Session = z.output<typeof sessionSchema>;
export type View = z.output<typeof viewSchema>;

async function read<T>(
  store: Store | undefined,
  key: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const stored = await store?.readUi(key, schema);
  return stored?.ok === true ? stored.value : undefined;
}

/** The theme that was chosen. */
export async function readTheme(
  store: Store | undefined,
): Promise<StudioState['theme'] | undefined> {
  return read(store, 'theme', themeSchema);
}

/** Whether saving formats policies first. */
export async function readFormatOnSave(store: Store | undefined): Promise<boolean> {
  return (await read(store, 'formatOnSave', z.boolean())) ?? false;
}

/** The session before this one. */
export async function readSession(store: Store | undefined): Promise<Session> {
  return (await read(store, 'session', sessionSchema)) ?? { seeded: [] };
}

/** Open files, selection and unsaved requests of a pack. */
export async function readView(
  store: Store | undefined,
  packId: string,
): Promise<View | undefined> {
  return read(store, `view:${packId}`, viewSchema);
}

/** Remembers the view of the pack that is open. */
export function writeView(store: Store | undefined, state: StudioState): void {
  const { packId, tabs, activePath, scenarioId, requestDrafts } = state;
  if (packId === undefined) return;
  void store?.writeUi(`view:${packId}`, {
    tabs: [...tabs],
    ...(activePath !== undefined && { activePath }),
    ...(scenarioId !== undefined && { scenarioId }),
    requestDrafts: Object.fromEntries(requestDrafts),
  });
}
