/** What else a stream carries hides no crash: neither what looks like one, nor long lines. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { createAgentTriage } from './agent-triage.ts';
import { createConsoleTriage } from './console-triage.ts';
import type { Finding } from './finding.ts';
import type { Triage } from './triage.ts';

const RUST = "thread 'main' (9) panicked at src/rpc.rs:7:1:\nno such container\n";
const GO = 'panic: out of ideas\n\ngoroutine 1 [running]:\nmain.act(0x1)\n\t/a/main.go:7 +0x1\n';
const C = "agent: x.c:7: act: Assertion `x' failed.\n";
const STAMP = '[   12.345678] ';
const PANIC = `${STAMP}Kernel panic - not syncing: sysrq triggered crash\n`;
const HUNG = `${STAMP}INFO: task sh:92 blocked for more than 30 seconds.\n`;
const LOCKUP = `${STAMP}watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [sh:92]\n`;

function triage(create: () => Triage, ...parts: readonly (string | Buffer)[]): readonly Finding[] {
  const one = create();
  return [...parts.flatMap((part) => one.push(Buffer.from(part))), ...one.end()];
}

const titles = (findings: readonly Finding[]) => findings.map(({ title }) => title);

describe('a crash among other lines of an agent', () => {
  for (const header of ['panic: x', 'fatal error: x', 'SIGSEGV: x', '{"msg":"fatal error: x"}']) {
    it(`is found after ${header}`, () => {
      for (const [crash, title] of [
        [RUST, 'no such container at src/rpc.rs:7'],
        [C, 'assertion failed: x at x.c:7'],
        [GO, 'out of ideas at main.act'],
      ] as const) {
        expect(titles(triage(createAgentTriage, `${header}\n${crash}`))).to.deep.equal([title]);
      }
    });
  }

  it('is found behind a header of each language', () => {
    const old = "thread 'main' panicked at 'not over\n";
    expect(titles(triage(createAgentTriage, old, C, GO))).to.include.members([
      'assertion failed: x at x.c:7',
      'out of ideas at main.act',
    ]);
    expect(titles(triage(createAgentTriage, GO.slice(0, GO.indexOf('main.act')), RUST))).to.include(
      'no such container at src/rpc.rs:7',
    );
  });

  it('is found in a log’s object that is longer than what is kept of a line', () => {
    const object = { level: 'ERRO', error: RUST, backtrace: '  0: frame\n'.repeat(1000) };
    const before = { fields: 'x'.repeat(9000), ...object };
    for (const line of [object, before]) {
      expect(titles(triage(createAgentTriage, `${JSON.stringify(line)}\n`))).to.deep.equal([
        'no such container at src/rpc.rs:7',
      ]);
    }
  });

  it('is not waited for without limit', () => {
    const one = createAgentTriage();
    const log = Buffer.from(`{"msg":"${'x'.repeat(1000)}"}\n`.repeat(100));
    expect(one.push(Buffer.from("thread 'main' (9) panicked at src/rpc.rs:7:1:\n"))).to.have.length(
      0,
    );
    expect(titles(one.push(log))).to.deep.equal(['panic without a message at src/rpc.rs:7']);
  });

  it('does not hide a later death for another reason', () => {
    const allocation = 'memory allocation of 99 bytes failed\n';
    const overflow =
      "\nthread 'main' (9) has overflowed its stack\nfatal runtime error: stack overflow\n";
    expect(titles(triage(createAgentTriage, RUST, allocation, overflow))).to.deep.equal([
      'no such container at src/rpc.rs:7',
      'memory allocation of N bytes failed',
      "thread 'main' has overflowed its stack",
    ]);
  });
});

describe('a kernel’s report on a long line', () => {
  for (const [what, report, title] of [
    ['a panic', PANIC, 'Kernel panic: sysrq triggered crash'],
    ['a hung task', HUNG, 'hung task of sh'],
    ['a lockup', LOCKUP, 'BUG: soft lockup of sh'],
  ] as const) {
    it(`is found: ${what} behind any number of bytes without a line end`, () => {
      fc.assert(
        fc.property(
          fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 3700, max: 4200 })),
          fc.integer({ min: 1, max: 9000 }),
          fc.constantFrom('x', 'BUG: x ', 'INFO: ', '[    1.0', '{"msg":"'),
          (length, size, filler) => {
            const before = Buffer.alloc(length, filler);
            const input = Buffer.concat([Buffer.from(`${STAMP}up\n`), before, Buffer.from(report)]);
            const one = createConsoleTriage();
            const findings: Finding[] = [];
            for (let at = 0; at < input.length; at += size) {
              findings.push(...one.push(input.subarray(at, at + size)));
            }
            expect(titles([...findings, ...one.end()])).to.include(title);
          },
        ),
        { numRuns: 300 },
      );
    });
  }
});

interface Recorded {
  readonly name: string;
  readonly create: () => Triage;
  readonly lines: readonly string[];
}

function readRecorded(stream: 'agent' | 'console', create: () => Triage): readonly Recorded[] {
  const folder = new URL(`testdata/${stream}/`, import.meta.url);
  return readdirSync(folder).map((name) => {
    const whole = readFileSync(new URL(name, folder), 'latin1');
    const body = whole.slice(whole.indexOf('\n\n') + 2);
    return { name, create, lines: body.split(/(?<=\n)/) };
  });
}

/** What else is printed: it is no crash by itself, but much of it looks like the beginning of one. */
const noise = fc.constantFrom(
  'panic: x\n',
  'fatal error: x\n',
  'SIGSEGV: x\n',
  '{"msg":"fatal error: x"}\n',
  '{"msg":"panic: x","level":"ERRO"}\n',
  '{"level":"INFO","msg":"ready"}\n',
  'no panic: WARNING: and BUG: are words\n',
  `${'x'.repeat(5000)}\n`,
  `${JSON.stringify({ msg: 'y'.repeat(5000) })}\n`,
);

/** A crash by what tells it from others and survives a line in the wrong place. */
const placesOf = (findings: readonly Finding[]) =>
  findings.map(({ class: kind, place }) => `${kind} ${place}`);

describe('recorded crashes', () => {
  const recorded = [
    ...readRecorded('agent', createAgentTriage),
    ...readRecorded('console', createConsoleTriage),
  ];
  const crashed = recorded.filter(({ create, lines }) => triage(create, ...lines).length > 0);

  it('are found among anything else that is printed between their lines', () => {
    expect(crashed.length).to.be.at.least(80);
    fc.assert(
      fc.property(
        fc.constantFrom(...crashed),
        fc.array(fc.tuple(fc.nat(), noise), { minLength: 1, maxLength: 12 }),
        ({ create, lines }, extra) => {
          const mixed = [...lines];
          for (const [at, line] of extra) mixed.splice(at % (mixed.length + 1), 0, line);
          expect(placesOf(triage(create, ...mixed))).to.include.members(
            placesOf(triage(create, ...lines)),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
