import { ScreenFrame } from '../shell/screen-frame.tsx';
import type { SideName } from '../state/route.ts';
export function CompareScreen({
  before,
  after,
}: {
  readonly before: SideName;
  readonly after: SideName;
}) {
  return (
    <ScreenFrame title="Compare">
      <p>{JSON.stringify([before, after])}</p>
    </ScreenFrame>
  );
}
