/** What `kmx list` says of kernels that have to be built. */
import { count, describeDuration, renderFirst } from '../phrases.ts';
import type { BuildOutlook } from './build-outlooks.ts';

/** For people, on lines of their own. */
export function renderOutlooks(outlooks: readonly BuildOutlook[]): string {
  const faulty = outlooks.filter(({ fault }) => fault !== undefined);
  const missing = outlooks.filter(({ isThere, fault }) => !isThere && fault === undefined);
  const built = outlooks.filter(({ isThere, isPackaged }) => isThere && !isPackaged);
  const packaged = outlooks.filter(({ isPackaged }) => isPackaged);
  const lines = [
    ...(missing.length === 0
      ? []
      : [`builds ${count(missing.length, 'kernel')}${describeTime(missing)}`]),
    ...missing.flatMap(describeLacks),
    ...(built.length === 0 ? [] : [`has ${count(built.length, 'kernel')} from earlier builds`]),
    ...(packaged.length === 0
      ? []
      : [`uses ${count(packaged.length, 'packaged kernel')} unchanged`]),
    ...faulty.map(({ name, fault }) => `cannot build ${name}: ${fault}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const LACKS_SHOWN = 4;

/** Why a kernel is built although there is a package of it. */
function describeLacks({ name, lacks = [] }: BuildOutlook): readonly string[] {
  if (lacks.length === 0) return [];
  return [`  ${name}: its package lacks ${renderFirst(lacks, LACKS_SHOWN).join(', ')}`];
}

/** `, which takes about 6 min`; more where the time of some is not known. */
function describeTime(missing: readonly BuildOutlook[]): string {
  const known = missing.flatMap(({ expectedSeconds }) => expectedSeconds ?? []);
  if (known.length < missing.length) return ': how long that takes is not known yet';
  return `, which takes about ${describeExpected(known.reduce((sum, seconds) => sum + seconds, 0))}`;
}

/** In minutes: it is only an estimate. */
function describeExpected(seconds: number): string {
  return seconds < 60 ? '1 min' : describeDuration(Math.round(seconds / 60) * 60_000);
}

/** The words next to a cell in a list. */
export function describeOutlook(outlook: BuildOutlook): string {
  const { isThere, isPackaged, expectedSeconds, fault } = outlook;
  if (isPackaged) return 'packaged kernel fits';
  if (isThere) return 'kernel is built';
  if (fault !== undefined) return 'kernel cannot be built';
  return `builds its kernel${expectedSeconds === undefined ? '' : `, about ${describeExpected(expectedSeconds)}`}`;
}
