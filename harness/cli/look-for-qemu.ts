import { execa } from 'execa';
import { InfraError } from '../errors.ts';
import { findQemu, type QemuHost } from '../machine/qemu/find-qemu.ts';

/** Looks for the host's QEMU. Throws an InfraError with the code NO_QEMU if there is none. */
type Look = () => Promise<QemuHost>;

/**
 * Looks for QEMU at once, since running it takes a moment. Only whoever asks for it gets to know that
 * it is missing: then it is set up, by the program that `KMX_SETUP` names, unless the user has named a
 * QEMU that is to be used. `scripts/kmx` sets that variable.
 */
export function lookForQemu(environment: NodeJS.ProcessEnv, look: Look = findQemu): Look {
  const looking = look();
  looking.catch(() => {});
  let found: Promise<QemuHost> | undefined;
  return () => {
    found ??= looking.catch((error: unknown) => setUp(error, environment, look));
    return found;
  };
}

async function setUp(
  error: unknown,
  { KMX_SETUP: program = '', KMX_QEMU: chosen = '' }: NodeJS.ProcessEnv,
  look: Look,
): Promise<QemuHost> {
  const isMissing = error instanceof InfraError && error.code === 'NO_QEMU';
  if (!isMissing || program === '' || chosen !== '') throw error;
  // It says itself what it does and what went wrong; sudo may ask for a password.
  const { failed } = await execa(program, ['qemu'], { stdio: 'inherit', reject: false });
  if (failed) throw error;
  return await look();
}
