import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createScriptedMachine, type Script } from '../scripted/scripted-machine.ts';
import { findImageFault, findKernelFault, PROBE_MARK } from './probe-boot.ts';

const BOOTED = [
  '\u001bcLinux version 6.12.1 (gcc) #1 SMP\r\n',
  'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n',
].join('');
const TIMEOUT_MS = 5000;

function ending(console: string, reason: string, stderr = ''): Script {
  return async (guest) => {
    guest.console.write(console);
    return { reason, stderr };
  };
}

describe('a probe boot', () => {
  it('accepts a kernel that finishes its start', async () => {
    const machine = createScriptedMachine(ending(BOOTED, 'guest-reset'));
    expect(await findKernelFault(machine, 'vmlinuz', TIMEOUT_MS)).to.equal(undefined);
  });

  it('boots the image that it writes', async () => {
    const machine = createScriptedMachine(async ({ console }, spec) => {
      const kernel = spec.kind === 'vm' ? spec.kernel : '';
      expect(readFileSync(kernel).readUInt32LE()).to.equal(0x1badb002);
      console.write(PROBE_MARK);
      return { reason: 'guest-reset' };
    });
    expect(await findImageFault(machine, TIMEOUT_MS)).to.equal(undefined);
  });

  for (const [what, script, fault] of [
    ['resets early', ending('Linux version 6.12\r\n', 'guest-reset'), /does not say 'Kernel panic/],
    ['resets silently', ending('', 'guest-reset'), /does not say 'Linux version'/],
    ['ends otherwise', ending(BOOTED, 'guest-shutdown'), /'guest-shutdown' instead of a reset/],
    [
      'dies of something else',
      ending('Linux version 6\r\nKernel panic - not syncing: Fatal exception\r\n', 'guest-reset'),
      /does not say/,
    ],
    [
      'is stopped by the hypervisor',
      ending('', 'internal-error', 'KVM internal error. Suberror: 1\nextra data[0]: 0x1'),
      /'internal-error'.*KVM internal error\. Suberror: 1$/,
    ],
  ] as const) {
    it(`says what it saw of a kernel that ${what}`, async () => {
      const machine = createScriptedMachine(script);
      expect(await findKernelFault(machine, 'vmlinuz', TIMEOUT_MS)).to.match(fault);
    });
  }

  it('gives up on a silent guest after a limit, and ends it', async () => {
    let wasKilled = false;
    const machine = createScriptedMachine(({ killed }) => {
      killed.addEventListener('abort', () => {
        wasKilled = true;
      });
      return new Promise(() => undefined);
    });
    expect(await findKernelFault(machine, 'vmlinuz', 20)).to.equal('it did not end within 20 ms');
    expect(wasKilled).to.equal(true);
  });
});
