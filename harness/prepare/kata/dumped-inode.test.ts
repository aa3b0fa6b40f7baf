import { expect } from 'chai';
import { parseInode } from './dumped-inode.ts';

/** As dump.erofs 1.5 prints it. */
const FILE = `File : /usr/bin/big
Size: 300000  On-disk size: 300000  regular file
NID: 54   Links: 1   Layout: 2   Compression ratio: 100.00%
Inode size: 64   Extent size: 0   Xattr size: 0
Uid: 0   Gid: 0  Access: 0644/rw-r--r--
Timestamp: 2026-11-30 17:25:05.570272325

 Ext:   logical offset   |  length :     physical offset    |  length
   0:        0..  299008 |  299008 :    1269760..   1568768 |  299008
   1:   299008..  300000 |     992 :       1792..      2784 |     992
/usr/bin/big: 2 extents found
`;

describe('What dump.erofs says of a file', () => {
  it('is its type, its size and where it is', () => {
    expect(parseInode(FILE)).to.deep.equal({
      ...{ type: 'file', bytes: 300_000, isCompressed: false },
      extents: [
        { logical: 0, physical: 1_269_760, bytes: 299_008 },
        { logical: 299_008, physical: 1792, bytes: 992 },
      ],
    });
    const link = parseInode(FILE.replace('regular file', 'symlink file'));
    expect(link?.type).to.equal('link');
    expect(parseInode(FILE.replace('regular file', 'character device'))?.type).to.equal('other');
  });

  it('tells what is compressed', () => {
    expect(parseInode(FILE.replace('Layout: 2', 'Layout: 3'))?.isCompressed).to.equal(true);
  });

  it('is nothing if there is no such file', () => {
    expect(parseInode('<E> erofs: read inode failed @ /nothing\n')).to.equal(undefined);
  });
});
