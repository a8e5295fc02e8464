import { createContext, useContext } from 'react';
import type { NameQuestion } from '../parts/name-dialog.tsx';

/** What lies over the studio: the palette, the keys, a version to save, tools to make a pack of, or a question for a name. */
export type Overlay =
  | { readonly kind: 'palette' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'save-version' }
  | { readonly kind: 'tools' }
  | { readonly kind: 'name'; readonly question: NameQuestion };

/** Opens an overlay; `undefined` closes the one that is open. */
export type ShowOverlay = (overlay: Overlay | undefined) => void;

export const OverlayContext = createContext<ShowOverlay>(() => undefined);

/** The way to open an overlay from anywhere in the tree. */
export function useOverlay(): ShowOverlay {
  return useContext(OverlayContext);
}
