import init, {
  formatPolicies,
  schemaToJsonWithResolvedTypes,
  validate,
} from '@cedar-policy/cedar-wasm/web';
import { expose } from 'comlink';
import { err } from '../base/result.ts';
import type { Advice, ToolchainFailure } from './toolchain-api.ts';
import { createLocalToolchain } from './toolchain.ts';
import type { ToolchainHost } from './toolchain-host.ts';

const toolchain = createLocalToolchain({
  validate,
  schemaToJsonWithResolvedTypes,
  formatPolicies,
});
const files = new Map<string, string>();
const loading = init();
// Each call says so; nobody else has to hear of it.
loading.catch(() => undefined);

/** Runs once the WebAssembly is there. What it throws is its end: the client replaces this worker. */
async function guarded<T>(work: () => Advice<T>): Advice<T> {
  try {
    await loading;
  } catch (error) {
    return err(
      failure('TOOLCHAIN_UNAVAILABLE', `The Cedar toolchain cannot be loaded: ${String(error)}`),
    );
  }
  try {
    return await work();
  } catch (error) {
    return err(failure('TOOLCHAIN_CRASHED', `The Cedar toolchain crashed: ${String(error)}`));
  }
}

function failure(
  code: 'TOOLCHAIN_UNAVAILABLE' | 'TOOLCHAIN_CRASHED',
  message: string,
): ToolchainFailure {
  return { code, message };
}

const host: ToolchainHost = {
  validate: (changes) => {
    for (const { path, text } of changes) {
      if (text === undefined) files.delete(path);
      else files.set(path, text);
    }
    return guarded(() => toolchain.validate(files));
  },
  checkSchema: (text, path) => guarded(() => toolchain.checkSchema(text, path)),
  format: (text, options) => guarded(() => toolchain.format(text, options)),
  ping: () => undefined,
};

expose(host);
