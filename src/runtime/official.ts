import type { CedarWasm } from '../authoring/official/toolchain.ts';

/** The official Cedar toolchain: four megabytes of WebAssembly, loaded when they are needed. */
export function loadOfficial(): Promise<CedarWasm> {
  return import('@cedar-policy/cedar-wasm/nodejs');
}
