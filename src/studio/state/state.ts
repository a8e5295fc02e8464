import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Problem } from '../../authoring/problem.ts';
import type { Span } from '../../base/span.ts';
import type { Result } from '../../base/result.ts';
import type { DraftState } from '../../store/draft-queue.ts';
import type { StoreProblem } from '../../store/problem.ts';
import type { Coverage } from '../../simulation/coverage.ts';
import type { PackInfo, VersionInfo, VersionState } from '../../store/store.ts';
import type { ChangeSummary } from '../../worker/compare-api.ts';
import type { EngineFailure, EngineSnapshot, Explanation } from '../../worker/engine-api.ts';
import type { Theme } from '../shell/theme.ts';
import type { MutationState } from './mutation.ts';
import type { Screen } from './route.ts';

/** The decision shown beside the editor: of which scenario, from what text, and how it came out. */
export interface ShownDecision {
  readonly scenarioId: string;
  /** True when it was made from an edited request that is not saved into the scenario. */
  readonly edited: boolean;
  readonly result: Result<Explanation, EngineFailure>;
}

/** A place in a file that the editor is asked to show. A new object asks again. */
export interface Reveal {
  readonly path: string;
  readonly span: Span;
  /** Whether the focus stays where it is, as in the graph, where arrow keys go on. */
  readonly keepsFocus?: boolean;
}

/** A rule, or a condition inside it, and where it was selected. */
export interface Selection {
  readonly ruleId: string;
  readonly path: string;
  readonly span: Span;
  readonly source: 'text' | 'graph' | 'trace';
}

export type View = 'text' | 'graph' | 'both';

/** What stands beside the editor of the selected scenario. */
export type DecisionTab = 'why' | 'request' | 'record';

/** How the request of a scenario is edited. */
export type RequestView = 'json' | 'form';

/** What can stand below the editor. */
export type DockView = 'problems' | 'search' | 'coverage' | 'boundaries' | 'mutants';

/** Which of the three panes a narrow window shows. */
export type Pane = 'explorer' | 'editor' | 'decision';

/** A pack from elsewhere that was chosen to compare with; nothing of it is kept. */
export interface ForeignPack {
  /** Whether its signatures hold; undefined when it is no bundle and has none. */
  readonly verified: boolean | undefined;
  readonly files: ReadonlyMap<string, string>;
}

/** Everything that the screen is drawn from. Replaced piece by piece, never mutated. */
export interface StudioState {
  readonly phase: 'starting' | 'ready';
  readonly packs: readonly PackInfo[];
  readonly packId: string | undefined;
  /** The working copy: path → text. */
  readonly files: ReadonlyMap<string, string>;
  readonly tabs: readonly string[];
  readonly activePath: string | undefined;
  readonly scenarioId: string | undefined;
  readonly snapshot: EngineSnapshot | undefined;
  /** An update is on its way to the engine and back. */
  readonly pending: boolean;
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  readonly engineFailure: EngineFailure | undefined;
  readonly decision: ShownDecision | undefined;
  /** Edited requests that are not saved, by scenario id. */
  readonly requestDrafts: ReadonlyMap<string, string>;
  readonly drafts: DraftState;
  /** Why nothing can be kept, when the store as a whole cannot be used. */
  readonly storeProblem: StoreProblem | undefined;
  /** Records that could not be read; they are kept as they are. */
  readonly recordProblems: readonly StoreProblem[];
  readonly reveal: Reveal | undefined;
  /** A field of the request that its editor is asked to show. A new object asks again. */
  readonly requestPlace: { readonly pointer: string } | undefined;
  readonly requestView: RequestView;
  readonly decisionTab: DecisionTab;
  /** What the language service says of the pack as it is now; undefined until it has said anything. */
  readonly advice: readonly Problem[] | undefined;
  /** What the codes of its problems mean, by code. */
  readonly problemDocs: Readonly<Record<string, string>>;
  /** The rule, or the part of one, that is selected in text, graph and trace alike. */
  readonly selection: Selection | undefined;
  /** What stands in the middle: the text, the rule flow, or both side by side. */
  readonly view: View;
  /** An action that the editor in front is asked to take. A new object asks again. */
  readonly editorAction: { readonly id: string } | undefined;
  readonly formatOnSave: boolean;
  /** Whether the editor shows the selected scenario's values behind the conditions. */
  readonly showValues: boolean;
  /** The scenarios that the list is narrowed to, as by a click on how many a rule decided. */
  readonly scenarioFilter: readonly string[] | undefined;
  /** What is open below the editor. */
  readonly dock: DockView | undefined;
  readonly pane: Pane;
  readonly theme: Theme;
  /** What stands in place of the panes; undefined: the panes. */
  readonly screen: Screen | undefined;
  /** The saved versions of the open pack, the newest first; undefined while they are not known. */
  readonly versions: readonly VersionInfo[] | undefined;
  /** Versions that could not be read; they are kept as they are. */
  readonly versionProblems: readonly StoreProblem[];
  /** By the name that comparisons know them by. */
  readonly foreignPacks: ReadonlyMap<string, ForeignPack>;
  /** The version that the working copy was made from, with its files. */
  readonly base: VersionState | undefined;
  /** What changed since `base`, of the last state that was looked at. */
  readonly sinceBase: ChangeSummary | undefined;
  readonly coverage: Coverage | undefined;
  /** What came of trying mistakes on the pack; undefined: nobody asked yet. */
  readonly mutation: MutationState | undefined;
}

export type StateStore = StoreApi<StudioState>;

/** The state before anything is loaded. */
export function createState(): StateStore {
  return createStore<StudioState>(() => ({
    phase: 'starting',
    packs: [],
    packId: undefined,
    files: new Map(),
    tabs: [],
    activePath: undefined,
    scenarioId: undefined,
    snapshot: undefined,
    pending: false,
    progress: undefined,
    engineFailure: undefined,
    decision: undefined,
    requestDrafts: new Map(),
    drafts: { status: 'saved' },
    storeProblem: undefined,
    recordProblems: [],
    reveal: undefined,
    requestPlace: undefined,
    requestView: 'json',
    decisionTab: 'why',
    advice: undefined,
    problemDocs: {},
    selection: undefined,
    view: 'text',
    editorAction: undefined,
    formatOnSave: false,
    showValues: true,
    scenarioFilter: undefined,
    dock: undefined,
    pane: 'editor',
    theme: 'system',
    screen: undefined,
    versions: undefined,
    versionProblems: [],
    foreignPacks: new Map(),
    base: undefined,
    sinceBase: undefined,
    coverage: undefined,
    mutation: undefined,
  }));
}
