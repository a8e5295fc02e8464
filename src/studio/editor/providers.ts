/**
 * Monaco's providers, as thin as they can be: each turns a position into an offset, asks the language
 * source, and turns the answer's offsets back. They are global to Monaco, so they are registered once
 * and ask whichever source serves the model's pack.
 */
import type { CompletionKind } from '../../authoring/complete/item.ts';
import type { Location, TextEdit } from '../../authoring/problem.ts';
import type { OutlineItem, OutlineKind } from '../../authoring/view/outline.ts';
import type { SemanticKind, SemanticToken } from '../../authoring/view/semantic.ts';
import type { Span } from '../../base/span.ts';
import type { LanguageSource } from './language-source.ts';
import { modelOf, pathOf } from './models.ts';
import type { Monaco } from './monaco.ts';
import type { editor, IEvent, languages as Languages } from 'monaco-editor/editor';

type Model = editor.ITextModel;

const languageIds = ['cedar', 'cedarschema', 'pack-json'] as const;

/** Where providers get their answers: the studio's language source, once there is one. */
interface Sources {
  readonly current: () => LanguageSource | undefined;
  /** Fires when values and lenses are others than before. */
  readonly changed: IEvent<void>;
}

/** Registers all providers. */
export function registerProviders(monaco: Monaco, { current: source, changed }: Sources): void {
  const { languages, Range } = monaco;
  const serving = (model: Model) => {
    const current = source();
    return current?.serves(model.uri.authority) === true ? current : undefined;
  };
  const rangeOf = (model: Model, span: Span) =>
    Range.fromPositions(model.getPositionAt(span.start), model.getPositionAt(span.end));
  const locate = (model: Model, places: readonly Location[] | undefined) =>
    (places ?? []).flatMap((place) => {
      const text = serving(model)?.text(place.path);
      if (text === undefined) return [];
      const target = modelOf(monaco, model.uri.authority, place.path, text);
      return [{ uri: target.uri, range: rangeOf(target, place.span) }];
    });
  const { CompletionItemKind: Kind, SymbolKind: Symbol } = languages;
  const completionKinds: Readonly<Record<CompletionKind, number>> = {
    action: Kind.Event,
    annotation: Kind.Property,
    attribute: Kind.Field,
    entity: Kind.Value,
    'entity-type': Kind.Class,
    function: Kind.Function,
    keyword: Kind.Keyword,
    method: Kind.Method,
    operator: Kind.Operator,
    property: Kind.Property,
    snippet: Kind.Snippet,
    type: Kind.TypeParameter,
    value: Kind.EnumMember,
    variable: Kind.Variable,
  };
  const outlineKinds: Readonly<Record<OutlineKind, number>> = {
    rule: Symbol.Function,
    'entity-type': Symbol.Class,
    action: Symbol.Event,
    type: Symbol.Struct,
    namespace: Symbol.Namespace,
    attribute: Symbol.Field,
    entity: Symbol.Object,
    member: Symbol.Property,
  };

  monaco.editor.registerCommand('stage0.apply', (_accessor, edits: readonly TextEdit[]) => {
    source()?.apply(edits);
  });
  monaco.editor.registerCommand('stage0.showScenarios', (_accessor, ids: readonly string[]) => {
    source()?.showScenarios(ids);
  });
  monaco.editor.registerCommand('stage0.newScenario', (_accessor, ruleId: string) => {
    source()?.newScenario(ruleId);
  });

  for (const id of languageIds) {
    languages.registerCompletionItemProvider(id, {
      triggerCharacters: ['.', '"', '@', ':', '(', ' '],
      provideCompletionItems: async (model, position) => {
        const items = await serving(model)?.complete(pathOf(model), model.getOffsetAt(position));
        return {
          suggestions: (items ?? []).map((item, index) => {
            const suggestion: Languages.CompletionItem = {
              label:
                item.detail === undefined
                  ? item.label
                  : { label: item.label, description: item.detail },
              kind: completionKinds[item.kind],
              insertText: item.insertText,
              // The order is the service's; Monaco sorts by this text.
              sortText: String(index).padStart(5, '0'),
              range: rangeOf(model, item.replace),
            };
            if (item.doc !== undefined) suggestion.documentation = { value: item.doc };
            if (item.filterText !== undefined) suggestion.filterText = item.filterText;
            if (item.snippet) {
              suggestion.insertTextRules = languages.CompletionItemInsertTextRule.InsertAsSnippet;
            }
            return suggestion;
          }),
        };
      },
    });

    languages.registerHoverProvider(id, {
      provideHover: async (model, position) => {
        const hover = await serving(model)?.hover(pathOf(model), model.getOffsetAt(position));
        return hover === undefined
          ? null
          : {
              range: rangeOf(model, hover.span),
              contents: hover.contents.map((value) => ({ value })),
            };
      },
    });

    languages.registerDefinitionProvider(id, {
      provideDefinition: async (model, position) => {
        const places = await serving(model)?.definition(pathOf(model), model.getOffsetAt(position));
        return locate(model, places);
      },
    });

    languages.registerReferenceProvider(id, {
      provideReferences: async (model, position) => {
        const places = await serving(model)?.references(pathOf(model), model.getOffsetAt(position));
        return locate(model, places);
      },
    });

    languages.registerRenameProvider(id, {
      resolveRenameLocation: async (model, position) => {
        const found = await serving(model)?.renamable(pathOf(model), model.getOffsetAt(position));
        if (found?.ok === true) {
          return { range: rangeOf(model, found.value.span), text: found.value.name };
        }
        const rejectReason = found?.error ?? 'Nothing here can be renamed.';
        return { range: Range.fromPositions(position), text: '', rejectReason };
      },
      provideRenameEdits: async (model, position, name) => {
        const current = serving(model);
        const renamed = await current?.rename(pathOf(model), model.getOffsetAt(position), name);
        if (renamed?.ok !== true) {
          return { edits: [], rejectReason: renamed?.error ?? 'Nothing here can be renamed.' };
        }
        // The studio applies it: files that no editor has open are changed as well.
        current?.apply(renamed.value);
        return { edits: [] };
      },
    });

    languages.registerDocumentSymbolProvider(id, {
      provideDocumentSymbols: async (model) => {
        const items = await serving(model)?.outline(pathOf(model));
        const symbolOf = (item: OutlineItem): Languages.DocumentSymbol => ({
          name: item.name,
          detail: item.detail,
          kind: outlineKinds[item.kind],
          tags: [],
          range: rangeOf(model, item.span),
          selectionRange: rangeOf(model, item.nameSpan),
          children: item.children.map(symbolOf),
        });
        return (items ?? []).map(symbolOf);
      },
    });

    languages.registerFoldingRangeProvider(id, {
      provideFoldingRanges: async (model) => {
        const ranges = await serving(model)?.folding(pathOf(model));
        return (ranges ?? []).map((range) => ({
          start: range.startLine,
          end: range.endLine,
          kind:
            range.kind === 'comment'
              ? languages.FoldingRangeKind.Comment
              : languages.FoldingRangeKind.Region,
        }));
      },
    });

    languages.registerCodeActionProvider(id, {
      provideCodeActions: (model, range) => {
        const current = serving(model);
        const actions = (current?.problems(pathOf(model)) ?? [])
          .filter(
            ({ span }) =>
              span !== undefined && Range.areIntersectingOrTouching(rangeOf(model, span), range),
          )
          .flatMap((problem) =>
            problem.fixes.map((fix, index) => ({
              title: fix.title,
              kind: 'quickfix',
              isPreferred: index === 0,
              // By a command, because a fix may concern files that no editor has open.
              command: { id: 'stage0.apply', title: fix.title, arguments: [fix.edits] },
            })),
          );
        return { actions, dispose: () => undefined };
      },
    });
  }
  registerCedarProviders(monaco, serving, rangeOf, changed);
}

