import type { ToolExit } from './messages.ts';

/** The ends of a guest's tools, of which at most one runs at a time. */
export class ToolExits {
  readonly #waiting = new Map<number, PromiseWithResolvers<ToolExit>>();
  /** It may be reported before the answer arrives that says which process it was. */
  #last: ToolExit | undefined;

  note(exit: ToolExit): void {
    this.#last = exit;
    this.#waiting.get(exit.pid)?.resolve(exit);
    this.#waiting.delete(exit.pid);
  }

  of(pid: number): Promise<ToolExit> {
    if (this.#last?.pid === pid) return Promise.resolve(this.#last);
    const waiting = this.#waiting.get(pid) ?? Promise.withResolvers<ToolExit>();
    this.#waiting.set(pid, waiting);
    return waiting.promise;
  }
}
