import { CircleDashed } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import type { Coverage } from '../../simulation/coverage.ts';
import type { Proposal } from '../../simulation/solve.ts';
import type { EngineClient } from '../../worker/engine-api.ts';
import type { OnProbed } from '../../worker/probe-api.ts';
import { Button } from '../parts/button.tsx';
import { useStudio } from '../state/context.ts';
import { distinctScenarios, saveScenarios } from '../state/save-scenarios.ts';
import styles from './coverage-panel.module.css';
import dock from './dock.module.css';
import { Detail, RowVerdict, SaveRow, ScenarioPreview } from './scenario-preview.tsx';
import { ChooseButton, SplitList } from './split-list.tsx';
import { useAnswer } from './use-answer.ts';

const numbers = new Intl.NumberFormat();
const none: readonly never[] = [];

function ask(engine: EngineClient, packId: string, onProbed: OnProbed) {
  return engine.proposals(packId, onProbed);
}

/** Where what a goal is about stands in the text; actions and roles stand in no rule. */
function placeOf({ goal }: Proposal, { rules }: Coverage) {
  if (goal.kind === 'action' || goal.kind === 'role') return undefined;
  const rule = rules.find(({ id }) => id === goal.ruleId);
  if (rule === undefined) return undefined;
  const at = goal.kind === 'branch' ? goal.at.join('.') : undefined;
  const branch = rule.branches.find((one) => one.at.join('.') === at);
  return { path: rule.path, span: (branch ?? rule).span };
}

function ProposalRow({
  proposal,
  isChosen,
  onChoose,
}: {
  readonly proposal: Proposal;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  const { title, scenario } = proposal;
  return (
    <>
      <ChooseButton isChosen={isChosen} title={`No scenario in which ${title}`} onChoose={onChoose}>
        <CircleDashed size={14} aria-hidden="true" />
        <span className={dock['message']}>{title}</span>
      </ChooseButton>
      {scenario === undefined ? (
        <span className={styles['nothing']}>no request found</span>
      ) : (
        <>
          <RowVerdict verdict={scenario.verdict} />
          <SaveRow scenario={scenario} />
        </>
      )}
    </>
  );
}

function ProposalDetail({
  proposal,
  coverage,
}: {
  readonly proposal: Proposal;
  readonly coverage: Coverage;
}) {
  const studio = useStudio();
  const place = placeOf(proposal, coverage);
  const { title, scenario } = proposal;
  return (
    <Detail label={title}>
      <p className={styles['lead']}>
        {`No scenario in which ${title}. `}
        {place === undefined ? null : (
          <button
            type="button"
            className={dock['link']}
            onClick={() => {
              studio.reveal(place.path, place.span);
            }}
          >
            Show it in the text
          </button>
        )}
      </p>
      {scenario === undefined ? (
        <p className={styles['lead']}>
          No request was found that shows it. Perhaps none can: what stands around it may never let
          it come to this.
        </p>
      ) : (
        <ScenarioPreview scenario={scenario} />
      )}
    </Detail>
  );
}

/** How much is missing, and how many requests would show it. */
function leftWords(missing: number, found: number): string {
  if (missing === 0) return 'Everything is covered.';
  const things = missing === 1 ? '1 thing' : `${numbers.format(missing)} things`;
  const requests = found === 1 ? '1 request' : `${numbers.format(found)} requests`;
  return `${things} no scenario shows; ${requests} would.`;
}

/** What no scenario shows, each with the smallest request found that would: run, and ready to be saved. */
export function UncoveredList({
  coverage,
  views,
}: {
  readonly coverage: Coverage;
  /** What leads back to everything. */
  readonly views: ReactNode;
}) {
  const studio = useStudio();
  const { value, isPending, progress, failure } = useAnswer(ask, coverage);
  const [chosenKey, setChosenKey] = useState<string>();
  const proposals = value ?? none;
  const found = useMemo(
    () => distinctScenarios(proposals.flatMap(({ scenario }) => scenario ?? [])),
    [proposals],
  );
  const chosen = proposals.find(({ key }) => key === chosenKey) ?? proposals[0];
  const status =
    failure ??
    (progress === undefined
      ? value === undefined
        ? 'Looking for requests…'
        : undefined
      : `Looking for requests: ${numbers.format(progress.done)} of ${numbers.format(progress.total)}`);
  return (
    <>
      <div className={dock['tools']}>
        {views}
        <span className={styles['figures']} role="status">
          {status ?? leftWords(proposals.length, found.length)}
        </span>
        {found.length < 2 ? null : (
          <Button disabled={isPending} onClick={() => void saveScenarios(studio, found)}>
            {`Save all ${numbers.format(found.length)}`}
          </Button>
        )}
      </div>
      {chosen === undefined ? null : (
        <SplitList
          label="What is not covered"
          items={proposals}
          chosen={chosen}
          renderRow={(proposal, isChosen) => (
            <ProposalRow
              proposal={proposal}
              isChosen={isChosen}
              onChoose={() => {
                setChosenKey(proposal.key);
              }}
            />
          )}
          detail={<ProposalDetail proposal={chosen} coverage={coverage} />}
        />
      )}
    </>
  );
}
