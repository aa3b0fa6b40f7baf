import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Asked,
  formatState,
  parseState,
  type SearchState,
  STATE_VERSION,
  type Step,
} from '../../bisect/state.ts';
import { tryLock } from '../../cache/host-lock.ts';
import { asStorageError } from '../../cache/storage-error.ts';
import { UsageError } from '../../errors.ts';
import { parseJson } from '../../parse-json.ts';
import { replaceFile } from '../../reporters/replace-file.ts';

const STATE = 'state.json';

/** What a search has measured, kept in a file after each step. Held by one process. */
export class Journal implements AsyncDisposable {
  readonly folder: string;
  readonly #lock: AsyncDisposable;
  #state: SearchState;

  private constructor(folder: string, state: SearchState, lock: AsyncDisposable) {
    this.folder = folder;
    this.#state = state;
    this.#lock = lock;
  }

  /** @param folder Made if it is not there. */
  static async begin(
    folder: string,
    state: Pick<SearchState, 'kind' | 'asked' | 'inputs' | 'signature'>,
  ): Promise<Journal> {
    makeFolder(folder);
    const journal = new Journal(
      folder,
      { version: STATE_VERSION, ...state, steps: [] },
      await lockFolder(folder),
    );
    journal.#write();
    return journal;
  }

  /** Throws a UsageError for a folder that holds no such search, or one that is in use. */
  static async resume(folder: string, kind: SearchState['kind']): Promise<Journal> {
    const state = readState(join(folder, STATE), kind);
    return new Journal(folder, state, await lockFolder(folder));
  }

  get asked(): Asked {
    return this.#state.asked;
  }

  get signature(): string | undefined {
    return this.#state.signature;
  }

  get steps(): readonly Step[] {
    return this.#state.steps;
  }

  /** @param config Its digest. */
  find(config: string): Step | undefined {
    return this.#state.steps.find((step) => step.config === config);
  }

  add(step: Step): void {
    this.#state = { ...this.#state, steps: [...this.#state.steps, step] };
    this.#write();
  }

  /** What counts as the failure that is looked for, from now on and when it is resumed. */
  learnSignature(signature: string): void {
    this.#state = { ...this.#state, signature };
    this.#write();
  }

  /** Throws a UsageError if what was measured does not hold for what there is now. */
  checkInputs(inputs: Readonly<Record<string, string>>): void {
    const { inputs: before } = this.#state;
    const names = new Set([...Object.keys(before), ...Object.keys(inputs)]);
    const changed = [...names].filter((name) => before[name] !== inputs[name]);
    if (changed.length === 0) return;
    throw new UsageError(`${this.folder} cannot be resumed: ${changed.join(', ')} changed`, {
      code: 'RESUME_CHANGED',
      remedy: 'restore what it began with, or begin again without --resume',
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock[Symbol.asyncDispose]();
  }

  #write(): void {
    const file = join(this.folder, STATE);
    try {
      replaceFile(file, [formatState(this.#state)]);
    } catch (error) {
      throw asStorageError(error, file);
    }
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw asStorageError(error, folder);
  }
}

function readState(file: string, kind: SearchState['kind']): SearchState {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--resume: ${file} cannot be read: ${(error as Error).message}`, {
      code: 'RESUME_UNREADABLE',
      remedy: 'name the folder of a search, as it was printed when it began',
      cause: error,
    });
  }
  const state = parseState(parseJson(text));
  if ('fault' in state) {
    throw new UsageError(`--resume: ${file} is not the state of a search: ${state.fault}`, {
      code: 'RESUME_UNREADABLE',
      remedy: 'begin again without --resume',
    });
  }
  if (state.kind === kind) return state;
  throw new UsageError(`--resume: ${file} belongs to kmx ${state.kind}, not to kmx ${kind}`, {
    code: 'RESUME_CONFLICT',
    remedy: `resume it with kmx ${state.kind} config`,
  });
}

async function lockFolder(folder: string): Promise<AsyncDisposable> {
  const lock = await tryLock(join(folder, 'lock'));
  if (lock !== undefined) return lock;
  throw new UsageError(`the search in ${folder} is in use by another kmx`, {
    code: 'RUN_BUSY',
    remedy: 'wait for it to end, or stop it',
  });
}
