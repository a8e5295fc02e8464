/**
 * Text to policies. One policy is read at a time; after an error that cannot be read past, reading goes
 * on behind the next `;`, or where the next policy plainly starts. A policy with any issue is not
 * returned, so what is returned can be trusted, and the others still say what is wrong with them.
 */
import { finish, type Slices } from '../base/slices.ts';
import type {
  ActionScope,
  Annotation,
  Condition,
  Effect,
  NamedEntity,
  Policy,
  PrincipalScope,
  ScopeEntity,
  SlotName,
} from './ast.ts';
import type { SyntaxIssue } from './issue.ts';
import { MAX_ISSUES, MAX_POLICIES, MAX_TEXT } from './limits.ts';
import { ExpressionParser } from './parse-expression.ts';
import { Reader, spanOf } from './reader.ts';
import { EntityUid } from './value.ts';

export type { SyntaxIssue, SyntaxIssueCode } from './issue.ts';

export interface ParsedPolicies {
  /** The policies and templates that parse, in order, whatever is wrong with the others. */
  readonly policies: readonly Policy[];
  readonly errors: readonly SyntaxIssue[];
}

/** Reads Cedar policies. Never throws; after an error it goes on behind the next `;`. */
export function parsePolicies(text: string): ParsedPolicies {
  return finish(parseInSlices(text));
}

/** The same, a policy in each slice. */
export function* parseInSlices(text: string): Slices<ParsedPolicies> {
  if (text.length > MAX_TEXT) {
    const message = `the text has more than ${MAX_TEXT} characters`;
    return {
      policies: [],
      errors: [{ code: 'text_too_large', message, span: { start: 0, end: 0 } }],
    };
  }
  const reader = new Reader(text);
  const parser = new PolicyParser(reader);
  const policies: Policy[] = [];
  while (!reader.at('end')) {
    if (policies.length >= MAX_POLICIES) {
      const message = `the text has more than ${MAX_POLICIES} policies`;
      reader.report('too_many_policies', spanOf(reader.token), message);
      break;
    }
    if (reader.reported >= MAX_ISSUES) {
      const message = `there are ${MAX_ISSUES} errors or more; reading stops here`;
      const span = spanOf(reader.token);
      return { policies, errors: [...reader.issues, { code: 'too_many_issues', message, span }] };
    }
    const issues = reader.reported;
    const policy = parser.policy();
    if (policy === undefined) parser.skip();
    else if (reader.reported === issues) policies.push(policy);
    yield;
  }
  return { policies, errors: reader.issues };
}

class PolicyParser {
  readonly #reader: Reader;
  readonly #expressions: ExpressionParser;
  #slots: SlotName[] = [];
  #hasEffect = false;

  constructor(reader: Reader) {
    this.#reader = reader;
    this.#expressions = new ExpressionParser(reader);
  }

  policy(): Policy | undefined {
    const reader = this.#reader;
    const { start } = reader.token;
    this.#slots = [];
    this.#hasEffect = false;
    const annotations = this.#annotations();
    if (annotations === undefined) return undefined;
    const effect = this.#effect();
    if (effect === undefined || reader.expect('(') === undefined) return undefined;
    this.#hasEffect = true;
    const principal = this.#entityScope('principal');
    if (principal === undefined || reader.expect(',') === undefined) return undefined;
    const action = this.#actionScope();
    if (action === undefined || reader.expect(',') === undefined) return undefined;
    const resource = this.#entityScope('resource');
    if (resource === undefined) return undefined;
    reader.accept(',');
    if (reader.expect(')', ['`)`', 'an operator']) === undefined) return undefined;
    const conditions: Condition[] = [];
    while (reader.atWord('when') || reader.atWord('unless')) {
      const condition = this.#condition();
      if (condition === undefined) return undefined;
      conditions.push(condition);
    }
    if (reader.expect(';', ['`when`', '`unless`', '`;`']) === undefined) return undefined;
    const span = reader.spanFrom(start);
    const slots = this.#slots;
    return { effect, annotations, principal, action, resource, conditions, slots, span };
  }

  /**
   * Goes to where the next policy can start: behind a `;`, or, once this one's effect was read, before
   * an annotation or an effect with its parenthesis, which no condition looks like. (Before its effect
   * is read it is this policy's own, and a policy must not lose its annotations.)
   */
  skip(): void {
    const reader = this.#reader;
    while (!reader.at('end')) {
      if (reader.accept(';')) return;
      const isEffect = reader.atWord('permit') || reader.atWord('forbid');
      if (this.#hasEffect && (reader.at('@') || (isEffect && reader.next.kind === '('))) return;
      reader.take();
    }
  }

  #annotations(): readonly Annotation[] | undefined {
    const reader = this.#reader;
    const annotations: Annotation[] = [];
    const names = new Set<string>();
    while (reader.at('@')) {
      const { start } = reader.take();
      const name = reader.word('the name of an annotation');
      if (name === undefined) return undefined;
      if (names.has(name.text)) {
        const message = `the annotation @${name.text} stands here twice`;
        reader.report('duplicate_annotation', name.span, message, { found: name.text });
      }
      names.add(name.text);
      if (!reader.accept('(')) {
        annotations.push({ name: name.text, value: '', span: reader.spanFrom(start) });
        continue;
      }
      const value = reader.string('the value of the annotation as a string');
      if (value === undefined || reader.expect(')') === undefined) return undefined;
      const span = reader.spanFrom(start);
      annotations.push({ name: name.text, value: value.text, span, valueSpan: value.span });
    }
    return annotations;
  }

