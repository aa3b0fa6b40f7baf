/** Files, folders and standard input, read and classified one after another. */
import { statSync } from 'node:fs';
import type { ClassifiedLog, UnreadFile } from '../classify/classification.ts';
import {
  type ClassifyOptions,
  createLogClassifier,
  type LogClassifier,
} from '../classify/classify-log.ts';
import { findLogs } from '../log-files/find-logs.ts';
import type { LogSink } from '../log-files/junit-texts.ts';
import { LogFault } from '../log-files/log-fault.ts';
import { describeFault, readFileBytes, readLog } from '../log-files/read-log.ts';
import { omitUndefined } from '../omit-undefined.ts';

export const STANDARD_INPUT = '-';

/** That nothing is found in it means nothing. */
const NO_TEXT = new LogFault('expected the text of a log, found mostly binary data', {
  remedy: 'unpack or decode it first, if that is what it needs',
});

export interface ClassifiedFiles {
  readonly files: readonly ClassifiedLog[];
  readonly unread: readonly UnreadFile[];
  /** Files of folders that are no logs. */
  readonly skipped: number;
}

/** @param names Of files and folders; `-` is standard input. */
export async function classifyFiles(
  names: readonly string[],
  options: ClassifyOptions,
): Promise<ClassifiedFiles> {
  const files: ClassifiedLog[] = [];
  const unread: UnreadFile[] = [];
  let skipped = 0;

  function note(file: string, error: unknown): void {
    const fault = describeFault(error);
    if (!(fault instanceof LogFault)) throw fault;
    const { problem, remedy } = fault;
    unread.push({ file, problem, ...omitUndefined({ remedy }) });
  }

  async function readOne(file: string, isFromFolder: boolean): Promise<void> {
    const { sink, logs } = createSink(file, options);
    const source = file === STANDARD_INPUT ? process.stdin : readFileBytes(file);
    try {
      const { isText } = await readLog(source, sink, { isStrict: isFromFolder });
      if (!isText && logs.every(({ findings }) => findings.length === 0)) note(file, NO_TEXT);
    } catch (error) {
      if (isFromFolder && error instanceof LogFault && error.isNoLog) skipped += 1;
      else note(file, error);
    }
    files.push(...logs);
  }

  async function readFolder(folder: string): Promise<void> {
    const found = findLogs(folder);
    for (const { file, fault } of found.faults) note(file, fault);
    skipped += found.skipped;
    const before = files.length + unread.length;
    for (const file of found.files) await readOne(file, true);
    if (files.length + unread.length === before && found.faults.length === 0) {
      const problem = `expected logs in this folder, found none${skipped > 0 ? `, but ${skipped} files of other kinds` : ''}`;
      throw new LogFault(problem, { remedy: 'name the folder that has them, or a file' });
    }
  }

  for (const name of names) {
    if (name === STANDARD_INPUT || !isFolder(name)) await readOne(name, false);
    else await readFolder(name).catch((error) => note(name, error));
  }
  return { files, unread, skipped };
}

/** What cannot be looked at is told when it is read. */
function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

interface CollectingSink {
  readonly sink: LogSink;
  readonly logs: readonly ClassifiedLog[];
}

function createSink(file: string, options: ClassifyOptions): CollectingSink {
  const logs: ClassifiedLog[] = [];
  let classifier: LogClassifier | undefined;
  let part: string | undefined;
  return {
    logs,
    sink: {
      begin(name) {
        part = name;
        classifier = createLogClassifier(options);
      },
      push(chunk) {
        classifier?.push(chunk);
      },
      end(firstLine) {
        if (classifier === undefined) return;
        logs.push({ file, ...omitUndefined({ part }), ...classifier.end(firstLine) });
        classifier = undefined;
      },
    },
  };
}