/** What only policies have: signatures, semantic colours, formatting, values and lenses. */
function registerCedarProviders(
  monaco: Monaco,
  serving: (model: Model) => LanguageSource | undefined,
  rangeOf: (model: Model, span: Span) => ReturnType<Model['getFullModelRange']>,
  changed: IEvent<void>,
): void {
  const { languages } = monaco;

  languages.registerSignatureHelpProvider('cedar', {
    signatureHelpTriggerCharacters: ['(', ','],
    provideSignatureHelp: async (model, position) => {
      const help = await serving(model)?.signature(pathOf(model), model.getOffsetAt(position));
      if (help === undefined) return null;
      return {
        value: {
          signatures: [
            {
              label: help.label,
              documentation: { value: help.doc },
              parameters: help.parameters.map((parameter) => ({
                label: `${parameter.name}: ${parameter.type}`,
                documentation: { value: parameter.doc },
              })),
            },
          ],
          activeSignature: 0,
          activeParameter: help.active,
        },
        dispose: () => undefined,
      };
    },
  });

  languages.registerDocumentFormattingEditProvider('cedar', {
    displayName: 'Cedar',
    provideDocumentFormattingEdits: async (model) => {
      const formatted = await serving(model)?.format(model.getValue());
      if (formatted?.ok !== true || formatted.value === model.getValue()) return [];
      return [{ range: model.getFullModelRange(), text: formatted.value }];
    },
  });

  languages.registerInlayHintsProvider('cedar', {
    onDidChangeInlayHints: changed,
    provideInlayHints: (model, range) => {
      const hints = (serving(model)?.values(pathOf(model)) ?? [])
        .map((value) => ({
          position: model.getPositionAt(value.offset),
          label: ` ${value.text}`,
          tooltip: value.tooltip,
          paddingLeft: true,
        }))
        .filter((hint) => range.containsPosition(hint.position));
      return { hints, dispose: () => undefined };
    },
  });

  languages.registerDocumentSemanticTokensProvider('cedar', {
    getLegend: () => ({ tokenTypes: semanticTypes, tokenModifiers: [] }),
    provideDocumentSemanticTokens: async (model) => {
      const tokens = (await serving(model)?.semantic(pathOf(model))) ?? [];
      return { data: encodeTokens(model, tokens) };
    },
    releaseDocumentSemanticTokens: () => undefined,
  });

  const lensChanged = new monaco.Emitter<Languages.CodeLensProvider>();
  const lensProvider: Languages.CodeLensProvider = {
    onDidChange: lensChanged.event,
    provideCodeLenses: (model) => {
      const current = serving(model);
      const lenses = (current?.lenses(pathOf(model)) ?? []).flatMap((lens) => {
        const range = rangeOf(model, { start: lens.span.start, end: lens.span.start });
        const count = lens.scenarios.length;
        const decided = count === 1 ? 'decided 1 scenario' : `decided ${count} scenarios`;
        return [
          {
            range,
            command: {
              id: count === 0 ? '' : 'stage0.showScenarios',
              title: count === 0 ? 'decided no scenario' : decided,
              arguments: [lens.scenarios],
            },
          },
          {
            range,
            command: {
              id: 'stage0.newScenario',
              title: 'new scenario for this rule',
              arguments: [lens.ruleId],
            },
          },
        ];
      });
      return { lenses, dispose: () => undefined };
    },
  };
  languages.registerCodeLensProvider('cedar', lensProvider);
  changed(() => {
    lensChanged.fire(lensProvider);
  });
}

