import { doesNotMatch, ok } from 'node:assert';
import { PICTURE_BYTES_MAX, renderPicture, renderThread } from '../../live-guest/picture-text.ts';
import { toLine, toPrintable } from '../../text.ts';
import type { FuzzTarget } from '../fuzz-target.ts';

const RAW = /[^\P{Cc}\t\n]|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u;

/** Control characters never reach a terminal or a report. */
export const printableText: FuzzTarget = {
  name: 'text',
  seeds: () =>
    ['\u001b[31mred\u001b[0m \u001b]0;title\u0007 a\tb\r\nc', '::error::x ##[group]y', '🙂é'].map(
      (text) => Buffer.from(text),
    ),
  run(input) {
    const text = Buffer.from(input).toString('utf8');
    doesNotMatch(toPrintable(text), RAW);
    const line = toLine(text);
    doesNotMatch(line, RAW);
    ok(line.length <= 200 && !/[\n\t]|^::|##\w*\[/.test(line), line);
  },
};

/** A picture has a limited length, however much the guest says. */
export const picture: FuzzTarget = {
  name: 'picture',
  seeds: () =>
    [
      'agent\0S (sleeping)\0futex_wait_queue\0' +
        '202 0x55 0x89 0x0\0[<0>] futex_wait_queue+0x60/0x90\n[<0>] do_futex+0xc0/0x190\n',
      'x\0R (running)\x000\0running\0',
    ].map((text) => Buffer.from(text)),
  run(input) {
    const [name = '', state = '', waitsIn = '', call = '', stack = ''] = Buffer.from(input)
      .toString('utf8')
      .split('\0');
    const thread = { id: '74', name, state, waitsIn, call, stack };
    const processes = [
      {
        ...{ pid: 74, parent: 1, name, state, threads: 1 },
        ...{ cgroups: [call, stack], cpusAllowed: '0' },
      },
    ];
    const threads = Array(8).fill(thread);
    const text = renderPicture({ agentPid: 74, threads, others: [], processes, problems: [stack] });
    doesNotMatch(text, RAW);
    ok(Buffer.byteLength(text) <= PICTURE_BYTES_MAX, `${text.length} characters`);
    doesNotMatch(renderThread(thread), /\n/);
  },
};
