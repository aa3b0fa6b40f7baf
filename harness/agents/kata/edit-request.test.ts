import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import { editRequest } from './edit-request.ts';

const REQUEST = {
  containerId: 'c1',
  OCI: {
    Process: { Args: ['/bin/workload', 'exit', '0'] },
    Mounts: [{ destination: '/proc', source: 'proc', type: 'proc' }],
    Annotations: { 'a.b': 'old' },
    Linux: { Resources: { CPU: { Quota: '50000', Period: '200000' } } },
  },
};
const edit = (path: string, text: string) => editRequest('CreateContainer', REQUEST, path, text);

describe('a request of which a field is set', () => {
  it('has the new value where OCI has the field, and is the same otherwise', () => {
    const edited = edit('linux.resources.cpu.quota', '-1');
    expect(edited).to.have.nested.property('OCI.Linux.Resources.CPU.Quota', -1);
    expect(edited).to.have.nested.property('OCI.Linux.Resources.CPU.Period', '200000');
    expect(REQUEST.OCI.Linux.Resources.CPU.Quota).to.equal('50000');
    expect(edit('OCI.Linux.Resources.CPU.Quota', '-1')).to.deep.equal(edited);
  });

  it('may get fields that it did not have, and lose some', () => {
    const memory = edit('linux.resources.memory.limit', '1048576');
    expect(memory).to.have.nested.property('OCI.Linux.Resources.Memory.Limit', 1048576);
    const none = edit('linux.resources.cpu', 'null');
    expect(none).to.have.nested.property('OCI.Linux.Resources').that.deep.equals({});
  });

  it('may be changed inside of lists and maps, and whole', () => {
    expect(edit('process.args.2', '7')).to.have.nested.property('OCI.Process.Args[2]', '7');
    expect(edit('process.args', '["a", "b"]'))
      .to.have.nested.property('OCI.Process.Args')
      .that.deep.equals(['a', 'b']);
    expect(edit('mounts.0.source', 'none')).to.have.nested.property('OCI.Mounts[0].source', 'none');
    expect(edit('annotations.a.b', 'new'))
      .to.have.nested.property('OCI.Annotations')
      .that.deep.equals({ 'a.b': 'new' });
    expect(edit('containerId', '17')).to.have.property('containerId', '17');
  });

  it('is refused if it has no such field, or the value does not fit', () => {
    const failure = (path: string, text: string): UsageError => {
      try {
        edit(path, text);
      } catch (error) {
        if (error instanceof UsageError) return error;
      }
      throw new Error(`Expected ${path}=${text} to be refused`);
    };
    expect(failure('linux.resources.cpu.quoota', '1')).to.include({
      message: "grpc.LinuxCPU has no field 'quoota'",
    });
    expect(failure('linux.resources.cpu.quoota', '1').remedy).to.include('Quota');
    expect(failure('linux.resources.cpu.quota', 'much').message).to.match(/does not fit/);
    expect(failure('mounts.5.source', 'x').message).to.include("found '5'");
    expect(failure('containerId.x', 'x').message).to.include('single value');
  });
});
