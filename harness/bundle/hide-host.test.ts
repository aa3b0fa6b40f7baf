import { expect } from 'chai';
import fc from 'fast-check';
import { createHider } from './hide-host.ts';

const hide = createHider([
  { text: '/home/jane', name: '{home}' },
  { text: '/home/jane/.cache/kmx', name: '{cache}' },
  { text: 'jane', name: '{user}' },
  { text: 'kässpätzle', name: '{host}' },
  { text: 'ab', name: '{short}' },
]);
const hidden = (text: string) => hide(Buffer.from(text)).toString();

describe('what a bundle hides of its host', () => {
  it('are whole paths and names, the longest first', () => {
    expect(hidden('-kernel /home/jane/.cache/kmx/kernels/a')).to.equal('-kernel {cache}/kernels/a');
    expect(hidden('at file:///home/jane/kmx/a.ts:3')).to.equal('at file://{home}/kmx/a.ts:3');
    expect(hidden('jane@kässpätzle: /home/jane')).to.equal('{user}@{host}: {home}');
  });

  it('are not parts of words, or words too short to mean anything', () => {
    const text = 'janet, /home/janet, _jane, hijane, /home/jane_doe, ab';
    expect(hidden(text)).to.equal(text);
  });

  it('leaves any other bytes as they are, text or not', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const content = Buffer.from(bytes);
        if (!content.includes('jane')) expect(hide(content)).to.equal(content);
      }),
    );
    const mixed = Buffer.concat([Buffer.from([0xff, 0x00]), Buffer.from('/home/jane/')]);
    expect(hide(mixed).toString('latin1')).to.equal('\xff\x00{home}/');
  });
});
