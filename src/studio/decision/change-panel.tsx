import { useEffect, useRef, useState } from 'react';
import type { ChangeAnswer, ChangedRequest } from '../../simulation/change.ts';
import { Button } from '../parts/button.tsx';
import { VerdictBadge } from '../parts/verdict.tsx';
import { searchChange } from '../state/asked.ts';
import { editShownRequest, shownRequest } from '../state/pack-actions.ts';
import { changed } from '../request/request-text.ts';
import { pointerPath } from '../state/scenario-text.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import styles from './change-panel.module.css';

/** The request's text with what is proposed: nothing else of it changes. */
function tried(request: string, { changes }: ChangedRequest): string {
  return changes.reduce((text, { pointer, literal }) => {
    const path = pointerPath(pointer);
    return literal === undefined
      ? changed(text, { kind: 'remove', path })
      : changed(text, { kind: 'set', path, literal });
  }, request);
}

/** A proposal: the fields, one a line, and the way to try it. */
function Proposal({
  scenarioId,
  proposal,
  onTry,
}: {
  readonly scenarioId: string;
  readonly proposal: ChangedRequest;
  readonly onTry: () => void;
}) {
  const studio = useStudio();
  return (
    <div className={styles['proposal']}>
      <ul className={styles['changes']}>
        {proposal.changes.map((change) => (
          <li key={change.pointer}>
            {change.words} <code>{change.pointer}</code>
            {change.kind === 'demand' || change.kind === 'task' ? (
              <span className={styles['caution']}>
                {change.kind === 'demand'
                  ? ' lifts a demand of the caller'
                  : ' changes the task itself'}
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      <div className={styles['actions']}>
        <VerdictBadge mark={proposal.verdict} />
        <Button
          onClick={() => {
            onTry();
            editShownRequest(studio, scenarioId, tried(shownRequest(studio, scenarioId), proposal));
          }}
        >
          Try it
        </Button>
      </div>
    </div>
  );
}

function Answer({
  scenarioId,
  answer,
  onTry,
}: {
  readonly scenarioId: string;
  readonly answer: ChangeAnswer;
  readonly onTry: () => void;
}) {
  switch (answer.kind) {
    case 'allowed-if':
      return (
        <>
          <p className={styles['lead']}>
            {answer.isComplete
              ? 'The fewest fields that give ALLOW:'
              : 'These fields give ALLOW (fewer may do):'}
          </p>
          <Proposal scenarioId={scenarioId} proposal={answer.proposal} onTry={onTry} />
        </>
      );
    case 'nothing-found':
      return <p className={styles['lead']}>{answer.message}</p>;
    case 'refused-if':
      return answer.refusals.length === 0 ? (
        <p className={styles['lead']}>Nothing near this request is refused.</p>
      ) : (
        <>
          <p className={styles['lead']}>The nearest requests that are not allowed:</p>
          {answer.refusals.map((refusal) => (
            <Proposal
              key={refusal.changes.map((change) => change.words).join()}
              scenarioId={scenarioId}
              proposal={refusal}
              onTry={onTry}
            />
          ))}
        </>
      );
  }
}

/** "What would change this?": searched by the engine when somebody asks, every proposal run before it is made. */
export function ChangePanel({ scenarioId }: { readonly scenarioId: string }) {
  const studio = useStudio();
  const decision = useStudioState((state) => state.decision);
  const [asked, setAsked] = useState<unknown>();
  const [answer, setAnswer] = useState<{
    readonly of: unknown;
    readonly answer?: ChangeAnswer;
    readonly failure?: string;
  }>();
  const isAsked = asked === decision && decision !== undefined;
  const panel = useRef<HTMLElement>(null);
  // What is pressed here goes away: the focus stays where it was.
  const focusPanel = () => {
    panel.current?.focus();
  };
  useEffect(() => {
    if (!isAsked) return undefined;
    let current = true;
    void (async () => {
      const found = await searchChange(studio);
      if (!current || found === undefined) return;
      if (found.ok) setAnswer({ of: decision, answer: found.value });
      else if (found.error.code !== 'SUPERSEDED')
        setAnswer({ of: decision, failure: found.error.message });
    })();
    return () => {
      current = false;
    };
  }, [studio, decision, isAsked]);
  const known = isAsked && answer?.of === decision ? answer : undefined;
  return (
    <section
      ref={panel}
      className={styles['panel']}
      aria-label="What would change this?"
      tabIndex={-1}
    >
      {isAsked ? (
        <h3 className={styles['heading']}>What would change this?</h3>
      ) : (
        <Button
          onClick={() => {
            focusPanel();
            setAsked(decision);
          }}
        >
          What would change this?
        </Button>
      )}
      <div role="status">
        {isAsked && known === undefined ? <p className={styles['lead']}>Searching…</p> : null}
        {known?.answer === undefined ? null : (
          <Answer scenarioId={scenarioId} answer={known.answer} onTry={focusPanel} />
        )}
        {known?.failure === undefined ? null : <p className={styles['lead']}>{known.failure}</p>}
      </div>
    </section>
  );
}
