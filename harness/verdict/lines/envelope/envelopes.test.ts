/** One example of each form, as what writes it does. */
import { expect } from 'chai';
import { type UnwrappedLine, unwrapLine } from '../unwrap-line.ts';

function unwrap(text: string): Omit<UnwrappedLine, 'start' | 'end'> {
  const lines = unwrapLine({ text, start: 0, end: text.length });
  expect(lines).to.have.length(1);
  const { start, end, ...line } = lines[0] as UnwrappedLine;
  return line;
}

const KERNEL = { writer: 'kernel', tag: 'kernel' } as const;
const APP = { writer: 'app[77]', tag: 'program' } as const;

/** What is behind each, and what each says about it. */
const FAMILIES: Readonly<
  Record<string, readonly (readonly [string, Omit<UnwrappedLine, 'start' | 'end'>])[]>
> = {
  'a line of syslog': [
    ['Mar 03 01:02:03 vm kernel: BUG: x', { text: 'BUG: x', ...KERNEL }],
    ['Mar  3 01:02:03 vm app[77]: panic: x', { text: 'panic: x', ...APP }],
    ['<13>Mar  3 01:02:03 vm kernel:  f+0x1/0x2', { text: ' f+0x1/0x2', ...KERNEL }],
    ['Mar  3 2026 01:02:03 vm kernel: a', { text: 'a', ...KERNEL }],
    ['Mar  3 01:02:03 app[77]: a', { text: 'a', ...APP }],
    ['Mar  3 01:02:03 vm my-app: a', { text: 'a', writer: 'my-app', tag: 'program' }],
    ['Mar  3 01:02:03 vm kern.alert kernel: a', { text: 'a', ...KERNEL }],
    ['Tue Mar  3 01:02:03 2026 kern.alert kernel: a', { text: 'a', ...KERNEL }],
    ['2026-03-03T01:02:03.123456+01:00 vm app[77]: a', { text: 'a', ...APP }],
    [
      '2026-03-03T01:02:03.123456Z ALERT kernel: [    1.000000] a',
      { text: '[    1.000000] a', ...KERNEL },
    ],
    ['<30>1 2026-03-03T01:02:03Z vm app 77 - - \ufeffa', { text: 'a', ...APP }],
    ['<6>1 2026-03-03T01:02:03Z vm kernel - - [x@1 a="b"] a', { text: 'a', ...KERNEL }],
    [
      'Mar  3 01:02:03 vm kernel: rcu: #0111-...!: (0 ticks)',
      { text: 'rcu: \t1-...!: (0 ticks)', ...KERNEL },
    ],
  ],
  'a line of the journal': [
    ['[    5.100000] vm kernel: a', { text: 'a', ...KERNEL }],
    ['[    5.100000] vm app[77]: a', { text: 'a', ...APP }],
    ['[    5.100000 <    0.000100 >] vm app[77]: a', { text: 'a', ...APP }],
    ['[    5.100000] kernel: a', { text: 'a', ...KERNEL }],
    ['1772496123.123456 vm app[77]: a', { text: 'a', ...APP }],
    ['Tue 2026-03-03 01:02:03 CET vm app[77]: a', { text: 'a', ...APP }],
    [
      'Mar 03 01:02:03 vm (udev-worker)[77]: a',
      { text: 'a', writer: '(udev-worker)[77]', tag: 'program' },
    ],
    ['    MESSAGE=a', { text: 'a' }],
    [
      '{"MESSAGE":"a","_PID":"77","SYSLOG_IDENTIFIER":"app","_TRANSPORT":"stdout"}',
      { text: 'a', ...APP },
    ],
    ['{"MESSAGE":"a","_TRANSPORT":"kernel"}', { text: 'a', ...KERNEL }],
    ['{"MESSAGE":[226,136,158],"_TRANSPORT":"kernel"}', { text: '∞', ...KERNEL }],
  ],
  'what Talos prints of a machine': [
    [
      '10.5.0.3: kern: warning: [2026-03-03T01:02:03.1183Z]: BUG: x',
      { text: 'BUG: x', channel: '10.5.0.3', ...KERNEL },
    ],
    [
      'node-1: user:    info: [2026-03-03T01:02:03Z]: a',
      { text: 'a', channel: 'node-1', writer: 'user', tag: 'program' },
    ],
  ],
  'what netconsole sent': [
    ['2026-03-03 01:02:03 10.1.2.33:6666 > BUG: x', { text: 'BUG: x', channel: '10.1.2.33' }],
    ['2026-03-03 01:02:03 10.1.2.33:6666  f+0x1/0x2', { text: ' f+0x1/0x2', channel: '10.1.2.33' }],
    ['10.1.2.33:6666: Call Trace:', { text: 'Call Trace:', channel: '10.1.2.33' }],
    ['[10.1.2.33:6666] BUG: x', { text: 'BUG: x', channel: '10.1.2.33' }],
    ['[fd00::a1]:6666 BUG: x', { text: 'BUG: x', channel: 'fd00::a1' }],
    ['Mar 03 01:02:03 10.1.2.33 task: ffff', { text: 'task: ffff', channel: '10.1.2.33' }],
    ['Mar 03 01:02:03 10.1.2.33 app[77]: a', { text: 'a', ...APP }],
    ['10.1.2.33:6666 6,339,5140900,-;a', { text: 'a', ...KERNEL, channel: '10.1.2.33' }],
  ],
  'what dmesg prints': [
    ['[Tue Mar  3 01:02:03 2026] BUG: x', { text: 'BUG: x', ...KERNEL }],
    ['[Mar 3 01:02] a', { text: 'a', ...KERNEL }],
    ['[  +0.000123] a', { text: 'a', ...KERNEL }],
    ['[    5.100000 <    0.000100>] a', { text: 'a', ...KERNEL }],
    ['kern  :alert : [    1.000000] a', { text: '[    1.000000] a', ...KERNEL }],
    ['daemon:notice: [    1.000000] app[77]: a', { text: 'a', ...APP }],
    ['user  :warn  : [    1.000000] a', { text: 'a', writer: 'user', tag: 'program' }],
    ['2026-03-03T01:02:03,123456+01:00 a', { text: 'a', ...KERNEL }],
    ['<4>[   12.300000] a', { text: '[   12.300000] a' }],
  ],
  'a record of /dev/kmsg or netconsole': [
    ['6,339,5140900,-;a\\x09b', { text: 'a\tb', ...KERNEL }],
    ['4,339,5140900,-,caller=T92;a', { text: '[ T92] a', ...KERNEL }],
    ['30,339,5140900,-;app[77]: a', { text: 'a', ...APP }],
  ],
  'what a program writes to /dev/kmsg': [
    [
      '[    5.100000] systemd[1]: Freezing execution.',
      { text: 'Freezing execution.', writer: 'systemd[1]', tag: 'program' },
    ],
    ['<30>[    5.100000][   T77] app[77]: a', { text: 'a', ...APP }],
  ],
  'a line of a CI service': [
    ['2026-03-03T01:02:03.1234567Z a', { text: 'a' }],
    ['2026-03-03T01:02:03.1234567Z ##[error]a', { text: 'a' }],
    ['job (6.12)\tRun tests\t\ufeff2026-03-03T01:02:03.1234567Z  a', { text: ' a' }],
    ['2026-03-03T01:02:03.123456Z 01E+a', { text: 'a' }],
    ['[2026-03-03T01:02:03.123Z] a', { text: 'a' }],
    ['00:01:02.345 | a', { text: 'a' }],
    ['01:02:03 a', { text: 'a' }],
    ['_bk;t=1772496123123a', { text: 'a' }],
    ['[12.345678 0.000012] a', { text: 'a' }],
  ],
  'a line of a container': [
    ['vm-1  | a', { text: 'a', writer: 'vm-1', channel: 'vm-1' }],
    ['db_1 | a', { text: 'a', writer: 'db_1', channel: 'db_1' }],
    [
      '[pod/vm-x2k9p/app] a',
      { text: 'a', writer: 'pod/vm-x2k9p/app', channel: 'pod/vm-x2k9p/app' },
    ],
    ['pod/vm app a', { text: 'a', writer: 'pod/vm app', channel: 'pod/vm app' }],
    [
      'vm-7d4b9c6f5-x2k9p app a',
      { text: 'a', writer: 'vm-7d4b9c6f5-x2k9p app', channel: 'vm-7d4b9c6f5-x2k9p app' },
    ],
    ['2026-03-03T01:02:03.123456789Z stderr F a', { text: 'a' }],
    ['{"log":"a\\n","stream":"stderr","time":"2026-03-03T01:02:03Z"}', { text: 'a' }],
    ['(d1) a', { text: 'a', writer: 'd1', channel: 'd1' }],
  ],
  'a guest’s console in a log': [
    [
      'time="x" level=debug msg="reading guest console" sandbox=3f2a vmconsole="[    1.0] \\"a\\"\\x1b[0m"',
      { text: '[    1.0] "a"', wrapping: 'console', channel: 'console of 3f2a' },
    ],
    [
      '{"msg":"reading guest console","sandbox":"3f2a","vmconsole":"a\\tb"}',
      { text: 'a\tb', wrapping: 'console', channel: 'console of 3f2a' },
    ],
    [
      '{"msg":"vm console: \\"\\\\u{1b}[0ma\\"","level":"INFO","sandbox":"3f2a"}',
      { text: 'a', wrapping: 'console', channel: 'console of 3f2a' },
    ],
    ['{"msg":"console: a"}', { text: 'a', wrapping: 'console', channel: 'console of the guest' }],
    ['- {"dt": "2026-03-03T01:02:03", "lvl": "target", "msg": "a"}', { text: 'a' }],
    ['Mar 03 01:02:03 vm qemu[77]: a', { text: 'a', writer: 'qemu[77]', channel: 'qemu[77]' }],
  ],
  'an entry of a log': [
    ['{"msg":"a","level":"ERRO"}', { text: 'a', wrapping: 'log' }],
    ['{"level":"ERROR","fields":{"message":"a"},"target":"app"}', { text: 'a', wrapping: 'log' }],
    ['time="x" level=error msg="a \\"b\\""', { text: 'a "b"', wrapping: 'log' }],
  ],
  'a line that was quoted': [
    ['> 01:02:03 a', { text: 'a' }],
    ['>> > Mar 03 01:02:03 vm kernel: a', { text: 'a', ...KERNEL }],
    ['    Mar 03 01:02:03 vm kernel: a', { text: 'a', ...KERNEL }],
    ['\t[   12.300000] a', { text: '[   12.300000] a' }],
    ['# [   12.300000] a', { text: '[   12.300000] a' }],
    ['\ufeffa', { text: 'a' }],
  ],
};

