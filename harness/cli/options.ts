/** Options that several commands have, as arguments of commander's `option`. */
import { Option } from 'commander';
import { QEMU_PLACES } from '../matrix/cell.ts';
import { countFrom } from './arguments.ts';

export const profileOption = [
  '--profile <name>',
  'a profile of the matrix file (default: quick)',
] as const;

export const onlyOption = [
  '--only <words...>',
  'only cells whose id has all the words; after a colon, only tests whose title has the words',
] as const;

export const needsOption = [
  '--needs <folder>',
  'what agents need (default: needs/ beside the matrix file, if it is there)',
] as const;

export const mirrorOption = [
  '--mirror <uri>',
  'Debian archive to fetch kernels from (default: the one that the host uses)',
] as const;

/** What changes the inputs of a run that is named by its report, beside the global options. */
export const startedOptions: readonly Option[] = [
  new Option(
    '--signature <text>',
    'the signature that must appear, as in a report; no run or expectation is needed then',
  ),
  new Option(
    '--qemu <place>',
    'where QEMU runs (default: as in its run, or in the matrix file)',
  ).choices(QEMU_PLACES),
  new Option('--locked', 'use exactly what matrix.lock.yaml names (default: as in its run)'),
  new Option('--no-locked', 'use what the matrix file names, even if its run was locked'),
];

export const onlyCellsOption = [
  '--only <words...>',
  'only cells whose id has all the words',
] as const;

export const jobsOption = [
  '--jobs <n>',
  'how many guests at the same time (default: by CPUs and memory)',
  countFrom(1),
] as const;
