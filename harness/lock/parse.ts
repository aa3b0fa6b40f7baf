import {
  findPlace,
  type Place,
  readDocument,
  type SourceDocument,
  spanOf,
} from '../matrix/document.ts';
import { problemsOfIssues } from '../matrix/issues.ts';
import { keepCertain } from '../matrix/parse.ts';
import type { Problem } from '../matrix/problem.ts';
import { LOCK_VERSION, type Lock, type LockedAgent, type LockedKernel } from './lock.ts';
import { type LockFile, lockJsonSchema, lockSchema } from './schema.ts';
import { sealOf } from './seal.ts';

export interface LoadedLock {
  readonly lock: Lock;
  /** The place of a value in the text, or of the deepest one on the way to it. */
  placeOf(path: readonly PropertyKey[]): Pick<Problem, 'start' | 'end'>;
}

/** Either a faultless lock, or all faults of the file in the order of its lines. */
export type ParsedLock =
  | ({ readonly isValid: true } & LoadedLock)
  | { readonly isValid: false; readonly problems: readonly Problem[] };

/**
 * Reads a lock file. Never throws, whatever the text.
 * @param mayBeEdited Names of entries that are about to be renewed.
 */
export function parseLock(
  text: string,
  { mayBeEdited = new Set() }: { readonly mayBeEdited?: ReadonlySet<string> } = {},
): ParsedLock {
  const document = readDocument(text);
  const newer = findNewer(document);
  if (newer !== undefined) return { isValid: false, problems: [newer] };
  const parsed = lockSchema.safeParse(document.root.value);
  const found = problemsOfIssues(
    parsed.error?.issues ?? [],
    document,
    parsed.success ? {} : lockJsonSchema(),
  );
  const { brokenFrom, root } = document;
  const problems = [
    ...document.problems,
    ...(brokenFrom === undefined ? found : keepCertain(found, brokenFrom)),
  ];
  if (!parsed.success || problems.length > 0) return invalid(problems);
  const { kernels, agents } = parsed.data;
  const edited = [
    ...findEdited(root, ['kernels', kernels], mayBeEdited),
    ...findEdited(root, ['agents', agents], mayBeEdited),
  ];
  if (edited.length > 0) return invalid(edited);
  const lock = {
    kernels: withoutSeals<LockedKernel>(kernels),
    agents: withoutSeals<LockedAgent>(agents),
  };
  return { isValid: true, lock, placeOf: (path) => spanOf(findPlace(root, path).place, 'key') };
}

function invalid(problems: readonly Problem[]): ParsedLock {
  return { isValid: false, problems: problems.toSorted((one, other) => one.start - other.start) };
}

/** Whatever else is unknown in such a file is no fault. */
function findNewer({ root }: SourceDocument): Problem | undefined {
  const place = root.children.get('version');
  if (typeof place?.value !== 'number' || place.value <= LOCK_VERSION) return undefined;
  return {
    code: 'WRONG_VALUE',
    message: 'this lock was written by a newer kmx',
    ...spanOf(place, 'value'),
    expected: `version ${LOCK_VERSION}: use the kmx that wrote it, or renew it with kmx kernels lock`,
    found: `version ${place.value}`,
  };
}

function findEdited(
  root: Place,
  [axis, entries]: readonly [
    axis: 'kernels' | 'agents',
    entries: LockFile['kernels'] | LockFile['agents'],
  ],
  mayBeEdited: ReadonlySet<string>,
): readonly Problem[] {
  return Object.entries(entries).flatMap(([name, { seal, ...entry }]): readonly Problem[] => {
    const own = sealOf(name, entry as LockedKernel | LockedAgent);
    if (own === seal || mayBeEdited.has(name)) return [];
    const { place } = findPlace(root, [axis, name]);
    const message = `the entry ${name} was changed by hand`;
    const expected = `what kmx wrote, whose seal is ${seal}; renew it: kmx kernels lock --update ${name}`;
    const found = `an entry whose seal would be ${own}`;
    return [{ code: 'CONFLICT', message, ...spanOf(place, 'key'), expected, found }];
  });
}

/** zod leaves out what is absent, though its types allow undefined. */
function withoutSeals<T>(
  entries: Readonly<Record<string, { readonly seal: string }>>,
): ReadonlyMap<string, T> {
  const named = Object.entries(entries).map(
    ([name, { seal: _, ...entry }]) => [name, entry as T] as const,
  );
  return new Map(named);
}
