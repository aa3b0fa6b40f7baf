// The import table: which room may import which. A new arrow is a visible change of this file.
// Type-only imports count (tsPreCompilationDeps). Explained in docs/architecture.md.
const rooms = {
  verdict: [],
  matrix: [],
  expectations: ['matrix', 'verdict'],
  cache: [],
  kernels: ['matrix', 'cache'],
  prepare: ['matrix', 'kernels', 'cache'],
  machine: ['cache'],
  channel: [],
  agents: [],
  worker: ['matrix', 'channel', 'agents', 'verdict'],
  results: ['matrix', 'cache', 'verdict', 'expectations', 'report'],
  run: [
    'matrix',
    'cache',
    'kernels',
    'prepare',
    'machine',
    'channel',
    'agents',
    'verdict',
    'expectations',
    'worker',
    'results',
  ],
  report: ['matrix', 'verdict', 'expectations'],
  reporters: ['report', 'verdict', 'matrix', 'expectations'],
};
const leaves = ['errors', 'events', 'guest-facts', 'omit-undefined', 'text', 'text-width'];

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-imports-only-what-its-row-names`,
  severity: 'error',
  from: { path: `^harness/${room}/` },
  to: {
    path: '^(harness|scenarios)/',
    pathNot: [room, ...allowed]
      .map((name) => `^harness/${name}/`)
      .concat(leaves.map((leaf) => `^harness/${leaf}[.]ts$`)),
  },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'leaves-import-nothing-but-values',
      severity: 'error',
      from: { path: `^harness/(${leaves.join('|')})[.]ts$` },
      to: {
        path: '^harness/',
        pathNot:
          '^harness/(verdict/(verdict|finding|signature)|matrix/(cell|isolation)|expectations/expectation|errors)[.]ts$',
      },
    },
    {
      name: 'pure-rooms-do-no-input-or-output',
      severity: 'error',
      from: {
        path: '^harness/(verdict|matrix|expectations|report)/',
        pathNot: '[.]test[.]ts$|/testing/',
      },
      to: { path: '^(node:)?(fs|child_process|net|http|https|os|worker_threads)' },
    },
    {
      name: 'specs-import-only-support-and-chai',
      severity: 'error',
      from: { path: '^scenarios/', pathNot: '^scenarios/support/' },
      to: { pathNot: '^scenarios/support/|^node_modules/(chai|@types/chai)/|^node:' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-test-code-in-product-code',
      severity: 'error',
      from: { path: '^harness/', pathNot: '[.]test[.]ts$' },
      to: { path: '[.]test[.]ts$' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/generated/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
