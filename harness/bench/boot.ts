import { timeBare, writeBareInitramfs } from './bare-guest.ts';
import { type Figure, median, ratio, seconds } from './figure.ts';
import { prepareGuest, timeFirstAnswer } from './guest-boots.ts';
import type { BenchContext } from './section.ts';

/**
 * From QEMU's start to the agent's first answer, against the floor: the same kernel and machine to the
 * first line of a bare busybox. The two take turns, so that a busy moment of the host hits both.
 */
export async function measureBoot({ cacheRoot, kernel, rounds }: BenchContext): Promise<Figure[]> {
  await using guest = await prepareGuest(kernel, cacheRoot);
  const bare = { ...guest.spec, initramfs: await writeBareInitramfs(guest.folder) };
  const packed = { ...bare, kernel: guest.prepared.kernel.image };
  const floors: number[] = [];
  const packedFloors: number[] = [];
  const answers: number[] = [];
  for (let round = 0; round < rounds; round++) {
    floors.push((await timeBare(guest.machine, bare)).wallMs);
    packedFloors.push((await timeBare(guest.machine, packed)).wallMs);
    answers.push((await timeFirstAnswer(guest)).wallMs);
  }
  const floor = median(floors);
  const packedFloor = median(packedFloors);
  const answer = median(answers);
  const note = `median of ${rounds}, ${kernel}, ${guest.accelerator}`;
  return [
    { name: 'floor: bare busybox init', value: seconds(floor), unit: 's', note },
    { name: 'floor with the bzImage', value: seconds(packedFloor), unit: 's', note },
    { name: 'first answer of the agent', value: seconds(answer), unit: 's', note },
    { name: 'first answer over the floor', value: seconds(answer - floor), unit: 's' },
    ratio('first answer / floor', answer, floor),
    ratio('first answer / floor with the bzImage', answer, packedFloor),
  ];
}
