/**
 * Runs one at a time. Who asks while one is under way gets the next one, together with all others who ask
 * meanwhile: a hundred signals in a second load twice. It looks again where any of them wants that.
 */
export function oneAtATime(
  run: (again: boolean) => Promise<void>,
): (again?: boolean) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let next: { again: boolean; readonly done: Promise<void> } | undefined;
  return (again = true) => {
    if (next !== undefined) {
      next.again ||= again;
      return next.done;
    }
    const done = last.then(() => {
      const wanted = next?.again ?? again;
      next = undefined;
      return run(wanted);
    });
    next = { again, done };
    // One that fails must not keep the others from running.
    last = done.catch(() => undefined);
    return done;
  };
}
