import { expect } from 'chai';
import fc from 'fast-check';
import { ChannelFault } from './channel-fault.ts';
import { DEPTH_MAX, parseLimitedJson, VALUES_MAX } from './limited-json.ts';

const parse = (text: string): unknown => parseLimitedJson(Buffer.from(text));

function kindOf(text: string): string {
  try {
    parse(text);
    return 'parsed';
  } catch (error) {
    if (error instanceof ChannelFault) return error.kind;
    throw error;
  }
}

describe('JSON from a guest', () => {
  it('is what JSON.parse makes of it', () => {
    const texts = [
      ...[
        '{"a":[1,{"b":"]"}],"c":"\\"[\\\\"}',
        '"\\\\"',
        '"[[[[[[[[[[[[[[[[[[[["',
        '[" \\u0022[",2]',
      ],
      ...['"é🙂"', '1e400', '{"__proto__":1}', ' [ ] '],
    ];
    for (const text of texts) expect(parse(text), text).to.deep.equal(JSON.parse(text));
    const json = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });
    fc.assert(
      fc.property(json, (value) => {
        expect(parse(JSON.stringify(value))).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is refused if it is nested too deeply', () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(kindOf(nested(DEPTH_MAX))).to.equal('parsed');
    expect(kindOf(nested(DEPTH_MAX + 1))).to.equal('OVERSIZED');
    expect(kindOf(`{"type":"response","id":1,"result":${nested(5000)}}`)).to.equal('OVERSIZED');
    expect(kindOf('{"a":'.repeat(1_000_000))).to.equal('OVERSIZED');
  });

  it('is refused if it has too many values', () => {
    const list = (length: number): string => `[${Array(length).fill('0').join(',')}]`;
    expect(kindOf(list(VALUES_MAX - 1))).to.equal('parsed');
    expect(kindOf(list(VALUES_MAX))).to.equal('OVERSIZED');
    expect(kindOf(`[${'{},'.repeat(1_000_000)}{}]`)).to.equal('OVERSIZED');
  });

  it('is refused if it is malformed', () => {
    for (const text of ['', '{"n":', '"', '"\\', ']]]]', '[1}', '\ufeff1']) {
      expect(kindOf(text), text).to.equal('GARBLED');
    }
  });
});
