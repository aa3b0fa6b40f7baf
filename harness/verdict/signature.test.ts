import { expect } from 'chai';
import fc from 'fast-check';
import { createAgentTriage } from './agent-triage.ts';
import { createConsoleTriage } from './console-triage.ts';
import type { Finding } from './finding.ts';
import { signatureOf } from './signature.ts';

const hex = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...'0123456789abcdef'),
    minLength: length,
    maxLength: length,
  });
const number = fc.integer({ min: 1, max: 99_999 });
const SUFFIXES = [
  '',
  '.isra.0',
  '.constprop.12',
  '.part.3',
  '.cold',
  '.llvm.1234567890',
  '.isra.0.cold',
];

/** What differs from run to run, from build to build and from kernel to kernel. */
const noise = fc.record({
  address: hex(16),
  low: hex(8),
  offset: hex(2),
  pid: number,
  cpu: fc.integer({ min: 0, max: 63 }),
  seconds: number,
  comm: fc.constantFrom('sh', 'kworker/1:1', 'kmx agent', 'tokio-rt-worker'),
  suffix: fc.constantFrom(...SUFFIXES),
  prefix: fc.constantFrom('', '[   12.345678] ', '[  812.000001][   T92] ', '<4>[    1.000000] '),
  version: fc.constantFrom('6.1.0-56-cloud-amd64 #1', '7.3.4+deb13-cloud-amd64 #1', '5.10.0 #2'),
});
type Noise = typeof noise extends fc.Arbitrary<infer T> ? T : never;

const tail = (n: Noise, place: string): readonly string[] => [
  `CPU: ${n.cpu} UID: 0 PID: ${n.pid} Comm: ${n.comm} Not tainted ${n.version}`,
  `RIP: 0010:${place}${n.suffix}+0x${n.offset}/0x1${n.offset}`,
  `RAX: ${n.address} RBX: ${n.address}`,
  'Call Trace:',
  ' <TASK>',
  ' dump_stack_lvl+0x5d/0x80',
  ` ? do_raw_spin_lock+0x${n.offset}/0x20`,
  ` ${place}${n.suffix}+0x${n.offset}/0x1${n.offset}`,
  ` vfs_write+0x${n.offset}/0x5d0`,
  ' </TASK>',
  '---[ end trace 0000000000000000 ]---',
];

/** First lines, by what they report. */
const REPORTS: Readonly<Record<string, (n: Noise, place: string) => readonly string[]>> = {
  null: (n) => [`BUG: kernel NULL pointer dereference, address: ${n.address}`],
  paging: (n) => [`BUG: unable to handle page fault for address: ${n.address}`],
  protection: (n) => [
    `Oops: general protection fault, probably for non-canonical address 0x${n.address}: 0000 [#1] SMP`,
  ],
  divide: () => ['divide error: 0000 [#1] PREEMPT SMP NOPTI'],
  int3: () => ['Oops: int3: 0000 [#1] SMP NOPTI'],
  warning: (n, place) => [
    `WARNING: CPU: ${n.cpu} PID: ${n.pid} at mm/x.c:${n.pid} ${place}+0x${n.offset}/0x100`,
  ],
  uaf: (n, place) => [`BUG: KASAN: slab-use-after-free in ${place}+0x${n.offset}/0x100`],
  race: (_, place) => [`BUG: KCSAN: data-race in ${place} / zz_other`],
  soft: (n) => [
    `watchdog: BUG: soft lockup - CPU#${n.cpu} stuck for ${n.seconds}s! [${n.comm}:${n.pid}]`,
  ],
  hard: (n) => [`NMI watchdog: Watchdog detected hard LOCKUP on cpu ${n.cpu}`],
  hung: (n) => [`INFO: task ${n.comm}:${n.pid} blocked for more than ${n.seconds} seconds.`],
  stall: () => ['rcu: INFO: rcu_preempt self-detected stall on CPU'],
  atomic: (n) => [`BUG: scheduling while atomic: ${n.comm}/${n.pid}/0x${n.low}`],
  refcount: (n) => [
    'refcount_t: underflow; use-after-free.',
    `WARNING: CPU: ${n.cpu} PID: ${n.pid} at lib/refcount.c:28 refcount_warn_saturate+0x${n.offset}/0x100`,
  ],
  list: (n) => [`list_del corruption. prev->next should be ${n.address}, but was ${n.address}`],
  state: (n) => [`BUG: Bad page state in process ${n.comm}  pfn:${n.low}`],
  other: (n) => [`BUG: quota of ${n.comm.length > 99} is off by ${n.seconds} at 0x${n.address}`],
  panic: (n) => [
    `Kernel panic - not syncing: quota ${n.seconds} of CPU ${n.cpu} at 0x${n.address}`,
  ],
};
const kind = fc.constantFrom(...Object.keys(REPORTS));
const place = fc.stringMatching(/^[a-z]{3,8}_[a-z]{3,8}$/).map((name) => `qx_${name}`);

