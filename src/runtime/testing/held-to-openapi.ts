import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { openApi } from '../server/openapi.ts';

/** By the document alone, not with the shapes that it was made of. */
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(openApi('test'), 'openapi');
const known = new Map<string, ValidateFunction>();

/** One answer with a JSON body. */
export interface Answered {
  readonly method: string;
  /** Path of the address, without what stands behind `?`. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** Why an answer is not as the document says; `undefined` when it is. Every answer that tests get is held to it. */
export function openApiProblem({ method, path, status, body }: Answered): string | undefined {
  const pointer = [path, method.toLowerCase(), 'responses', String(status), 'content'];
  const described = [...pointer, 'application/json', 'schema'].map(escaped).join('/');
  // What is at no address, or asked with another method, is in no document; it is refused all the same.
  const undescribed = status === 404 || status === 405;
  const ref = undescribed ? 'openapi#/components/schemas/Error' : `openapi#/paths/${described}`;
  let validate = known.get(ref);
  if (validate === undefined) {
    try {
      validate = ajv.compile({ $ref: ref });
    } catch {
      return `${method} ${path} is not described with status ${status}`;
    }
    known.set(ref, validate);
  }
  return validate(body)
    ? undefined
    : `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}`;
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
