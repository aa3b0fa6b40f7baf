/** A plan in scripted guests: real preparation, real worker processes, real mocha, no QEMU. */
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { digestOf } from '../cache/digest.ts';
import { InfraError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import { readRunConfigs } from '../kernels/config/run-configs.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { buildElf } from '../kernels/testing/build-elf.ts';
import type { Machine } from '../machine/machine.ts';
import type { Script } from '../machine/scripted/scripted-machine.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { selectCells } from '../matrix/select.ts';
import { createReportFold } from '../report/fold-report.ts';
import { countStopped, outcomeOf } from '../report/outcome.ts';
import type { RunReport } from '../report/schema.ts';
import { readLastRuns } from '../results/last-runs.ts';
import { openRunResults } from '../results/run-results.ts';
import { readHistory } from './cell/cell-history.ts';
import {
  booted,
  bootedWith,
  LIMITS,
  machineOf,
  restored,
  unrestorable,
} from './cell/testing/scripted-cell.ts';
import type { RunPlanOptions } from './plan-options.ts';
import { runPlan } from './run-plan.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const MATRIX = `
kernels:
  old: { path: { image: vmlinuz } }
  new: { path: { image: vmlinuz } }
configs: { default: {} }
cgroups: [v2]
agents:
  guarded: { reference: { guard: on } }
`;

const SPEC = `
import { expect } from './support/expect.ts';
import { useGuest } from './support/guest.ts';

describe('a scenario', () => {
  const guest = useGuest();
  it('reaches the agent', async () => {
    expect(await guest.agent.check()).to.equal('serving');
  });
  it('reaches init', async () => {
    expect(await guest.inside.processes()).to.deep.equal([]);
  });
  it('fails', () => {
    expect(1).to.equal(2);
  });
  it.skip('is skipped', () => {});
});
`;

describe('a plan', () => {
  let folder: string;
  let events: RunEvent[];
  let matrix: Matrix;
  let image: KernelImage;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-run-plan-'));
    events = [];
    const parsed = parseMatrix(MATRIX, { file: join(folder, 'matrix.yaml') });
    if (!parsed.isValid) throw new Error(JSON.stringify(parsed));
    matrix = parsed.matrix;
    const vmlinuz = join(folder, 'vmlinuz');
    image = { release: '6.12.0', image: vmlinuz, digest: 'sha256:1', origin: 'a test' };
    await writeFile(vmlinuz, 'a kernel');
    for (const name of ['init', 'agent', 'workload']) {
      await writeFile(join(folder, name), buildElf({ tail: Buffer.from(name) }));
    }
    await mkdir(join(folder, 'scenarios'));
    for (const name of ['harness', 'node_modules']) {
      await symlink(join(PROJECT, name), join(folder, name));
    }
    await symlink(join(PROJECT, 'scenarios/support'), join(folder, 'scenarios/support'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'scenarios/a.spec.ts'), SPEC);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function run(qemu: Machine, others: Partial<RunPlanOptions> = {}): Promise<void> {
    const file = (name: string): string => join(folder, name);
    await runPlan({
      ...{ run: 'a run', inputs: {}, folder: file('reports'), matrix, plan: selectCells(matrix) },
      ...{ scenarioRoot: file('scenarios'), scenarioFiles: [file('scenarios/a.spec.ts')] },
      machines: new Map([['qemu', { machine: qemu, limits: LIMITS, inputs: {} }]]),
      kernels: new Map([
        ['old', image],
        ['new', image],
      ]),
      cacheRoot: file('cache'),
      guestBinaries: { init: file('init'), agent: file('agent'), workload: file('workload') },
      host: {
        ...{ kmx: '0', node: '24', kernel: '6', cpus: 2, memoryMib: 1, machines: [] },
      },
      ...{ isolation: 'test', jobs: 2, retries: 0, missRetries: 0 },
      known: { expectations: [], isFiltered: false, isWholeMatrix: true },
      emit: (event) => void events.push(event),
      signal: new AbortController().signal,
      ...others,
    });
  }

  const verdictsOf = (cell: string): readonly string[] =>
    events.flatMap((event) =>
      event.type === 'test-end' && event.cell === cell
        ? [`${event.test.title.replace('a scenario › ', '')}: ${event.verdict}`]
        : [],
    );
  const ALL = [
    ...['boots: pass', 'reaches the agent: pass', 'reaches init: pass', 'fails: fail'],
    'is skipped: skip',
  ];

  it('runs its cells in parallel, each in its own guests, and says which kernels it used', async () => {
    await run(machineOf([booted], [restored]));
    expect(verdictsOf('old+default+v2+guarded')).to.have.members(ALL);
    expect(verdictsOf('new+default+v2+guarded')).to.have.members(ALL);
    const [begin, ...rest] = events;
    expect(begin).to.include({ type: 'run-begin', hasTemplates: true });
    expect(rest.at(-1)).to.include({ type: 'run-end', interrupted: false });
    expect(events.filter(({ type }) => type === 'kernel-end')).to.have.length(2);
  });

  it('keeps what each kernel was built with, once, and says where it is not known', async () => {
    const text = 'CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n';
    const config = join(folder, 'config');
    await writeFile(config, text);
    const known: KernelImage = { ...image, config, configFrom: 'package', digest: 'sha256:2' };
    const kernels = new Map([
      ['old', known],
      ['new', known],
      ['unknown', image],
    ]);
    await run(machineOf([booted], [restored]), { kernels });
    const ends = events.flatMap((event) => (event.type === 'kernel-end' ? [event.kernel] : []));
    expect(ends.map((kernel) => kernel.config?.digest)).to.deep.equal([
      digestOf(text),
      digestOf(text),
      undefined,
    ]);
    expect(ends[2]?.configMissing).to.include('holds no symbol');
    expect(await readdir(join(folder, 'reports/configs'))).to.have.length(1);
    const { configs } = await readRunConfigs(join(folder, 'reports'), { kernels: ends });
    expect([...configs.keys()]).to.deep.equal(['old', 'new']);
  });

  it('says what is predicted of its cells before they begin', async () => {
    const prediction = { needs: 'mine', lacks: [], skips: [], open: [], faults: [] };
    const predictions = new Map([['old+default+v2+guarded', prediction]]);
    await run(machineOf([booted], [restored]), { predictions });
    const first = events.findIndex(({ type }) => type === 'cell-begin');
    expect(events.slice(0, first).filter(({ type }) => type === 'prediction')).to.have.length(1);
    const predicted = events.find((event) => event.type === 'prediction');
    expect(predicted).to.deep.include({ cell: 'old+default+v2+guarded', prediction });
  });

  it('hears from the first guest of each kernel what that was built with', async () => {
    const config = 'CONFIG_CPUSETS=y\n';
    const others = new Map([
      ['old', image],
      ['new', { ...image, digest: 'sha256:2' }],
    ]);
    await run(machineOf([bootedWith(config)], [restored]), { kernels: others });
    const kernels = events.flatMap((event) =>
      event.type === 'kernel-config' ? [{ ...image, name: event.name, config: event.config }] : [],
    );
    expect(kernels.map(({ name }) => name)).to.have.members(['old', 'new']);
    expect(kernels[0]?.config).to.deep.equal({ digest: digestOf(config), from: 'guest' });
    expect(events.at(-1)).to.include({ type: 'run-end' });
    const { configs } = await readRunConfigs(join(folder, 'reports'), { kernels });
    expect(configs.get('old')?.symbols.get('CPUSETS')).to.equal('y');
  });

  it('reports cells of an unavailable kernel as missed, and runs the others', async () => {
    const kernels = new Map<string, KernelImage | InfraError>([
      [
        'old',
        new InfraError('the archive does not answer', { code: 'FETCH', remedy: 'try again' }),
      ],
      ['new', image],
    ]);
    await run(machineOf([booted]), { kernels });
    expect(verdictsOf('old+default+v2+guarded')).to.deep.equal(['boots: miss']);
    expect(verdictsOf('new+default+v2+guarded')).to.have.members(ALL);
    const missed = events.find((event) => event.type === 'test-end' && event.verdict === 'miss');
    expect(missed).to.have.nested.property(
      'detail.message',
      'the archive does not answer: try again',
    );
  });

  it('reports a test whose guest does not come up once, with what happened to the guest', async () => {
    // The guest of `boots` serves the first test; every further one fails to start.
    const plan = selectCells(matrix, { only: ['new'] });
    await run(machineOf([booted, unrestorable]), { plan });
    expect(verdictsOf('new+default+v2+guarded')).to.deep.equal([
      ...['boots: pass', 'reaches the agent: pass', 'reaches init: miss', 'fails: miss'],
      'is skipped: skip',
    ]);
    const attempts = events.filter((event) => event.type === 'test-end' && 'attempt' in event);
    expect(attempts).to.deep.equal([]);
  });

  it('ends a cell that meets a bug or a full disk, runs the others, and rejects with the bug', async () => {
    const bug = new TypeError('cell is undefined');
    const broken: Script = () => {
      throw bug;
    };
    const failure = await run(machineOf([broken, booted]), { jobs: 1 }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.equal(bug);
    const failed = events.find(({ type }) => type === 'cell-failed');
    expect(failed).to.include({ message: 'a bug in kmx: cell is undefined' });
    expect(verdictsOf('new+default+v2+guarded')).to.have.members(ALL);
    const ended = events.flatMap((event) => (event.type === 'cell-end' ? [event.cell] : []));
    expect(ended).to.deep.equal(['new+default+v2+guarded']);
  });

  const typesOf = (list: readonly RunEvent[]): readonly string[] => list.map(({ type }) => type);
  const begun = (list: readonly RunEvent[]): readonly string[] =>
    list.flatMap((event) => (event.type === 'cell-begin' ? [event.cell] : []));
  const reportOf = (list: readonly RunEvent[]): RunReport => createReportFold(list).report();

  it('stops after as many failures as it may have, and runs the rest when it is resumed', async () => {
    const stopping = { bounds: { maxFailures: 1 }, jobs: 1 };
    await run(machineOf([booted], [restored]), stopping);
    expect(begun(events)).to.deep.equal(['old+default+v2+guarded']);
    expect(verdictsOf('old+default+v2+guarded')).to.include('fails: fail');
    expect(events).to.deep.include.members([
      { ...events[0], bounds: { maxFailures: 1 } },
      { ...events.at(-1), type: 'run-end', interrupted: true, stopped: 'max-failures' },
    ]);
    const first = [...events];
    const stopped = reportOf(first);
    expect(outcomeOf(stopped)).to.equal('bad');
    expect(stopped.cells[1]?.tests[0]?.detail).to.deep.equal({
      message: 'the run was stopped after 1 unexpected result before it began',
      missKind: 'stopped',
    });

    events = [];
    await run(machineOf([booted], [restored]), { history: readHistory(first), jobs: 1 });
    expect(begun(events)).to.deep.equal(['old+default+v2+guarded', 'new+default+v2+guarded']);
    const whole = reportOf([...first, ...events]);
    expect(whole).to.include({ interrupted: false }).and.not.have.any.keys('stopped', 'bounds');
    for (const { tests } of whole.cells) {
      expect(tests.map(({ verdict }) => verdict)).to.deep.equal([
        ...['pass', 'pass', 'pass', 'fail', 'skip'],
      ]);
    }
  });

  it('begins no test for which its time budget has no room, and no other cell, and lets the running one end', async () => {
    const timeBudgetMs = 3_600_000;
    let passedMs = 0;
    await run(machineOf([booted], [restored]), {
      bounds: { timeBudgetMs },
      jobs: 1,
      nowMs: () => Date.now() + passedMs,
      emit(event) {
        events.push(event);
        // The first test takes as long as there is time.
        if (event.type === 'test-begin' && event.test.file !== 'boots') passedMs = timeBudgetMs;
      },
    });
    expect(verdictsOf('old+default+v2+guarded')).to.deep.equal([
      ...['boots: pass', 'reaches the agent: pass'],
    ]);
    expect(begun(events)).to.deep.equal(['old+default+v2+guarded']);
    expect(typesOf(events).filter((type) => type === 'run-stopping')).to.have.length(1);
    expect(events.at(-1)).to.include({ type: 'run-end', stopped: 'time-budget' });
    const report = reportOf(events);
    expect(outcomeOf(report)).to.equal('incomplete');
    expect(countStopped(report.cells)).to.equal(2);
    const messages = report.cells.flatMap(({ tests }) =>
      tests.flatMap(({ verdict, detail }) => (verdict === 'miss' ? [detail?.message] : [])),
    );
    expect([...new Set(messages)]).to.deep.equal(['the time budget of 1 h left no time for it']);

    const past = [...events];
    events = [];
    await run(machineOf([booted], [restored]), { history: readHistory(past), jobs: 1 });
    expect(verdictsOf('old+default+v2+guarded')).to.deep.equal(ALL.slice(2));
    expect(verdictsOf('new+default+v2+guarded')).to.deep.equal(ALL);
  });

  it('is stopped by its time budget no more once all cells have run', async () => {
    const timeBudgetMs = 3_600_123;
    const real = { setTimeout, clearTimeout };
    const cleared = new Set<unknown>();
    let timer: { readonly handle: unknown; readonly fire: () => void } | undefined;
    const startedMs = Date.now();
    globalThis.setTimeout = Object.assign((fire: () => void, ms?: number): NodeJS.Timeout => {
      const handle = real.setTimeout(fire, ms);
      if (ms === timeBudgetMs) timer = { handle, fire };
      return handle;
    }, real.setTimeout);
    globalThis.clearTimeout = (handle) => {
      cleared.add(handle);
      real.clearTimeout(handle);
    };
    try {
      await run(machineOf([booted], [restored]), {
        ...{ bounds: { timeBudgetMs }, startedMs, nowMs: () => startedMs },
        emit(event) {
          events.push(event);
          if (event.type === 'run-end' && !cleared.has(timer?.handle)) timer?.fire();
        },
      });
    } finally {
      Object.assign(globalThis, real);
    }
    expect(timer).not.to.equal(undefined);
    expect(events.at(-1)).to.include({ type: 'run-end', interrupted: false });
    expect(typesOf(events)).not.to.include('run-stopping');
  });

  it('begins with what never ran if its time is bounded', async () => {
    const known = { at: '2026-11-25T10:00:00.000Z', isBad: false, durationMs: 10 };
    const lastRuns = new Map([['old+default+v2+guarded', known]]);
    const results = await openRunResults({
      cacheRoot: join(folder, 'cache'),
      scenarioRoot: join(folder, 'scenarios'),
      isRead: true,
      host: {},
      digestCode: async () => 'sha256:code',
      report: (line) => expect.fail(line),
    });
    const bounds = { timeBudgetMs: 3_600_000 };
    await run(machineOf([booted], [restored]), { lastRuns, results, bounds, jobs: 1 });
    expect(begun(events)).to.deep.equal(['new+default+v2+guarded', 'old+default+v2+guarded']);
    const schedule = events.find((event) => event.type === 'schedule');
    expect(schedule?.cells).to.deep.equal([
      { cell: 'new+default+v2+guarded' },
      { cell: 'old+default+v2+guarded', expectedMs: 10 },
    ]);
    const last = await readLastRuns(join(folder, 'cache'));
    expect(last.get('new+default+v2+guarded')).to.include({ isBad: true });
    expect(events.at(-1)).to.include({ interrupted: false }).and.not.have.property('stopped');
  });

  it('begins no cell once it is interrupted, and says so', async () => {
    await run(machineOf([booted]), { signal: AbortSignal.abort() });
    expect(
      events.map(({ type }) => type).filter((type) => !type.startsWith('kernel')),
    ).to.deep.equal(['run-begin', 'run-end']);
    expect(events.at(-1)).to.include({ interrupted: true });
  });
});
