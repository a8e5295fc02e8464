/**
 * The entry point `./cedar/schema`: schemas, and what is read and checked by them. Without a schema the
 * same functions read the official JSON with its explicit escapes.
 */
export { readEntities } from './json/entities.ts';
export type { ValueIssue, ValueIssueCode } from './json/issue.ts';
export { jsonFromUnknown } from './json/from-unknown.ts';
export { parseJson, type Json, type JsonIssue, type JsonLimits } from './json/lossless.ts';
export { readContext, readEntityUid, readValue } from './json/value.ts';
export type { Schema, SchemaIssue, SchemaIssueCode, Type } from './schema/model.ts';
export { readSchemaJson } from './schema/read-json.ts';
export { readSchema } from './schema/resolve.ts';
export { actionEntities, validateEntities, validateRequest } from './schema/validate.ts';
