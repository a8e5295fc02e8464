import styles from './flow-nodes.module.css';

/** Opens and closes a card. `isNodeButton`: it is the card's only button, and stands for it. */
export function Toggle({
  isOpen,
  label,
  disabled = false,
  isNodeButton = false,
  onToggle,
}: {
  readonly isOpen: boolean;
  readonly label: string;
  readonly disabled?: boolean;
  readonly isNodeButton?: boolean;
  readonly onToggle: () => void;
}) {
  return (
    <button
      type="button"
      className={styles['toggle']}
      data-node-button={isNodeButton ? '' : undefined}
      aria-expanded={isOpen}
      aria-label={label}
      disabled={disabled}
      onClick={(event) => {
        // The card around it is not meant.
        event.stopPropagation();
        onToggle();
      }}
    >
      {isOpen ? '▾' : '▸'}
    </button>
  );
}
