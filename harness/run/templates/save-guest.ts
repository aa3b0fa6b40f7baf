import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InfraError } from '../../errors.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';
import type { SaidFacts } from '../../live-guest/said-facts.ts';
import { LOGS_FOLDER, writeRecord } from './template.ts';

const LOGS = ['console.log', 'agent-stdout.log', 'agent-stderr.log', 'command.txt'];

/** What a template records besides the state of its guest. */
export interface SavedFacts extends SaidFacts {
  /** 0 where no agent was started. */
  readonly agentPid: number;
  /** What it was made from, for people. */
  readonly made: Readonly<Record<string, string>>;
}

/**
 * Saves a guest to a template's folder, after which it continues. Throws an InfraError `NOT_SAVED`
 * if that fails; the guest is then of no further use.
 * @returns Why the guest must not be saved; undefined if it was.
 */
export async function saveGuest(
  guest: LiveGuest,
  known: SavedFacts,
  folder: string,
): Promise<string | undefined> {
  const { crash } = guest.output;
  if (crash !== undefined) return `it came up with a ${crash.class}: ${crash.title}`;
  const bytesBefore = await guest.save(folder).catch((cause: unknown) => {
    if (cause instanceof InfraError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InfraError(`the guest did not continue after it was saved: ${message}`, {
      code: 'NOT_SAVED',
      cause,
    });
  });
  await writeRecord(folder, { ...known, bytesBefore });
  const logs = join(folder, LOGS_FOLDER);
  await mkdir(logs);
  await Promise.all(LOGS.map((log) => copyFile(join(guest.folder, log), join(logs, log))));
  return undefined;
}
