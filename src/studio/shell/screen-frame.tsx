import { X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { IconButton } from '../parts/button.tsx';
import { useStudio } from '../state/context.ts';
import styles from './screen-frame.module.css';

function asNode(target: EventTarget | null): Node | null {
  return target instanceof Node ? target : null;
}

/** What stands in place of the panes: a title, tools, and the way back, which is also Escape. */
export function ScreenFrame({
  title,
  tools,
  actions,
  children,
}: {
  readonly title: string;
  /** Beside the title. */
  readonly tools?: ReactNode;
  /** At the far end. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const studio = useStudio();
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    const origin = document.activeElement;
    root.current?.focus();
    return () => {
      // The panes are shown again by now; whatever took the focus on purpose keeps it.
      requestAnimationFrame(() => {
        const isFree = document.activeElement === document.body;
        if (isFree && origin instanceof HTMLElement) origin.focus();
      });
    };
  }, []);
  const close = () => {
    studio.set({ screen: undefined });
  };
  useEffect(() => {
    const onKey = ({ key, target, defaultPrevented }: KeyboardEvent) => {
      // Menus and dialogs lie outside of the screen, and a search field is emptied first.
      const isHere = target === document.body || root.current?.contains(asNode(target)) === true;
      const isTyping = target instanceof HTMLInputElement && target.value !== '';
      if (key === 'Escape' && isHere && !isTyping && !defaultPrevented) {
        studio.set({ screen: undefined });
      }
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, [studio]);
  return (
    <section ref={root} className={styles['screen']} aria-label={title} tabIndex={-1}>
      <header className={styles['head']}>
        <h2 className={styles['title']}>{title}</h2>
        {tools}
        <span className={styles['space']} />
        {actions}
        <IconButton label="Back to the editor" keys="Esc" onClick={close}>
          <X size={16} />
        </IconButton>
      </header>
      {children}
    </section>
  );
}