/** The kernel's own words, and what merely looks like an envelope. */
const PLAIN = [
  'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [sh:92]',
  'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:',
  'traps: app[77] general protection fault ip:401650',
  'BUG: kernel NULL pointer dereference, address: 0',
  'app[77]: segfault at 0 ip 40 sp 70 error 4 in app[400000+1000]',
  '[    1.000000] app[77]: segfault at 0 ip 40 sp 70 error 4 in app[400000+1000]',
  '[    1.000000] my app[77]: segfault at 0 ip 40 sp 70 error 4 in app[400000+1000]',
  'app[77]: unhandled signal 11 code 0x1 at 0x0000000000000000',
  'EXT4-fs (sda): error count since last fsck: 1',
  '[    1.000000] usb 1-1: new high-speed USB device',
  '[    1.000000] INFO: task sh:92 blocked for more than 30 seconds.',
  '     f+0x1/0x2',
  '    BUG: kernel NULL pointer dereference, address: 0',
  ' <IRQ>',
  '>ffff888100000000: fa fb fb fb',
  'PASS | BUG: x',
  '> BUG: kernel NULL pointer dereference, address: 0',
  '[2026-03-03 01:02:03] BUG: x',
  '| a  | b',
  'see 01:02:03 a',
  'level 3: a',
  'Mar 3: a',
  '[pod] a',
  '[ INFO: possible recursive locking detected ]',
  '{"msg":"a"',
  'console: a',
  'the msg="a"',
  'a < b > c',
] as const;

