/**
 * A worker is one thread: while it runs scenarios it hears nothing. So long work is cut into slices, and
 * between two slices the messages that came in get their turn: a newer edit, a cancel, a ping.
 */
export interface Turns {
  /** Whether the slice is used up. */
  due(): boolean;
  /** Lets everything waiting run, and begins a new slice. */
  next(): Promise<void>;
}

export interface Clock {
  /** Milliseconds that only go up. */
  readonly now: () => number;
  /** Resolves after the messages that wait now were handled. */
  readonly pause: () => Promise<void>;
}

/** The platform's clock. */
export const CLOCK: Clock = {
  now: () => performance.now(),
  // Not a timer: those are held back to 4 ms when nested, which is a third of a slice.
  pause: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => {
        port1.close();
        resolve();
      });
      port1.start();
      port2.postMessage(null);
    }),
};

/** Slices of `sliceMs`: long enough to be cheap, short enough that an edit does not wait. */
export function takeTurns(clock: Clock, sliceMs = 12): Turns {
  let began = clock.now();
  return {
    due: () => clock.now() - began >= sliceMs,
    next: async () => {
      await clock.pause();
      began = clock.now();
    },
  };
}
