/** Light, dark, or what the system says. */
export type Theme = 'system' | 'light' | 'dark';

const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

/** Whether a theme choice means dark at this moment. */
export function isDark(theme: Theme): boolean {
  return theme === 'dark' || (theme === 'system' && darkSystem.matches);
}

/** Calls back whenever the system changes between light and dark; returns how to stop. */
export function onSystemTheme(listener: () => void): () => void {
  darkSystem.addEventListener('change', listener);
  return () => {
    darkSystem.removeEventListener('change', listener);
  };
}

/** Puts a theme on the document. */
export function applyTheme(theme: Theme): void {
  document.documentElement.classList.toggle('dark', isDark(theme));
}
