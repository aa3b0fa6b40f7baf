/**
 * `npx mocha harness/matrix/schema.test.ts --update` writes the two files that this test checks;
 * `npx biome check --write docs` then lays out the schema.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { Document, isMap, isScalar, isSeq, type Node, parse, visit } from 'yaml';
import { parseMatrix } from './parse.ts';
import { renderProblems } from './render-problems.ts';
import { matrixJsonSchema, matrixSchema } from './schema.ts';

type SchemaNode = ReturnType<typeof matrixJsonSchema>;

const isUpdating = process.argv.includes('--update');

const projectUrl = new URL('../../matrix.yaml', import.meta.url);
const schemaUrl = new URL('../../docs/matrix.schema.json', import.meta.url);
const referenceUrl = new URL('testdata/reference.yaml', import.meta.url);

/** Every key of a matrix file; those with a default have it as their value. */
const REFERENCE = {
  kernels: {
    series: {
      debian: {
        suite: ['bookworm', 'bookworm-security'],
        series: '6.12',
        flavour: 'cloud',
        sha256: {},
        unlisted: 'trust-on-first-use',
        or_build: { debian: { suite: 'bookworm', package: 'linux-source-6.12=6.12.117-1' } },
      },
    },
    package: {
      debian: {
        suite: 'bookworm',
        package: 'linux-image-6.1.0-50-cloud-amd64',
        or_build: { git: { repository: '../linux', commit: 'v6.1.170' } },
      },
    },
    older: {
      debian: { suite: 'bullseye', series: '5.10', or_build: { tarball: 'linux-5.10.tar.xz' } },
    },
    newer: {
      debian: { suite: 'trixie-backports', series: '6.18', or_build: { tree: '../linux-6.18' } },
    },
    files: { path: { image: 'build/bzImage', config: 'build/.config', modules: 'build/modules' } },
    built: {
      source: {
        debian: { suite: ['trixie', 'trixie-security'], package: 'linux-source-6.12' },
        base: 'minimal',
        fragments: ['debug', './mine.config'],
        symbols: ['CONFIG_PSI=y'],
        may_be_absent: 'kata/whitelist.conf',
      },
    },
    next: { source: { tree: '../linux', base: { kernel: 'series' } } },
    last: { source: { tarball: 'linux-6.11.tar.xz', base: { file: 'old.config' } } },
    tagged: { source: { git: { repository: '../linux', commit: 'v6.12' } } },
    fedora: { package: { file: ['kernel-core.rpm', 'kernel-modules.rpm'], image: 'vmlinuz' } },
    image: {
      oci: {
        image: 'registry.example/kernels/linux:6.12',
        insecure: false,
        file: 'boot/vmlinuz-*',
      },
    },
    layout: { oci: { layout: 'kernels/oci', tag: '6.12' } },
    web: {
      url: {
        image: { url: 'https://kernels.example/6.12/bzImage', sha256: '0'.repeat(64) },
        config: { url: 'https://kernels.example/6.12/config', sha256: '1'.repeat(64) },
        modules: { url: 'https://kernels.example/6.12/modules.tar.xz', sha256: '2'.repeat(64) },
      },
    },
    kata: { kata: { archive: 'kata-static-3.2.0-amd64.tar.zst', image: 'vmlinuz.container' } },
    running: { running: {} },
    host: { host: {} },
  },
  configs: {
    default: { boot_parameters: [], leave_unmounted: [], fragments: [], symbols: [] },
    'v1-on': { symbols: ['CONFIG_CPUSETS_V1=y', 'CONFIG_MEMCG_V1=y'] },
    reduced: { boot_parameters: ['cgroup_disable=memory'], leave_unmounted: ['pids', 'freezer'] },
  },
  cgroups: ['v1', 'v2'],
  agents: {
    guarded: { reference: { guard: 'on' } },
    mine: { kata: { path: 'build/kata-agent', arguments: [], environment: {}, library_path: [] } },
    released: {
      kata: {
        archive: 'kata-static-3.2.0-amd64.tar.zst',
        image: 'kata-containers.img',
        file: 'usr/bin/kata-agent',
      },
    },
  },
  machines: {
    qemu: { qemu: { in: 'host' } },
    'qemu-10': { qemu: { in: 'container', suite: 'trixie' } },
    container: { container: { privileged: false } },
  },
  exclude: [
    { config: 'reduced', cgroup: 'v2', reason: 'says why' },
    { kernel: ['package', 'files'], agent: 'mine', machine: 'qemu-10' },
    { kernel_source: ['debian', 'url'], agent: 'mine', config: 'reduced' },
  ],
  include: [
    { kernel: 'package', config: 'default', cgroup: 'v1', agent: 'mine', reason: 'so' },
    { machine: 'qemu-10', config: 'default', kernel_source: 'path' },
  ],
  limits: matrixSchema.shape.limits.parse(undefined),
  isolation: 'file',
  profiles: {
    quick: {
      description: 'a few minutes',
      select: [{ kernel: 'series', config: 'default', cgroup: ['v1', 'v2'], agent: 'guarded' }],
    },
    missing: { select: [{ config: 'reduced', scenarios: ['missing/**'] }] },
    packaged: { select: [{ kernel_source: ['debian', 'package'] }] },
    host: { select: [{ machine: 'container' }] },
    nightly: { select: [{}] },
  },
};

