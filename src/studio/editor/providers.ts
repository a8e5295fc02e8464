/**
 * Monaco's providers, as thin as they can be: each turns a position into an offset, asks the language
 * source, and turns the answer's offsets back. They are global to Monaco, so they are registered once
 * and ask whichever source serves the model's pack.
 */
import type { CompletionKind } from '../../authoring/complete/item.ts';
import type { Location, TextEdit } from '../../authoring/problem.ts';
import type { OutlineItem, OutlineKind } from '../../authoring/view/outline.ts';
import type { Span } from '../../base/span.ts';
import { registerCedarProviders } from './cedar-providers.ts';
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
