/** What builds kernels: `make`, and the compiler and tools that it calls. */
export interface Compiler {
  /** As the compiler calls itself: `gcc (Debian 12.2.0-14) 12.2.0`. */
  readonly version: string;
  /** `sha256:…` of what identifies compiler, assembler and linker: the same makes the same kernel. */
  readonly digest: string;
  /** Where it is. */
  readonly place: 'host' | 'container';
  /** Throws an InfraError if it cannot be run here: called before anything is fetched for nothing. */
  check?(): Promise<void>;
  /** Gets what it consists of, if that is not on this host yet, so that it can be run offline. */
  fetch?(): Promise<void>;
  /** Runs a program, `make` as a rule, and resolves with its exit code. */
  run(words: readonly [string, ...string[]], options: RunOptions): Promise<number>;
}

export interface RunOptions {
  /** The working folder, absolute. */
  readonly folder: string;
  /** Absolute; these can be read (in a container, nothing else of the host can). */
  readonly readable: readonly string[];
  /** Absolute; these can be read and written. */
  readonly writable: readonly string[];
  /** Variables in addition to PATH and LC_ALL=C: nothing of kmx's own environment is handed on. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called for each line that the program prints, without its end; lines of one stream are in order. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Ends the program and all that it started; `run` rejects with the signal's reason once they are gone. */
  readonly signal?: AbortSignal;
}