  #effect(): Effect | undefined {
    const reader = this.#reader;
    if (reader.acceptWord('permit')) return 'permit';
    if (reader.acceptWord('forbid')) return 'forbid';
    return reader.unexpected(['`permit`', '`forbid`', 'an annotation']);
  }

  #variable(name: 'principal' | 'action' | 'resource'): boolean {
    const reader = this.#reader;
    if (reader.acceptWord(name)) return true;
    reader.unexpected([`\`${name}\``]);
    return false;
  }

  #entityScope(variable: 'principal' | 'resource'): PrincipalScope | undefined {
    const reader = this.#reader;
    const { start } = reader.token;
    if (!this.#variable(variable)) return undefined;
    if (reader.accept('==')) {
      const entity = this.#scopeEntity(variable);
      return entity && { kind: 'equal', entity, span: reader.spanFrom(start) };
    }
    if (reader.acceptWord('in')) {
      const entity = this.#scopeEntity(variable);
      return entity && { kind: 'in', entity, span: reader.spanFrom(start) };
    }
    if (!reader.acceptWord('is')) return { kind: 'any', span: reader.spanFrom(start) };
    const entityType = this.#expressions.typeName();
    if (entityType === undefined) return undefined;
    if (!reader.acceptWord('in')) return { kind: 'is', entityType, span: reader.spanFrom(start) };
    const entity = this.#scopeEntity(variable);
    return entity && { kind: 'is-in', entityType, entity, span: reader.spanFrom(start) };
  }

  #actionScope(): ActionScope | undefined {
    const reader = this.#reader;
    const { start } = reader.token;
    if (!this.#variable('action')) return undefined;
    if (reader.accept('==')) {
      const entity = this.#action();
      return entity && { kind: 'equal', entity, span: reader.spanFrom(start) };
    }
    if (!reader.acceptWord('in')) return { kind: 'any', span: reader.spanFrom(start) };
    if (!reader.accept('[')) {
      const entity = this.#action();
      return entity && { kind: 'in', entity, span: reader.spanFrom(start) };
    }
    const entities: NamedEntity[] = [];
    while (!reader.at(']')) {
      const entity = this.#action();
      if (entity === undefined) return undefined;
      entities.push(entity);
      if (!reader.accept(',') && !reader.at(']')) return reader.unexpected(['`,`', '`]`']);
    }
    reader.take();
    return { kind: 'in-any', entities, span: reader.spanFrom(start) };
  }

  #scopeEntity(variable: 'principal' | 'resource'): ScopeEntity | undefined {
    const reader = this.#reader;
    if (!reader.at('slot')) return this.#entity(variable);
    const slot = `?${variable}` as const;
    const token = reader.take();
    const found = reader.textOf(token);
    if (found !== slot) {
      const message = `the slot of the ${variable} is \`${slot}\``;
      reader.report('invalid_scope', token, message, { found, expected: [slot] });
    }
    this.#slots.push(slot);
    return { kind: 'slot', slot, span: spanOf(token) };
  }

  #action(): NamedEntity | undefined {
    const entity = this.#entity('action');
    if (entity !== undefined && !/(?:^|::)Action$/.test(entity.uid.type)) {
      const message = `an action has the type \`Action\`, not \`${entity.uid.type}\``;
      this.#reader.report('invalid_scope', entity.span, message, { expected: ['Action::"…"'] });
    }
    return entity;
  }

  /** An entity, in parentheses or not. */
  #entity(variable: string): NamedEntity | undefined {
    const reader = this.#reader;
    let depth = 0;
    const { start } = reader.token;
    while (reader.accept('(')) depth++;
    const expected = `an entity: the scope compares ${variable} with Type::"id"`;
    const type = this.#expressions.path(expected);
    if (type === undefined) return undefined;
    const id = reader.string('the id of the entity, as in Type::"id"');
    if (id === undefined) return undefined;
    for (; depth > 0; depth--) if (reader.expect(')') === undefined) return undefined;
    return { kind: 'entity', uid: new EntityUid(type.name, id.text), span: reader.spanFrom(start) };
  }

  #condition(): Condition | undefined {
    const reader = this.#reader;
    const { start } = reader.token;
    const kind = reader.take().word === 'when' ? 'when' : 'unless';
    if (reader.expect('{') === undefined) return undefined;
    if (reader.at('}')) {
      const message = `the \`${kind}\` clause is empty; \`${kind} { true }\` would say it outright`;
      return reader.report('empty_condition', reader.token, message, { found: '}' });
    }
    const body = this.#expressions.expression();
    if (body === undefined || reader.expect('}', ['`}`', 'an operator']) === undefined) {
      return undefined;
    }
    return { kind, body, span: reader.spanFrom(start) };
  }
}
