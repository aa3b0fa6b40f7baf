import { UsageError } from '../errors.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { archives, rpmPackages } from './targets/archives.ts';
import { bundles, packedBundles } from './targets/bundles.ts';
import { controlFrames } from './targets/control-frames.ts';
import { controlMessages } from './targets/control-messages.ts';
import { eventLog } from './targets/event-log.ts';
import { agentOutput, consoleOutput } from './targets/guest-output.ts';
import { kconfigFragment, kconfigTree } from './targets/kconfig.ts';
import { configFile, kernelConfig, packageFiles } from './targets/kernel-configs.ts';
import { bootImage, elf, kernelImage, kernelModule } from './targets/kernels.ts';
import { classifiedLog, logFile } from './targets/logs.ts';
import { hostPrograms, packageList } from './targets/packages.ts';
import { report } from './targets/report.ts';
import { picture, printableText } from './targets/text.ts';
import { ttrpcAnswers, ttrpcFrames } from './targets/ttrpc.ts';

/** Every decoder of untrusted bytes. */
export const TARGETS: readonly FuzzTarget[] = [
  controlFrames,
  controlMessages,
  ttrpcFrames,
  ttrpcAnswers,
  consoleOutput,
  agentOutput,
  classifiedLog,
  logFile,
  picture,
  printableText,
  eventLog,
  report,
  elf,
  kernelConfig,
  configFile,
  kconfigTree,
  kconfigFragment,
  packageFiles,
  archives,
  rpmPackages,
  bundles,
  packedBundles,
  kernelImage,
  bootImage,
  kernelModule,
  packageList,
  hostPrograms,
];

/** Throws a UsageError if there is no such target. */
export function findTarget(name: string): FuzzTarget {
  const target = TARGETS.find((one) => one.name === name);
  if (target !== undefined) return target;
  throw new UsageError(`there is no fuzz target "${name}"`, {
    code: 'NO_SUCH_TARGET',
    remedy: `the targets are: ${TARGETS.map((one) => one.name).join(', ')}`,
  });
}