describe('what is taken off a line', () => {
  for (const [family, examples] of Object.entries(FAMILIES)) {
    it(`is all that makes it ${family}`, () => {
      for (const [line, expected] of examples) expect(unwrap(line), line).to.deep.equal(expected);
    });
  }

  it('is never a part of what the kernel or a program said itself', () => {
    for (const text of PLAIN) expect(unwrap(text)).to.deep.equal({ text });
  });

  it('is not the kernel’s own first word behind a time and a host', () => {
    for (const text of [
      'BUG: kernel NULL pointer dereference, address: 0',
      'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [sh:92]',
      'rcu: INFO: rcu_sched detected stalls on CPUs/tasks:',
      'app[77]: segfault at 0 ip 40 sp 70 error 4 in app[400000+1000]',
      'Kernel panic - not syncing: Fatal exception',
    ]) {
      for (const before of ['Mar 03 01:02:03 ', 'Mar 03 01:02:03 vm ', '01:02:03 ']) {
        expect(unwrap(before + text)).to.deep.equal({ text });
      }
    }
    for (const text of [
      'invalid opcode: 0000 [#1] SMP',
      'divide error: 0000 [#1] SMP',
      'illegal operation: 0001 ilc:3 [#1]',
      'Internal error: Oops: 96000004 [#1] SMP',
      'Call Trace:',
      'fatal error: all goroutines are asleep - deadlock!',
    ]) {
      expect(unwrap(`Mar 03 01:02:03 ${text}`)).to.deep.equal({ text });
    }
  });

  it('is one envelope after the other', () => {
    const line =
      '[pod/a/b] 2026-03-03T01:02:03Z Mar 03 01:02:03 vm app[77]: {"msg":"vm console: \\"<4>[    5.1] agent[1]: a\\""}';
    expect(unwrap(line)).to.deep.equal({
      text: 'a',
      wrapping: 'console',
      channel: 'console of the guest',
      writer: 'agent[1]',
      tag: 'program',
    });
  });
});
