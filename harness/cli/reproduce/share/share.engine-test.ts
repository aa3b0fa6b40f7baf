/** A folder that is shared with a container. Needs a container engine, and init as scripts/setup builds it. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createGuest, type Guest } from '../../../channel/guest.ts';
import { openGuestChannel } from '../../../channel/guest-channel.ts';
import {
  type ContainerMachine,
  createContainerMachine,
} from '../../../machine/container/container-machine.ts';
import type { Instance } from '../../../machine/machine.ts';
import { bareContainer } from '../../../machine/testing/container-guest.ts';

/** Far more than any answer takes. */
const TIMEOUT_MS = 120_000;

function clientOf(instance: Instance): Guest {
  for (const stream of [instance.console, instance.agentStdout, instance.agentStderr])
    stream.resume();
  return createGuest(openGuestChannel(instance.control).call, TIMEOUT_MS);
}

describe('a folder that is shared with a container', () => {
  let machine: ContainerMachine;
  let folder: string;
  before(async () => {
    machine = await createContainerMachine();
    folder = await mkdtemp(join(tmpdir(), 'kmx-share:'));
  });
  after(async () => {
    await machine?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('is there, read-only, and what changes on the host is seen', async () => {
    await symlink('/etc/hostname', join(folder, 'outside'));
    await using instance = await machine.boot({ ...bareContainer(), share: folder });
    const { readFile, writeFile: writeInGuest } = clientOf(instance);
    await writeFile(join(folder, 'words'), 'from the host');
    expect(await readFile('/mnt/share/words')).to.equal('from the host');
    const refused = await writeInGuest('/mnt/share/words', 'x').catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'EROFS');
    // It leads to a place in the container.
    const own = await readFile('/etc/hostname').catch((error: unknown) => String(error));
    const byLink = await readFile('/mnt/share/outside').catch((error: unknown) => String(error));
    expect(byLink).to.equal(own);
  });
});
