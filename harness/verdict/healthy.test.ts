/** Output of healthy machines and programs, full of words that crashes use: no crash is found in it. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createAgentTriage } from './agent-triage.ts';
import { createConsoleTriage } from './console-triage.ts';
import { isCrash } from './finding.ts';
import { triageWhole } from './testing/recorded-logs.ts';
import type { Triage } from './triage.ts';

interface HealthyLog {
  readonly name: string;
  /** The first line: where it is from. */
  readonly about: string;
  readonly bytes: Buffer;
}

const folder = new URL('testdata/healthy/', import.meta.url);
const logs = readdirSync(folder).map(readHealthyLog);

const STREAMS = { console: createConsoleTriage, "agent's stderr": createAgentTriage };

function readHealthyLog(name: string): HealthyLog {
  const whole = readFileSync(new URL(name, folder));
  const end = whole.indexOf('\n\n');
  return { name, about: whole.toString('utf8', 0, end), bytes: whole.subarray(end + 2) };
}

/** Each line as syslog keeps it. */
function inSyslog(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split(/(?<=\n)/);
  return Buffer.from(lines.map((line) => `Mar 03 01:02:03 vm kernel: ${line}`).join(''), 'latin1');
}

function crashesIn(triage: Triage, bytes: Buffer): readonly string[] {
  return triageWhole(triage, bytes)
    .filter(isCrash)
    .map(({ class: kind, title, excerpt }) => `${kind}: ${title}: ${excerpt.slice(0, 200)}`);
}

describe('healthy output', () => {
  it('is of many kinds', () => {
    expect(logs.length).to.be.at.least(75);
    for (const { name, about } of logs) expect(about, name).to.match(/^about: .+$/);
  });

  for (const { name, about, bytes } of logs) {
    it(`${name} holds no crash (${about.slice('about: '.length)})`, () => {
      for (const [stream, createTriage] of Object.entries(STREAMS)) {
        expect(crashesIn(createTriage(), bytes), stream).to.deep.equal([]);
        expect(crashesIn(createTriage(), inSyslog(bytes)), `${stream}, in syslog`).to.deep.equal(
          [],
        );
      }
    });
  }
});
