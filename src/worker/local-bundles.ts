import { packFromTools } from '../authoring/tools/pack-from-tools.ts';
import { readToolList } from '../authoring/tools/tool-list.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { BundleAnswer, BundleFailure, Bundles, ToolsPack } from './bundle-api.ts';
import { mutateAsked, previewBundle, signAsked } from './bundle-export.ts';
import { acceptBundle, acceptedBundles, forgetAccepted } from './bundle-history.ts';
import { importArchive, importFolder } from './import-pack.ts';
import { makeKey, publicKeyText, restoreKey, takePublicKey } from './bundle-keys.ts';
import { verdictOn } from './bundle-verdict.ts';

/** The work on bundles in this very thread. Nothing rejects. */
export function createLocalBundles(): Bundles {
  return {
    preview: (ask) => guarded(() => previewBundle(ask)),
    mutate: (...asked) => guarded(() => mutateAsked(...asked)),
    sign: (...asked) => withKeys(() => signAsked(...asked)),
    verify: (...asked) => withKeys(() => verdictOn(...asked)),
    importPack: (source) =>
      guarded(() =>
        Promise.resolve(
          source instanceof Uint8Array ? importArchive(source) : importFolder(source),
        ),
      ),
    packFromTools: (...asked) => guarded(() => Promise.resolve(toolsPack(...asked))),
    accept: (...asked) => guarded(() => acceptBundle(...asked)),
    forget: (...asked) => guarded(() => forgetAccepted(...asked)),
    readHistory: (...asked) => guarded(() => acceptedBundles(...asked)),
    makeKey: (...asked) => withKeys(() => makeKey(...asked)),
    restoreKey: (...asked) => withKeys(() => restoreKey(...asked)),
    readPublicKey: (text) => withKeys(() => takePublicKey(text)),
    publicKeyText: (...asked) => withKeys(() => publicKeyText(...asked)),
  };
}

function toolsPack(name: string, list: string): Result<ToolsPack, BundleFailure> {
  const tools = readToolList(list);
  return tools.ok
    ? ok(packFromTools(name, tools.value))
    : err({ code: 'IMPORT_REFUSED', message: tools.error });
}

async function withKeys<T>(work: () => BundleAnswer<T>): BundleAnswer<T> {
  // Node has no such word, and always has keys.
  if ('isSecureContext' in globalThis && !globalThis.isSecureContext) {
    return err({
      code: 'PAGE_INSECURE',
      message:
        'This page was not loaded over https (or from this very machine), and browsers give such pages no keys.',
    });
  }
  return guarded(work);
}

/** WebCrypto throws where an algorithm is missing; a defect of ours would, too. */
async function guarded<T>(work: () => BundleAnswer<T>): BundleAnswer<T> {
  try {
    return await work();
  } catch (error) {
    const missing = error instanceof DOMException && error.name === 'NotSupportedError';
    const message = missing
      ? 'This browser cannot make or use Ed25519 keys; a newer one can.'
      : `The work on bundles failed: ${String(error)}`;
    return err({ code: 'BUNDLES_FAILED', message });
  }
}
