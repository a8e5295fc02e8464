/**
 * The document of `openapi.json` as one page to read. It is written on the server and has no script: the
 * policy that goes with it allows none, and nothing from elsewhere.
 */
import { hash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { z } from '../../decision/zod.ts';

type Html = ReturnType<typeof html>;

const Media = z.record(z.string(), z.object({ schema: z.unknown() }));
const Operation = z.object({
  summary: z.string(),
  requestBody: z.object({ content: Media }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: Media })),
});
const Parameter = z.object({ name: z.string(), in: z.string(), description: z.string() });
const PathItem = z.object({
  parameters: z.array(Parameter).default([]),
  get: Operation.optional(),
  post: Operation.optional(),
});
const OpenApi = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string() }),
  paths: z.record(z.string(), PathItem),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
type Operation = z.output<typeof Operation>;

/** As much of a JSON Schema as the page shows. */
const Shape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});
type Shape = z.output<typeof Shape>;

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d9d9e0, #3a3b42); --dim: light-dark(#60646c, #b0b4ba);
  --ground: light-dark(#fff, #18191b); --raised: light-dark(#f5f5f8, #222327); --link: light-dark(#0d5bd1, #7db6ff); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem; background: var(--ground);
  font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; font-weight: 600; }
a { color: var(--link); } code { font: .92em ui-monospace, monospace; }
.dim { color: var(--dim); } .card { border: 1px solid var(--line); border-radius: .5rem; margin: .75rem 0; padding: .85rem 1rem; overflow-wrap: anywhere; }
.verb { display: inline-block; min-width: 3.2rem; font: 600 .8rem ui-monospace, monospace; color: var(--dim); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .6rem 0 0; }
dt { font-family: ui-monospace, monospace; font-size: .92em; } dd { margin: 0; }
ul { margin: .4rem 0 0; padding-left: 1.1rem; } li { margin: .1rem 0; }
details { margin-top: .6rem; } details > summary { cursor: pointer; color: var(--dim); }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; } dd { padding-left: 1rem; } }
`;

/** As one piece: a formatter's space in it would be another style than the policy allows. */
const STYLE_ELEMENT = raw(`<style>${STYLE}</style>`);

/** Goes with the page: nothing is loaded and nothing runs. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page of a document that `openApi` made. */
export async function openApiPage(document: unknown): Promise<string> {
  const { info, paths, components } = OpenApi.parse(document);
  const operations = Object.entries(paths).flatMap(([path, { parameters, get, post }]) =>
    Object.entries({ GET: get, POST: post }).map(([verb, operation]) =>
      operation === undefined ? '' : operationCard(`${verb} ${path}`, operation, parameters),
    ),
  );
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${info.title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <header>
          <h1>${info.title}</h1>
          <p class="dim">Version ${info.version}. ${info.description}</p>
          <p>The same for programs: <a href="openapi.json">openapi.json</a></p>
        </header>
        <main>
          <h2>Addresses</h2>
          ${operations}
          <h2>Shapes</h2>
          ${Object.entries(components.schemas).map(([name, schema]) => shapeCard(name, schema))}
        </main>
      </body>
    </html>`;
  return String(await page);
}

function operationCard(
  title: string,
  { summary, requestBody, responses }: Operation,
  parameters: readonly z.output<typeof Parameter>[],
): Html {
  const [verb = '', path = ''] = title.split(' ');
  const all = Object.entries(responses);
  const answered = all.filter(([status]) => Number(status) < 400);
  const refused = all.filter(([status]) => Number(status) >= 400);
  return html`<section class="card">
    <h3><span class="verb">${verb}</span> <code>${path}</code></h3>
    <div>${summary}</div>
    <dl>
      ${parameters.map(
        ({ name, in: place, description }) =>
          html`<dt>${name}</dt>
            <dd><span class="dim">${place}</span> ${description}</dd>`,
      )}
      ${
        requestBody === undefined
          ? ''
          : html`<dt>body</dt>
              <dd>${mediaOf(requestBody.content)}</dd>`
      }
      ${answered.map(responseRow)}
    </dl>
    ${
      refused.length === 0
        ? ''
        : html`<details>
            <summary>Refused: ${refused.map(([status]) => status).join(', ')}</summary>
            <dl>${refused.map(responseRow)}</dl>
          </details>`
    }
  </section>`;
}

type Response = Operation['responses'][string];

function responseRow([status, { description, content }]: readonly [string, Response]): Html {
  return html`<dt>${status}</dt>
    <dd>${description} <span class="dim">·</span> ${mediaOf(content)}</dd>`;
}

function mediaOf(content: z.output<typeof Media>): Html {
  const [[type, media] = ['', undefined]] = Object.entries(content);
  const shape = Shape.parse(media?.schema);
  if (type !== 'application/json') return html`<code>${type}</code>`;
  return html`${nameOf(shape)}${shape.properties === undefined ? '' : members(shape)}`;
}

function shapeCard(name: string, schema: unknown): Html {
  const shape = Shape.parse(schema);
  return html`<section class="card" id="${name}">
    <h3>${name}</h3>
    ${shape.properties === undefined ? nameOf(shape) : members(shape)}
  </section>`;
}

/** The members of an object, each with what it may be. */
function members({ properties = {}, required = [] }: Shape): Html {
  return html`<ul>
    ${Object.entries(properties).map(([name, schema]) => {
      const shape = Shape.parse(schema);
      const inner = Shape.parse(shape.items ?? schema);
      return html`<li>
        <code>${name}</code>${required.includes(name) ? '' : html`<span class="dim">?</span>`}:
        ${nameOf(shape)}
        ${shape.description === undefined ? '' : html`<span class="dim">${shape.description}</span>`}
        ${inner.properties === undefined ? '' : members(inner)}
      </li>`;
    })}
  </ul>`;
}

/** What a value may be, in a word or a few. */
function nameOf(shape: Shape): Html {
  const { $ref, type, enum: values, anyOf, items } = shape;
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    return html`<a href="#${name}">${name}</a>`;
  }
  if ('const' in shape) return html`<code>${JSON.stringify(shape.const)}</code>`;
  if (values !== undefined) {
    return html`<code>${values.map((value) => JSON.stringify(value)).join(' | ')}</code>`;
  }
  if (anyOf !== undefined) {
    const each = anyOf.map((one) => Shape.parse(one));
    return html`${each.map((one, index) => html`${index === 0 ? '' : ' or '}${nameOf(one)}`)}`;
  }
  if (items !== undefined) return html`list of ${nameOf(Shape.parse(items))}`;
  return html`<span class="dim">${[type ?? 'anything'].flat().join(' or ')}</span>`;
}
