import { expect } from 'chai';
import { findMissing, lackOf, type Tool, toolsFor } from './tools.ts';

const nameOf = (tool: Tool) => ('program' in tool ? tool.program : tool.header);
const namesFor = (symbols: Readonly<Record<string, string | undefined>>) =>
  toolsFor(new Map(Object.entries(symbols))).map(nameOf);

describe('what a kernel is built with', () => {
  it('is little for one without modules that are signed and without objtool', () => {
    const names = namesFor({ MODULE_SIG: 'n', UNWINDER_ORC: undefined, KERNEL_GZIP: 'y' });
    expect(names).to.deep.equal(['make', 'gcc', 'ld', 'stdio.h', 'flex', 'bison', 'bc']);
  });

  it('follows from its configuration', () => {
    expect(namesFor({ UNWINDER_ORC: 'y' })).to.include('gelf.h');
    expect(namesFor({ MODULE_SIG: 'y' })).to.include.members(['openssl/opensslv.h', 'openssl']);
    expect(namesFor({ DEBUG_INFO_BTF: 'y' })).to.include.members(['gelf.h', 'pahole']);
    expect(namesFor({ KERNEL_LZ4: 'y' })).to.include('lz4');
    expect(namesFor({ IKHEADERS: 'm' })).to.include('cpio');
  });

  it('is all looked for on this host at once', async () => {
    const tools = toolsFor(new Map([['UNWINDER_ORC', 'y']]));
    const missing = await findMissing(tools, async (tool) => !/flex|gelf/.test(nameOf(tool)));
    expect(missing.map((tool) => tool.package)).to.deep.equal(['flex', 'libelf-dev']);
  });

  it('can be had in a container instead, but for Rust', () => {
    const lackFor = (symbols: Readonly<Record<string, string>>) =>
      lackOf(
        toolsFor(new Map(Object.entries(symbols))).filter((tool) => /flex|rust/.test(tool.package)),
      );
    expect(lackFor({}).message).to.contain('needed to build kernels: flex');
    expect(lackFor({}).remedy).to.equal(
      'apt-get install flex; or, with Docker or Podman, add --build-in container',
    );
    expect(lackFor({ RUST: 'y' }).remedy).to.equal('apt-get install flex rustc');
  });

  it('is found where it is, and not where it is not', async () => {
    const tools: readonly Tool[] = [
      { program: 'sh', package: 'dash' },
      { program: 'no-such-program', package: 'none' },
      { header: 'no/such/header.h', package: 'none-dev' },
    ];
    expect(await findMissing(tools)).to.deep.equal(tools.slice(1));
  });
});
