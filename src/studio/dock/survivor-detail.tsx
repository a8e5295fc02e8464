import type { Survivor } from '../../worker/probe-api.ts';
import { useStudio } from '../state/context.ts';
import type { MutationState } from '../state/mutation.ts';
import dock from './dock.module.css';
import styles from './mutants-panel.module.css';
import { Detail, ScenarioPreview } from './scenario-preview.tsx';

/** Lines of a text that are shown; a whole rule is known by its beginning. */
const mostLines = 8;

function shownLines(text: string): readonly string[] {
  if (text.trim() === '') return [];
  const lines = text.trim().split('\n');
  const more = lines.length - mostLines;
  return more > 1 ? [...lines.slice(0, mostLines), `… and ${more} more lines`] : lines;
}

/** The text before and after a mistake, as in a diff; what is the same on both sides of it is left out. */
function Change({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = (text: string, sign: '−' | '+') =>
    shownLines(text).map((line, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- a line has no identity but its place
      <span key={`${sign}${index}`} className={styles['line']} data-sign={sign}>
        <span className={styles['sign']}>{sign}</span>
        {line}
      </span>
    ));
  return (
    <pre className={styles['change']}>
      {lines(before, '−')}
      {lines(after, '+')}
    </pre>
  );
}

/** One mistake that nothing notices: what it changes, where, and the scenario that would tell. */
export function SurvivorDetail({
  survivor,
  mutation,
}: {
  readonly survivor: Survivor;
  readonly mutation: MutationState;
}) {
  const studio = useStudio();
  const { key, ruleId, what, path, span, before, after } = survivor;
  const found = mutation.noticing.get(key);
  return (
    <Detail label={key}>
      <p>
        {`No scenario fails when ${ruleId} is changed so: ${what.replaceAll('`', '')}. `}
        {mutation.isStale ? null : (
          <button
            type="button"
            className={dock['link']}
            onClick={() => {
              studio.reveal(path, span);
            }}
          >
            Show it in the text
          </button>
        )}
      </p>
      <Change before={before} after={after} />
      {found?.scenario === undefined ? (
        <p className={styles['quiet']}>
          {found === undefined
            ? mutation.isSearching
              ? 'Looking for a scenario that would notice…'
              : 'No scenario was looked for yet.'
            : 'No scenario was found that would notice. Perhaps the mistake changes no verdict and takes away no issue: another rule may say the same.'}
        </p>
      ) : (
        <>
          <p className={styles['quiet']}>This scenario passes now, and would fail:</p>
          <ScenarioPreview scenario={found.scenario} />
        </>
      )}
    </Detail>
  );
}
