import type { NewScenario } from '../../simulation/solve/scenario-text.ts';
import { createFile } from './pack-actions.ts';
import { scenarioPath } from './paths.ts';
import { freeStem } from './scenario-text.ts';
import type { Studio } from './studio.ts';

/** Saves scenarios that were found as files of the pack; one undo takes all of them away again. */
export async function saveScenarios(
  studio: Studio,
  scenarios: readonly NewScenario[],
): Promise<void> {
  const { packId } = studio.state;
  if (packId === undefined) return;
  const saved: string[] = [];
  for (const { id, text } of scenarios) {
    const taken = (stem: string) => studio.state.files.has(scenarioPath(stem));
    const path = scenarioPath(freeStem(id, taken));
    if (studio.state.packId !== packId || !(await createFile(studio, path, text))) break;
    saved.push(path);
  }
  const [first] = scenarios;
  if (saved.length === 0 || first === undefined) return;
  const what = saved.length === 1 ? `“${first.name}”` : `${saved.length} scenarios`;
  studio.parts.notify('info', `Saved ${what}.`, () => {
    void takeAway(studio, packId, saved);
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
