import type { Span } from '../../base/span.ts';
import type { LanguageSource } from './language-source.ts';
import { pathOf } from './models.ts';
import type { Monaco } from './monaco.ts';
import { encodeTokens, semanticTypes } from './semantic-tokens.ts';
import type { editor, IEvent, languages as Languages } from 'monaco-editor/editor';

type Model = editor.ITextModel;

/** What only policies have: signatures, semantic colours, formatting, values and lenses. */
export function registerCedarProviders(
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
