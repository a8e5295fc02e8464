import type { Sliced } from '../simulation/sliced.ts';
import type { Host } from './host.ts';

/** Milliseconds before which nobody wonders. */
const SILENT_MS = 300;

/** Does all the work, and says how far it is to whoever watches. */
export function stepping<T>(host: Host, work: Sliced<T>, what: string): T {
  const began = performance.now();
  let told = false;
  for (;;) {
    const step = work.next();
    if (step.done === true) {
      if (told) host.error('\r\u001B[K');
      return step.value;
    }
    if (host.watched && performance.now() - began > SILENT_MS) {
      told = true;
      host.error(`\r${step.value.done} of ${step.value.total} ${what}`);
    }
  }
}
