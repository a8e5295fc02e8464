import { err, ok } from '../base/result.ts';
import type { Request } from '../cedar/authorize.ts';
import { compilePolicies, type PolicySet } from '../cedar/compile.ts';
import type { Entities } from '../cedar/entities.ts';
import type { Schema } from '../cedar/schema/model.ts';
import {
  completeRequest,
  parseUid,
  readEntityFile,
  readJson,
  readLinks,
  readPolicies,
  readRequestFile,
  readSchemaFile,
  type Read,
  type SchemaFormat,
} from './cedar-files.ts';
import type { Host } from './host.ts';
import { problemsAt, problemsIn, type Problem, type Source } from './problem.ts';

/** Where the parts of an authorization stand. Files are paths; `-` is the standard input. */
export interface AuthorizationFiles {
  readonly policies: string;
  readonly templateLinked?: string;
  readonly schema?: string;
  readonly schemaFormat: SchemaFormat;
  readonly entities: string;
  /** Either this or the three after it. */
  readonly requestJson?: string;
  readonly principal?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly context?: string;
  readonly requestValidation: 'true' | 'false';
}

/** What there is to decide. */
export interface AuthorizationInput {
  readonly policies: Source;
  readonly set: PolicySet;
  readonly request: Request;
  readonly entities: Entities;
}

/** Reads everything, and reports what is wrong with any of it. */
export async function readAuthorization(
  host: Host,
  options: AuthorizationFiles,
): Promise<Read<AuthorizationInput>> {
  const problems: Problem[] = [];
  const take = <T>(read: Read<T>): T | undefined => {
    if (read.ok) return read.value;
    problems.push(...read.error);
    return undefined;
  };
  const source = async (path: string): Promise<Source | undefined> => {
    const read = await host.read(path);
    return take(read.ok ? read : err([read.error]));
  };

  const files = [options.policies, options.entities, options.schema, options.requestJson];
  const fromInput = [...files, options.templateLinked, options.context];
  if (fromInput.filter((path) => path === '-').length > 1) {
    return err([{ message: 'error: only one file can be the standard input' }]);
  }
  const policies = await source(options.policies);
  const set = policies && take(await readSet(policies, options, source));
  const schemaSource = options.schema === undefined ? undefined : await source(options.schema);
  const schema = schemaSource && take(readSchemaFile(schemaSource, options.schemaFormat));
  const entitySource = await source(options.entities);
  // Without its schema, what is right would look wrong.
  const schemaFailed = options.schema !== undefined && schema === undefined;
  if (schemaFailed) return err(problems);
  const entities = entitySource && take(readEntityFile(entitySource, schema));
  const request = take(await readOneRequest(options, schema, source));
  if (!policies || !set || !entities || !request || problems.length > 0) return err(problems);
  return ok({ policies, set, request, entities });
}

type Open = (path: string) => Promise<Source | undefined>;

async function readSet(
  policies: Source,
  options: AuthorizationFiles,
  open: Open,
): Promise<Read<PolicySet>> {
  const file = readPolicies(policies, { named: true });
  if (!file.ok) return file;
  const links =
    options.templateLinked === undefined ? undefined : await open(options.templateLinked);
  const linked = links === undefined ? ok([]) : readLinks(links, file.value.templates);
  if (!linked.ok) return linked;
  const set = compilePolicies([...file.value.policies, ...linked.value]);
  return set.ok ? set : err(problemsAt(policies, set.error));
}

async function readOneRequest(
  options: AuthorizationFiles,
  schema: Schema | undefined,
  open: Open,
): Promise<Read<Request>> {
  const validated = options.requestValidation === 'true';
  if (options.requestJson !== undefined) {
    const source = await open(options.requestJson);
    return source === undefined ? err([]) : readRequestFile(source, schema, validated);
  }
  const problems: Problem[] = [];
  const uid = (name: 'principal' | 'action' | 'resource') => {
    const text = options[name];
    const parsed = text === undefined ? err('is missing') : parseUid(text);
    if (parsed.ok) return parsed.value;
    problems.push({ message: `error: --${name} ${parsed.error}` });
    return undefined;
  };
  const [principal, action, resource] = [uid('principal'), uid('action'), uid('resource')];
  const source = options.context === undefined ? undefined : await open(options.context);
  if (!principal || !action || !resource) return err(problems);
  if (options.context !== undefined && source === undefined) return err([]);
  const json = source === undefined ? ok(undefined) : readJson(source);
  if (!json.ok) return json;
  const parts = { principal, action, resource };
  const request = completeRequest(parts, json.value, schema, validated);
  if (request.ok) return request;
  // The context is a file of its own here: pointers start at its root, not at a request's.
  const inFile = request.error.map(({ path, message }) => ({
    path: path.replace(/^\/context/, ''),
    message,
  }));
  return err(
    source === undefined
      ? inFile.map(({ message }) => ({ message: `error: ${message}` }))
      : problemsIn(source, inFile),
  );
}
