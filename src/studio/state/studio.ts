/**
 * The studio behind the screen: one object that moves texts between the editor, the store and the
 * engine. It knows no React and no DOM beyond what is handed to it, so it can be followed from top to
 * bottom: a change goes into the state at once, into the draft queue (kept even if the tab dies), and
 * to the engine, whose snapshot comes back into the state.
 */
import type { DraftQueue } from '../../store/draft-queue.ts';
import type { StoreProblem } from '../../store/problem.ts';
import type { PackState, Store } from '../../store/store.ts';
import type {
  EngineClient,
  EngineEvent,
  EngineSnapshot,
  FileChange,
  ScenarioRow,
} from '../../worker/engine-api.ts';
import type { ToolchainClient } from '../../worker/toolchain-api.ts';
import { askedOf } from './asked.ts';
import { followOtherTab } from './other-tabs.ts';
import { scenarioIdOf, scenarioPath } from './paths.ts';
import {
  journalView,
  readFormatOnSave,
  readRequestView,
  readSession,
  readTheme,
  readView,
  writeView,
} from './remembered.ts';
import type { Route } from './route.ts';
import type { RequestView, Selection, StateStore, StudioState } from './state.ts';
import { followVersions } from './versions.ts';

/** Tells the user something in passing, with a way to take it back where there is one. */
export type Notify = (tone: 'info' | 'error', message: string, undo?: () => void) => void;

/** What the studio works with. `store` is absent where the browser keeps nothing. */
export interface StudioParts {
  readonly state: StateStore;
  readonly engine: EngineClient;
  /** The official Cedar toolchain, started when it is first asked. */
  readonly toolchain: ToolchainClient;
  readonly store: Store | undefined;
  readonly queue: DraftQueue | undefined;
  readonly notify: Notify;
  readonly examples: {
    readonly names: readonly string[];
    readonly read: (name: string) => Promise<ReadonlyMap<string, string>>;
  };
}

/** The pack that opens on a first visit: it holds both headline scenarios. */
const firstPack = 'guard';
/** Deleted packs and files can be brought back for this long. */
const keepDeletedMs = 7 * 24 * 3600 * 1000;

/** An unchanged list keeps its identity from snapshot to snapshot; so does the same list in our order. */
const inOrder = new WeakMap<readonly ScenarioRow[], readonly ScenarioRow[]>();

/** The scenarios tagged `headline` are what a pack is about: they stand on top, in the order of their files. */
function headlinesFirst(rows: readonly ScenarioRow[]): readonly ScenarioRow[] {
  const isHeadline = (row: ScenarioRow) => row.tags.includes('headline');
  const sorted = inOrder.get(rows) ?? [
    ...rows.filter(isHeadline),
    ...rows.filter((row) => !isHeadline(row)),
  ];
  inOrder.set(rows, sorted);
  return sorted;
}

