import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import { LogFault } from './log-fault.ts';
import { type ReadLogOptions, readLog } from './read-log.ts';

/** As of a sink that gets 256 MiB: 16 times. */
const MEASURE_EVERY = 16 * 1024 * 1024;

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
}

interface Read {
  readonly logs: readonly {
    readonly part: string | undefined;
    readonly text: string;
    readonly firstLine: number | undefined;
  }[];
  readonly fault: LogFault | undefined;
}

async function read(
  bytes: Uint8Array | string,
  options: ReadLogOptions & { readonly size?: number } = {},
): Promise<Read> {
  const whole = Buffer.from(bytes);
  const { size = 1000 } = options;
  function* split() {
    for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
  }
  const logs: Read['logs'][number][] = [];
  let part: string | undefined;
  let pieces: Uint8Array[] = [];
  const sink = {
    begin(name?: string) {
      part = name;
      pieces = [];
    },
    push: (chunk: Uint8Array) => void pieces.push(chunk),
    end: (firstLine?: number) =>
      void logs.push({ part, text: Buffer.concat(pieces).toString(), firstLine }),
  };
  const fault = await readLog(Readable.from(split()), sink, options).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof LogFault) return error;
      throw error;
    },
  );
  return { logs, fault };
}

const pack = async (program: string, input: Uint8Array | string): Promise<Uint8Array> =>
  (await execa(program, ['-c'], { input, encoding: 'buffer' })).stdout;

const TEXT = `${'[    1.000000] a line of a log\n'.repeat(5000)}the end`;

