/**
 * The language service: everything that an editor asks about a pack, over one set of files that changes as
 * its author types. No DOM, no input or output, nothing that waits: it runs in a worker and in Node alike.
 *
 *     const service = new LanguageService();
 *     service.update(files);
 *     service.problems(readPack(files).problems);
 *     service.complete('policies/payouts.cedar', 120);
 *
 * Offsets and spans are in UTF-16 code units of a file's text. Whatever the texts hold, nothing throws.
 */
import type { Result } from '../base/result.ts';
import type { PackFiles } from '../pack/files.ts';
import type { PackProblem } from '../pack/problem.ts';
import { complete } from './complete/complete.ts';
import type { CompletionItem } from './complete/item.ts';
import { requestFields, type RequestFields } from './json/request-fields.ts';
import { ModelBuilder, type PackModel } from './model.ts';
import { definition, references } from './names/find.ts';
import { prepareRename, rename, type RenameRefusal, type RenameTarget } from './names/rename.ts';
import type { Location, Problem, TextEdit } from './problem.ts';
import { mergeProblems } from './problems.ts';
import { foldingRanges, type FoldingRange } from './view/folding.ts';
import { hover, type Hover, type TracedValue } from './view/hover.ts';
import { outline, type OutlineItem } from './view/outline.ts';
import { semanticTokens, type SemanticToken } from './view/semantic.ts';
import { signatureHelp, type SignatureHelp } from './view/signature.ts';

export class LanguageService {
  readonly #builder = new ModelBuilder();
  #model: PackModel = this.#builder.build(new Map());

  /** Takes the files as they are now. Costs what changed: other files keep what was read of them. */
  update(files: PackFiles): void {
    this.#model = this.#builder.build(files);
  }

  /** The pack as it was last given. */
  get model(): PackModel {
    return this.#model;
  }

  /** What the pack's readers said about the same files and our lint, by path and position. */
  problems(pack: readonly PackProblem[]): readonly Problem[] {
    return mergeProblems(this.#model, pack);
  }

  /** What can be written at `offset`, the likeliest first. Works in code that does not parse. */
  complete(path: string, offset: number): readonly CompletionItem[] {
    return complete(this.#model, path, offset);
  }

  /** What to show about the text at `offset`; `values` are those of the selected scenario in this file. */
  hover(path: string, offset: number, values?: readonly TracedValue[]): Hover | undefined {
    return hover(this.#model, path, offset, values);
  }

  /** Where what is named at `offset` is declared. */
  definition(path: string, offset: number): readonly Location[] {
    return definition(this.#model, path, offset);
  }

  /** Every place that names what is named at `offset`, its declaration among them. */
  references(path: string, offset: number): readonly Location[] {
    return references(this.#model, path, offset);
  }

  /** The name at `offset` if it can be changed, else why not. */
  prepareRename(path: string, offset: number): Result<RenameTarget, RenameRefusal> {
    return prepareRename(this.#model, path, offset);
  }

  /** The edits that give what is named at `offset` another name everywhere, else why that cannot be. */
  rename(path: string, offset: number, name: string): Result<readonly TextEdit[], RenameRefusal> {
    return rename(this.#model, path, offset, name);
  }

  /** The symbols of a file, as a tree. */
  outline(path: string): readonly OutlineItem[] {
    return outline(this.#model, path);
  }

  folding(path: string): readonly FoldingRange[] {
    return foldingRanges(this.#model, path);
  }

  /** The function or method whose parentheses the cursor is in. */
  signature(path: string, offset: number): SignatureHelp | undefined {
    return signatureHelp(this.#model, path, offset);
  }

  /** What a request may hold, for a form. */
  requestFields(): RequestFields {
    return requestFields(this.#model);
  }

  /** The tokens of a policy file by what they mean. */
  tokens(path: string): readonly SemanticToken[] {
    return semanticTokens(this.#model, path);
  }
}
