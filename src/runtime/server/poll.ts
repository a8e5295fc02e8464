/**
 * Asks again and again, one time after the other, until it is ended. Each pause is up to a fifth longer or
 * shorter: servers that were started together must not ask together.
 * @param interval milliseconds between the end of one and the start of the next
 * @returns what ends it
 */
export function poll(interval: number, ask: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const wait = (): void => {
    timer = setTimeout(() => void turn(), interval * (0.8 + Math.random() * 0.4));
  };
  const turn = async (): Promise<void> => {
    await ask();
    if (!ended) wait();
  };
  wait();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
