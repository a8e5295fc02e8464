/**
 * Where the page's policy forbids turning text into a script's address (`require-trusted-types-for`), it
 * does so in workers, too: this is the exception for the engine's, which may start workers of this origin.
 */
interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (address: string) => string | null },
  ): unknown;
}

function isFactory(value: unknown): value is PolicyFactory {
  return typeof value === 'object' && value !== null && 'createPolicy' in value;
}

/** Not in every browser yet; where it is missing, the directive is ignored as well. */
const factory: unknown = Reflect.get(globalThis, 'trustedTypes');

if (isFactory(factory)) {
  factory.createPolicy('default', {
    createScriptURL: (address) =>
      new URL(address, location.href).origin === location.origin ? address : null,
  });
}
