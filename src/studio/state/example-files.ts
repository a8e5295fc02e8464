/** Every file of the packs in `policies/`, as text. Large: only ever imported dynamically. */
export const exampleFiles = import.meta.glob<string>('/policies/**/*.{cedar,cedarschema,json}', {
  query: '?raw',
  import: 'default',
  eager: true,
});
