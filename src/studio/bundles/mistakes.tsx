import { Button } from '../parts/button.tsx';
import styles from './bundles.module.css';
import { useDesk, useDeskState } from './desk.ts';
import { skipMistakes, tryMistakes } from './export-actions.ts';

const numbers = new Intl.NumberFormat();
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

/** Which mistakes in the rules the scenarios would notice: part of the evidence, unless it is skipped. */
export function Mistakes() {
  const desk = useDesk();
  const tried = useDeskState((state) => state.tried);
  switch (tried?.kind) {
    case undefined:
      return <>not tried yet</>;
    case 'running':
      return (
        <span className={styles['inline']}>
          <span role="status">
            {tried.total === 0
              ? 'trying…'
              : `trying: ${numbers.format(tried.done)} of ${numbers.format(tried.total)}`}
          </span>
          <Button
            onClick={() => {
              skipMistakes(desk);
            }}
          >
            Skip
          </Button>
        </span>
      );
    case 'done': {
      const { killed, total } = tried.mutation;
      if (total === 0) return <>there is no rule to make one in</>;
      return (
        <>{`${percent.format(killed / total)}: ${numbers.format(killed)} of ${numbers.format(total)} changed rules`}</>
      );
    }
    case 'skipped':
      return (
        <span className={styles['inline']}>
          not tried: the bundle says nothing about it
          <Button
            onClick={() => {
              void tryMistakes(desk);
            }}
          >
            Try
          </Button>
        </span>
      );
  }
}
