/**
 * What tests of a JUnit report printed, as it streams by: each `system-out`, `system-err`, failure and
 * error is a log of its own. Parsed by sax, which needs no memory for what it has passed, and goes on after
 * faults: many programs write such files, and some write them badly.
 */
import { createRequire } from 'node:module';
import type { SAXParser, Tag } from 'sax';
import { toLine } from '../text.ts';

/** Whoever is told of logs, one after another. */
export interface LogSink {
  /** @param part What it is a part of; undefined for all of a file. */
  begin(part?: string): void;
  push(chunk: Uint8Array): void;
  /** @param firstLine The line of the file on which it begins, if lines of both are the same. */
  end(firstLine?: number): void;
}

export interface JunitTexts {
  push(chunk: Uint8Array): void;
  /** Returns the first fault of the XML, if there is any. */
  end(): string | undefined;
}

const TEXT_ELEMENTS = new Set(['system-out', 'system-err', 'failure', 'error', 'stackTrace']);
const NAME_LENGTH_MAX = 200;
/** Of an attribute or a name: a longer one ends the reading. Longer texts come in pieces. */
const TOKEN_LENGTH_MAX = 1 << 20;

const require = createRequire(import.meta.url);

/** The first bytes of such a file, if the byte order mark is gone. */
export function isJunit(head: Buffer): boolean {
  const text = head.toString('latin1');
  return /^\s*</.test(text) && /<testsuites?[\s>/]/.test(text);
}

interface OpenText {
  readonly element: string;
  readonly line: number;
  /** A failure's attribute, which counts if it has no text. */
  readonly message: string;
  feeds: number;
  isEmpty: boolean;
}

export function createJunitTexts(sink: LogSink): JunitTexts {
  const sax = require('sax') as typeof import('sax') & { MAX_BUFFER_LENGTH: number };
  sax.MAX_BUFFER_LENGTH = TOKEN_LENGTH_MAX;
  const parser: SAXParser = sax.parser(true, { position: true });
  const decoder = new TextDecoder();
  let suite = '';
  let test: string | undefined;
  let open: OpenText | undefined;
  let fault: string | undefined;
  let isOver = false;

  function take(text: string): void {
    if (open === undefined) return;
    open.feeds += countFeeds(text);
    if (/\S/.test(text)) open.isEmpty = false;
    sink.push(Buffer.from(text));
  }

  parser.onopentag = (tag) => {
    const { name, attributes } = tag as Tag;
    if (name === 'testsuite') suite = attributes.name ?? '';
    if (name === 'testcase') {
      test = [attributes.classname ?? suite, attributes.name ?? ''].filter(Boolean).join(': ');
    }
    if (!TEXT_ELEMENTS.has(name) || open !== undefined) return;
    const message = attributes.message ?? '';
    open = { element: name, line: parser.line, message, feeds: 0, isEmpty: true };
    sink.begin(toLine([test ?? suite, name].filter(Boolean).join(', '), NAME_LENGTH_MAX));
  };
  parser.ontext = take;
  parser.oncdata = take;
  parser.onclosetag = (name) => {
    if (name === 'testcase') test = undefined;
    if (open === undefined || open.element !== name) return;
    if (open.isEmpty) sink.push(Buffer.from(open.message));
    // A line feed may be an entity, too: then lines of the text are not those of the file.
    const isSame = !open.isEmpty && parser.line - open.line === open.feeds;
    sink.end(isSame ? open.line + 1 : undefined);
    open = undefined;
  };
  parser.onerror = ({ message }) => {
    fault ??= toLine(message.replaceAll('\n', ', '));
    isOver = message.startsWith('Max buffer length');
    parser.error = null as unknown as Error;
    parser.resume();
  };

  return {
    push(chunk) {
      if (!isOver) parser.write(decoder.decode(chunk, { stream: true }));
    },
    end() {
      if (!isOver) parser.close();
      if (open !== undefined) sink.end();
      return fault;
    },
  };
}

function countFeeds(text: string): number {
  let feeds = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) feeds += 1;
  return feeds;
}
