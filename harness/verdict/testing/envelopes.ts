/** Ways in which lines arrive inside other lines, each as what writes them does it. */

export interface WrittenEnvelope {
  readonly name: string;
  wrap(line: string): string;
  /** Who it says wrote the line; a time alone says nothing about that. */
  readonly says?: 'program';
  /** Only before what has a form of its own: other text may be indented by itself. */
  readonly needsForm?: true;
  /** Nothing of it is left in a line's text. */
  readonly isInvisible?: true;
  /** What a program logs says something else first if it merely quotes a report. */
  readonly isEntry?: true;
  /** It copies a guest's console. */
  readonly isCopy?: true;
}

const before = (name: string, prefix: string, more: Partial<WrittenEnvelope> = {}) => ({
  name,
  wrap: (line: string) => prefix + line,
  ...more,
});

/** As Go's strconv.Quote does. */
function quoteLikeGo(text: string): string {
  return `"${text
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\x1b', '\\x1b')
    .replaceAll('\x07', '\\a')
    .replaceAll('\0', '\\x00')}"`;
}

/** As Rust's `{:?}` does. */
function quoteLikeRust(text: string): string {
  return quoteLikeGo(text).replaceAll('\\x1b', '\\u{1b}').replaceAll('\\x00', '\\0');
}

const object = (fields: Readonly<Record<string, unknown>>) => JSON.stringify(fields);
const PROGRAM = { says: 'program' } as const;

export const ENVELOPES: readonly WrittenEnvelope[] = [
  before('syslog, of the kernel', 'Mar 03 01:02:03 vm-1 kernel: '),
  before('syslog, with a priority', '<13>Mar  3 01:02:03 vm-1 kernel: '),
  before('syslog, with a year', 'Mar  3 2026 01:02:03 vm-1 kernel: '),
  before('syslog, of a program', 'Mar 03 01:02:03 vm-1 app[77]: ', PROGRAM),
  before('syslog, of a program without a pid', 'Mar 03 01:02:03 vm-1 app: ', PROGRAM),
  before('syslog, of what runs a guest', 'Mar 03 01:02:03 vm-1 qemu-system-x86_64[77]: '),
  before('RFC 5424', '<6>1 2026-03-03T01:02:03.123456Z vm-1 kernel - - - '),
  before(
    'RFC 5424, of a program',
    '<30>1 2026-03-03T01:02:03Z vm-1 app 77 ID1 [x@1 a="b"] ',
    PROGRAM,
  ),
  before('syslog with ISO times', '2026-03-03T01:02:03.123456+01:00 vm-1 kernel: '),
  before('busybox syslogd', 'Mar  3 01:02:03 vm-1 kern.alert kernel: '),
  before('OpenWrt logread', 'Tue Mar  3 01:02:03 2026 kern.alert kernel: '),
  before('journal, short-full', 'Tue 2026-03-03 01:02:03 CET vm-1 kernel: '),
  before('journal, short-unix', '1772496123.123456 vm-1 kernel: '),
  before('journal, short-iso', '2026-03-03T01:02:03+0100 vm-1 kernel: '),
  before('journal, short-monotonic', '[    1.000000] vm-1 kernel: '),
  before('journal, without a host', '[    1.000000] kernel: '),
  before('journal, of a program', '[    1.000000] vm-1 app[77]: ', PROGRAM),
  {
    name: 'journal, json',
    wrap: (line) => object({ MESSAGE: line, _TRANSPORT: 'kernel', SYSLOG_IDENTIFIER: 'kernel' }),
  },
  before('dmesg -T', '[Tue Mar  3 01:02:03 2026] '),
  before('dmesg -x', 'kern  :alert : '),
  before('dmesg --time-format iso', '2026-03-03T01:02:03,123456+01:00 '),
  before('dmesg -r', '<4>'),
  { name: '/dev/kmsg', wrap: (line) => `6,339,5140900,-;${quoteLikeGo(line).slice(1, -1)}` },
  before('talosctl dmesg', '10.5.0.3: kern: warning: [2026-03-03T01:02:03.118Z]: '),
  before('netconsole', '2026-03-03 01:02:03 10.1.2.33:6666 > '),
  before('netconsole, without a mark', '2026-03-03 01:02:03 10.1.2.33:6666 '),
  before('netconsole, in brackets', '[10.1.2.33:6666] '),
  before('netconsole, IPv6', '[fd00::a1]:6666 '),
  before('netconsole, of a syslog server', 'Mar 03 01:02:03 10.1.2.33 '),
  before('GitHub', '2026-03-03T01:02:03.1234567Z '),
  before('gh run view --log', 'test (6.12)\tRun tests\t2026-03-03T01:02:03.1234567Z '),
  before('GitLab', '2026-03-03T01:02:03.123456Z 01O '),
  before('Jenkins', '[2026-03-03T01:02:03.123Z] '),
  before('a clock', '01:02:03 '),
  before('a clock in brackets', '[01:02:03] '),
  before('a clock and a bar', '00:01:02.345 | '),
  { name: 'Buildkite', wrap: (line) => `\x1b_bk;t=1772496123123\x07${line}` },
  before('compose', 'vm-1  | '),
  before('kubectl', '[pod/vm-7d4b9c6f5-x2k9p/guest-console-log] '),
  before('pod and container', 'pod/vm-7d4b9c6f5-x2k9p guest '),
  before('stern', 'vm-7d4b9c6f5-x2k9p guest '),
  before('CRI', '2026-03-03T01:02:03.123456789Z stderr F '),
  {
    name: 'docker json-file',
    wrap: (line) => object({ log: `${line}\n`, stream: 'stderr', time: '2026-03-03T01:02:03Z' }),
  },
  {
    name: 'Kata’s shim',
    wrap: (line) =>
      `time="2026-03-03T01:02:03Z" level=debug msg="reading guest console" sandbox=3f2a vmconsole=${quoteLikeGo(line)}`,
    isCopy: true,
  },
  {
    name: 'Kata’s runtime in Rust',
    wrap: (line) =>
      object({ msg: `vm console: ${quoteLikeRust(line)}`, level: 'INFO', source: 'hypervisor' }),
    isCopy: true,
  },
  { name: 'an entry of JSON', wrap: (line) => object({ msg: line, level: 'INFO' }), isEntry: true },
  {
    name: 'an entry of logfmt',
    wrap: (line) => `time="2026-03-03T01:02:03Z" level=info msg=${quoteLikeGo(line)}`,
    isEntry: true,
  },
  {
    name: 'LAVA',
    wrap: (line) => `- ${object({ dt: '2026-03-03T01:02:03.123', lvl: 'target', msg: line })}`,
  },
  before('a mail', '> ', { needsForm: true }),
  before('a mail, twice', '> > ', { needsForm: true }),
  before('four spaces', '    ', { needsForm: true }),
  before('a colour', '\x1b[31m', { isInvisible: true }),
];
