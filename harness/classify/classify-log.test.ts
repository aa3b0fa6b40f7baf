import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { isCrash } from '../verdict/finding.ts';
import { readRecordedLogs } from '../verdict/testing/recorded-logs.ts';
import type { ClassifiedLog } from './classification.ts';
import { type ClassifyOptions, createLogClassifier } from './classify-log.ts';

const today = '2026-12-01';

function classify(
  text: string | Uint8Array,
  {
    firstLine = 1,
    chunkBytes = 1 << 20,
    ...options
  }: Partial<ClassifyOptions> & {
    readonly firstLine?: number;
    readonly chunkBytes?: number;
  } = {},
): Omit<ClassifiedLog, 'file' | 'part'> {
  const bytes = Buffer.from(text);
  const classifier = createLogClassifier({
    stream: undefined,
    known: undefined,
    today,
    ...options,
  });
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    classifier.push(bytes.subarray(at, at + chunkBytes));
  }
  return classifier.end(firstLine);
}

const BANNER = '[    0.000000] Linux version 6.12.9-amd64 (debian@example.org) (gcc-14) #1 SMP';
const OOPS = [
  '[    5.000000] BUG: kernel NULL pointer dereference, address: 0000000000000010',
  '[    5.000001] Oops: Oops: 0002 [#1] PREEMPT SMP NOPTI',
  'a line of a program',
  '[    5.000002] CPU: 1 UID: 0 PID: 7 Comm: init Not tainted 6.12.9-amd64 #1',
  '[    5.000003] RIP: 0010:do_it+0x1/0x20',
  '[    5.000004] Call Trace:',
  '[    5.000005]  <TASK>',
  '[    5.000006]  do_more+0x1/0x20',
  '[    5.000007]  </TASK>',
  '[    5.000008] ---[ end trace 0000000000000000 ]---',
];
const PANIC = "thread 'main' (7) panicked at src/a.rs:3:5:\nboom\n";

