/** One log: as it is, or, if nothing is found in it, without the marks of whoever quotes it. */
import { omitUndefined } from '../omit-undefined.ts';
import { isCrash } from '../verdict/finding.ts';
import { type ClassifyOptions, createOneClassifier, type LogClassifier } from './one-classifier.ts';
import { isWebPage, lineOffsets, QUOTED_BYTES_MAX, unquote } from './unquote.ts';

export type { ClassifyOptions, LogClassifier } from './one-classifier.ts';

/**
 * Classifies one stream of bytes in linear time and bounded memory. What looks healthy may be a mail
 * or an issue that quotes a crash: then that is what was asked about.
 */
export function createLogClassifier(options: ClassifyOptions): LogClassifier {
  const whole = createOneClassifier(options);
  let kept: Uint8Array[] | undefined = [];
  let size = 0;
  return {
    push(chunk) {
      size += chunk.length;
      if (size > QUOTED_BYTES_MAX) kept = undefined;
      kept?.push(Uint8Array.from(chunk));
      whole.push(chunk);
    },
    end(firstLine) {
      const classified = whole.end(firstLine);
      if (kept === undefined) return classified;
      const bytes = Buffer.concat(kept);
      const text = bytes.toString('utf8');
      if (classified.findings.some(isCrash) && !isWebPage(text)) return classified;
      const quoted = classifyQuoted(text, bytes, options, firstLine);
      return quoted?.findings.some(isCrash) ? quoted : classified;
    },
  };
}

/** @param bytes Those of the text: where its lines begin. */
function classifyQuoted(
  text: string,
  bytes: Buffer,
  options: ClassifyOptions,
  firstLine: number | undefined,
): ReturnType<LogClassifier['end']> | undefined {
  const plain = unquote(text);
  if (plain === undefined) return undefined;
  const classifier = createOneClassifier(options);
  classifier.push(Buffer.from(plain));
  const classified = classifier.end(firstLine ?? 1);
  const { streamReason } = classified;
  const offsets = lineOffsets(bytes);
  const findings = classified.findings.map((finding) => {
    const { line, endLine, excerptLines, ...rest } = finding;
    const first = (line ?? 1) - (firstLine ?? 1) + 1;
    const last = (endLine ?? line ?? 1) - (firstLine ?? 1) + 1;
    const range = { start: offsets[first] ?? 0, end: offsets[last + 1] ?? bytes.length };
    const lines = omitUndefined({ line, endLine, excerptLines });
    return { ...rest, ...range, ...(firstLine === undefined ? {} : lines) };
  });
  return {
    ...classified,
    ...(streamReason === undefined
      ? {}
      : { streamReason: `without quotation marks, ${streamReason}` }),
    bytes: bytes.length,
    findings,
  };
}
