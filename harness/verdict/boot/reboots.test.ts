import { expect } from 'chai';
import { createReboots } from './reboots.ts';

const BANNER = 'Linux version 6.12.0';
const SEABIOS = 'SeaBIOS (version 1.16.2-debian-1.16.2-1)';

/** What each of the lines shows; those of the kernel begin with `k: `, early ones, or `late: `. */
function take(lines: readonly string[]): readonly (string | undefined)[] {
  const reboots = createReboots();
  return lines.map((line, at) => {
    const text = line.replace(/^(?:k|late): /, '');
    const from = line === text ? 'program' : 'kernel';
    const stamp = line.startsWith('late: ') ? '[  443.358627] ' : '[    0.000000] ';
    reboots.noteWriter(from, `${stamp}${text}`);
    return reboots.take({ text, from }, { start: 100 * at, end: 100 * at + 100 });
  });
}

describe('a reboot', () => {
  it('is unexpected of a guest whose boot was before the beginning of the log', () => {
    expect(take(['late: eth0: link up', `k: ${BANNER}`])).to.deep.equal([undefined, 'unexpected']);
    expect(take(['late: eth0: link up', BANNER])).to.deep.equal([undefined, 'boot']);
    expect(take([`late: ${BANNER}`])).to.deep.equal(['boot']);
    expect(take(['k: Initializing cgroup subsys cpu', `k: ${BANNER}`])).to.deep.equal([
      undefined,
      'boot',
    ]);
  });

  for (const firmware of [
    SEABIOS,
    'iPXE (https://ipxe.org) 00:03.0 CA00 PCI2.10 PnP PMM+06FD0A00',
    'iPXE 1.21.1+git-20220113.fbbdc3926 -- Open Source Network Boot Firmware -- https://ipxe.org',
    'BdsDxe: loading Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x3,0x0)',
    'U-Boot SPL 2023.01 (Jan 01 2023 - 00:00:00 +0000)',
    'OpenSBI v1.2',
    'coreboot-4.19 Tue Jan 31 00:00:00 UTC 2023 x86_32 bootblock starting (log level: 7)...',
    'NOTICE:  BL31: v2.8(release):v2.8',
    'Welcome to GRUB!',
    'EFI stub: Booting Linux Kernel...',
  ]) {
    it(`is unexpected if nothing explains it: ${firmware}`, () => {
      expect(take([firmware, `k: ${BANNER}`])).to.deep.equal([undefined, 'boot']);
      expect(take([`k: ${BANNER}`, firmware, `k: ${BANNER}`])).to.deep.equal([
        'boot',
        'unexpected',
        'boot',
      ]);
    });
  }

  it('shows in a second kernel where the firmware says nothing', () => {
    expect(take([`k: ${BANNER}`, `k: ${BANNER}`])).to.deep.equal(['boot', 'unexpected']);
  });

  it('shows in a log that begins when the kernel already ran', () => {
    expect(take(['k: eth0: link becomes ready', SEABIOS])).to.deep.equal([undefined, 'unexpected']);
  });

  for (const end of [
    'k: Kernel panic - not syncing: sysrq triggered crash',
    'k: Oops: 0000 [#1] SMP',
    'k: reboot: Restarting system',
    'k: reboot: Power down',
    'k: Starting crashdump kernel...',
    'k: kexec_core: Starting new kernel',
    'k: systemd-shutdown[1]: Rebooting.',
    '[  OK  ] Reached target reboot.target - System Reboot.',
    'The system is going down NOW!',
    'rsyslogd: [origin software="rsyslogd"] exiting on signal 15.',
  ]) {
    it(`is no news after this: ${end}`, () => {
      expect(take([`k: ${BANNER}`, end, SEABIOS]).at(-1)).not.to.equal('unexpected');
      expect(take([`k: ${BANNER}`, end, `k: ${BANNER}`]).at(-1)).to.equal('boot');
    });
  }

  it("is none in the log of the system's own logger, which has all boots in it", () => {
    const reboots = createReboots();
    const banner = { text: BANNER, from: 'kernel' } as const;
    const shown = [0, 100, 200].map((start) =>
      reboots.take(banner, { start, end: start + 100, tag: 'kernel' }),
    );
    expect(shown).to.deep.equal(['boot', 'boot', 'boot']);
    for (const marker of [`-- Boot ${'0a'.repeat(16)} --`, '-- Reboot --']) {
      expect(take([`k: ${BANNER}`, marker, `k: ${BANNER}`]).at(-1)).to.equal('boot');
    }
  });

  it('is news if the last fault was long ago', () => {
    const fault = ['k: Oops: 0000 [#1] SMP', ...Array.from({ length: 400 }, () => 'k: a line')];
    expect(take([`k: ${BANNER}`, ...fault, SEABIOS]).at(-1)).to.equal('unexpected');
  });

  it('is not seen in the output of a program that prints the kernel’s version', () => {
    expect(take([`k: ${BANNER}`, BANNER]).at(-1)).to.equal(undefined);
    expect(take([`k: ${BANNER}`, `using "${SEABIOS}"`]).at(-1)).to.equal(undefined);
  });
});
