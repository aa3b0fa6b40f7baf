/** Saves a test's guest before each of its calls, and lets a developer go back there when it has failed. */
import { ChannelFault, GuestError } from '../../../channel/channel-fault.ts';
import { InfraError, UsageError } from '../../../errors.ts';
import { BOOTS, isSameTest } from '../../../events.ts';
import { GuestStopped } from '../../../live-guest/bring-up.ts';
import type { Cell } from '../../../matrix/cell.ts';
import type { Matrix } from '../../../matrix/matrix.ts';
import type { Colors } from '../../../reporters/paint.ts';
import type { Original } from '../../../reproduce/original.ts';
import type { TestAttendant } from '../../../run/cell/attendant.ts';
import { repeatableCalls } from '../../../trace/repeatable-calls.ts';
import type { TracedCall } from '../../../trace/traced-call.ts';
import { isGood } from '../../../verdict/verdict.ts';
import type { QuietHost } from '../../run-quietly.ts';
import type { RowPrinter } from '../row-printer.ts';
import { otherAgent } from './other-agent.ts';
import { readLines } from './read-lines.ts';
import type { RewindOptions } from './rewind-options.ts';
import { RewindSession } from './rewind-session.ts';
import { SavedStates } from './saved-states.ts';

export interface RewindParts {
  readonly matrix: Matrix;
  readonly cell: Cell;
  readonly original: Original;
  readonly host: QuietHost;
  readonly options: RewindOptions;
  readonly printer: RowPrinter;
  readonly colors: Colors;
  /** For the logs of what is tried. */
  readonly folder: string;
}

/** Throws a UsageError for a test that cannot be gone back in. */
export function checkRewind({ cell, original }: Pick<RewindParts, 'cell' | 'original'>): void {
  if (isSameTest(original.test, BOOTS)) {
    throw new UsageError('--rewind: expected a test of a scenario, found: boots', {
      code: 'NOTHING_TO_REWIND',
      remedy: 'name a test that calls the agent',
    });
  }
  if (cell.machineKind === 'qemu') return;
  throw new UsageError(`--rewind: expected a guest in QEMU, found: ${cell.id}`, {
    code: 'NOTHING_TO_REWIND',
    remedy: 'name a cell of another machine: a container cannot be saved',
  });
}

/** Its `onCall` must hear all calls of the test. */
export class Rewind implements AsyncDisposable {
  readonly #parts: RewindParts;
  readonly #states: SavedStates;
  #steps: TracedCall[] = [];
  #hasFailed = false;
  #canSave = true;

  private constructor(parts: RewindParts, states: SavedStates) {
    this.#parts = parts;
    this.#states = states;
  }

  static async open(parts: RewindParts): Promise<Rewind> {
    return new Rewind(parts, await SavedStates.open(parts.host.cacheRoot));
  }

  readonly attendant: TestAttendant = {
    savesGuests: true,
    beforeTest: async () => {
      this.#steps = [];
      this.#hasFailed = false;
      await this.#states.clear();
    },
    beforeCall: async ({ guest }) => {
      if (!this.#canSave || !guest.isSavable) return;
      try {
        await this.#states.save(guest);
      } catch (error) {
        if (!isKnown(error)) throw error;
        this.#note(`${error.message}; from now on, no state is saved`);
        this.#canSave = false;
        // It does not go on. The test is a miss, and runs once more.
        await guest.end();
      }
    },
    atFailure: async () => {
      this.#hasFailed = true;
    },
    afterTest: async ({ guest, others, ...at }, { verdict }) => {
      if (isSameTest(at.test, BOOTS) || isGood(verdict) || verdict === 'miss') return;
      await guest.end();
      if (others === undefined) return this.#note('guests of this machine cannot be saved');
      await this.#session({ ...at, guest, others });
    },
  };

  /** Calls that are made after the failure only clean up. */
  onCall(call: TracedCall): void {
    if (this.#hasFailed && call.state === 'begin') return;
    this.#steps.push(call);
    if (call.state === 'begin' && call.request !== undefined) this.#states.noteCall(call.number);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#states[Symbol.asyncDispose]();
  }

  async #session(at: Parameters<typeof RewindSession.begin>[0]['at']): Promise<void> {
    const { matrix, cell, original, host, options, printer, colors, folder } = this.#parts;
    const { signal, cacheRoot } = host;
    const { stdin: input, stdout: output } = process;
    using lines = readLines({ input, output, prompt: 'rewind> ', signal });
    const session = RewindSession.begin({
      ...{ at, original, states: this.#states, folder, lines, printer, colors, signal },
      calls: repeatableCalls(this.#steps),
      findAgent: (word) => otherAgent(word, { matrix, cell, cacheRoot }),
    });
    if (session === undefined) return this.#note('the test has made no call to go back to');
    await session.run(options);
  }

  #note(text: string): void {
    const { printer, colors } = this.#parts;
    printer.row({ label: 'note', text, paint: colors.yellow });
  }
}

/** The guest may be gone: its kernel has panicked, for instance. */
function isKnown(error: unknown): error is Error {
  return [ChannelFault, GuestError, GuestStopped, InfraError].some((kind) => error instanceof kind);
}