/** Walks a document beside its schema; names stand for `*` in paths, as one is like the other. */
function visitKeys(
  node: unknown,
  schema: SchemaNode,
  onKey: (key: Node, schema: SchemaNode, path: string) => void,
  path = '',
): void {
  if (isSeq<Node>(node)) {
    const items = [schema, ...(schema.anyOf ?? [])].map((branch) => (branch as SchemaNode).items);
    const item = items.find((candidate) => candidate !== undefined);
    for (const child of node.items) visitKeys(child, item as SchemaNode, onKey, path);
  }
  if (!isMap<Node, Node>(node)) return;
  const branches = [schema, ...((schema.anyOf ?? []) as SchemaNode[])];
  const { properties, additionalProperties } = branches.find((it) => it.type === 'object') ?? {};
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const known = properties?.[name];
    const child = (known ?? additionalProperties) as SchemaNode;
    const childPath = `${path}/${known === undefined ? '*' : name}`;
    if (known !== undefined) onKey(key, child, childPath);
    visitKeys(value, child, onKey, childPath);
  }
}

/** The paths of all keys that a schema knows. */
function pathsOf(schema: SchemaNode, path = ''): readonly string[] {
  const below = [schema, ...(schema.anyOf ?? [])].flatMap((branch) => {
    const { properties = {}, additionalProperties, items } = branch as SchemaNode;
    return [
      ...Object.entries(properties).flatMap(([key, child]) => [
        `${path}/${key}`,
        ...pathsOf(child as SchemaNode, `${path}/${key}`),
      ]),
      ...(typeof additionalProperties === 'object'
        ? pathsOf(additionalProperties as SchemaNode, `${path}/*`)
        : []),
      ...(typeof items === 'object' ? pathsOf(items as SchemaNode, path) : []),
    ];
  });
  return [...new Set(below)];
}

/** What the reference says above a key. */
function commentOf({ description, default: byDefault, minimum, maximum }: SchemaNode): string {
  const notes = [
    minimum === undefined ? undefined : `${minimum} to ${maximum}`,
    byDefault === undefined ? undefined : `default: ${JSON.stringify(byDefault)}`,
  ].filter((note) => note !== undefined);
  const lines = [...wrapWords(description ?? ''), ...(notes.length > 0 ? [notes.join('; ')] : [])];
  return lines.map((line) => ` ${line}`).join('\n');
}

function wrapWords(text: string): readonly string[] {
  return (text.match(/.{1,88}(?: |$)/g) ?? []).map((line) => line.trimEnd());
}

