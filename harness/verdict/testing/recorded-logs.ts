/** The recorded and hand-written output in testdata/, each with the header that says what it must be recognised as. */
import { readdirSync, readFileSync } from 'node:fs';
import { createAgentTriage } from '../agent-triage.ts';
import { createConsoleTriage } from '../console-triage.ts';
import type { Finding } from '../finding.ts';
import type { Triage } from '../triage.ts';

export const STREAMS = { console: createConsoleTriage, agent: createAgentTriage };
const folder = new URL('../testdata/', import.meta.url);

export interface RecordedLog {
  readonly url: URL;
  readonly stream: keyof typeof STREAMS;
  readonly name: string;
  /** The first line of the header: where it is from. */
  readonly about: string;
  readonly header: string;
  readonly bytes: Buffer;
}

export function readRecordedLogs(): readonly RecordedLog[] {
  return Object.keys(STREAMS).flatMap((name) => {
    const stream = name as keyof typeof STREAMS;
    return readdirSync(new URL(`${stream}/`, folder)).map((file) => {
      const url = new URL(`${stream}/${file}`, folder);
      const whole = readFileSync(url);
      const end = whole.indexOf('\n\n');
      const header = whole.toString('utf8', 0, end);
      const about = header.split('\n', 1)[0] ?? '';
      return { url, stream, name: file, about, header, bytes: whole.subarray(end + 2) };
    });
  });
}

type Found = Pick<Finding, 'class' | 'title' | 'place' | 'source' | 'signature' | 'start' | 'end'>;

/** The part of a header that says what is in a log: golden.test.ts writes it. */
export function describeFindings(
  findings: readonly (Found & { readonly isCut?: boolean })[],
): readonly string[] {
  if (findings.length === 0) return ['finding: none'];
  return findings.flatMap(
    ({ class: kind, title, place, source, signature, start, end, isCut = false }) => [
      `finding: ${kind}, from ${source}`,
      `  title: ${title}`,
      ...(place === undefined ? [] : [`  place: ${place}`]),
      `  signature: ${signature}`,
      `  bytes: ${start}-${end}${isCut ? ', its end was not seen' : ''}`,
    ],
  );
}

export function triageWhole(triage: Triage, bytes: Uint8Array): readonly Finding[] {
  return [...triage.push(bytes), ...triage.end()];
}
