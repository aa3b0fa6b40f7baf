/** The state of a bisect of versions on the disk, and the steps that it knows. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  formatVersionState,
  parseVersionState,
  type VersionState,
  type VersionStep,
} from '../../bisect/version-state.ts';
import { UsageError } from '../../errors.ts';
import { changedInputs } from '../../prepare/input-digests.ts';
import { replaceFile } from '../../reporters/replace-file.ts';
import type { Candidate } from './candidates.ts';
import type { Measured, Measurer } from './measure.ts';

const FILE = 'bisect.json';

/** Throws a UsageError if the folder has no bisect of versions. */
export function readVersionState(folder: string): VersionState {
  const file = join(folder, FILE);
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${folder} has no bisect to resume: ${(cause as Error).message}`, {
      code: 'BISECT_UNKNOWN',
      remedy: 'name the folder that kmx bisect printed when it began',
      cause,
    });
  }
  const state = parseVersionState(content);
  if (!('fault' in state)) return state;
  throw new UsageError(`${file} is not the state of a bisect of versions: ${state.fault}`, {
    code: 'BISECT_UNREADABLE',
    remedy: 'begin a new one',
  });
}

/** Outcomes with another agent or other scenarios must not be mixed with these. */
export function checkInputs(state: VersionState, inputs: VersionState['inputs']): void {
  const changed = changedInputs(state.inputs, inputs);
  if (changed.length === 0) return;
  throw new UsageError(
    `the bisect cannot be resumed: ${changed.join(', ')} changed since it began`,
    {
      code: 'RESUME_CHANGED',
      remedy: 'restore what it began with, or begin a new one',
    },
  );
}

/** Measures each kernel once, and keeps every step on the disk. */
export interface VersionLog {
  /** Undefined: it was not measured yet. */
  known(candidate: Candidate): VersionStep | undefined;
  measure(candidate: Candidate): Promise<VersionStep>;
}

/**
 * @param folder Exists.
 * @param begin A new bisect, or one that is resumed: what was unclear then is tried again, since
 * the network or the host may have been at fault.
 */
export function openVersionLog(
  folder: string,
  begin: VersionState,
  measurer: Measurer,
): VersionLog {
  let state = begin;
  const known = ({ label }: Candidate): VersionStep | undefined =>
    state.steps.find((step) => step.label === label);
  const save = (next: VersionState): void => {
    state = next;
    replaceFile(join(folder, FILE), [formatVersionState(state)]);
  };
  save({ ...begin, steps: begin.steps.filter(({ outcome }) => outcome !== 'unclear') });
  return {
    known,
    async measure(candidate) {
      const before = known(candidate);
      if (before !== undefined) return before;
      const beginMs = performance.now();
      const measured = await measurer.measure(candidate.kernel);
      const step = stepOf(candidate, folder, measured, performance.now() - beginMs);
      const { wanted } = measurer;
      save({
        ...state,
        ...(wanted?.kind === 'signature' ? { signature: wanted.signature } : {}),
        steps: [...state.steps, step],
      });
      return step;
    },
  };
}

function stepOf(
  { label }: Candidate,
  folder: string,
  { folder: own, fault: _, ...measured }: Measured,
  durationMs: number,
): VersionStep {
  return {
    label,
    ...measured,
    folder: relative(folder, own),
    durationMs: Math.round(durationMs),
  };
}
