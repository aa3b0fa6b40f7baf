/** What is told of a machine: see MachineFacts. */
import { z } from 'zod';
import { MACHINE_KINDS } from '../matrix/cell.ts';

const text = z.string();
const optional = z.exactOptional;

export const machineFactsSchema = z.strictObject({
  name: text,
  kind: z.enum(MACHINE_KINDS),
  accelerator: z.enum(['tcg', 'kvm', 'none']).describe('none in containers'),
  version: text.describe('of QEMU, or of the container engine'),
  engine: optional(text).describe('the container engine that has a part in it'),
  image: optional(text).describe('sha256 of the packages that the QEMU of a container is from'),
  privileges: optional(z.array(text).readonly()).describe(
    'of containers, beyond the ordinary: the name of each and why',
  ),
  kernelLogFault: optional(text).describe(
    "of containers: why the host's kernel log could not be read; absent: it was",
  ),
  lacksSandbox: optional(z.literal(true)).describe('QEMU was built without seccomp'),
});
