import { expect } from 'chai';
import fc from 'fast-check';
import { createModuleGraph } from './module-graph.ts';

describe('a module graph', () => {
  it('has what each file imports directly and indirectly, and nothing else', () => {
    const graph = createModuleGraph();
    const edges = ['a.spec b', 'b c', 'c b', 'other.spec d', 'mocha a.spec', 'mocha other.spec'];
    for (const edge of edges) {
      const [parent = '', child = ''] = edge.split(' ');
      expect(graph.add(parent, child)).to.equal(true);
      expect(graph.add(parent, child)).to.equal(false);
    }
    expect(graph.closureOf('a.spec')).to.deep.equal(['a.spec', 'b', 'c']);
    expect(graph.closureOf('other.spec')).to.deep.equal(['d', 'other.spec']);
    expect(graph.closureOf('unknown')).to.deep.equal(['unknown']);
  });

  it('is closed: what a file of a closure imports is in it', () => {
    const edge = fc.tuple(fc.nat(9).map(String), fc.nat(9).map(String));
    fc.assert(
      fc.property(fc.array(edge), (edges) => {
        const graph = createModuleGraph();
        for (const [parent, child] of edges) graph.add(parent, child);
        const closure = graph.closureOf('0');
        expect(new Set(closure).size).to.equal(closure.length);
        for (const [parent, child] of edges) {
          if (closure.includes(parent)) expect(closure).to.include(child);
        }
      }),
    );
  });
});