describe('A log is read', () => {
  it('as it is, down to no byte at all', async () => {
    for (const text of [TEXT, 'x', '']) {
      expect(await read(text)).to.deep.equal({
        logs: [{ part: undefined, text, firstLine: 1 }],
        fault: undefined,
      });
    }
  });

  const packers: Readonly<Record<string, (text: string) => Promise<Uint8Array> | Uint8Array>> = {
    gzip: gzipSync,
    'gzip in two members': (text) =>
      Buffer.concat([gzipSync(text.slice(0, 9)), gzipSync(text.slice(9))]),
    zstd: (text) => zstdCompressSync(text),
    xz: (text) => pack('xz', text),
    bzip2: (text) => pack('bzip2', text),
  };
  for (const [name, packer] of Object.entries(packers)) {
    it(`from ${name}, whatever its name is`, async () => {
      const { logs, fault } = await read(await packer(TEXT));
      expect(fault).to.equal(undefined);
      expect(logs.map(({ text }) => text === TEXT)).to.deep.equal([true]);
    });
  }

  for (const name of ['gzip', 'zstd', 'xz', 'bzip2']) {
    it(`from ${name} up to where it is damaged, which is told`, async () => {
      // Not too short to have whole blocks in it.
      const noise = Array.from({ length: 200_000 }, (_, at) => (at * 7919) % 10_007).join(' ');
      const packed = Buffer.from((await packers[name]?.(noise)) ?? []);
      const { logs, fault } = await read(packed.subarray(0, Math.floor(packed.length * 0.9)), {
        size: 50_000,
      });
      expect(fault?.problem).to.match(new RegExp(`whole ${name} data.*damaged after \\d+ bytes`));
      expect(fault?.remedy).to.contain('again');
      for (const { text } of logs) expect(noise.startsWith(text)).to.equal(true);
      const { fault: atOnce } = await read(
        Buffer.concat([packed.subarray(0, 8), Buffer.alloc(99)]),
      );
      expect(atOnce?.problem).to.contain('damaged after 0 bytes');
    });
  }

  it('from UTF-16 and without a byte order mark', async () => {
    const big = Buffer.from('\ufeffgrüße\n', 'utf16le').swap16();
    for (const bytes of [
      Buffer.from('\ufeffgrüße\n', 'utf16le'),
      big,
      Buffer.from('\ufeffgrüße\n'),
      gzipSync(big),
    ]) {
      for (const size of [1, 3, 100]) {
        const { logs } = await read(bytes, { size });
        expect(logs.map(({ text }) => text)).to.deep.equal(['grüße\n']);
      }
    }
  });

  it('from UTF-16 that has no byte order mark', async () => {
    const text = '[    1.000000] größer als\r\n';
    const little = Buffer.from(text, 'utf16le');
    for (const bytes of [little, Buffer.from(little).swap16()]) {
      expect((await read(bytes)).logs.map((log) => log.text)).to.deep.equal([text]);
    }
    const zeros = '\0'.repeat(100);
    expect((await read(zeros)).logs.map((log) => log.text)).to.deep.equal([zeros]);
  });

  it('in little memory, however much a small file unpacks to', async () => {
    const bytes = 256 * 1024 * 1024;
    async function* zeros() {
      const unpacked = Buffer.alloc(1 << 20);
      for (let left = bytes; left > 0; left -= unpacked.length) yield unpacked;
    }
    const packed: Buffer[] = [];
    for await (const part of Readable.from(zeros()).pipe(createZstdCompress())) packed.push(part);
    const bomb = Buffer.concat(packed);
    expect(bomb.length).to.be.lessThan(1 << 16);
    let seen = 0;
    let measuredAt = 0;
    let memoryMax = 0;
    const before = process.memoryUsage().arrayBuffers;
    const sink = {
      begin: () => undefined,
      push(chunk: Uint8Array) {
        seen += chunk.length;
        if (seen < measuredAt + MEASURE_EVERY) return;
        measuredAt = seen;
        // Garbage is no memory that reading needs; when the engine collects it depends on the host.
        collectGarbage();
        memoryMax = Math.max(memoryMax, process.memoryUsage().arrayBuffers - before);
      },
      end: () => undefined,
    };
    await readLog(Readable.from([bomb]), sink);
    expect(seen).to.equal(bytes);
    expect(memoryMax).to.be.lessThan(bytes / 4);
  });

  it('up to a limit, which is told', async () => {
    const { logs, fault } = await read(TEXT, { bytesMax: 1234 });
    expect(logs[0]?.text).to.equal(TEXT.slice(0, 1234));
    expect(fault?.problem).to.contain('more than 1234 bytes');
  });

  it('of another kind never, and it is said what that is', async () => {
    const tar = Buffer.alloc(1024);
    tar.write('ustar', 257);
    for (const [bytes, what] of [
      [tar, 'tar archive'],
      [gzipSync(tar), 'tar archive'],
      [Buffer.from('PK\x03\x04'), 'zip archive'],
      [Buffer.from('LPKSHHRH'), 'journal'],
      [Buffer.from('\x7fELF\x02'), 'ELF'],
    ] as const) {
      const { logs, fault } = await read(bytes);
      expect(logs).to.deep.equal([]);
      expect(fault?.problem).to.contain(what);
      expect(fault?.isNoLog).to.equal(true);
    }
  });

  it("in a folder only if it looks like text, with a serial line's noise in it", async () => {
    const binary = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 31) % 256));
    expect((await read(binary, { isStrict: true })).fault?.isNoLog).to.equal(true);
    expect((await read(binary)).fault).to.equal(undefined);
    const noisy = `\0\0\0\x1b[2J${TEXT}\0\0`;
    expect((await read(noisy, { isStrict: true })).fault).to.equal(undefined);
  });
});

