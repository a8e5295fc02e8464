/**
 * The page's policy forbids turning text into markup or into a script's address
 * (`require-trusted-types-for 'script'`). This is the one exception, asked whenever a library hands
 * the browser plain text, and it loads ahead of everything else:
 *
 * - An address of this origin may become a worker: `new Worker(new URL('./x.ts', import.meta.url))`.
 * - Text without `<` may become content: radix-ui fills `<style>` elements that way, and without `<`
 *   no element can come of it.
 *
 * `eval` and script text stay refused. Monaco brings policies of its own.
 */
interface PolicyFactory {
  createPolicy(
    name: string,
    rules: {
      readonly createHTML: (text: string) => string | null;
      readonly createScriptURL: (text: string) => string | null;
    },
  ): unknown;
}

declare global {
  /** Not in every browser yet; where it is missing, the directive is ignored as well. */
  var trustedTypes: PolicyFactory | undefined;
}

globalThis.trustedTypes?.createPolicy('default', {
  createHTML: (text) => (text.includes('<') ? null : text),
  createScriptURL: (text) =>
    new URL(text, location.href).origin === location.origin ? text : null,
});
