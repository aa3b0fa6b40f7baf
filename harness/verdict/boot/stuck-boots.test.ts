import { expect } from 'chai';
import { createStuckBoots } from './stuck-boots.ts';

/** What the lines together are called. */
function titlesOf(lines: readonly string[], writer?: string): readonly string[] {
  const boots = createStuckBoots();
  return lines.flatMap((line, at) => boots.take(line, at, writer)?.title ?? []);
}

const IN_SHELL = 'the boot ended in an emergency shell';

const STUCK: readonly (readonly [lines: readonly string[], title: string])[] = [
  [['systemd[1]: Freezing execution.'], 'systemd froze'],
  [['systemd[1]: Caught <SEGV> from our own process.'], 'systemd crashed with SIGSEGV and froze'],
  [
    ['[!!!!!!] Failed to isolate default target, freezing.', 'Freezing execution.'],
    'systemd froze: Failed to isolate default target',
  ],
  [
    [
      'systemd[1]: Failed to start up manager: Out of memory',
      '[!!!!!!] Failed to start up manager.',
    ],
    'systemd froze: Failed to start up manager: Out of memory',
  ],
  [
    ['dracut: FATAL: iscsiroot requested but kernel/initrd does not support iscsi'],
    'dracut gave up: iscsiroot requested but kernel/initrd does not support iscsi',
  ],
  [
    [
      'dracut Warning: "/dev/vda9" does not exist',
      'Entering emergency mode. Exit the shell to continue.',
    ],
    `${IN_SHELL}: "/dev/vda9" does not exist`,
  ],
  [
    [
      '[ TIME ] Timed out waiting for device /dev/disk/by-label/data.',
      '[DEPEND] Dependency failed for Local File Systems.',
      'Welcome to emergency mode! After logging in, type "journalctl -xb" to view',
    ],
    `${IN_SHELL}: Timed out waiting for device /dev/disk/by-label/data`,
  ],
  [
    [
      '[DEPEND] Dependency failed for Local File Systems.',
      'systemd[1]: Reached target Emergency Mode.',
    ],
    `${IN_SHELL}: Dependency failed for Local File Systems`,
  ],
  [['Cannot open access to console, the root account is locked.'], IN_SHELL],
  [
    ['ALERT!  /dev/vda1 does not exist.  Dropping to a shell!', '(initramfs) '],
    `${IN_SHELL}: /dev/vda1 does not exist`,
  ],
  [
    [
      '/dev/vda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.',
      'BusyBox v1.35.0 (Debian 1:1.35.0-4+b3) built-in shell (ash)',
    ],
    `${IN_SHELL}: /dev/vda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY`,
  ],
  [
    [
      'ERROR: Root device mounted successfully, but /sbin/init does not exist.',
      'Bailing out, you are on your own. Good luck.',
    ],
    `${IN_SHELL}: Root device mounted successfully, but /sbin/init does not exist`,
  ],
];

const MORE_STUCK: typeof STUCK = [
  [
    [
      'error: no such device: 2f6a0c2e-8f0b-4c93-9d1c-6a7f1b2c3d4e.',
      'Entering rescue mode...',
      'grub rescue> ',
    ],
    'GRUB found nothing to boot: no such device: 2f6a0c2e-8f0b-4c93-9d1c-6a7f1b2c3d4e',
  ],
  [
    ['(initramfs) Unable to find a medium containing a live file system'],
    `${IN_SHELL}: Unable to find a medium containing a live file system`,
  ],
  [
    [
      'mount: mounting /dev/vda1 on /mnt-root/ failed: Invalid argument',
      'An error occurred in stage 1 of the boot process, which must mount the',
    ],
    `${IN_SHELL}: mount: mounting /dev/vda1 on /mnt-root/ failed: Invalid argument`,
  ],
  [
    [
      '[FAILED] Failed to start ignition-fetch.service - Ignition (fetch).',
      'Press Enter for emergency shell or wait 5 minutes for reboot.',
    ],
    `${IN_SHELL}: Failed to start ignition-fetch.service - Ignition (fetch)`,
  ],
];

const NOT_STUCK: readonly (readonly string[])[] = [
  ['systemd[812]: Caught <SEGV>, dumped core as pid 813.'],
  ['[FAILED] Failed to start nginx.service - A high performance web server.', 'Debian login:'],
  ['[DEPEND] Dependency failed for Local File Systems.'],
  ["sh: can't access tty; job control turned off"],
  ['Failed to start nginx', "sh: can't access tty; job control turned off"],
  [
    'mount: mounting none on /sys/kernel/debug failed: Invalid argument',
    'BusyBox v1.36.1 () built-in shell (ash)',
  ],
  ['Kernel command line: root=/dev/vda1 single', 'Give root password for maintenance'],
  ['Command line: rd.break', 'Entering emergency mode. Exit the shell to continue.'],
  ['Spawning shell within the initramfs', '(initramfs) '],
  ['error: pathspec x did not match any file'],
  ['test emergency mode: You are in emergency mode'],
  ['ok 1 - Freezing execution'],
];

describe('a stuck boot', () => {
  for (const [lines, title] of [...STUCK, ...MORE_STUCK]) {
    it(`is one finding, called "${title}": ${lines.join(' / ')}`, () => {
      expect(titlesOf(lines)).to.deep.equal([title]);
    });
  }

  for (const lines of NOT_STUCK) {
    it(`is not seen in these lines: ${lines.join(' / ')}`, () => {
      expect(titlesOf(lines)).to.deep.equal([]);
    });
  }

  it('is recognised where only the envelope of a line names its writer', () => {
    expect(titlesOf(['Freezing execution.'], 'systemd[1]')).to.deep.equal(['systemd froze']);
    expect(titlesOf(['FATAL: no root'], 'dracut')).to.deep.equal(['dracut gave up: no root']);
    expect(titlesOf(['Caught <SEGV>, dumped core as pid 9.'], 'systemd[812]')).to.deep.equal([]);
  });

  it('has no reason that was given long before', () => {
    const boots = createStuckBoots();
    boots.take('[FAILED] Failed to start nginx.service.', 0);
    expect(boots.take('Freezing execution.', 1 << 20)?.title).to.equal('systemd froze');
  });

  it('is told once, and again after a restart', () => {
    const boots = createStuckBoots();
    expect(boots.take('Freezing execution.', 1)).not.to.equal(undefined);
    expect(boots.take('You are in emergency mode. After', 2)).to.equal(undefined);
    boots.restart();
    expect(boots.take('Freezing execution.', 3)).not.to.equal(undefined);
  });
});