export class Studio {
  readonly parts: StudioParts;
  #decisionTurn = 0;
  #openTurn = 0;
  #updates = 0;
  #viewTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: StudioParts) {
    this.parts = parts;
    parts.engine.subscribe((event) => {
      this.#onEngine(event);
    });
    parts.queue?.subscribe((drafts) => {
      this.set({ drafts });
    });
    parts.store?.subscribe((event) => {
      void followOtherTab(this, event);
    });
  }

  get state(): StudioState {
    return this.parts.state.getState();
  }

  set(change: Partial<StudioState>): void {
    this.parts.state.setState(change);
  }

  /** Says what the store refused. Nothing was lost: the text is still on the screen. */
  refuse(problem: StoreProblem): void {
    this.parts.notify('error', problem.message);
  }

  // Packs ------------------------------------------------------------------------------------------

  /** Lists the packs, adds examples that this browser never saw, and opens what the address names. */
  async start(route: Route): Promise<void> {
    const { store, examples } = this.parts;
    const session = await readSession(store);
    const theme = await readTheme(store);
    if (theme !== undefined) this.set({ theme });
    this.set({ formatOnSave: await readFormatOnSave(store) });
    const requestView = await readRequestView(store);
    if (requestView !== undefined) this.set({ requestView });
    if (store === undefined) {
      this.set({
        packs: examples.names.map((name) => ({ id: name, name, createdAt: 0, exampleName: name })),
      });
    } else {
      await store.purge(Date.now() - keepDeletedMs);
      const seeded = await this.#seed(store, session.seeded);
      await this.listPacks();
      await store.writeUi('session', { ...session, seeded });
    }
    const known = (id: string | undefined) => this.state.packs.find((pack) => pack.id === id)?.id;
    if (route.packId !== undefined && known(route.packId) === undefined) {
      this.parts.notify('error', `There is no pack “${route.packId}” in this browser.`);
    }
    const packId =
      known(route.packId) ?? known(session.packId) ?? known(firstPack) ?? this.state.packs[0]?.id;
    if (packId !== undefined) await this.openPack(packId, route);
    this.set({ phase: 'ready' });
  }

  /** Adds the examples that are not among `seeded`, those that this browser has seen; gives both. */
  async #seed(store: Store, seeded: readonly string[]): Promise<string[]> {
    const { examples } = this.parts;
    const missing = examples.names.filter((name) => !seeded.includes(name));
    for (const name of missing) {
      const files = await examples.read(name);
      const created = await store.createPack({ id: name, name, exampleName: name, files });
      if (!created.ok && created.error.code !== 'STORE_EXISTS') this.refuse(created.error);
    }
    return [...new Set([...seeded, ...missing])];
  }

  async listPacks(): Promise<void> {
    const listed = await this.parts.store?.listPacks();
    if (listed === undefined) return;
    if (listed.ok) this.set({ packs: listed.value.packs, recordProblems: listed.value.problems });
    else this.refuse(listed.error);
  }

  /** Opens a pack with the view it was left in, or the one that `route` asks for. */
  async openPack(packId: string, route: Route = {}): Promise<void> {
    this.#openTurn += 1;
    const turn = this.#openTurn;
    await this.flush();
    const files = await this.#readPack(packId);
    if (files === undefined || turn !== this.#openTurn) return;
    const view = await readView(this.parts.store, packId);
    const has = (path: string | undefined) => path !== undefined && files.has(path);
    if (route.path !== undefined && !has(route.path)) {
      this.parts.notify('error', `This pack has no file ${route.path}.`);
    }
    const firstPolicy = [...files.keys()].find((path) => path.startsWith('policies/'));
    const tabs = (view?.tabs ?? []).filter(has);
    const activePath = [route.path, view?.activePath, firstPolicy].find(has);
    if (activePath !== undefined && !tabs.includes(activePath)) tabs.push(activePath);
    const scenarioId = [route.scenarioId, scenarioIdOf(route.path), view?.scenarioId].find(
      (id) => id !== undefined && files.has(scenarioPath(id)),
    );
    this.set({
      packId,
      files,
      tabs,
      activePath,
      scenarioId,
      requestDrafts: new Map(Object.entries(view?.requestDrafts ?? {})),
      snapshot: undefined,
      decision: undefined,
      advice: undefined,
      selection: undefined,
      requestPlace: undefined,
      scenarioFilter: undefined,
      engineFailure: undefined,
      pending: true,
      screen: route.screen,
      versions: undefined,
      versionProblems: [],
      base: undefined,
      sinceBase: undefined,
      coverage: undefined,
    });
    void followVersions(this);
    const session = await readSession(this.parts.store);
    await this.parts.store?.writeUi('session', { ...session, packId });
    await this.#load(packId, files);
  }

  /** Makes sure that a pack is the open one, for what is undone in it. Returns whether it is. */
  async backIn(packId: string): Promise<boolean> {
    if (this.state.packId !== packId) await this.openPack(packId);
    return this.state.packId === packId;
  }

  async #readPack(packId: string): Promise<ReadonlyMap<string, string> | undefined> {
    const { store } = this.parts;
    if (store === undefined) {
      const name = this.state.packs.find((pack) => pack.id === packId)?.exampleName;
      return name === undefined ? undefined : this.parts.examples.read(name);
    }
    const read = await store.readPack(packId);
    if (!read.ok) {
      this.refuse(read.error);
      return undefined;
    }
    return this.#taken(packId, read.value);
  }

  /** The files of a stored pack, with the revisions they rest on made known to the queue. */
  #taken(packId: string, stored: PackState): ReadonlyMap<string, string> {
    const { queue } = this.parts;
    this.set({ recordProblems: stored.problems });
    return new Map(
      stored.files.map((file) => {
        queue?.loaded(packId, file.path, file.revision);
        // A text that is not stored yet, of this session or of a page that died, is the newer one.
        return [file.path, queue?.draft(packId, file.path)?.text ?? file.text];
      }),
    );
  }

  async #load(packId: string, files: ReadonlyMap<string, string>): Promise<void> {
    const opened = await this.parts.engine.open(packId, files);
    if (this.state.packId !== packId) return;
    if (!opened.ok && opened.error.code !== 'SUPERSEDED') {
      this.set({ engineFailure: opened.error, pending: false });
    }
  }

  /** Puts another set of files in place of all that are there, here and in the engine. */
  async replaceFiles(files: ReadonlyMap<string, string>): Promise<void> {
    const { packId, tabs, activePath, scenarioId } = this.state;
    if (packId === undefined) return;
    const kept = tabs.filter((path) => files.has(path));
    const stays = activePath !== undefined && files.has(activePath);
    const first = [...files.keys()].find((path) => path.startsWith('policies/'));
    const scenarioStays = scenarioId !== undefined && files.has(scenarioPath(scenarioId));
    this.set({
      files,
      tabs: kept.length > 0 || first === undefined ? kept : [first],
      activePath: stays ? activePath : (kept[0] ?? first),
      scenarioId: scenarioStays ? scenarioId : undefined,
      pending: true,
    });
    await this.#load(packId, files);
  }

  // Texts ------------------------------------------------------------------------------------------

  /** Takes a new text of an open file: kept, checked and run from here on. */
  editFile(path: string, text: string): void {
    const { packId, files } = this.state;
    if (packId === undefined || files.get(path) === text) return;
    this.parts.queue?.enqueue(packId, path, text);
    this.applyChanges([{ path, text }]);
  }

  /** Brings files of the working copy up to date, on the screen and in the engine. */
  applyChanges(changes: readonly FileChange[]): void {
    const { packId } = this.state;
    if (packId === undefined) return;
    const files = new Map(this.state.files);
    for (const { path, text } of changes) {
      if (text === undefined) files.delete(path);
      else files.set(path, text);
    }
    this.set({ files, pending: true });
    void this.#update(packId, changes);
  }

  async #update(packId: string, changes: readonly FileChange[]): Promise<void> {
    this.#updates += 1;
    const turn = this.#updates;
    const updated = await this.parts.engine.update(packId, changes);
    if (turn !== this.#updates || this.state.packId !== packId) return;
    if (!updated.ok && updated.error.code !== 'SUPERSEDED') {
      this.set({ engineFailure: updated.error, pending: false });
    }
  }

  /** Writes everything that is not stored yet, in a way that the end of the page cannot undo. */
  async leave(): Promise<void> {
    if (this.parts.store !== undefined) journalView(this.state);
    await this.flush();
  }

  /** Writes everything that is not stored yet. */
  async flush(): Promise<void> {
    await this.parts.queue?.flush();
    this.#writeView();
  }

  // What is shown ------------------------------------------------------------------------------------

  openFile(path: string): void {
    const { files, tabs } = this.state;
    if (!files.has(path)) return;
    this.set({
      tabs: tabs.includes(path) ? tabs : [...tabs, path],
      activePath: path,
      pane: 'editor',
      screen: undefined,
    });
    this.viewChanged();
  }

  /** Opens a file at a place in it. */
  reveal(path: string, span: { readonly start: number; readonly end: number }): void {
    this.openFile(path);
    this.set({ reveal: { path, span } });
  }

  /** Selects a rule or a condition; the text, the graph and the trace all follow. */
  select(place: Omit<Selection, 'source'>, source: Selection['source']): void {
    this.set({ selection: { ...place, source } });
    if (source === 'text') return;
    const { path, span } = place;
    const { tabs } = this.state;
    this.set({
      tabs: tabs.includes(path) ? tabs : [...tabs, path],
      activePath: path,
      reveal: { path, span, keepsFocus: source === 'graph' },
    });
    this.viewChanged();
  }

  closeFile(path: string): void {
    const { tabs, activePath } = this.state;
    const rest = tabs.filter((tab) => tab !== path);
    const next = rest[Math.min(tabs.indexOf(path), rest.length - 1)];
    this.set({ tabs: rest, activePath: activePath === path ? next : activePath });
    this.viewChanged();
  }

  selectScenario(scenarioId: string): void {
    // A field that was asked for was one of the request before.
    this.set({ scenarioId, pane: 'decision', screen: undefined, requestPlace: undefined });
    this.viewChanged();
    void this.decide();
  }

  /** Takes an edited request of the selected scenario; undefined goes back to the saved one. */
  editRequest(scenarioId: string, text: string | undefined): void {
    const requestDrafts = new Map(this.state.requestDrafts);
    if (text === undefined) requestDrafts.delete(scenarioId);
    else requestDrafts.set(scenarioId, text);
    this.set({ requestDrafts });
    this.viewChanged();
    void this.decide();
  }

  /** Asks the editor in front to take one of its own actions. */
  askEditor(id: string): void {
    this.set({ editorAction: { id } });
  }

  /** Saves at once, after the editor has formatted where that is wanted. */
  save(): void {
    if (this.state.formatOnSave) this.askEditor('editor.action.formatDocument');
    void this.flush();
  }

  setFormatOnSave(formatOnSave: boolean): void {
    this.set({ formatOnSave });
    void this.parts.store?.writeUi('formatOnSave', formatOnSave);
  }

  setRequestView(requestView: RequestView): void {
    // A field that was asked for was shown: the other view leaves the focus where it is.
    this.set({ requestView, requestPlace: undefined });
    void this.parts.store?.writeUi('requestView', requestView);
  }

  setTheme(theme: StudioState['theme']): void {
    this.set({ theme });
    void this.parts.store?.writeUi('theme', theme);
  }

  /** Remembers the view soon; called after every change to it. */
  viewChanged(): void {
    clearTimeout(this.#viewTimer);
    this.#viewTimer = setTimeout(() => {
      this.#writeView();
    }, 150);
  }

  #writeView(): void {
    clearTimeout(this.#viewTimer);
    writeView(this.parts.store, this.state);
  }

  /** Decides the selected scenario anew. */
  async decide(): Promise<void> {
    this.#decisionTurn += 1;
    const turn = this.#decisionTurn;
    const asked = askedOf(this.state);
    if (asked === undefined) {
      this.set({ decision: undefined });
      return;
    }
    const { packId, scenarioId, target, at } = asked;
    const result = await this.parts.engine.explain(packId, target, at);
    // Another pack may have a scenario of this name.
    if (turn !== this.#decisionTurn || this.state.packId !== packId) return;
    this.set({ decision: { scenarioId, edited: target.kind === 'text', result } });
  }

  // What comes in -------------------------------------------------------------------------------------

  #onEngine(event: EngineEvent): void {
    switch (event.kind) {
      case 'snapshot': {
        if (event.snapshot.packId !== this.state.packId) return;
        this.#onSnapshot(event.snapshot);
        return;
      }
      case 'problems':
        if (event.list.packId === this.state.packId) {
          this.set({ advice: event.list.problems, problemDocs: event.list.docs });
        }
        return;
      case 'progress':
        // Of a run that has ended meanwhile it would stand there for good.
        if (event.packId === this.state.packId && this.state.pending) {
          this.set({ progress: { done: event.done, total: event.total } });
        }
        return;
      case 'respawned':
        this.parts.notify('info', `${event.failure.message} It was restarted.`);
        return;
      case 'down':
        this.set({ engineFailure: event.failure, pending: false });
    }
  }

  #onSnapshot(snapshot: EngineSnapshot): void {
    const scenarios = headlinesFirst(snapshot.scenarios);
    const selected = this.state.scenarioId ?? scenarios[0]?.id;
    this.set({
      snapshot: { ...snapshot, scenarios },
      pending: false,
      progress: undefined,
      engineFailure: undefined,
      scenarioId: selected,
    });
    void this.decide();
  }
}
