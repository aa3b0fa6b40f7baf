import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createConsoleTriage } from '../console-triage.ts';
import type { Finding } from '../finding.ts';

const folder = new URL('../testdata/console/', import.meta.url);

function readLog(name: string): string {
  const whole = readFileSync(new URL(name, folder), 'latin1');
  return whole.slice(whole.indexOf('\n\n') + 2);
}

function findingsOf(log: string): readonly Finding[] {
  const triage = createConsoleTriage();
  return [...triage.push(Buffer.from(log, 'latin1')), ...triage.end()];
}

/** The first report of a log, after a value in its first registers was replaced. */
function impossibleOf(log: string, register: string, before: string, after: string) {
  const changed = log.replace(`${register}: ${before}`, `${register}: ${after}`);
  expect(before === after || changed !== log).to.equal(true);
  return findingsOf(changed)[0]?.impossible;
}

const RECORDED = readLog('null-dereference-6.12.txt');
const RIGHT = { EFLAGS: '00000246', CR0: '0000000080050033', CR4: '00000000000006f0' } as const;

describe('registers of a kernel’s report', () => {
  it('are possible in everything that was recorded', () => {
    const impossible = readdirSync(folder).filter((name) =>
      findingsOf(readLog(name)).some((finding) => finding.impossible !== undefined),
    );
    expect(impossible).to.deep.equal([]);
  });

  for (const [register, after, wrong] of [
    ['EFLAGS', '05a262e2', 'bits 5, 23, 24, 26 are wrong'],
    ['EFLAGS', '00000244', 'bit 1 is wrong'],
    ['EFLAGS', '100000246', 'bit 32 is wrong'],
    ['CR0', '0000000080050073', 'bit 6 is wrong'],
    ['CR0', '0000000000050033', 'bit 31 is wrong'],
    ['CR4', '00000080000006f0', 'bit 39 is wrong'],
  ] as const) {
    it(`are impossible with ${register} ${after}`, () => {
      const found = impossibleOf(RECORDED, register, RIGHT[register], after);
      expect(found).to.equal(`${register} ${after}, in which ${wrong}`);
    });
  }

  it('are impossible with any of the bits that have no meaning, and with no other', () => {
    const reserved = [1, 3, 5, 15, ...Array.from({ length: 10 }, (_, index) => 22 + index)];
    for (let bit = 0; bit < 32; bit += 1) {
      const flags = (0x246n ^ (1n << BigInt(bit))).toString(16).padStart(8, '0');
      const found = impossibleOf(RECORDED, 'EFLAGS', RIGHT.EFLAGS, flags);
      expect(found !== undefined, flags).to.equal(reserved.includes(bit));
    }
  });

  it('count in the first set only, at an instruction of the kernel', () => {
    const user = '00007ffe1fba6b08 EFLAGS: 00000202';
    expect(RECORDED).to.include(user);
    const inUser = RECORDED.replace(user, user.replace('00000202', '05a262e2'));
    expect(findingsOf(inUser)[0]).not.to.have.property('impossible');
    const inProgram = RECORDED.replaceAll('RIP: 0010:', 'RIP: 0033:');
    const changed = inProgram.replaceAll('EFLAGS: 00000246', 'EFLAGS: 05a262e2');
    expect(findingsOf(changed)[0]).not.to.have.property('impossible');
  });

  it('count in a report only', () => {
    const stamp = '[    9.900000] ';
    const registers = ['RIP: 0010:f+0x0/0x20', 'RSP: 0018:ffffc9000048bc48 EFLAGS: 05a262e2', ''];
    expect(findingsOf(registers.join(`\n${stamp}`))).to.deep.equal([]);
  });
});
