/**
 * What the studio's pages may do, said to the browser. `vite preview` (and so `npm start`) sends it as
 * response headers; the build also writes the policy into index.html, for hosts that set no headers.
 */

/** @type {Readonly<Record<string, string>>} */
const DIRECTIVES = {
  'default-src': "'none'",
  // The official Cedar toolchain is WebAssembly. No 'unsafe-eval': our own engine compiles to closures.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  // Monaco injects <style> elements and style attributes, and offers no nonce for them.
  'style-src': "'self' 'unsafe-inline'",
  // Nothing leaves the browser: the page can reach the files that it was served with, and no more.
  'connect-src': "'self'",
  'img-src': "'self' data: blob:",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  // Text can never become markup or a script's address by accident, only through these named policies:
  // Monaco's own, DOMPurify's inside Monaco, and our `default`, which lets same-origin workers start.
  'require-trusted-types-for': "'script'",
};

/** @param {(name: string) => boolean} wanted */
function policy(wanted) {
  return Object.entries(DIRECTIVES)
    .filter(([name]) => wanted(name))
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** Browsers refuse `frame-ancestors` in a <meta>, and complain of it in the console. */
export const META_POLICY = policy((name) => name !== 'frame-ancestors');

/** @type {Readonly<Record<string, string>>} */
export const SECURITY_HEADERS = {
  'Content-Security-Policy': policy(() => true),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=()',
};
