import { lazy, Suspense, useRef } from 'react';
import { Button } from '../parts/button.tsx';
import { Choices } from '../parts/choices.tsx';
import { askNewScenario } from '../shell/questions.ts';
import { useOverlay } from '../shell/dialogs.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { revertRequest, saveRequest } from '../state/pack-actions.ts';
import { scenarioPath } from '../state/paths.ts';
import { failureOf } from '../state/selectors.ts';
import { fieldSpan, requestText } from '../state/scenario-text.ts';
import type { RequestView } from '../state/state.ts';
import styles from './request-tab.module.css';

const RequestJson = lazy(async () => {
  const { RequestJson: component } = await import('./request-json.tsx');
  return { default: component };
});

const RequestForm = lazy(async () => {
  const { RequestForm: component } = await import('./request-form.tsx');
  return { default: component };
});

const views: readonly { readonly value: RequestView; readonly label: string }[] = [
  { value: 'json', label: 'JSON' },
  { value: 'form', label: 'Form' },
];

/** The request of a scenario, edited and decided at once, saved when its author says so. */
export function RequestTab({ scenarioId }: { readonly scenarioId: string }) {
  const studio = useStudio();
  const show = useOverlay();
  const choice = useRef<HTMLDivElement>(null);
  const view = useStudioState((state) => state.requestView);
  const draft = useStudioState((state) => state.requestDrafts.get(scenarioId));
  const file = useStudioState((state) => state.files.get(scenarioPath(scenarioId)));
  const failure = useStudioState((state) => failureOf(state, scenarioId));
  const absent = useStudioState(({ requestPlace }) => {
    if (requestPlace === undefined) return undefined;
    const text = draft ?? requestText(file ?? '') ?? '';
    return fieldSpan(text, requestPlace.pointer).isThere ? undefined : requestPlace.pointer;
  });
  const problems = failure?.code === 'REQUEST_INVALID' ? failure.problems : [];
  // What was pressed goes away or cannot be pressed any more: the focus goes to what is chosen.
  const focusChoice = () => {
    choice.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  };
  return (
    <div className={styles['request']}>
      <div className={styles['bar']}>
        <Choices
          ref={choice}
          label="Edit the request as"
          choices={views}
          chosen={view}
          onChoose={(chosen) => {
            studio.setRequestView(chosen);
          }}
        />
        <p>{draft === undefined ? 'As saved.' : 'Edited, not saved.'}</p>
        <div className={styles['acts']}>
          <Button
            disabled={draft === undefined}
            onClick={() => {
              focusChoice();
              revertRequest(studio, scenarioId);
            }}
          >
            Revert
          </Button>
          <Button
            onClick={() => {
              askNewScenario(studio, show, scenarioId);
            }}
          >
            Save as…
          </Button>
          <Button
            tone="primary"
            disabled={draft === undefined || problems.length > 0}
            onClick={() => {
              focusChoice();
              saveRequest(studio, scenarioId);
            }}
          >
            Save
          </Button>
        </div>
      </div>
      {absent === undefined ? null : (
        <p className={styles['absent']} role="status">
          <code>{absent}</code> is not given
          {view === 'json' ? ': it would stand in the part that is marked.' : '.'}
        </p>
      )}
      {problems.length > 0 ? (
        <ul className={styles['problems']} aria-label="Problems of the request">
          {problems.map((problem) => (
            <li key={`${problem.pointer} ${problem.message}`}>
              <code>{problem.pointer === '' ? 'request' : problem.pointer}</code> {problem.message}
            </li>
          ))}
        </ul>
      ) : null}
      <Suspense
        fallback={
          <p className={styles['loading']}>Loading the {view === 'json' ? 'editor' : 'form'}…</p>
        }
      >
        {view === 'json' ? (
          <RequestJson scenarioId={scenarioId} />
        ) : (
          <RequestForm
            scenarioId={scenarioId}
            onShowJson={() => {
              choice.current?.querySelector('button')?.focus();
              studio.setRequestView('json');
            }}
          />
        )}
      </Suspense>
    </div>
  );
}
