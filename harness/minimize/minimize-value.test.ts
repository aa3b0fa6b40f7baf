import { expect } from 'chai';
import fc from 'fast-check';
import {
  canonicalText,
  countParts,
  type JsonPath,
  type JsonValue,
  partsOf,
  replaceAt,
  valueAt,
  withoutParts,
} from './json-tree.ts';
import { minimizeValue } from './minimize-value.ts';
import { simplerValues } from './simpler-values.ts';

const { trees } = fc.letrec<{ json: JsonValue; trees: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<JsonValue>(
      '',
      '/',
      'mount',
      '/bin/workload',
      '50000',
      '-3',
      0,
      1,
      77,
      true,
      null,
    ),
    tie('trees'),
  ),
  trees: fc.oneof(
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '1', '2'), tie('json'), { maxKeys: 5 }),
  ),
}));

/** Every way to leave out one part, or to simplify one value. */
function neighbours(root: JsonValue, path: JsonPath = []): readonly JsonValue[] {
  const node = valueAt(root, path);
  const parts = partsOf(node);
  const simpler = parts.length > 0 ? [] : simplerValues(node, typeof path.at(-1) === 'number');
  return [
    ...parts.map((part) => replaceAt(root, path, withoutParts(node, [part]))),
    ...simpler.map((value) => replaceAt(root, path, value)),
    ...parts.flatMap((part) => neighbours(root, [...path, part])),
  ];
}

/** An answer that depends on nothing but the value, and is otherwise any. */
function oracle(seed: number, share: number): (value: JsonValue) => boolean {
  return (value) => {
    let hash = seed;
    for (const character of canonicalText(value)) {
      hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
    }
    return hash % 100 < share;
  };
}

interface Searched {
  readonly found: JsonValue;
  readonly asked: readonly string[];
  readonly smaller: readonly JsonValue[];
}

async function search(value: JsonValue, tell: (value: JsonValue) => boolean): Promise<Searched> {
  const asked: string[] = [];
  const smaller: JsonValue[] = [];
  const found = await minimizeValue(value, {
    isShown: async (candidate) => {
      asked.push(canonicalText(candidate));
      return tell(candidate);
    },
    onSmaller: (candidate) => smaller.push(candidate),
  });
  return { found, asked, smaller };
}

const has = (text: string) => (value: JsonValue) => JSON.stringify(value).includes(text);

describe('minimizeValue', () => {
  it('leaves nothing that can be left out or simplified, whatever the answers are', async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.nat(), fc.nat(100), async (value, seed, share) => {
        const tell = oracle(seed, share);
        const { found } = await search(value, tell);
        for (const less of neighbours(found)) {
          if (canonicalText(less) !== canonicalText(value)) expect(tell(less)).to.equal(false);
        }
        expect(canonicalText(found) === canonicalText(value) || tell(found)).to.equal(true);
      }),
    );
  });

  it('never asks twice about one value, nor about the first', async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.nat(), fc.nat(100), async (value, seed, share) => {
        const { asked } = await search(value, oracle(seed, share));
        expect(new Set(asked).size).to.equal(asked.length);
        expect(asked).not.to.include(canonicalText(value));
      }),
    );
  });

  it('asks the same and finds the same each time, each smaller than the one before', async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.nat(), fc.nat(100), async (value, seed, share) => {
        const first = await search(value, oracle(seed, share));
        expect(await search(value, oracle(seed, share))).to.deep.equal(first);
        const sizes = [value, ...first.smaller].map((one) => [
          countParts(one),
          JSON.stringify(one).length,
        ]);
        for (const [index, [parts = 0, length = 0]] of sizes.entries()) {
          const [partsBefore = parts + 1, lengthBefore = 0] = sizes[index - 1] ?? [];
          expect(parts < partsBefore || length < lengthBefore).to.equal(true);
        }
      }),
    );
  });

  it('finds what is needed of a large value, where the rest only stands around it', async () => {
    const filler = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, [n, { n }]]));
    const value = {
      ...filler,
      OCI: { Linux: { Resources: { CPU: { Quota: '50000' } } }, ...filler },
    };
    const { found, asked } = await search(value, has('"CPU":{'));
    expect(found).to.deep.equal({ OCI: { Linux: { Resources: { CPU: {} } } } });
    expect(asked.length).to.be.below(50);
  });

  it('makes numbers, paths and items of lists as simple as they may be', async () => {
    const value = {
      quota: '50000',
      period: 7000,
      path: '/kmx/c1',
      args: ['/bin/workload', 'exit'],
    };
    const isShown = (candidate: JsonValue): boolean => {
      const { quota, period, path, args } = candidate as Partial<typeof value>;
      const isThere = quota !== undefined && period !== undefined && path !== undefined;
      return isThere && args?.length === 2;
    };
    const { found } = await search(value, isShown);
    expect(found).to.deep.equal({ quota: '1', period: 1, path: '/', args: ['', ''] });
  });

  it('does not simplify where it is not to', async () => {
    const asked: JsonValue[] = [];
    const found = await minimizeValue(['quiet', 'loglevel=7'], {
      isShown: async (candidate) => {
        asked.push(candidate);
        return has('loglevel')(candidate);
      },
      simpler: () => [],
    });
    expect(found).to.deep.equal(['loglevel=7']);
    expect(asked).to.deep.equal([[], ['quiet'], ['loglevel=7']]);
  });

  it('ends with the error of whoever answers, and keeps what it has told', async () => {
    const smaller: JsonValue[] = [];
    const failing = minimizeValue([1, 2, 3, 4], {
      isShown: async (candidate) => {
        if (smaller.length > 0) throw new Error('interrupted');
        return Array.isArray(candidate) && candidate.length > 0;
      },
      onSmaller: (candidate) => smaller.push(candidate),
    });
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'interrupted');
    expect(smaller).to.deep.equal([[1, 2]]);
  });
});
