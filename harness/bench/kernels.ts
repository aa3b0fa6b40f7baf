import { timeBusybox, writeBusyboxInitramfs } from './busybox-guest.ts';
import { type Figure, median, ratio, seconds } from './figure.ts';
import { prepareGuest, timeFirstAnswer } from './guest-boots.ts';
import type { BenchContext } from './section.ts';

/** Built with minimal.config and nothing else. */
const BUILT = 'source-6.12';

/**
 * The kernel that kmx builds beside a packaged one, both from QEMU's start to the first program and to the agent's
 * first answer. They take turns, so that a busy moment of the host affects both. Builds the kernel first
 * if it is not in the cache.
 */
export async function measureKernels({
  cacheRoot,
  kernel,
  rounds,
}: BenchContext): Promise<Figure[]> {
  await using packaged = await prepareGuest(kernel, cacheRoot);
  await using built = await prepareGuest(BUILT, cacheRoot);
  const guests = [packaged, built];
  const floors: number[][] = [[], []];
  const answers: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [index, guest] of guests.entries()) {
      const busybox = { ...guest.spec, initramfs: await writeBusyboxInitramfs(guest.folder) };
      floors[index]?.push((await timeBusybox(guest.machine, busybox)).wallMs);
      answers[index]?.push((await timeFirstAnswer(guest)).wallMs);
    }
  }
  const [floorOfPackaged = 0, floorOfBuilt = 0] = floors.map(median);
  const [answerOfPackaged = 0, answerOfBuilt = 0] = answers.map(median);
  const note = `median of ${rounds}, ${packaged.accelerator}`;
  return [
    { name: `init of ${kernel}`, value: seconds(floorOfPackaged), unit: 's', note },
    { name: `init of ${BUILT}, built`, value: seconds(floorOfBuilt), unit: 's', note },
    ratio('init: built / packaged', floorOfBuilt, floorOfPackaged),
    { name: `first answer with ${kernel}`, value: seconds(answerOfPackaged), unit: 's', note },
    { name: `first answer with ${BUILT}, built`, value: seconds(answerOfBuilt), unit: 's', note },
    ratio('first answer: built / packaged', answerOfBuilt, answerOfPackaged),
  ];
}
