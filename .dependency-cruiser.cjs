// The import table: which room may import which. A new arrow is a visible change of this file.
// Type-only imports count (tsPreCompilationDeps). Explained in docs/architecture.md.
const rooms = {
  verdict: [],
  matrix: [],
  kconfig: [],
  bisect: ['kconfig', 'matrix', 'verdict'],
  facts: [],
  lock: ['matrix', 'kernels'],
  needs: ['matrix', 'kconfig', 'facts', 'expectations', 'verdict'],
  expectations: ['matrix', 'verdict', 'kconfig'],
  classify: ['verdict', 'expectations'],
  'log-files': ['kernels'],
  cache: [],
  debian: ['cache'],
  kernels: ['matrix', 'cache', 'debian', 'kconfig'],
  images: ['cache', 'debian', 'kernels'],
  toolchain: ['cache', 'debian', 'images', 'kernels', 'machine'],
  prepare: ['matrix', 'kernels', 'kconfig', 'cache'],
  machine: ['cache'],
  channel: [],
  agents: [],
  trace: ['agents'],
  gdb: [],
  minimize: [],
  worker: ['matrix', 'channel', 'agents', 'trace', 'verdict'],
  results: ['matrix', 'cache', 'verdict', 'expectations', 'report'],
  'guest-tools': ['cache', 'debian', 'images'],
  'live-guest': [
    'guest-tools',
    'matrix',
    'cache',
    'prepare',
    'machine',
    'channel',
    'agents',
    'verdict',
  ],
  'run/templates': ['matrix', 'cache', 'prepare', 'machine', 'channel', 'verdict', 'live-guest'],
  'run/cell': [
    'matrix',
    'cache',
    'kernels',
    'prepare',
    'machine',
    'channel',
    'agents',
    'trace',
    'verdict',
    'worker',
    'results',
    'live-guest',
    'run/templates',
  ],
  run: [
    'matrix',
    'cache',
    'kernels',
    'prepare',
    'machine',
    'verdict',
    'expectations',
    'results',
    'run/cell',
    'needs',
    'report',
  ],
  report: ['matrix', 'verdict', 'expectations', 'needs'],
  reproduce: ['verdict', 'expectations', 'report'],
  compare: ['matrix', 'verdict', 'expectations', 'kconfig', 'facts', 'needs', 'report'],
  pages: ['matrix', 'verdict', 'kconfig', 'facts', 'report', 'compare', 'pages/client'],
  'pages/client': [],
  'page-assets': ['cache', 'pages'],
  bundle: [
    'matrix',
    'cache',
    'kernels',
    'prepare',
    'machine',
    'agents',
    'trace',
    'verdict',
    'expectations',
    'report',
  ],
  reporters: [
    'report',
    'verdict',
    'matrix',
    'expectations',
    'kconfig',
    'facts',
    'compare',
    'pages',
    'page-assets',
  ],
};
const leaves = [
  'errors',
  'events',
  'file-entry',
  'guest-facts',
  'omit-undefined',
  'parse-json',
  'phrases',
  'shell-command',
  'testing/any-text',
  'testing/probed-facts',
  'text',
  'text-width',
];

/** The files of a room: those in a room of its own below it are not. */
function filesOf(room) {
  const inner = Object.keys(rooms)
    .filter((name) => name.startsWith(`${room}/`))
    .map((name) => name.slice(room.length + 1));
  return inner.length === 0 ? `^harness/${room}/` : `^harness/${room}/(?!(${inner.join('|')})/)`;
}

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-imports-only-what-its-row-names`,
  severity: 'error',
  // What is shown in a browser has been put together from several rooms.
  from: { path: filesOf(room), pathNot: '[.]browser-test[.]ts$' },
  to: {
    path: '^(harness|scenarios)/',
    pathNot: [room, ...allowed].map(filesOf).concat(leaves.map((leaf) => `^harness/${leaf}[.]ts$`)),
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
          '^harness/(verdict/(verdict|finding|signature)|matrix/(cell|isolation)|expectations/expectation|needs/prediction|errors|guest-facts)[.]ts$',
      },
    },
    {
      name: 'pure-rooms-do-no-input-or-output',
      severity: 'error',
      from: {
        path: '^harness/(verdict|matrix|expectations|kconfig|facts|needs|lock|bisect|report|compare|pages|classify|trace|reproduce|minimize)/',
        pathNot: '[.](browser-)?test[.]ts$|/testing/',
      },
      to: { path: '^(node:)?(fs|child_process|net|http|https|os|worker_threads)' },
    },
    {
      // It takes half a second and 54 MiB, and most commands have no use for it.
      name: 'testcontainers-is-loaded-only-when-needed',
      severity: 'error',
      from: { path: '^harness/' },
      to: {
        path: '^node_modules/(testcontainers|dockerode|@types/dockerode)/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
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