function renderReference(): string {
  const document = new Document(REFERENCE);
  const seen = new Set<string>();
  visitKeys(document.contents, matrixJsonSchema(), (key, schema, path) => {
    if (seen.has(path)) return;
    seen.add(path);
    key.commentBefore = commentOf(schema);
    key.spaceBefore = path.lastIndexOf('/') === 0 && seen.size > 1;
  });
  visit(document, {
    Seq: (_key, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  document.commentBefore = [
    ' yaml-language-server: $schema=../../../docs/matrix.schema.json',
    '',
    ' Every key of a matrix file, at its default where it has one. Written by a test from the',
    ' schema: npx mocha harness/matrix/schema.test.ts --update',
  ].join('\n');
  return document.toString({ lineWidth: 100, flowCollectionPadding: false });
}

describe('the schema of matrix.yaml', () => {
  const accepts = new Ajv().compile(matrixJsonSchema());

  it('is exported for editors as docs/matrix.schema.json', () => {
    const schema = JSON.stringify(matrixJsonSchema(), null, 2);
    // Compared as values, because the formatter lays out the file in its own way.
    if (isUpdating) writeFileSync(schemaUrl, `${schema}\n`);
    expect(JSON.parse(readFileSync(schemaUrl, 'utf8'))).to.deep.equal(JSON.parse(schema));
  });

  it('describes every key that it knows', () => {
    const document = new Document(REFERENCE);
    visitKeys(document.contents, matrixJsonSchema(), (_key, { description }, path) => {
      expect(description, path).to.be.a('string').and.not.equal('');
    });
  });

  it('is shown whole by the reference file', () => {
    const shown = new Set<string>();
    const document = new Document(REFERENCE);
    visitKeys(document.contents, matrixJsonSchema(), (_key, _schema, path) => shown.add(path));
    expect([...shown].sort()).to.deep.equal([...pathsOf(matrixJsonSchema())].sort());
    if (isUpdating) writeFileSync(referenceUrl, renderReference());
    expect(readFileSync(referenceUrl, 'utf8')).to.equal(renderReference());
  });

  for (const url of [referenceUrl, projectUrl]) {
    it(`accepts ${url.pathname.split('/').at(-1)}, in its JSON form too`, () => {
      const text = readFileSync(url, 'utf8');
      const parsed = parseMatrix(text, { file: 'matrix.yaml' });
      const shown = parsed.isValid
        ? ''
        : renderProblems(text, parsed.problems, { file: 'matrix.yaml' });
      expect(shown).to.equal('');
      expect(accepts(parse(text)), JSON.stringify(accepts.errors)).to.equal(true);
    });
  }

  for (const [fault, edit] of [
    ['an unknown key', { confgs: {} }],
    ['an empty axis', { kernels: {} }],
    ['a name that is no file name', { kernels: { 'A b': { path: { image: 'x' } } } }],
    ['a kernel without a source', { kernels: { a: {} } }],
    ['a kernel of two sources', { kernels: { a: { ...REFERENCE.kernels.files, debian: {} } } }],
    ['a kernel from two trees', { kernels: { a: { source: { tree: 'x', tarball: 'y' } } } }],
    ['a symbol that is none', { configs: { a: { symbols: ['PSI'] } } }],
    ['a machine of an unknown kind', { machines: { a: { firecracker: {} } } }],
    ['a machine of two kinds', { machines: { a: { qemu: {}, container: {} } } }],
    ['a QEMU from nowhere', { machines: { a: { qemu: { in: 'cloud' } } } }],
    ['a number as version', { kernels: { a: { debian: { suite: 'bookworm', series: 6.1 } } } }],
    ['a limit out of range', { limits: { cpus: 0 } }],
    ['a list with equal entries', { cgroups: ['v1', 'v1'] }],
    ['a rule without an axis', { exclude: [{ reason: 'none' }] }],
    ['a glob that leaves scenarios/', { profiles: { a: { select: [{ scenarios: ['../x'] }] } } }],
  ] as const) {
    it(`refuses ${fault}, in its JSON form too`, () => {
      const content = { ...REFERENCE, ...edit };
      expect(matrixSchema.safeParse(content).success).to.equal(false);
      expect(accepts(content)).to.equal(false);
    });
  }
});