/** Monaco's names for what tokens mean; they are the theme's token names. */
const semanticTypes: string[] = [
  'annotation',
  'keyword',
  'keyword.effect',
  'variable.predefined',
  'type',
  'string',
  'property',
  'method',
  'number',
  'operator',
];

const semanticType: Readonly<Record<SemanticKind, string>> = {
  annotation: 'annotation',
  keyword: 'keyword',
  variable: 'variable.predefined',
  entityType: 'type',
  entityId: 'string',
  attribute: 'property',
  function: 'method',
  string: 'string',
  number: 'number',
  operator: 'operator',
};

const effects: ReadonlySet<string> = new Set(['permit', 'forbid']);

/** Tokens as Monaco wants them: each relative to the one before, five numbers a token. */
function encodeTokens(model: Model, tokens: readonly SemanticToken[]): Uint32Array {
  const data: number[] = [];
  const text = model.getValue();
  let line = 1;
  let column = 1;
  for (const token of tokens) {
    const { lineNumber, column: start } = model.getPositionAt(token.start);
    // A token over several lines cannot be said; its first line is.
    const length = Math.min(token.end - token.start, model.getLineMaxColumn(lineNumber) - start);
    const effect = token.kind === 'keyword' && effects.has(text.slice(token.start, token.end));
    const kind = semanticTypes.indexOf(effect ? 'keyword.effect' : semanticType[token.kind]);
    data.push(lineNumber - line, lineNumber === line ? start - column : start - 1, length, kind, 0);
    line = lineNumber;
    column = start;
  }
  return new Uint32Array(data);
}
