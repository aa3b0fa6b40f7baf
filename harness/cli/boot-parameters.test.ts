import { expect } from 'chai';
import { guestDevices } from '../machine/qemu/guest-devices.ts';
import { ADDED_BYTES_MAX } from '../matrix/boot-parameters-limit.ts';
import { bootParameters } from '../prepare/boot-parameters.ts';

describe('what kmx adds to the boot parameters of a config', () => {
  it('takes no more than the room that is kept for it', () => {
    const spec = { kind: 'vm' as const, kernel: 'k', bootParameters: [], cpus: 1, memoryMib: 64 };
    const sockets = {
      ...{ qmp: 'q', console: 'c', control: 't' },
      ...{ agent: 'a', agentStdout: 'o', agentStderr: 'e', tool: 'l' },
    };
    for (const accelerator of ['tcg', 'kvm'] as const) {
      const devices = guestDevices(
        { hasSandbox: true, version: '10.0.2' },
        accelerator,
        spec,
        sockets,
      );
      const added = [...devices.flatMap((one) => one.bootParameters ?? []), ...bootParameters([])];
      expect(added).to.include.members(['console=ttyS0', 'loglevel=7']);
      expect(Buffer.byteLength(`${added.join(' ')} `)).to.be.at.most(ADDED_BYTES_MAX);
    }
  });
});
