/**
 * Checks that arrive together are decided together: all that arrived in one turn of the event loop, up to
 * a lot of sixteen. Between two answers Node's HTTP and the system's network push the engine out of the
 * processor's caches, and bringing it back takes as long as the decision; in a lot that is paid once.
 * On a loaded server that is a quarter to a third of the CPU time of a check (lots of 4, 8, 16 and 32: 10, 15,
 * 25 and 29 %); sixteen, because with more of them the clients wait while the server decides and the
 * server waits while they read.
 */
export class Lots {
  #waiting: (() => void)[] = [];
  #announced = false;

  /** Resolves when the lot is full, or all that arrived in this turn is in it. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length >= LOT) this.#go();
      else if (!this.#announced) {
        this.#announced = true;
        setImmediate(() => {
          this.#announced = false;
          this.#go();
        });
      }
    });
  }

  #go(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const proceed of waiting) proceed();
  }
}

const LOT = 16;
