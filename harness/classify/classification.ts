/**
 * What `kmx classify` says about logs: the terminal and JSON show this. Types and the JSON Schema in
 * docs/ come from this definition. Texts of logs are printable already.
 */
import { z } from 'zod';
import { EXPECTABLE } from '../expectations/expectation.ts';
import { BOOT_STAGES } from '../verdict/boot/boot-stages.ts';
import { FINDING_CLASSES } from '../verdict/finding.ts';
import { LOG_STREAMS } from './log-stream.ts';

export const CLASSIFICATION_VERSION = 1;

const text = z.string();
const count = z.int().nonnegative();
const line = z.int().positive();
const optional = z.exactOptional;

const expectationSchema = z
  .strictObject({
    file: text.describe('of expectations'),
    line: line.describe('of the entry in that file'),
    outcome: z.enum(EXPECTABLE).describe('the verdict that is expected'),
    title: optional(text).describe('what the signature stands for, for readers'),
    reason: text.describe('why it is accepted'),
    link: optional(text).describe('an issue, for example'),
    owner: optional(text).describe('who takes care of it'),
    expires: text.describe('the last day on which it is accepted'),
    isExpired: z.boolean().describe('that day has passed'),
    where: text.describe(
      'the cells that it is about, in words; a log does not say which is its own',
    ),
  })
  .readonly();

const findingSchema = z
  .strictObject({
    class: z
      .enum(FINDING_CLASSES)
      .describe('oom-kill and user-fault are notes on programs; the others are crashes'),
    title: text.describe('what happened, in one line, without numbers that differ every time'),
    place: optional(text).describe('file.rs:line, or a function without offset'),
    signature: text.describe('the same for the same crash in every log, run and kernel'),
    source: z
      .enum(['console', 'agent-stderr', 'agent-stdout', 'init', 'machine'])
      .describe('whose output it was taken for: console, or agent-stderr if read as agent'),
    line: optional(line).describe(
      'absent: it is a million lines before the end of the report, or is part of an attribute',
    ),
    endLine: optional(line).describe('the last line of the report'),
    start: count.describe('byte offset in the unpacked text'),
    end: count.describe('exclusive'),
    isCut: z.boolean().describe('the end of the report was not seen: there may be more of it'),
    seen: line.describe('how many reports like this one the log has; this is the first'),
    excerpt: text.describe("the report's own lines, at most 4 KiB"),
    excerptLines: optional(z.array(line.nullable()).readonly()).describe(
      'the line of each line of the excerpt; null where it is not known',
    ),
    explainedBy: optional(text).describe(
      'signature of the crash in this log that led to it, or of the panic that it led to and that names it',
    ),
    impossible: optional(text).describe(
      'a register that no processor can have: what executed the guest is at fault',
    ),
    expectations: optional(z.array(expectationSchema).readonly()).describe(
      'entries with this signature; absent: no file of expectations was read',
    ),
  })
  .readonly();

const passedOverSchema = z
  .strictObject({
    line: optional(line).describe('absent: it is part of an attribute'),
    text: text.describe('the line, cut if it is long'),
    why: text.describe('what looks bad about it, and which --stream takes it'),
    kind: z
      .enum(['kernel', 'program', 'alarm', 'error'])
      .describe(
        "a kernel's report in other output; a program's crash on a console; a line that says panic, BUG or the like; one that says error or failed, listed if there are no findings",
      ),
    seen: line.describe('how many lines say the same but for numbers; this is the first'),
  })
  .readonly();

const logSchema = z
  .strictObject({
    file: text.describe('as it was named; - is standard input'),
    part: optional(text).describe('of a file that has several logs: the test case and its output'),
    stream: z
      .enum(LOG_STREAMS)
      .describe("what it was read as: a kernel's console, or a program's output"),
    streamGuessed: z.boolean().describe('nobody asked for that with --stream'),
    streamReason: optional(text).describe('why that was guessed'),
    kernel: optional(text).describe('release of the kernel'),
    arch: optional(text).describe('architecture, as uname -m names it, or nearly so'),
    machine: optional(text).describe('hardware, as the kernel names it'),
    bootStage: optional(z.enum(BOOT_STAGES)).describe('how far the boot got, of a console'),
    boots: z.array(count).readonly().describe("lines of the kernel's banner: one a boot"),
    lines: count.describe('of the unpacked text'),
    bytes: count.describe('of the unpacked text'),
    findings: z
      .array(findingSchema)
      .readonly()
      .describe('each crash once, with how often it was seen'),
    findingsDropped: count.describe('different findings beyond the first hundred'),
    passedOver: z
      .array(passedOverSchema)
      .readonly()
      .describe('lines that look bad and belong to no finding: the fifty most suspicious'),
    passedOverDropped: count.describe('further such lines, each said once'),
  })
  .readonly();

export const classificationSchema = z
  .strictObject({
    version: z.literal(CLASSIFICATION_VERSION).describe('of this form'),
    worst: z
      .enum([...FINDING_CLASSES, 'nothing'])
      .describe('class of the worst crash that no other one led to; else of a note'),
    files: z.array(logSchema).readonly().describe('one for each log that was read'),
    unread: z
      .array(
        z
          .strictObject({
            file: text.describe('as it was named'),
            problem: text.describe('what was expected, and what was found'),
            remedy: optional(text).describe('what to do'),
          })
          .readonly(),
      )
      .readonly()
      .describe('what could not be read, or only in part'),
    skipped: count.describe('files of folders that are no logs'),
  })
  .readonly()
  .meta({ title: 'kmx classify --json' });

export type Classification = z.output<typeof classificationSchema>;
export type ClassifiedLog = z.output<typeof logSchema>;
export type ClassifiedFinding = z.output<typeof findingSchema>;
export type PassedOver = z.output<typeof passedOverSchema>;
export type MatchingExpectation = z.output<typeof expectationSchema>;
export type UnreadFile = Classification['unread'][number];
