import { expect } from 'chai';
import fc from 'fast-check';
import { anyText } from '../testing/any-text.ts';
import { createAgentTriage } from './agent-triage.ts';
import { createBootStages } from './boot/boot-stages.ts';
import { createConsoleTriage } from './console-triage.ts';

const STAMP = '[   12.345678] ';
const WARNING = `${STAMP}WARNING: CPU: 0 PID: 1 at mm/x.c:1 charge+0x1/0x2\r\n`;
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Text that comes close to everything that is looked for. */
const nearMiss = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          STAMP,
          '\r\n',
          '\n',
          '\0',
          '\x1b[',
          '\x1b]',
          "'",
          '(12)',
          'Kernel panic - not syncing: ',
          'BUG: ',
          'WARNING: ',
          ' [#1]',
          ': 0000',
          ' panicked at ',
          "thread 'x'",
          'src/x.rs:1:2:',
          "', src/x.rs:1:2",
          'RIP: 0010:f+0x1/0x2',
          ' f+0x1/0x2',
          '---[ end trace',
          ' </TASK>',
          'init: fatal: ',
          'panic: ',
          'goroutine 1 [running]:',
          'main.f(0x1)',
          "x.c:1: f: Assertion `x' failed.",
          'free(): invalid pointer',
          '[    1.000000][    T9] ',
          '[    1.000000][   C12] ',
          'x invoked oom-killer: ',
          'Out of memory: Killed process 9 (x) ',
          'x[1]: segfault at 0 ip 0 in x[400000+1000]',
          'vmconsole="',
          '{"msg":"',
          '"}',
          '"',
          '\\n',
          'Decompressing Linux... ',
          ' -- System halted',
          'refcount_t: underflow',
          'BUG kmalloc-8 (Not tainted): x',
          'kmemleak: unreferenced object 0x1',
          'BUG: stack guard page was hit',
          ': 0000 [#1]',
          'Run /init as init process',
          'Linux version ',
          'SeaBIOS (version 1)',
          'Unable to handle kernel NULL pointer dereference at virtual address 0',
          'Internal error: Oops: 96000004 [#1]',
          'pc : f+0x1/0x2',
          'Freezing execution.',
          '[!!!!!!] Failed to mount x',
          'ALERT!  x.  Dropping to a shell!',
          'mount: mounting x on /root failed: y',
          "sh: can't access tty; job control turned off",
        ),
      },
      { weight: 1, arbitrary: anyText() },
    ),
    { maxLength: 60 },
  )
  .map((parts) => Buffer.from(parts.join('')));

