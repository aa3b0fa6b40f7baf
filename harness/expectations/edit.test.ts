import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Cell, cellId } from '../matrix/cell.ts';
import { CELL_KEYS } from '../matrix/grid.ts';
import { parseMatrix } from '../matrix/parse.ts';
import type { Finding } from '../verdict/finding.ts';
import { coverCells } from './cover-cells.ts';
import { editExpectations, type Remark } from './edit.ts';
import type { Expectation } from './expectation.ts';
import { judge } from './judge.ts';
import { parseExpectations } from './parse.ts';
import { propose, type RunTest, type RunToExpect } from './propose.ts';

const parsedMatrix = parseMatrix(
  readFileSync(new URL('../../matrix.yaml', import.meta.url), 'utf8'),
  { file: 'matrix.yaml' },
);
if (!parsedMatrix.isValid) throw new Error("The project's matrix is faulty");
const { matrix } = parsedMatrix;

const TODAY = '2026-11-24';
const REMARK: Remark = { reason: 'known: "x" # y', since: TODAY, expires: '2027-01-01' };

const CELLS: readonly Cell[] = ['debian-6.1', 'debian-6.12'].flatMap((kernel) =>
  (['v1', 'v2'] as const).flatMap((cgroup) =>
    ['guarded', 'unguarded'].map((agent) => ({
      id: `${kernel}+default+${cgroup}+${agent}`,
      kernel,
      config: 'default',
      cgroup,
      agent,
      machine: 'qemu',
      machineKind: 'qemu',
      agentKind: 'reference',
    })),
  ),
);
const FILES = ['cpu/quota.spec.ts', 'pids/limit.spec.ts'];

/** How each test of each cell ends; everything else passes. */
type Failures = ReadonlyMap<string, Pick<RunTest, 'verdict' | 'signatures'>>;

function panicOf(signature: string): Finding {
  const at = { source: 'agent-stderr', start: 0, end: 1, excerpt: '' } as const;
  return { class: 'agent-panic', title: signature, signature, ...at };
}

function runOf(failures: Failures, expectations: readonly Expectation[]): RunToExpect {
  const tests = CELLS.flatMap((cell) =>
    FILES.map((file) => {
      const test = { file, title: 'works: "well" # *' };
      const passed = { verdict: 'pass', signatures: [] } as const;
      const { verdict, signatures } = failures.get(`${cell.id} ${file}`) ?? passed;
      const [signature] = signatures;
      const findings = signatures.map(panicOf);
      const release = cell.kernel.replace('debian-', '');
      const judged = { cell, release, test, verdict, signature, findings };
      const judgement = judge(judged, { expectations, today: TODAY });
      const what = `panic in ${signature}`;
      return { cell: cell.id, ...test, verdict, signatures, what, judgement };
    }),
  );
  return { cells: CELLS, tests, stale: [] };
}

function parse(text: string): readonly Expectation[] {
  const parsed = parseExpectations(text, matrix, FILES);
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
  return parsed.expectations;
}

/**
 * The text after the proposals for a run were applied, and the judgements of the same run by it.
 */
function learn(text: string, failures: Failures) {
  const { proposals, byHand } = propose(runOf(failures, parse(text)), parse(text));
  const edited = editExpectations(text, proposals, REMARK);
  const statuses = runOf(failures, parse(edited.text)).tests.map(
    ({ judgement }) => judgement.status,
  );
  return { text: edited.text, byHand: [...byHand, ...edited.byHand], statuses };
}

const failure = fc.record({
  verdict: fc.constantFrom('agent-panic', 'hang', 'kernel-oops'),
  signatures: fc.uniqueArray(
    fc.constantFrom('s2-aaaaaaaaaaaa', 's2-bbbbbbbbbbbb', 's2-cccccccccccc'),
    { minLength: 1 },
  ),
});
const place = fc.record({
  cell: fc.constantFrom(...CELLS.map(({ id }) => id)),
  file: fc.constantFrom(...FILES),
});
const failures = fc
  .array(fc.tuple(place, failure), { maxLength: 12 })
  .map((all) => new Map(all.map(([{ cell, file }, how]) => [`${cell} ${file}`, how] as const)));

