/**
 * What Monaco's providers ask. The language service answers in a worker, from the texts as it has them;
 * an answer that does not come (the worker is busy with something newer, or was replaced) is an empty
 * one: nothing in an editor may wait for advice.
 */
import type { CompletionItem } from '../../authoring/complete/item.ts';
import type { Location, Problem, TextEdit } from '../../authoring/problem.ts';
import type { RenameTarget } from '../../authoring/names/rename.ts';
import type { FoldingRange } from '../../authoring/view/folding.ts';
import type { Hover } from '../../authoring/view/hover.ts';
import type { OutlineItem } from '../../authoring/view/outline.ts';
import type { SemanticToken } from '../../authoring/view/semantic.ts';
import type { SignatureHelp } from '../../authoring/view/signature.ts';
import type { Result } from '../../base/result.ts';
import type { Span } from '../../base/span.ts';

/** A value or outcome of the selected scenario, shown behind the text it belongs to. */
export interface InlineValue {
  /** Where it is shown: behind this offset. */
  readonly offset: number;
  readonly text: string;
  readonly tooltip: string;
}

/** How many scenarios a rule decided. */
export interface RuleLens {
  readonly ruleId: string;
  readonly span: Span;
  readonly scenarios: readonly string[];
}

/** Everything that the editor asks about one pack. Offsets in UTF-16 code units of the named file. */
export interface LanguageSource {
  /** Whether this source answers for the file of a model. */
  serves(packId: string): boolean;
  /** The text of a file as it is now. */
  text(path: string): string | undefined;
  complete(path: string, offset: number): Promise<readonly CompletionItem[]>;
  hover(path: string, offset: number): Promise<Hover | undefined>;
  definition(path: string, offset: number): Promise<readonly Location[]>;
  references(path: string, offset: number): Promise<readonly Location[]>;
  renamable(path: string, offset: number): Promise<Result<RenameTarget, string>>;
  rename(path: string, offset: number, name: string): Promise<Result<readonly TextEdit[], string>>;
  outline(path: string): Promise<readonly OutlineItem[]>;
  folding(path: string): Promise<readonly FoldingRange[]>;
  signature(path: string, offset: number): Promise<SignatureHelp | undefined>;
  semantic(path: string): Promise<readonly SemanticToken[]>;
  /** The text of a policy file as the official formatter writes it. */
  format(text: string): Promise<Result<string, string>>;
  problems(path: string): readonly Problem[];
  values(path: string): readonly InlineValue[];
  lenses(path: string): readonly RuleLens[];
  /** Hears when values, lenses or problems are others than before. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** Applies the edits of a fix or a rename to the working copy. */
  apply(edits: readonly TextEdit[]): void;
  showScenarios(ids: readonly string[]): void;
  newScenario(ruleId: string): void;
}
