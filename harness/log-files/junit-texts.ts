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
/** Of `<!…>` that is no comment, CDATA or DOCTYPE: sax reads it from its start again for each character. */
const DECLARATION_LENGTH_MAX = 256;
/** Characters between two looks at what cannot be looked at while sax is at work. */
const PIECE_LENGTH = 256;
/** For a close tag that matches none, sax tells as many faults as there are open elements. */
const DEPTH_MAX = 10_000;
const FAULTS_MAX = 100_000;

const require = createRequire(import.meta.url);

/** With what its types lack. */
type Sax = typeof import('sax') & {
  MAX_BUFFER_LENGTH: number;
  readonly STATE: Readonly<Record<string, number>>;
};
type Parser = SAXParser & { readonly sgmlDecl: string; readonly state: number };

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
  const sax = require('sax') as Sax;
  sax.MAX_BUFFER_LENGTH = TOKEN_LENGTH_MAX;
  const parser = sax.parser(true, { position: true }) as Parser;
  const decoder = new TextDecoder();
  let suite = '';
  let test: string | undefined;
  let open: OpenText | undefined;
  let fault: string | undefined;
  let faults = 0;
  let depth = 0;
  let isOver = false;

  function take(text: string): void {
    if (open === undefined) return;
    open.feeds += countFeeds(text);
    if (/\S/.test(text)) open.isEmpty = false;
    sink.push(Buffer.from(text));
  }

  function stop(why: string): void {
    const last = `not read after Line: ${parser.line}, Column: ${parser.column}: ${why}`;
    fault = fault === undefined ? last : `${fault}; ${last}`;
    isOver = true;
  }

  /** Ends the reading where sax would need time that grows faster than the file, or memory without limit. */
  function checkLimits(): void {
    if (parser.sgmlDecl.length > DECLARATION_LENGTH_MAX) {
      stop(`a declaration of more than ${DECLARATION_LENGTH_MAX} characters`);
    }
    const isAfterLess = parser.state === sax.STATE.OPEN_WAKA;
    if (isAfterLess && parser.position - parser.startTagPosition > TOKEN_LENGTH_MAX) {
      stop(`more than ${TOKEN_LENGTH_MAX} blanks after <`);
    }
    if (depth > DEPTH_MAX) stop(`more than ${DEPTH_MAX} open elements`);
    if (faults > FAULTS_MAX) stop(`more than ${FAULTS_MAX} faults`);
  }

  parser.onopentagstart = ({ attributes }) => {
    // sax calls this of an object that has the file's attributes: one of this name would be called instead.
    const value = Object.prototype.hasOwnProperty;
    Object.defineProperty(attributes, 'hasOwnProperty', { value });
  };
  parser.onopentag = (tag) => {
    depth += 1;
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
    depth -= 1;
    if (name === 'testcase') test = undefined;
    if (open === undefined || open.element !== name) return;
    if (open.isEmpty) sink.push(Buffer.from(open.message));
    // A line feed may be an entity, too: then lines of the text are not those of the file.
    const isSame = !open.isEmpty && parser.line - open.line === open.feeds;
    sink.end(isSame ? open.line + 1 : undefined);
    open = undefined;
  };
  parser.onerror = ({ message }) => {
    faults += 1;
    fault ??= toLine(message.replaceAll('\n', ', '));
    isOver ||= message.startsWith('Max buffer length');
    parser.error = null as unknown as Error;
    parser.resume();
  };

  return {
    push(chunk) {
      const text = decoder.decode(chunk, { stream: true });
      withoutStacks(() => {
        for (let at = 0; at < text.length && !isOver; at += PIECE_LENGTH) {
          parser.write(text.slice(at, at + PIECE_LENGTH));
          checkLimits();
        }
      });
    },
    end() {
      if (!isOver) withoutStacks(() => parser.close());
      if (open !== undefined) sink.end();
      return fault;
    },
  };
}

/** sax makes an error of each fault; most of the time for one goes into the stack, which nobody reads. */
function withoutStacks(act: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    act();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function countFeeds(text: string): number {
  let feeds = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) feeds += 1;
  return feeds;
}