describe('A JUnit report is read', () => {
  const of = async (xml: string, size?: number) =>
    (await read(xml, size === undefined ? {} : { size })).logs;

  it('as a log for each text of its tests, named after them, with the lines of the file', async () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<!-- pytest -->
<testsuites><testsuite name="a &amp; b">
  <testcase classname="pkg.Test" name="boots &lt;1&gt;" time="1">
    <failure message="short" type="x">one
two &amp; &#51;</failure>
    <system-out><![CDATA[four <raw> &amp;
five]]]]><![CDATA[>]]></system-out>
  </testcase>
  <testcase name="passes"/>
  <system-err>six</system-err>
</testsuite></testsuites>`;
    const expected = [
      { part: 'pkg.Test: boots <1>, failure', text: 'one\ntwo & 3', firstLine: 5 },
      { part: 'pkg.Test: boots <1>, system-out', text: 'four <raw> &amp;\nfive]]>', firstLine: 7 },
      { part: 'a & b, system-err', text: 'six', firstLine: 11 },
    ];
    for (const size of [1, 7, 10_000]) expect(await of(xml, size)).to.deep.equal(expected);
  });

  it("with a failure's attribute where it has no text, whose lines are no lines of the file", async () => {
    const xml =
      '<testsuite><testcase name="t"><error message="one&#10;two"/></testcase></testsuite>';
    expect(await of(xml)).to.deep.equal([
      { part: 't, error', text: 'one\ntwo', firstLine: undefined },
    ]);
    const entities = '<testsuite><testcase><failure>one&#10;two</failure></testcase></testsuite>';
    expect(await of(entities)).to.deep.equal([
      { part: 'failure', text: 'one\ntwo', firstLine: undefined },
    ]);
  });

  it('also of retries as Surefire writes them', async () => {
    const xml = `<testsuite><testcase name="t"><flakyFailure message="m"><stackTrace>one</stackTrace>
<system-out>two</system-out></flakyFailure></testcase></testsuite>`;
    expect((await of(xml)).map(({ text }) => text)).to.deep.equal(['one', 'two']);
  });

  it('as far as it goes, if it is cut off or faulty, which is told', async () => {
    const begin = '<testsuite><testcase name="t"><system-out>one\ntwo';
    const cut = await read(begin);
    expect(cut.logs.map(({ text }) => text)).to.deep.equal(['one\ntwo']);
    expect(cut.fault?.problem).to.contain('faulty XML');
    const raw = await read(`${begin} <3 and & four</system-out></testcase></testsuite>`);
    expect(raw.logs[0]?.text).to.contain('one\ntwo').and.contain('four');
    expect(raw.fault?.problem).to.contain('faulty XML');
  });

  it('without expanding entities that it defines, and without end in no token', async () => {
    const bomb = `<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<testsuite><testcase><system-out>&b;</system-out></testcase></testsuite>`;
    expect((await of(bomb))[0]?.text).to.equal('&b;');
    const long = `<testsuite><testcase name="${'x'.repeat(3 << 20)}"><system-out>a</system-out>`;
    expect((await read(long, { size: 1 << 16 })).fault?.problem).to.contain('Max buffer length');
  });

  // Each took minutes, or memory without limit, or an error that nobody expected.
  const TEXT_OF_TEST = '<testsuite><testcase><system-out>one</system-out></testcase>';
  for (const [name, rest, said] of [
    ['a declaration without end', `<!${'x'.repeat(200_000)}`, 'a declaration of more than 256'],
    ['a quote in a declaration', `<!x "${'x'.repeat(200_000)}`, 'a declaration of more than 256'],
    ['elements that none closes', '<a>'.repeat(50_000), 'more than 10000 open elements'],
    ['close tags of no element', `${'<a>'.repeat(9000)}${'</b>'.repeat(9000)}`, '100000 faults'],
    ['faults throughout', `<a ${'='.repeat(300_000)}`, 'more than 100000 faults'],
    ['blanks after <', `<${' '.repeat(3 << 20)}3`, 'blanks after <'],
  ] as const) {
    it(`up to where it is made to take its reader's time: ${name}`, async () => {
      const { logs, fault } = await read(`${TEXT_OF_TEST}${rest}`, { size: 1 << 16 });
      expect(logs.map(({ text }) => text)).to.deep.equal(['one']);
      expect(fault?.problem)
        .to.contain('faulty XML')
        .and.contain('not read after')
        .and.contain(said);
    });
  }

  it('with attributes named like what all objects have', async () => {
    const xml = `<testsuite hasOwnProperty="1" __proto__="2" toString="3" name="s"><testcase
constructor="4"><system-out>one</system-out></testcase></testsuite>`;
    expect((await of(xml)).map(({ part, text }) => ({ part, text }))).to.deep.equal([
      { part: 's, system-out', text: 'one' },
    ]);
  });
});
