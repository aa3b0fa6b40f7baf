/** The files of a folder that may be logs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LogFault } from './log-fault.ts';
import { describeFault } from './read-log.ts';

export interface FoundLogs {
  /** Sorted, with the folder's name. */
  readonly files: readonly string[];
  /** Files that are of another kind by their names. */
  readonly skipped: number;
  readonly faults: readonly { readonly file: string; readonly fault: LogFault }[];
}

/** Reports, sources and data, which quote logs at most. JUnit reports end with .xml. */
const NO_LOG =
  /\.(?:html?|jsonl?|md|rst|ya?ml|toml|ini|config|css|m?[jt]sx?|[ch]|cc|cpp|hpp|rs|go|py|rb|pl|sh|java|class|svg|png|jpe?g|gif|webp|pdf|tar|tgz|zip|7z|deb|rpm|iso|qcow2|img|so|o|a|ko|rlib|wasm|db|sqlite|lock|sum|pem|crt|key)(?:\.(?:gz|xz|zst|bz2))?$/i;
/** What a run of kmx is told by, and where its logs are: everything else repeats them. */
const EVENT_LOG = 'events.jsonl';
const CELLS = 'cells';
const DEPTH_MAX = 32;
const FILES_MAX = 20_000;

/**
 * Symbolic links are not followed: they lead in circles, or to what is there already. In a run's folder
 * only the logs of its guests count. Throws a LogFault if the folder itself cannot be read.
 */
export function findLogs(folder: string, filesMax = FILES_MAX): FoundLogs {
  const files: string[] = [];
  const faults: { readonly file: string; readonly fault: LogFault }[] = [];
  let skipped = 0;

  function takeFile(path: string, isInRun: boolean): void {
    if (isInRun ? !path.endsWith('.log') : NO_LOG.test(path)) skipped += 1;
    else if (files.length < filesMax) files.push(path);
    else {
      throw new LogFault(`it has more than ${filesMax} files`, { remedy: 'name a smaller folder' });
    }
  }

  function walk(path: string, depth: number, isInRun: boolean): void {
    const entries = readdirSync(path, { withFileTypes: true }).toSorted((one, other) =>
      one.name < other.name ? -1 : 1,
    );
    const isRun = entries.some(({ name }) => name === EVENT_LOG);
    for (const entry of entries) {
      const inner = join(path, entry.name);
      if (entry.isFile()) {
        if (isRun) skipped += 1;
        else takeFile(inner, isInRun);
      }
      const isWanted = isRun ? entry.name === CELLS : !/^(?:\.git|node_modules)$/.test(entry.name);
      if (entry.isDirectory() && isWanted && depth < DEPTH_MAX) {
        walkInner(inner, depth + 1, isInRun || isRun);
      }
    }
  }

  function walkInner(path: string, depth: number, isInRun: boolean): void {
    try {
      walk(path, depth, isInRun);
    } catch (error) {
      const fault = describeFault(error);
      if (!(fault instanceof LogFault) || error instanceof LogFault) throw error;
      faults.push({ file: path, fault });
    }
  }

  try {
    walk(folder, 0, false);
  } catch (error) {
    throw describeFault(error);
  }
  return { files, skipped, faults };
}
