import { measureBoot } from './boot.ts';
import { measureMemory } from './memory.ts';
import { measureOneMoreTest } from './one-more-test.ts';
import { measurePeer } from './peer.ts';
import { measureProfile } from './profile.ts';
import type { Section } from './section.ts';
import { measureThroughput } from './throughput.ts';
import { measureTriage } from './triage.ts';
import { measureVariants } from './variants.ts';

/** In the order in which they are measured and printed. */
export const SECTIONS: readonly Section[] = [
  {
    name: 'boot',
    measures: 'a guest from nothing to its first answer, against a bare kernel',
    measure: measureBoot,
  },
  {
    name: 'peer',
    measures: 'one command on one kernel, against virtme-ng',
    measure: measurePeer,
  },
  {
    name: 'one-more-test',
    measures: 'ten tests of a cell against five',
    measure: measureOneMoreTest,
  },
  {
    name: 'throughput',
    measures: 'the same tests with one guest at a time and with several',
    measure: measureThroughput,
  },
  {
    name: 'profile',
    measures: 'the whole quick profile: cold, warm, unchanged',
    measure: measureProfile,
  },
  {
    name: 'memory',
    measures: 'memory and disk of running guests',
    measure: measureMemory,
  },
  {
    name: 'triage',
    measures: 'how fast consoles are read; boots nothing',
    measure: measureTriage,
  },
  {
    name: 'variants',
    measures: 'boots with other devices and parameters than kmx gives guests',
    isOnDemand: true,
    measure: measureVariants,
  },
];
