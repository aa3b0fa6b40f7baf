import { deepStrictEqual, doesNotMatch } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { findingSchema } from '../../report/schema.ts';
import { createAgentTriage } from '../../verdict/agent-triage.ts';
import { createBootStages } from '../../verdict/boot/boot-stages.ts';
import { createRestartWatch } from '../../verdict/boot/restart-watch.ts';
import { createConsoleTriage } from '../../verdict/console-triage.ts';
import type { Finding } from '../../verdict/finding.ts';
import { createStreamTail } from '../../verdict/lines/stream-tail.ts';
import { lastWords } from '../../verdict/programs/last-words.ts';
import type { Triage } from '../../verdict/triage.ts';
import { cutInPieces, type FuzzTarget } from '../fuzz-target.ts';

/** However a console's bytes are split, the findings are the same, and all of them fit a report. */
export const consoleOutput: FuzzTarget = {
  name: 'console',
  seeds: () => recordings('console'),
  run(input) {
    checkFindings(createConsoleTriage, input);
    const stages = createBootStages();
    const restarts = createRestartWatch();
    for (const piece of cutInPieces(input)) {
      stages.push(piece);
      restarts.push(Buffer.from(piece));
    }
  },
};

/** The same for an agent's stderr, whose last lines go into reports. */
export const agentOutput: FuzzTarget = {
  name: 'agent-output',
  seeds: () => recordings('agent'),
  run(input) {
    checkFindings(createAgentTriage, input);
    const tail = createStreamTail();
    for (const piece of cutInPieces(input)) tail.push(Buffer.from(piece));
    const words = lastWords({ stderr: tail.end, stdout: tail.end });
    for (const line of words?.lines ?? []) doesNotMatch(line, RAW_IN_A_LINE);
  },
};

const RAW = /[^\P{Cc}\t\n]|\p{Cs}/u;
const RAW_IN_A_LINE = /[^\P{Cc}\t]|\p{Cs}/u;

function checkFindings(create: () => Triage, input: Uint8Array): void {
  const whole = findAll(create(), [input]);
  deepStrictEqual(findAll(create(), cutInPieces(input)), whole);
  for (const finding of whole) {
    findingSchema.parse(JSON.parse(JSON.stringify(finding)));
    doesNotMatch(finding.title, RAW_IN_A_LINE);
    doesNotMatch(finding.place ?? '', RAW_IN_A_LINE);
    doesNotMatch(finding.excerpt, RAW);
  }
}

function findAll(triage: Triage, pieces: Iterable<Uint8Array>): readonly Finding[] {
  const findings: Finding[] = [];
  for (const piece of pieces) findings.push(...triage.push(piece));
  return [...findings, ...triage.end()];
}

function recordings(folder: string): readonly Uint8Array[] {
  const path = new URL(`../../verdict/testdata/${folder}/`, import.meta.url);
  return readdirSync(path).map((name) => readFileSync(new URL(name, path)));
}
