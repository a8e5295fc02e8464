/** What the browser remembers of the view, beside the packs themselves: read with suspicion, written whole. */
import { ok, type Result } from '../../base/result.ts';
import type { StoreProblem } from '../../store/problem.ts';
import type { Store } from '../../store/store.ts';
import { z } from '../../store/zod.ts';
import type { RequestView, StudioState } from './state.ts';

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

/** Whether requests are edited as JSON or in the form. */
export async function readRequestView(store: Store | undefined): Promise<RequestView | undefined> {
  return read(store, 'requestView', z.enum(['json', 'form']));
}

/** The digest of the version that a pack's working copy was made from. */
export async function readBase(
  store: Store | undefined,
  packId: string,
): Promise<string | undefined> {
  return read(store, `base:${packId}`, z.string());
}

/** Who saved the last version here. */
export async function readAuthor(store: Store | undefined): Promise<string> {
  return (await read(store, 'author', z.string())) ?? '';
}

const ACCEPTED = 'accepted-bundles';

/** Which bundles were accepted here, as a state file. What cannot be read is a problem, not nothing. */
export async function readAccepted(
  store: Store | undefined,
): Promise<Result<string | undefined, StoreProblem>> {
  return store === undefined ? ok(undefined) : store.readUi(ACCEPTED, z.string());
}

/** Keeps which bundles were accepted here. */
export async function writeAccepted(
  store: Store,
  text: string,
): Promise<Result<void, StoreProblem>> {
  return store.writeUi(ACCEPTED, text);
}

/** The session before this one. */
export async function readSession(store: Store | undefined): Promise<Session> {
  return (await read(store, 'session', sessionSchema)) ?? { seeded: [] };
}

/**
 * A page that goes away does not live to see its writes to IndexedDB through, so the view it had stands
 * here as well, written at once; the next page takes it from here.
 */
const JOURNAL = 'stage0-view-journal';
const journalSchema = z.object({ packId: z.string(), view: viewSchema });

function viewOf({ tabs, activePath, scenarioId, requestDrafts }: StudioState): View {
  return {
    tabs: [...tabs],
    ...(activePath !== undefined && { activePath }),
    ...(scenarioId !== undefined && { scenarioId }),
    requestDrafts: Object.fromEntries(requestDrafts),
  };
}

/** The view that the last page left behind, if it was of this pack. */
function takeJournal(packId: string): View | undefined {
  try {
    const left = journalSchema.safeParse(JSON.parse(localStorage.getItem(JOURNAL) ?? 'null'));
    if (!left.success || left.data.packId !== packId) return undefined;
    localStorage.removeItem(JOURNAL);
    return left.data.view;
  } catch {
    // No storage, or no JSON in it: nothing was left behind.
    return undefined;
  }
}

/** Open files, selection and unsaved requests of a pack. */
export async function readView(
  store: Store | undefined,
  packId: string,
): Promise<View | undefined> {
  return takeJournal(packId) ?? (await read(store, `view:${packId}`, viewSchema));
}

/** Remembers the view of the pack that is open. */
export function writeView(store: Store | undefined, state: StudioState): void {
  const { packId } = state;
  if (packId === undefined) return;
  void store?.writeUi(`view:${packId}`, viewOf(state));
}

/** Remembers the view of a page that is about to go away. */
export function journalView(state: StudioState): void {
  const { packId } = state;
  if (packId === undefined) return;
  try {
    localStorage.setItem(JOURNAL, JSON.stringify({ packId, view: viewOf(state) }));
  } catch {
    // Storage is full or forbidden: IndexedDB may still have it.
  }
}
