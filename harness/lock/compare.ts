/** How what a run would use differs from what its lock says. */
import type { LockedAgent, LockedKernel } from './lock.ts';

export interface Difference {
  /** Below the entry: `['inputs', 'compiler']`. */
  readonly path: readonly string[];
  /** `inputs: compiler` */
  readonly what: string;
  /** Absent: the lock has nothing there. */
  readonly expected?: string;
  readonly found?: string;
}

/**
 * What is first is the likely reason for what follows: another package has another digest, and so has
 * another compiler. None: both are the same to the byte.
 */
export function compareKernels(locked: LockedKernel, found: LockedKernel): readonly Difference[] {
  return compareTexts(textsOf(locked), textsOf(found));
}

export function compareAgents(locked: LockedAgent, found: LockedAgent): readonly Difference[] {
  return compareTexts(agentTexts(locked), agentTexts(found));
}

type Texts = ReadonlyMap<string, { readonly path: readonly string[]; readonly text: string }>;

function compareTexts(locked: Texts, found: Texts): readonly Difference[] {
  const names = new Set([...locked.keys(), ...found.keys()]);
  return [...names].flatMap((what): readonly Difference[] => {
    const [one, other] = [locked.get(what), found.get(what)];
    if (one?.text === other?.text) return [];
    const path = (one ?? other)?.path ?? [];
    return [
      {
        ...{ path, what },
        ...(one !== undefined && { expected: one.text }),
        ...(other !== undefined && { found: other.text }),
      },
    ];
  });
}

function agentTexts({ sources, program, files }: LockedAgent): Texts {
  return toTexts([
    [['sources'], sources],
    [['program'], program],
    [['files'], files],
  ]);
}

function textsOf({ release, digest, image, config, debian, inputs }: LockedKernel): Texts {
  return toTexts([
    ...(debian === undefined ? [] : packageTexts(debian)),
    ...Object.entries(inputs ?? {}).map(([key, text]) => [['inputs', key], text] as const),
    [['release'], release],
    [['image'], image],
    [['config'], config],
    [['digest'], digest],
  ]);
}

function packageTexts(
  debian: NonNullable<LockedKernel['debian']>,
): readonly (readonly [path: readonly string[], text: string])[] {
  return [
    [['debian', 'package'], debian.package],
    [['debian', 'version'], debian.version],
    ...debian.files.map(
      (one, index) => [['debian', 'files', String(index)], `${one.package} ${one.sha256}`] as const,
    ),
  ];
}

function toTexts(
  entries: readonly (readonly [path: readonly string[], text: string | undefined])[],
): Texts {
  return new Map(
    entries.flatMap(([path, text]) =>
      text === undefined ? [] : [[path.join(': '), { path, text }] as const],
    ),
  );
}
