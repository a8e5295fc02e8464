import type { NewScenario } from '../../simulation/solve/scenario-text.ts';
import { scenarioPath } from './paths.ts';
import { freeStem } from './scenario-text.ts';
import type { Studio } from './studio.ts';

/** Saves scenarios that were found as files of the pack; one undo takes all of them away again. */
export async function saveScenarios(
  studio: Studio,
  scenarios: readonly NewScenario[],
): Promise<void> {
  const { packId, files } = studio.state;
  const { store, queue } = studio.parts;
  if (packId === undefined) return;
  const saved = new Map<string, string>();
  for (const { id, text } of scenarios) {
    const taken = (stem: string) => [files, saved].some((one) => one.has(scenarioPath(stem)));
    const path = scenarioPath(freeStem(id, taken));
    const written = await store?.writeFile(packId, path, text, 0);
    if (written?.ok === false) {
      studio.refuse(written.error);
      break;
    }
    if (written !== undefined) queue?.loaded(packId, path, written.value.revision);
    saved.set(path, text);
  }
  const [first] = scenarios;
  if (saved.size === 0 || first === undefined) return;
  // All at once: each change would run the pack again.
  if (studio.state.packId === packId) {
    studio.applyChanges([...saved].map(([path, text]) => ({ path, text })));
  }
  const what = saved.size === 1 ? `“${first.name}”` : `${saved.size} scenarios`;
  studio.parts.notify('info', `Saved ${what}.`, () => {
    void takeAway(studio, packId, [...saved.keys()]);
  });
}

async function takeAway(studio: Studio, packId: string, paths: readonly string[]): Promise<void> {
  await studio.flush();
  const gone: string[] = [];
  for (const path of paths) {
    const deleted = await studio.parts.store?.deleteFile(packId, path);
    if (deleted?.ok === false) studio.refuse(deleted.error);
    else gone.push(path);
  }
  if (studio.state.packId !== packId) return;
  for (const path of gone) studio.closeFile(path);
  studio.applyChanges(gone.map((path) => ({ path, text: undefined })));
}

/** Of scenarios that hold the same request, the first: the others would say the same again. */
export function distinctScenarios(scenarios: readonly NewScenario[]): readonly NewScenario[] {
  const seen = new Set<string>();
  return scenarios.filter(({ text }) => {
    const request = text.slice(text.indexOf('"at"'));
    const isNew = !seen.has(request);
    seen.add(request);
    return isNew;
  });
}
