import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import { checkMountable } from './container-compiler.ts';

describe('what a container that builds kernels sees of the host', () => {
  it('can be sources in any usual place', () => {
    for (const path of ['/usr/src/linux', '/home/a/linux', '/tmp/linux', '/library/linux']) {
      expect(() => checkMountable(path), path).not.to.throw();
    }
  });

  it('cannot be what lies where its own tools are', () => {
    for (const path of [
      '/usr/lib/linux',
      '/lib/modules/6.12/source',
      '/usr/share/a',
      '/dev/shm/a',
    ]) {
      expect(() => checkMountable(path), path)
        .to.throw(UsageError, `${path}: a container cannot see`)
        .with.property('code', 'NOT_MOUNTABLE');
    }
  });
});
