import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { qemuCommandLine } from './cmdline.ts';
import { exitOnPanic, serialConsole } from './devices.ts';
import { type Accelerator, guestDevices } from './guest-devices.ts';

const spec = {
  kind: 'vm' as const,
  kernel: '/kernels/vmlinuz-6.12',
  initramfs: '/cache/initramfs,v1.cpio',
  bootParameters: ['quiet', 'cgroup_disable=cpuset'],
  cpus: 2,
  memoryMib: 256,
};

function commandLine(accelerator: Accelerator, hasSandbox: boolean, version: string): string[] {
  const sockets = {
    qmp: '/tmp/a,b/qmp',
    console: '/tmp/a,b/console',
    control: '/tmp/a,b/control',
    agent: '/tmp/a,b/agent',
    agentStdout: '/tmp/a,b/stdout',
    agentStderr: '/tmp/a,b/stderr',
    tool: '/tmp/a,b/tool',
  };
  const devices = guestDevices({ hasSandbox, version }, accelerator, spec, sockets);
  return qemuCommandLine(devices, spec.bootParameters);
}

/** Compares with a file that has one option a line; `--update` writes that file first. */
function expectRecorded(file: string, command: readonly string[]): void {
  const text = command.map((word) => (word.startsWith('-') ? `\n${word}` : ` ${word}`)).join('');
  const path = new URL(`testdata/${file}`, import.meta.url);
  if (process.argv.includes('--update')) writeFileSync(path, `${text.trimStart()}\n`);
  expect(`${text.trimStart()}\n`).to.equal(readFileSync(path, 'utf8'));
}

describe('the command line of QEMU', () => {
  it('is as recorded for an emulated guest', () => {
    expectRecorded('command-tcg.txt', commandLine('tcg', true, '10.0.2'));
  });

  it('is as recorded for a guest on KVM, where QEMU has no seccomp', () => {
    expectRecorded('command-kvm.txt', commandLine('kvm', false, '7.2.22'));
  });

  it('leaves out an instruction that emulators below QEMU 8 get wrong', () => {
    const modelOf = (version: string) => {
      const words = commandLine('tcg', true, version);
      return words[words.indexOf('-cpu') + 1];
    };
    expect(modelOf('7.2.22')).to.equal(`${modelOf('8.0.0')},-cx16`);
    expect(modelOf('10.0.2')).to.equal(modelOf('8.0.0'));
  });

  it('has no initramfs where the guest has none', () => {
    const { initramfs: _, ...bare } = spec;
    const devices = guestDevices({ hasSandbox: true, version: '10.0.2' }, 'tcg', bare, {
      ...{ qmp: 'q', console: 'c', control: 't', agent: 'a', agentStdout: 'o', agentStderr: 'e' },
      tool: 'l',
    });
    expect(qemuCommandLine(devices, [])).to.not.include('-initrd');
  });

  it('puts the parameters of devices first, so that the caller can override them', () => {
    const devices = [exitOnPanic(), serialConsole('/s')];
    expect(qemuCommandLine(devices, ['panic=0']).at(-1)).to.equal('panic=-1 console=ttyS0 panic=0');
  });
});
