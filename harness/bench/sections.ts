import { measureBoot } from './boot.ts';
import { measureContainers } from './containers.ts';
import { measureKernels } from './kernels.ts';
import { measureMemory } from './memory.ts';
import { measureOneMoreTest } from './one-more-test.ts';
import { measurePage } from './page.ts';
import { measurePeer } from './peer.ts';
import { measureProfile } from './profile.ts';
import { measureRestore } from './restore.ts';
import { measureRestoreStress } from './restore-stress.ts';
import { measureScale } from './scale.ts';
import type { Section } from './section.ts';
import { measureSingleTest } from './single-test.ts';
import { measureStartup } from './startup.ts';
import { measureThroughput } from './throughput.ts';
import { measureTriage } from './triage.ts';
import { measureVariants } from './variants.ts';

/** In the order in which they are measured and printed. */
export const SECTIONS: readonly Section[] = [
  {
    name: 'boot',
    measures: 'a guest from QEMU’s start to its first answer, compared with a bare kernel',
    measure: measureBoot,
  },
  {
    name: 'restore',
    measures: 'guests that are saved once and restored often',
    measure: measureRestore,
  },
  {
    name: 'single-test',
    measures: 'one test, from command to verdict, with a saved guest',
    measure: measureSingleTest,
  },
  {
    name: 'startup',
    measures: 'how long our own code takes to start; boots nothing',
    measure: measureStartup,
  },
  {
    name: 'peer',
    measures: 'one command on one kernel, compared with virtme-ng',
    measure: measurePeer,
  },
  {
    name: 'one-more-test',
    measures: 'ten tests of a cell compared with five',
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
    name: 'containers',
    measures: 'guests in containers, beside the same tests in QEMU',
    measure: measureContainers,
  },
  {
    name: 'triage',
    measures: 'how fast consoles are searched; boots nothing',
    measure: measureTriage,
  },
  {
    name: 'page',
    measures: 'a report’s page, written, opened and filtered in Chromium; boots nothing',
    isOnDemand: true,
    measure: measurePage,
  },
  {
    name: 'kernels',
    measures:
      'boots of the kernel that kmx builds, beside a packaged one; builds it first, in minutes',
    isOnDemand: true,
    measure: measureKernels,
  },
  {
    name: 'scale',
    measures: 'plans and reports of up to 100,000 cells; needs 2 GB of disk',
    isOnDemand: true,
    measure: measureScale,
  },
  {
    name: 'restore-stress',
    measures: 'whether restored guests always do the same; 100 restores a round',
    isOnDemand: true,
    measure: measureRestoreStress,
  },
  {
    name: 'variants',
    measures: 'boots with devices and parameters other than kmx’s own',
    isOnDemand: true,
    measure: measureVariants,
  },
];
