import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  formatState,
  parseState,
  SEARCH_COMMANDS,
  type SearchKind,
  type SearchState,
  STATE_VERSION,
  type StateOf,
  type Step,
} from '../../bisect/search-state.ts';
import { tryLock } from '../../cache/host-lock.ts';
import { asStorageError } from '../../cache/storage-error.ts';
import { UsageError } from '../../errors.ts';
import { parseJson } from '../../parse-json.ts';
import { changedInputs } from '../../prepare/input-digests.ts';
import { replaceFile } from '../../reporters/replace-file.ts';

const STATE = 'state.json';
/** Where bisects of versions were kept by a kmx of before. */
const OLD_STATE = 'bisect.json';

/** What a search has measured, kept in a file after each step. Held by one process. */
export class Journal<K extends SearchKind> implements AsyncDisposable {
  readonly folder: string;
  readonly #lock: AsyncDisposable;
  #state: StateOf<K>;

  private constructor(folder: string, state: StateOf<K>, lock: AsyncDisposable) {
    this.folder = folder;
    this.#state = state;
    this.#lock = lock;
  }

  /** @param folder Made if it is not there. */
  static async begin<K extends SearchKind>(
    folder: string,
    { kind, asked, inputs, signature }: Pick<StateOf<K>, 'kind' | 'asked' | 'inputs' | 'signature'>,
  ): Promise<Journal<K>> {
    makeFolder(folder);
    const lock = await lockFolder(folder);
    const learned = signature === undefined ? {} : { signature };
    const begin = { version: STATE_VERSION, kind, asked, inputs, ...learned, steps: [] };
    const journal = new Journal(folder, begin as unknown as StateOf<K>, lock);
    journal.#write();
    return journal;
  }

  /** Throws a UsageError for a folder that holds no such search, or one that is in use. */
  static async resume<K extends SearchKind>(folder: string, kind: K): Promise<Journal<K>> {
    const state = readState(folder, kind);
    return new Journal(folder, state, await lockFolder(folder));
  }

  get asked(): StateOf<K>['asked'] {
    return this.#state.asked as StateOf<K>['asked'];
  }

  get signature(): string | undefined {
    return this.#state.signature;
  }

  get steps(): readonly Step[] {
    return this.#state.steps;
  }

  find(key: string): Step | undefined {
    return this.#state.steps.find((step) => step.key === key);
  }

  add(step: Step): void {
    this.#change({ steps: [...this.#state.steps, step] });
  }

  /** What the network or the host may be to blame for is measured again. */
  forgetUnclear(): void {
    this.#change({ steps: this.#state.steps.filter(({ outcome }) => outcome !== 'unclear') });
  }

  /** What counts as the failure that is looked for, from now on and when it is resumed. */
  learnSignature(signature: string): void {
    this.#change({ signature });
  }

  /** Throws a UsageError if what was measured does not hold for what there is now. */
  checkInputs(inputs: Readonly<Record<string, string>>): void {
    const changed = changedInputs(this.#state.inputs, inputs);
    if (changed.length === 0) return;
    throw new UsageError(`${this.folder} cannot be resumed: ${changed.join(', ')} changed`, {
      code: 'RESUME_CHANGED',
      remedy: 'restore what it began with, or begin again without --resume',
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock[Symbol.asyncDispose]();
  }

  #change(change: Partial<Pick<SearchState, 'steps' | 'signature'>>): void {
    this.#state = { ...this.#state, ...change };
    this.#write();
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

function readState<K extends SearchKind>(folder: string, kind: K): StateOf<K> {
  const file = join(folder, STATE);
  const state = parseState(parseJson(readText(folder, file)));
  if ('fault' in state) throw unreadable(`${file} is not the state of a search: ${state.fault}`);
  if (isOf(state, kind)) return state;
  const command = SEARCH_COMMANDS[state.kind];
  throw new UsageError(`--resume: ${file} belongs to ${command}, not to ${SEARCH_COMMANDS[kind]}`, {
    code: 'RESUME_CONFLICT',
    remedy: `resume it with ${command}`,
  });
}

function isOf<K extends SearchKind>(state: SearchState, kind: K): state is StateOf<K> {
  return state.kind === kind;
}

function readText(folder: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const old = join(folder, OLD_STATE);
    if (existsSync(old)) throw unreadable(`${old} was written by an earlier version of kmx`);
    throw noSearch(file, error);
  }
}

function unreadable(message: string): UsageError {
  return new UsageError(`--resume: ${message}`, {
    code: 'RESUME_UNREADABLE',
    remedy: 'begin again without --resume',
  });
}

function noSearch(file: string, cause: unknown): UsageError {
  return new UsageError(`--resume: ${file} cannot be read: ${(cause as Error).message}`, {
    code: 'RESUME_UNREADABLE',
    remedy: 'name the folder of a search, as it was printed when it began',
    cause,
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
