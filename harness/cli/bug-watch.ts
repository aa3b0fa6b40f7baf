/** Errors that nobody waits for, while a run is at work. */
export interface BugWatch extends Disposable {
  /** Rejects with the first one; else never settles. */
  readonly happened: Promise<never>;
}

/**
 * Takes the place of main.ts's own listener for as long as it is not disposed of: a run first writes
 * its reports. A second such error ends the process at once, by that listener.
 */
export function listenForBugs(): BugWatch {
  const { promise: happened, reject } = Promise.withResolvers<never>();
  happened.catch(() => {});
  const others = process.listeners('uncaughtException');
  const onError = (error: unknown): void => {
    restore();
    reject(error);
  };
  const restore = (): void => {
    process.off('uncaughtException', onError);
    for (const listener of others) {
      if (!process.listeners('uncaughtException').includes(listener)) {
        process.on('uncaughtException', listener);
      }
    }
  };
  for (const listener of others) process.off('uncaughtException', listener);
  process.on('uncaughtException', onError);
  return { happened, [Symbol.dispose]: restore };
}