function reportOf(name: string, at: string, n: Noise): Finding {
  const lines = [...(REPORTS[name]?.(n, at) ?? []), ...tail(n, at)];
  const text = lines.map((line) => `${n.prefix}${line}\r\n`).join('');
  const triage = createConsoleTriage();
  const findings = [...triage.push(Buffer.from(text)), ...triage.end()];
  expect(findings, text).to.have.length(1);
  return findings[0] as Finding;
}

describe('the signature of a kernel’s report', () => {
  it('is the same in every run, on every CPU, of every build', () => {
    fc.assert(
      fc.property(kind, place, noise, noise, (name, at, one, other) => {
        const [first, second] = [reportOf(name, at, one), reportOf(name, at, other)];
        expect(first.signature, `${first.title} / ${second.title}`).to.equal(second.signature);
        expect(first.place).to.equal(at);
      }),
      { numRuns: 300 },
    );
  });

  it('is another one for another fault or another place', () => {
    const crash = fc.tuple(kind, place);
    fc.assert(
      fc.property(crash, crash, noise, ([kind1, at1], [kind2, at2], n) => {
        fc.pre(kind1 !== kind2 || at1 !== at2);
        const [first, second] = [reportOf(kind1, at1, n), reportOf(kind2, at2, n)];
        expect(first.signature, `${first.title} / ${second.title}`).not.to.equal(second.signature);
      }),
      { numRuns: 300 },
    );
  });
});

/** First lines of which no place is known, with what tells the bugs apart. */
const PLACELESS: Readonly<Record<string, (what: string) => string>> = {
  panic: (what) => `Kernel panic - not syncing: ${what}`,
  init: (what) => `Kernel panic - not syncing: Requested init /sbin/${what} failed (error -2).`,
  bug: (what) => `BUG: ${what} 0xffff888004d1a010`,
  assert: (what) => `kernel BUG at mm/${what}.c:12!`,
  warning: (what) => `WARNING: CPU: 1 PID: 92 at mm/${what}.c:12`,
  warningOf3: (what) => `WARNING: at mm/${what}.c:12`,
  warningOf618: (what) => `WARNING: mm/${what}.c:12 at 0x0, CPU#1: sh/92`,
  protection: (what) => `general protection fault, probably for ${what} address 0x1: 0000 [#1] SMP`,
  kasan: (what) => `BUG: KASAN: ${what} on address ffff888004d1a010`,
  ubsan: (what) => `UBSAN: shift-out-of-bounds in mm/${what}.c:12:3`,
  ubsanOf4: (what) => `UBSAN: Undefined behaviour in mm/${what}.c:12:3`,
  slab: (what) => `BUG ${what} (Not tainted): Poison overwritten`,
  slabKind: (what) => `BUG kmalloc-64 (Not tainted): ${what} overwritten`,
  hung: (what) => `INFO: task ${what}:92 blocked for more than 120 seconds.`,
  soft: (what) => `watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [${what}:92]`,
  stall: (what) => `rcu: INFO: rcu_${what} self-detected stall on CPU`,
  sleeping: (what) => `BUG: sleeping function called from invalid context at mm/${what}.c:12`,
  segfault: (what) => `${what}[92]: segfault at 0 ip 0000 sp 0000 error 4 in libc.so[7f0000+1000]`,
  library: (what) => `sh[92]: segfault at 0 ip 0000 sp 0000 error 4 in ${what}[7f0000+1000]`,
  trap: (what) => `traps: sh[92] trap ${what} ip:401650 sp:7ffd error:0 in sh[401000+78000]`,
  kill: (what) => `Out of memory: Killed process 92 (${what}) total-vm:1kB`,
  dentry: (what) => `BUG: Dentry 1{i=1,n=a}  still in use (1) [unmount of ${what} ${what}]`,
  xfs: (what) => `XFS: Assertion failed: ${what} == 0, file: fs/xfs/xfs_inode.c, line: 12`,
};
const word = fc.stringMatching(/^[a-z]{5,9}$/).map((text) => `qx${text}`);

function onlyFinding(text: string): Finding {
  const triage = createConsoleTriage();
  const findings = [...triage.push(Buffer.from(`[    1.000000] ${text}\n`)), ...triage.end()];
  expect(findings, text).to.have.length(1);
  return findings[0] as Finding;
}

