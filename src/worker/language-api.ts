/** What editors ask about the texts of a pack. */
import type { CompletionItem } from '../authoring/complete/item.ts';
import type { RequestFields } from '../authoring/json/request-fields.ts';
import type { RenameTarget } from '../authoring/names/rename.ts';
import type { Location, Problem, TextEdit } from '../authoring/problem.ts';
import type { FoldingRange } from '../authoring/view/folding.ts';
import type { Hover, TracedValue } from '../authoring/view/hover.ts';
import type { OutlineItem } from '../authoring/view/outline.ts';
import type { SemanticToken } from '../authoring/view/semantic.ts';
import type { SignatureHelp } from '../authoring/view/signature.ts';
import type { Answer } from './engine-api.ts';

/** Everything that is wrong with a pack, each thing once. */
export interface ProblemList {
  readonly packId: string;
  /** Of the snapshot whose files these are about. */
  readonly revision: number;
  /** By path, then position: of the pack's readers, our lint, and the official validator. */
  readonly problems: readonly Problem[];
  /** What their codes mean, by code. */
  readonly docs: Readonly<Record<string, string>>;
  /** Problems past those listed. */
  readonly unlisted: number;
  /** Whether the official validator's word is in, for the files as they are. */
  readonly official: boolean;
}

/**
 * What an editor asks about a pack, of the texts as they were last given. Offsets and spans are in UTF-16
 * code units of the named file. Of questions about the cursor (`complete`, `hover`, `signature`) only
 * the newest is answered; the others are SUPERSEDED.
 */
export interface Language {
  /** Everything that is wrong, lint included. SUPERSEDED when the pack changes meanwhile. */
  problems(packId: string): Answer<ProblemList>;
  /** What can be written at `offset`, the likeliest first. */
  complete(packId: string, path: string, offset: number): Answer<readonly CompletionItem[]>;
  /** What to show about `offset`; `values` are those of the selected scenario in this file. */
  hover(
    packId: string,
    path: string,
    offset: number,
    values?: readonly TracedValue[],
  ): Answer<Hover | undefined>;
  /** The function or method whose parentheses the cursor is in. */
  signature(packId: string, path: string, offset: number): Answer<SignatureHelp | undefined>;
  definition(packId: string, path: string, offset: number): Answer<readonly Location[]>;
  references(packId: string, path: string, offset: number): Answer<readonly Location[]>;
  /** The name at `offset` if it can be changed, else RENAME_REFUSED. */
  prepareRename(packId: string, path: string, offset: number): Answer<RenameTarget>;
  /** The edits, in all files, that change the name at `offset`, else RENAME_REFUSED. */
  rename(packId: string, path: string, offset: number, name: string): Answer<readonly TextEdit[]>;
  outline(packId: string, path: string): Answer<readonly OutlineItem[]>;
  folding(packId: string, path: string): Answer<readonly FoldingRange[]>;
  tokens(packId: string, path: string): Answer<readonly SemanticToken[]>;
  /** What a request may hold, with the facts that the schema declares, for a form. */
  requestFields(packId: string): Answer<RequestFields>;
}
