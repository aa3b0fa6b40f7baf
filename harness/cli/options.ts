/** Options that several commands have, as arguments of commander's `option`. */
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

export const onlyCellsOption = [
  '--only <words...>',
  'only cells whose id has all the words',
] as const;

export const jobsOption = [
  '--jobs <n>',
  'how many guests at the same time (default: by CPUs and memory)',
  countFrom(1),
] as const;
