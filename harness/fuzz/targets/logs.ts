import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type ClassifiedLog, classificationSchema } from '../../classify/classification.ts';
import { createLogClassifier, type LogClassifier } from '../../classify/classify-log.ts';
import { worstClass } from '../../classify/worst.ts';
import { compressionOf, unpackerOf } from '../../kernels/decompress.ts';
import { LogFault } from '../../log-files/log-fault.ts';
import { readLog } from '../../log-files/read-log.ts';
import { readRecordedLogs } from '../../verdict/testing/recorded-logs.ts';
import { cutInPieces, type FuzzTarget } from '../fuzz-target.ts';

const OPTIONS = { stream: undefined, known: undefined, today: '2026-12-01' };

/** Longer ones are mutated at places that no reader looks at. */
const SEED_BYTES_MAX = 4000;

function recordedTexts(): readonly Buffer[] {
  return readRecordedLogs()
    .map(({ bytes }) => bytes.subarray(0, SEED_BYTES_MAX))
    .filter((_, index) => index % 8 === 0);
}

/** A log from anywhere; what is said about it must have the form that is documented. */
export const classifiedLog: FuzzTarget = {
  name: 'classified-log',
  seeds: recordedTexts,
  run(input) {
    const classifier = createLogClassifier(OPTIONS);
    for (const piece of cutInPieces(input)) classifier.push(piece);
    check([{ file: 'x', ...classifier.end(1) }]);
  },
};

/** A file that may be packed, be a JUnit report or anything else. */
export const logFile: FuzzTarget = {
  name: 'log-file',
  seeds: () => {
    const [text = Buffer.from('x')] = recordedTexts();
    const junit = `<testsuites><testsuite name="s"><testcase name="t"><failure message="m">a &amp; b
c</failure><system-out><![CDATA[${text.toString('latin1', 0, 500)}]]></system-out></testcase></testsuite></testsuites>`;
    const wide = Buffer.from(`\ufeff${text.toString('latin1', 0, 500)}`, 'utf16le');
    return [text, Buffer.from(junit), wide, gzipSync(text), zstdCompressSync(text)];
  },
  async run(input) {
    // A program of the host would be started for each of these.
    const kind = compressionOf(Buffer.from(input));
    if (kind !== undefined && unpackerOf(kind) !== undefined) return;
    const files: ReturnType<LogClassifier['end']>[] = [];
    let classifier = createLogClassifier(OPTIONS);
    const sink = {
      begin() {
        classifier = createLogClassifier(OPTIONS);
      },
      push: (chunk: Uint8Array) => classifier.push(chunk),
      end: (firstLine?: number) => void files.push(classifier.end(firstLine)),
    };
    await readLog(Readable.from(cutInPieces(input)), sink, { bytesMax: 1 << 22 }).catch(
      (error: unknown) => {
        if (!(error instanceof LogFault)) throw error;
      },
    );
    check(files.map((file) => ({ file: 'x', ...file })));
  },
};

function check(files: readonly ClassifiedLog[]): void {
  const worst = worstClass(files);
  classificationSchema.parse({ version: 1, worst, files, unread: [], skipped: 0 });
}
