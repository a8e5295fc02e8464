const mac = navigator.userAgent.includes('Mac');

/** How the platform writes a key chord: `mod` is Cmd or Ctrl. */
export function keyText(chord: string): string {
  return chord
    .split('+')
    .map((key) => {
      if (key === 'mod') return mac ? '⌘' : 'Ctrl';
      if (key === 'alt') return mac ? '⌥' : 'Alt';
      if (key === 'shift') return mac ? '⇧' : 'Shift';
      return key;
    })
    .join(mac ? '' : '+');
}

/** Whether an event is the chord, as in `mod+K`, `alt+ArrowDown`, `F6`. */
export function isChord(event: KeyboardEvent, chord: string): boolean {
  const parts = chord.split('+');
  const key = parts.at(-1) ?? '';
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    (mac ? event.metaKey : event.ctrlKey) === parts.includes('mod') &&
    event.altKey === parts.includes('alt') &&
    event.shiftKey === parts.includes('shift')
  );
}
