import { err, ok, type Result } from '../../base/result.ts';
import type { VersionInfo } from '../../store/store.ts';
import type { SideName } from '../state/route.ts';
import type { ForeignPack } from '../state/state.ts';
import type { Studio } from '../state/studio.ts';
import { versionWords } from '../state/version-words.ts';
import { sideOf } from '../state/versions.ts';
import type { NamedSide } from './compare-state.ts';

/** Reads one side: its files, and a key under which the engine may keep them. */
export async function readSide(
  studio: Studio,
  name: SideName,
  versions: readonly VersionInfo[],
): Promise<Result<NamedSide, string>> {
  const { packId, files, base } = studio.state;
  const { store, examples } = studio.parts;
  switch (name.kind) {
    case 'working':
      return ok({ label: 'Working copy', side: { kind: 'working' }, files });
    case 'version': {
      const info = versions.find(({ version }) => version === name.version);
      if (info === undefined || store === undefined || packId === undefined) {
        return err(`There is no version ${name.version} of this pack.`);
      }
      if (base?.version.digest === info.digest) {
        return ok({ label: versionWords(info), side: sideOf(base), files: base.files });
      }
      const opened = await store.openVersion(packId, info.digest);
      if (!opened.ok) return err(opened.error.message);
      const state = opened.value;
      return ok({ label: versionWords(info), side: sideOf(state), files: state.files });
    }
    case 'file': {
      const pack = studio.state.foreignPacks.get(name.name);
      if (pack === undefined) {
        return err(`“${name.name}” is not open any more: choose the file again.`);
      }
      const label = pack.verified === false ? `${name.name} (not verified)` : name.name;
      // What is chosen under a name again is another pack.
      const side = { kind: 'files', key: keyOf(pack), files: pack.files } as const;
      return ok({ label, side, files: pack.files });
    }
    case 'pack': {
      const pack = studio.state.packs.find(({ id }) => id === name.packId);
      if (pack === undefined) return err(`There is no pack “${name.packId}” in this browser.`);
      const label = `Pack ${pack.name}`;
      if (store === undefined) {
        const shipped = await examples.read(pack.exampleName ?? pack.id);
        return ok({
          label,
          side: { kind: 'files', key: `pack ${pack.id}`, files: shipped },
          files: shipped,
        });
      }
      const read = await store.readPack(pack.id);
      if (!read.ok) return err(read.error.message);
      const texts = new Map(read.value.files.map(({ path, text }) => [path, text]));
      // Its files may be edited while this is open; then it is another side.
      const state = read.value.files.map(({ path, revision }) => `${path} ${revision}`).join('\n');
      return ok({
        label,
        side: { kind: 'files', key: `pack ${pack.id}\n${state}`, files: texts },
        files: texts,
      });
    }
  }
}

const keys = new WeakMap<ForeignPack, string>();

function keyOf(pack: ForeignPack): string {
  const key = keys.get(pack) ?? `file ${crypto.randomUUID()}`;
  keys.set(pack, key);
  return key;
}