describe('triage', () => {
  for (const create of [createConsoleTriage, createAgentTriage]) {
    it(`of ${create.name} takes any bytes, and the same findings come whatever the split`, () => {
      fc.assert(
        fc.property(
          fc.oneof(nearMiss, fc.uint8Array()),
          fc.integer({ min: 1, max: 50 }),
          (input, size) => {
            const whole = create();
            const split = create();
            const expected = [...whole.push(input), ...whole.end()];
            const findings = [];
            for (let at = 0; at < input.length; at += size) {
              findings.push(...split.push(input.subarray(at, at + size)));
            }
            findings.push(...split.end());
            expect(findings).to.deep.equal(expected);
            for (const { start, end, excerpt } of findings) {
              expect(start).to.be.lessThan(end);
              expect(end).to.be.at.most(input.length);
              expect(excerpt.length).to.be.at.most(4096);
            }
          },
        ),
      );
    });
  }

  it('tells the same fault once a test, and again in the next one', () => {
    const triage = createConsoleTriage();
    const report = bytes(`${WARNING}${STAMP}---[ end trace 0000000000000000 ]---\r\n`);
    expect(triage.push(report)).to.have.length(1);
    expect(triage.push(report)).to.have.length(0);
    expect(triage.flush()).to.have.length(0);
    expect(triage.push(report)).to.have.length(1);
  });

  it('knows that a report is whole if its end came, or the next one’s beginning', () => {
    const triage = createConsoleTriage();
    const end = `${STAMP}---[ end trace 0000000000000000 ]---\r\n`;
    expect(triage.push(bytes(WARNING + end))[0]).not.to.have.property('isCut');
    triage.flush();
    const next = `${STAMP}BUG: kernel NULL pointer dereference, address: 0\r\n`;
    expect(triage.push(bytes(WARNING + next))[0]).not.to.have.property('isCut');
    expect(triage.flush()[0]).to.have.property('isCut', true);
  });

  it('goes on with a report after a line about a program', () => {
    const triage = createConsoleTriage();
    const start = `${STAMP}BUG: kernel NULL pointer dereference, address: 0\n`;
    const fault = `${STAMP}x[9]: segfault at 0 ip 0 sp 0 error 4 in x[400000+1000]\n`;
    const rest = `${STAMP}RIP: 0010:charge+0x1/0x2\n${STAMP}---[ end trace 0000000000000000 ]---\n`;
    expect(triage.push(bytes(start + fault + rest)).map(({ title }) => title)).to.deep.equal([
      'segfault of program x in x',
      'BUG: kernel NULL pointer dereference in charge',
    ]);
  });

  it('keeps a kernel’s words when programs fault without end', () => {
    const triage = createConsoleTriage();
    const faults = Array.from(
      { length: 500 },
      (_, at) => `${STAMP}p${at}[${at}]: segfault at 0 ip 0 sp 0 error 4 in p${at}[400000+1000]\n`,
    );
    expect(triage.push(bytes(faults.join('')))).to.have.length.within(1, 50);
    expect(triage.push(bytes(`${STAMP}Kernel panic - not syncing: x\n`))).to.have.length(0);
    expect(triage.flush()).to.have.length(1);
  });

  it('takes no program’s panic for the end of an init that another test’s death explains', () => {
    const triage = createConsoleTriage();
    const panic = "thread 'main' (9) panicked at src/test.rs:1:2:\nx\n";
    const death = `${STAMP}Kernel panic - not syncing: Attempted to kill init! exitcode=0x00006500\n`;
    triage.push(bytes(`${STAMP}x\n${panic}`));
    triage.flush();
    triage.push(bytes(death));
    expect(triage.flush().map(({ class: kind }) => kind)).to.deep.equal(['kernel-panic']);
    triage.push(bytes(panic + death));
    expect(triage.flush().map(({ class: kind }) => kind)).to.deep.equal([
      'agent-panic',
      'kernel-panic',
    ]);
  });

  it('tells at a flush what it knows of a report whose end has not come', () => {
    const triage = createConsoleTriage();
    expect(triage.push(bytes(WARNING))).to.have.length(0);
    const [finding, ...others] = triage.flush();
    expect(finding).to.include({ title: 'WARNING in charge', isCut: true });
    expect(others).to.deep.equal([]);
    expect(triage.end()).to.deep.equal([]);
  });

  it('cuts titles and excerpts between characters', () => {
    const faces = '🙂'.repeat(900);
    for (const start of ['BUG: ', 'BUG: x']) {
      const triage = createConsoleTriage();
      triage.push(Buffer.from(`${STAMP}${start}${faces}\n${STAMP}${faces}\n${STAMP}${faces}\n`));
      const [finding] = triage.flush();
      expect(finding?.title.isWellFormed()).to.equal(true);
      expect(finding?.excerpt.isWellFormed()).to.equal(true);
      expect(finding?.title.length).to.be.within(159, 160);
    }
  });

  it('leaves a line that is being printed at a flush to what comes after', () => {
    const triage = createConsoleTriage();
    triage.push(bytes(`${STAMP}Kernel pa`));
    expect(triage.flush()).to.deep.equal([]);
    triage.push(bytes('nic - not syncing: sysrq triggered crash\r\n'));
    expect(triage.flush()).to.have.length(1);
  });

  it('tells an agent’s panic with the line of its message, before its backtrace', () => {
    const triage = createAgentTriage();
    expect(triage.push(bytes("\nthread 'main' (9) panicked at src/rpc.rs:7:1:\n"))).to.have.length(
      0,
    );
    expect(triage.push(bytes('no such container\n'))).to.have.length(1);
    expect(triage.push(bytes('stack backtrace:\n   0: 0x55 - f\n'))).to.have.length(0);
  });

  it('keeps a bounded part of endless lines and endless reports', () => {
    const triage = createConsoleTriage();
    triage.push(bytes(`${STAMP}Kernel panic - not syncing: `));
    for (let turn = 0; turn < 100; turn += 1) triage.push(Buffer.alloc(65536, 'x'));
    const [endless] = triage.push(bytes(`\n${`${STAMP}a line\n`.repeat(1000)}`));
    expect(endless).to.include({ class: 'kernel-panic' });
    expect(endless?.title.length).to.be.lessThan(300);
    expect(endless?.excerpt.length).to.be.at.most(4096);
    const kinds = Array.from(
      { length: 500 },
      (_, kind) => `${STAMP}BUG: kind ${'x'.repeat(kind)}\n`,
    );
    expect(triage.push(bytes(kinds.join('')))).to.have.length.at.most(100);
  });
});

describe('boot stages', () => {
  it('go from nothing to init, wherever the text is split', () => {
    const kernel = `${STAMP}Linux version 6.1\r\n${STAMP}Run /sbin/init as init process\r\n`;
    const text = `\x1bcSeaBIOS\r\n${kernel}`;
    for (let at = 0; at <= text.length; at += 1) {
      const stages = createBootStages();
      expect(stages.stage).to.equal('nothing');
      stages.push(bytes(text.slice(0, at)));
      stages.push(bytes(text.slice(at)));
      expect(stages.stage).to.equal('init');
    }
  });

  it('name what was reached', () => {
    const stageOf = (text: string) => {
      const stages = createBootStages();
      stages.push(bytes(text));
      return stages.stage;
    };
    expect(stageOf('')).to.equal('nothing');
    expect(stageOf('SeaBIOS (version 1.16)')).to.equal('firmware');
    expect(stageOf('Booting\x1bc\x1b[2J[    0.000000] Linux version 6.1')).to.equal('kernel');
    expect(stageOf('early console in extract_kernel')).to.equal('decompression');
    expect(stageOf(`${STAMP}VFS: Unable to mount root fs`)).to.equal('root file system');
    expect(stageOf('[   12.345678][    T1] Freeing unused kernel image')).to.equal(
      'root file system',
    );
    expect(stageOf(`${STAMP}quiet, but not silent`)).to.equal('kernel');
    expect(stageOf('Mar 03 01:02:03 vm kernel: eth0: link up')).to.equal('kernel');
    expect(stageOf('[Tue Mar  3 01:02:03 2026] eth0: link up')).to.equal('kernel');
    expect(stageOf('\x1b[33mVFS: \x1b[0mMounted root')).to.equal('root file system');
    expect(stageOf('Mar 03 01:02:03 vm systemd[1]: Started x')).to.equal('init');
  });
});