describe('expectations that learn from a run', () => {
  it('make the same run come as expected, whatever failed in it', () => {
    fc.assert(
      fc.property(failures, (failed) => {
        const { statuses, byHand } = learn('', failed);
        expect(byHand).to.deep.equal([]);
        expect(new Set(statuses)).to.deep.equal(new Set(['as-expected']));
      }),
    );
  });

  it('change nothing after that', () => {
    fc.assert(
      fc.property(failures, (failed) => {
        const { text } = learn('', failed);
        expect(learn(text, failed).text).to.equal(text);
      }),
    );
  });

  it('follow the next run, or say what has to be done by hand', () => {
    fc.assert(
      fc.property(failures, failures, (first, second) => {
        const { text } = learn('', first);
        const { statuses, byHand } = learn(text, second);
        if (byHand.length === 0) {
          // Narrowing or deleting an entry may uncover a failure that is new then.
          expect(statuses).to.not.include('unexpected-pass').and.to.not.include('changed');
        }
      }),
    );
  });

  const KNOWN = `# kept: first
expectations:
  # kept: about pids
  - where: { kernel: ">=6.12", cgroup: v1, agent: unguarded }   # kept: cells
    tests:
      - "pids/limit.spec.ts: works*" # kept: pattern
      - 'cpu/**'
    outcome: agent-panic
    signature: s2-aaaaaaaaaaaa # kept: signature
    title: "old"
    reason: known
    expires: 2027-01-01

  # kept: last
  - where: { agent: guarded }
    tests: boots
    outcome: fail
    reason: other
    expires: 2027-01-01
`;
  const at = (file: string) => `debian-6.12+default+v1+unguarded ${file}`;
  const panic = (...signatures: readonly string[]) =>
    ({ verdict: 'agent-panic', signatures }) as const;

  it('change a signature and leave every other character of the file', () => {
    const changed = panic('s2-bbbbbbbbbbbb');
    const failed = new Map(FILES.map((file) => [at(file), changed]));
    expect(learn(KNOWN, failed).text).to.equal(
      KNOWN.replace('s2-aaaaaaaaaaaa', 's2-bbbbbbbbbbbb').replace(
        '"old"',
        '"panic in s2-bbbbbbbbbbbb"',
      ),
    );
  });

  it('keep a signature that still comes beside the new one', () => {
    const failed = new Map([
      [at(FILES[0] ?? ''), panic('s2-aaaaaaaaaaaa')],
      [at(FILES[1] ?? ''), panic('s2-bbbbbbbbbbbb')],
    ]);
    const { text, statuses } = learn(KNOWN, failed);
    expect(text).to.include('signature: [s2-aaaaaaaaaaaa, s2-bbbbbbbbbbbb] # kept: signature');
    expect(new Set(statuses)).to.deep.equal(new Set(['as-expected']));
  });

  it('list every crash of a test, and those that are new beside a known one', () => {
    const both = panic('s2-aaaaaaaaaaaa', 's2-bbbbbbbbbbbb');
    const failed = new Map(FILES.map((file) => [at(file), both]));
    const list = ['s2-aaaaaaaaaaaa', 's2-bbbbbbbbbbbb'];
    for (const text of ['', KNOWN]) {
      const learned = learn(text, failed);
      expect(parse(learned.text)[0]?.signatures).to.deep.equal(list);
      expect(new Set(learned.statuses)).to.deep.equal(new Set(['as-expected']));
    }
    const block = KNOWN.replace(
      'signature: s2-aaaaaaaaaaaa # kept: signature',
      'signature:\n      - s2-aaaaaaaaaaaa\n      - s2-cccccccccccc',
    );
    expect(parse(learn(block, failed).text)[0]?.signatures).to.deep.equal(list);
    const [proposal] = propose(runOf(failed, parse(KNOWN)), parse(KNOWN)).proposals;
    expect(proposal).to.deep.include({ kind: 'change', added: ['s2-bbbbbbbbbbbb'] });
  });

  it('take out the line of a test that passes now', () => {
    const failed = new Map([[at('cpu/quota.spec.ts'), panic('s2-aaaaaaaaaaaa')]]);
    const line = '      - "pids/limit.spec.ts: works*" # kept: pattern\n';
    expect(learn(KNOWN, failed).text).to.equal(KNOWN.replace(line, ''));
  });

  it('take out an item of which everything passes, and no comment of another', () => {
    const { text } = learn(KNOWN, new Map());
    expect(text).to.include('# kept: first').and.to.include('# kept: last');
    expect(text).not.to.include('s2-aaaaaaaaaaaa');
    expect(parse(text)).to.have.length(1);
  });

  it('leave a list on one line to a person, and lose nothing of it', () => {
    const item = (agent: string): string =>
      `{ where: { agent: ${agent} }, outcome: agent-panic, signature: s2-aaaaaaaaaaaa, ` +
      'reason: x, expires: 2027-01-01 }';
    const text = `expectations: [${item('guarded')}, ${item('unguarded')}]\n`;
    const failed = new Map([[at('cpu/quota.spec.ts'), panic('s2-aaaaaaaaaaaa')]]);
    const learned = learn(text, failed);
    expect(learned.text).to.equal(text);
    expect(learned.byHand).not.to.have.length(0);
  });

  it('add behind what is there', () => {
    const failed = new Map([
      ...FILES.map((file) => [at(file), panic('s2-aaaaaaaaaaaa')] as const),
      ['debian-6.1+default+v2+guarded pids/limit.spec.ts', panic('s2-cccccccccccc')] as const,
    ]);
    const { text } = learn(KNOWN, failed);
    expect(text.startsWith(KNOWN)).to.equal(true);
    expect(parse(text).at(-1)).to.deep.include({
      where: {
        kernel: ['debian-6.1'],
        config: ['default'],
        cgroup: ['v2'],
        agent: ['guarded'],
      },
      signatures: ['s2-cccccccccccc'],
      reason: 'known: "x" # y',
    });
  });
});