describe('the signature of a report without a place', () => {
  for (const [name, textOf] of Object.entries(PLACELESS)) {
    it(`takes more of the message, so that no two bugs share it: ${name}`, () => {
      fc.assert(
        fc.property(word, word, (one, other) => {
          fc.pre(one !== other);
          const [first, second] = [onlyFinding(textOf(one)), onlyFinding(textOf(other))];
          expect(first.signature, first.title).not.to.equal(second.signature);
        }),
        { numRuns: 30 },
      );
    });
  }

  it('has no address and no number in it that differs between runs', () => {
    const pairs = [
      ['BUG: pile 0xffff888004d1a010 is off', 'BUG: pile 0xffff888004d1b020 is off'],
      ['WARNING: CPU: 1 PID: 92 at mm/x.c:12', 'WARNING: CPU: 0 PID: 1 at mm/x.c:13'],
      [
        'INFO: task kworker/u8:2:92 blocked for more than 120 seconds.',
        'INFO: task kworker/u2:0:7 blocked for more than 241 seconds.',
      ],
    ] as const;
    for (const [one, other] of pairs) {
      expect(onlyFinding(one).signature, one).to.equal(onlyFinding(other).signature);
    }
  });

  it('is the same for every disk of an image', () => {
    const ofDisk = (uuid: string) =>
      signatureOf({
        class: 'boot-failure',
        title: `the boot ended in an emergency shell: UUID=${uuid} does not exist`,
      });
    expect(ofDisk('2f6a0c2e-8f0b-4c93-9d1c-6a7f1b2c3d4e')).to.equal(
      ofDisk('00112233-4455-6677-8899-aabbccddeeff'),
    );
    expect(ofDisk('/dev/vda1')).not.to.equal(ofDisk('2f6a0c2e-8f0b-4c93-9d1c-6a7f1b2c3d4e'));
  });

  it('is another one for another error', () => {
    for (const textOf of [
      (error: number) =>
        `Kernel panic - not syncing: Requested init /sbin/x failed (error -${error}).`,
      (error: number) => `Kernel panic - not syncing: quota of kmx failed, err=${error}`,
      (error: number) => `Kernel panic - not syncing: quota of kmx failed: ret ${error}`,
      (error: number) => `kobject: kobject_add_internal failed for x (error: -${error} parent: y)`,
      (signal: number) =>
        `Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000${signal}`,
    ]) {
      const [first, second] = [onlyFinding(textOf(2)), onlyFinding(textOf(8))];
      expect(first.signature, first.title).not.to.equal(second.signature);
    }
  });
});

const MESSAGES: Readonly<Record<string, (id: string, count: number) => string>> = {
  none: () => 'called `Option::unwrap()` on a `None` value',
  missing: (id) => `no such container: "${id}"`,
  plain: (id) => `container kmx-${id}7 is not ready`,
  path: (id) => `cannot open /run/kata-containers/${id}/config.json`,
  index: (_, count) => `index out of bounds: the len is ${count} but the index is ${count + 1}`,
  result: (id) =>
    `called \`Result::unwrap()\` on an \`Err\` value: Os { code: 2, kind: NotFound, message: "${id}" }`,
  denied: (id) =>
    `called \`Result::unwrap()\` on an \`Err\` value: Os { code: 13, kind: NotFound, message: "${id}" }`,
};
const message = fc.constantFrom(...Object.keys(MESSAGES));
const file = fc.stringMatching(/^src\/[a-z]{2,8}\.rs$/);
const row = fc.integer({ min: 1, max: 2000 });
const surroundings = fc.record({
  id: hex(12),
  count: number,
  thread: fc.constantFrom("thread 'main'", "thread 'tokio-rt-worker'", "thread '<unnamed>'"),
  pid: number,
  form: fc.constantFrom('old', '1.73', '1.91'),
  root: fc.constantFrom('/build/agent/', '/home/x/kata/agent/'),
});
type Surroundings = typeof surroundings extends fc.Arbitrary<infer T> ? T : never;

function panicOf(kindOf: string, path: string, line: number, s: Surroundings): Finding {
  const said = MESSAGES[kindOf]?.(s.id, s.count) ?? '';
  const at = `${s.root}${path}:${line}:${(s.count % 80) + 1}`;
  const text = {
    old: `${s.thread} panicked at '${said}', ${at}\n`,
    '1.73': `${s.thread} panicked at ${at}:\n${said}\n`,
    '1.91': `\n${s.thread} (${s.pid}) panicked at ${at}:\n${said}\n`,
  }[s.form];
  const triage = createAgentTriage();
  const findings = [...triage.push(Buffer.from(text ?? '')), ...triage.end()];
  expect(findings, text).to.have.length(1);
  return findings[0] as Finding;
}

describe('the signature of a panic', () => {
  it('is the same in every thread, for every container, of every compiler', () => {
    fc.assert(
      fc.property(
        message,
        file,
        row,
        surroundings,
        surroundings,
        (kindOf, path, line, one, other) => {
          const [first, second] = [
            panicOf(kindOf, path, line, one),
            panicOf(kindOf, path, line, other),
          ];
          expect(first.signature, `${first.title} / ${second.title}`).to.equal(second.signature);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is another one for another message or another line', () => {
    const panic = fc.tuple(message, file, row);
    fc.assert(
      fc.property(panic, panic, surroundings, (one, other, s) => {
        fc.pre(one.join() !== other.join());
        const [first, second] = [panicOf(...one, s), panicOf(...other, s)];
        expect(first.signature, `${first.title} / ${second.title}`).not.to.equal(second.signature);
      }),
      { numRuns: 300 },
    );
  });
});
