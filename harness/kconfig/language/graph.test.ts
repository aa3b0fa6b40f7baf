import { expect } from 'chai';
import { readMiniature, treeOf } from '../testing/miniature-tree.ts';
import { dependenciesOf, dependentsOf, leavesOf, selectorsOf } from './graph.ts';

describe('the graph of symbols', () => {
  const tree = readMiniature();

  it('tells what a symbol needs, and what these need', () => {
    expect([...dependenciesOf(tree, 'CPUSETS_V1')]).to.deep.equal(['CGROUPS', 'CPUSETS', 'SMP']);
    expect([...dependenciesOf(tree, 'NET_9P_VIRTIO')]).to.have.members([
      'NET_9P',
      'VIRTIO',
      'NET',
      'VIRTIO_PCI',
      'PCI',
      'REMOTEPROC',
    ]);
    expect([...dependenciesOf(tree, 'NO_SUCH')]).to.deep.equal([]);
  });

  it('tells who names a symbol, and who selects it', () => {
    expect([...(dependentsOf(tree).get('CPUSETS') ?? [])]).to.deep.equal(['CPUSETS_V1']);
    expect([...(selectorsOf(tree).get('VIRTIO') ?? [])]).to.deep.equal([
      'VIRTIO_PCI',
      'REMOTEPROC',
    ]);
  });

  it('has leaves, which no other of some symbols needs', () => {
    const some = ['CGROUPS', 'CPUSETS', 'CPUSETS_V1', 'MEMCG_V1', 'NET'];
    expect(leavesOf(tree, some)).to.deep.equal(['CPUSETS_V1', 'MEMCG_V1', 'NET']);
    const circle = treeOf(
      'config A\n depends on B\n bool "a"\nconfig B\n depends on A\n bool "b"\n',
    );
    expect(leavesOf(circle, ['A', 'B'])).to.deep.equal([]);
  });
});