describe('cells that are said as partial cells', () => {
  it('are all of them, and none of the others of a run', () => {
    fc.assert(
      fc.property(fc.subarray([...CELLS]), (own) => {
        const where = coverCells(own, CELLS);
        const named = CELLS.filter((cell) =>
          where.some((part) => CELL_KEYS.every((key) => part[key]?.includes(cell[key]) ?? true)),
        );
        expect(named).to.deep.equal(own);
      }),
    );
  });

  const onTwo = CELLS.flatMap((cell) =>
    ['qemu', 'qemu-10'].map((machine) => ({
      ...cell,
      machine,
      id: cellId({ ...cell, machine }),
    })),
  );

  it('are so on several machines, too', () => {
    fc.assert(
      fc.property(fc.subarray([...onTwo]), (own) => {
        const where = coverCells(own, onTwo);
        const named = onTwo.filter((cell) =>
          where.some((part) => CELL_KEYS.every((key) => part[key]?.includes(cell[key]) ?? true)),
        );
        expect(named).to.deep.equal(own);
      }),
    );
  });

  it('name the machine where it tells them apart, and nowhere else', () => {
    const [first, other] = onTwo;
    const machineIn = (own: readonly Cell[], all: readonly Cell[]) =>
      coverCells(own, all).map(({ machine }) => machine);
    expect(machineIn([CELLS[0] as Cell], CELLS)).to.deep.equal([undefined]);
    expect(machineIn([first as Cell, other as Cell], onTwo)).to.deep.equal([undefined]);
    expect(machineIn([other as Cell], onTwo)).to.deep.equal([['qemu-10']]);
  });

  it('are one where they can be', () => {
    expect(coverCells(CELLS, CELLS)).to.have.length(1);
    const unguarded = CELLS.filter(({ agent }) => agent === 'unguarded');
    expect(coverCells(unguarded, CELLS)).to.have.length(1);
  });
});