describe('Classifying a log', () => {
  it('tells the lines of a finding, and of each line of its excerpt', () => {
    const { findings } = classify(['one', BANNER, ...OOPS, 'after'].join('\n'), { firstLine: 11 });
    expect(findings).to.have.length(1);
    const [finding] = findings;
    expect(finding).to.include({ class: 'kernel-oops', place: 'do_it', line: 13, endLine: 22 });
    expect(finding?.excerptLines).to.include.members([13, 14, 16]).and.not.include(15);
    expect(finding?.excerpt.split('\n')).to.have.length(finding?.excerptLines?.length ?? 0);
  });

  it('gives the same whatever the size of the chunks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...readRecordedLogs()),
        fc.integer({ min: 7, max: 5000 }),
        ({ bytes }, chunkBytes) => {
          expect(classify(bytes, { chunkBytes })).to.deep.equal(classify(bytes));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('counts reports that say the same, and lists the first', () => {
    const later = OOPS.map((line) => line.replace('[    5', '[    9'));
    const { findings } = classify([BANNER, ...OOPS, ...later].join('\n'));
    expect(findings.map(({ line, seen }) => ({ line, seen }))).to.deep.equal([
      { line: 2, seen: 2 },
    ]);
  });

  it('passes over nothing that belongs to a report, also to one that is not listed', () => {
    const { passedOver } = classify([BANNER, ...OOPS, ...OOPS].join('\n'));
    expect(passedOver).to.deep.equal([]);
  });

  it('lists lines that look bad and belong to nothing', () => {
    const { findings, passedOver } = classify(
      [
        BANNER,
        '[    1.000000] Command line: panic=-1',
        '[    2.000000] mydrv: fatal: no answer',
      ].join('\n'),
    );
    expect(findings).to.deep.equal([]);
    expect(passedOver).to.deep.equal([
      {
        ...{ line: 3, text: '[ 2.000000] mydrv: fatal: no answer' },
        ...{ why: 'says "fatal"', kind: 'alarm', seen: 1 },
      },
    ]);
  });

  it('lists lines once that say the same but for numbers, and counts them', () => {
    const lines = [7, 8, 9].map((sector) => `[    ${sector}.000000] I/O error, sector ${sector}`);
    const { passedOver } = classify([BANNER, ...lines, 'an error'].join('\n'));
    expect(passedOver.map(({ line, kind, seen }) => ({ line, kind, seen }))).to.deep.equal([
      { line: 2, kind: 'error', seen: 3 },
      { line: 5, kind: 'error', seen: 1 },
    ]);
  });

  it('does not pass over what announces a report, unless none comes', () => {
    const cutHere = '[    5.000000] ------------[ cut here ]------------';
    expect(classify([BANNER, cutHere, ...OOPS].join('\n')).passedOver).to.deep.equal([]);
    const { passedOver } = classify([BANNER, cutHere, 'a line of a program', 'end'].join('\n'));
    expect(passedOver.map(({ line }) => line)).to.deep.equal([2]);
  });

  it('passes over the last line of a log with thousands of reports, and none of theirs', () => {
    const reports = Array.from({ length: 5000 }, () => OOPS).flat();
    const { passedOver, passedOverDropped } = classify(
      [BANNER, ...reports, 'mydrv: fatal: no answer'].join('\n'),
    );
    expect(passedOver.map(({ line }) => line)).to.deep.equal([50_002]);
    expect(passedOverDropped).to.equal(0);
  });

  it('says that the beginning of a report is missing', () => {
    const { findings, passedOver } = classify(
      [BANNER, ...OOPS.slice(6), '[    6.000000] ---[ end Kernel panic - not syncing: x ]---'].join(
        '\n',
      ),
    );
    expect(findings).to.deep.equal([]);
    const ends = passedOver.filter(({ why }) => why.includes('beginning is not in the log'));
    expect(ends.map(({ line }) => line)).to.deep.equal([5, 6]);
  });

  it("says that a program's panic on a console does not count by itself, and who takes it", () => {
    const log = `${BANNER}\n${PANIC}`;
    const { stream, findings, passedOver } = classify(log);
    expect({ stream, findings }).to.deep.equal({ stream: 'console', findings: [] });
    expect(passedOver).to.have.length(1);
    expect(passedOver[0]).to.include({ line: 2, kind: 'program' });
    expect(passedOver[0]?.why).to.contain('PID 1').and.contain('--stream agent');
    const asAgent = classify(log, { stream: 'agent' });
    expect(asAgent).to.include({ stream: 'agent', streamGuessed: false });
    expect(asAgent.findings.map(({ place }) => place)).to.deep.equal(['src/a.rs:3']);
  });

  it("takes the panic of a program that a host's log names, whatever its kernel says", () => {
    const kernel = (text: string) => `Mar 03 01:02:03 vm kernel: ${text}\n`;
    const quiet = kernel('eth0: link becomes ready').repeat(30);
    const oops = OOPS.map(kernel).join('');
    const tags = ['Mar 03 01:02:03 vm agent[812]: ', 'agent-1  | ', '[pod/a/agent] '];
    for (const tag of tags) {
      const panic = PANIC.replace(/^(?=.)/gm, tag);
      const { stream, findings, passedOver } = classify(quiet + panic + quiet);
      expect(stream).to.equal('console');
      expect(findings.map((one) => [one.class, one.place, one.line])).to.deep.equal([
        ['agent-panic', 'src/a.rs:3', 31],
      ]);
      expect(passedOver).to.deep.equal([]);
      const classes = classify(quiet + panic + oops).findings.map((one) => one.class);
      expect(classes).to.deep.equal(['agent-panic', 'kernel-oops']);
      expect(classify(quiet + panic, { stream: 'console' }).findings).to.deep.equal([]);
    }
  });

  it('takes no panic of what a guest runs, or what shows its console', () => {
    const lines = ['init', 'ready', ...PANIC.trim().split('\n')];
    for (const tag of [
      '[    2.000000] agent[812]: ',
      'agent[812]: ',
      'guest-1  | ',
      '[    2.000000] vm qemu-system-x86_64[77]: ',
    ]) {
      const banner = tag.includes('guest') || tag.includes('vm') ? `${tag}${BANNER}` : BANNER;
      const log = [...Array(20).fill(banner), ...lines.map((line) => tag + line)].join('\n');
      expect(classify(log).findings.filter((one) => one.class === 'agent-panic')).to.deep.equal([]);
    }
  });

  it('takes a crash that is pasted into a mail or an issue, as web pages make it', () => {
    const plain = OOPS.filter((line) => line.startsWith('[')).map((line) =>
      line.replace(/^\[[^\]]*\] /, ''),
    );
    const [expected] = classify(plain.join('\n')).findings;
    const forms: Readonly<Record<string, (lines: readonly string[]) => readonly string[]>> = {
      quoted: (lines) => lines.map((line) => `> ${line}`),
      'quoted twice': (lines) => lines.map((line) => `>> ${line}`),
      indented: (lines) => lines.map((line) => `    ${line}`),
      fenced: (lines) => ['<details>', '', '```', ...lines, '```', '</details>'],
      'in HTML': (lines) => {
        const text = lines.join('\n').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
        return `<pre><code>${text}</code></pre>`.split('\n');
      },
      'broken by HTML': (lines) => lines.map((line) => `${line}<br/>`),
      'with spaces that do not break': (lines) =>
        lines.map((line) => line.replaceAll(' ', '\u00a0')),
      'with what nobody sees': (lines) => lines.map((line) => line.replaceAll('_', '\u200b_')),
    };
    for (const [name, form] of Object.entries(forms)) {
      const log = ['Hi,', '', 'mine dies:', '', ...form(plain), '', 'Thanks', ''].join('\n');
      const { findings } = classify(log);
      const [found] = findings;
      expect(findings, name).to.have.length(1);
      expect(found, name).to.include({ title: expected?.title, signature: expected?.signature });
      expect(log.slice(found?.start, found?.end).split('\n')[0], name).to.contain('BUG:');
    }
  });

  it('takes no words of a mail or of documentation for a crash', () => {
    const folder = new URL('../verdict/testdata/healthy/', import.meta.url);
    for (const name of readdirSync(folder)) {
      const { findings } = classify(readFileSync(new URL(name, folder)));
      expect(findings.filter(isCrash), name).to.deep.equal([]);
    }
  });

  it('takes no crash that a commit says it has fixed for one of its own', () => {
    const message = OOPS.map((line) => `    ${line.replace(/^\[[^\]]*\] /, '')}`);
    const head = [
      `commit ${'3a7b9c1d2e'.repeat(4)}`,
      'Author: A <a@example.com>',
      'Date:   today',
      '',
    ];
    expect(classify([...head, ...message].join('\n')).findings).to.deep.equal([]);
    expect(classify(message.join('\n')).findings).to.have.length(1);
  });

  it('says which crash led to which', () => {
    const death =
      '[    1.000000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00006500';
    const { findings } = classify(`${BANNER}\n${PANIC}${death}\n`);
    expect(findings.map((one) => one.class)).to.deep.equal(['agent-panic', 'kernel-panic']);
    expect(findings[0]?.explainedBy).to.equal(undefined);
    expect(findings[1]?.explainedBy).to.equal(findings[0]?.signature);
  });

  it('says what the kernel is, and where each boot begins', () => {
    const hardware = '[    0.000001] DMI: QEMU Standard PC (i440FX + PIIX, 1996)';
    const { kernel, arch, machine, boots, bootStage } = classify(
      [BANNER, hardware, BANNER.replace('6.12.9', '7.0.1')].join('\n'),
    );
    expect({ kernel, arch, machine, boots, bootStage }).to.deep.equal({
      kernel: '6.12.9-amd64',
      arch: 'x86_64',
      machine: 'QEMU Standard PC (i440FX + PIIX, 1996)',
      boots: [1, 3],
      bootStage: 'kernel',
    });
  });

  it("says which entries of the expectations have a finding's signature", () => {
    const [first] = classify(PANIC).findings;
    const entry = {
      line: 7,
      where: { kernel: ['>=6.12'], cgroup: ['v1', 'hybrid'] },
      outcome: 'agent-panic',
      signatures: [first?.signature ?? '', 's1-000000000000'],
      reason: 'it is so',
      link: 'https://example.org/1',
      expires: '2026-11-30',
    } as const;
    const expectations = [entry, { ...entry, line: 20, signatures: ['s1-000000000000'] }];
    const [found] = classify(PANIC, { known: { file: 'e.yaml', expectations } }).findings;
    expect(found?.expectations).to.deep.equal([
      {
        file: 'e.yaml',
        line: 7,
        outcome: 'agent-panic',
        reason: 'it is so',
        link: 'https://example.org/1',
        expires: '2026-11-30',
        isExpired: true,
        where: 'kernel >=6.12; cgroup v1, hybrid',
      },
    ]);
    expect(first).not.to.have.property('expectations');
  });

  it('leaves out lines of the file that nobody knows', () => {
    const classifier = createLogClassifier({ stream: undefined, known: undefined, today });
    classifier.push(Buffer.from(PANIC));
    const [finding] = classifier.end(undefined).findings;
    expect(finding).not.to.have.any.keys('line', 'endLine', 'excerptLines');
  });
});
