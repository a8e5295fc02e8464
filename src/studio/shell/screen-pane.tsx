import { lazy, Suspense } from 'react';
import { assertNever } from '../../base/assert.ts';
import type { Screen } from '../state/route.ts';
import styles from './screen-frame.module.css';

const VersionsScreen = lazy(async () => {
  const { VersionsScreen: component } = await import('../versions/versions-screen.tsx');
  return { default: component };
});

const CompareScreen = lazy(async () => {
  const { CompareScreen: component } = await import('../compare/compare-screen.tsx');
  return { default: component };
});

const MatrixScreen = lazy(async () => {
  const { MatrixScreen: component } = await import('../matrix/matrix-screen.tsx');
  return { default: component };
});

const BundlesScreen = lazy(async () => {
  const { BundlesScreen: component } = await import('../bundles/bundles-screen.tsx');
  return { default: component };
});

function Shown({ screen }: { readonly screen: Screen }) {
  switch (screen.kind) {
    case 'versions':
      return <VersionsScreen />;
    case 'bundles':
      return <BundlesScreen view={screen.view} />;
    case 'compare':
      return <CompareScreen before={screen.before} after={screen.after} at={screen.at} />;
    case 'matrix':
      return <MatrixScreen />;
    default:
      return assertNever(screen);
  }
}

/** What stands in place of the panes, loaded when it is first asked for. */
export function ScreenPane({ screen }: { readonly screen: Screen }) {
  return (
    <Suspense fallback={<p className={styles['waiting']}>Loading…</p>}>
      <Shown screen={screen} />
    </Suspense>
  );
}
