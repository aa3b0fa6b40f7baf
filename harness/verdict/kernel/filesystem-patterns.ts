/**
 * First lines of what file systems assert about themselves. What they say about the disk's contents
 * (`EXT4-fs error`, `XFS (vda): Corruption`) is not a bug of the kernel, and not among these.
 */
import { HEADERS, type IndexedPattern, type ReportShape } from './report-start.ts';

const ASSERTION: ReportShape = { placeIn: 'trace', isText: true, follow: HEADERS };

const ASSERTIONS: readonly IndexedPattern[] = [
  // include/linux/jbd2.h, include/linux/jbd.h: J_ASSERT
  {
    words: ['Assertion failure in '],
    text: /^Assertion failure in (?<place>[A-Za-z_]\w*)(?:\(\))? at /,
    title: () => 'jbd: assertion failure',
    ...ASSERTION,
  },
  // fs/xfs/xfs_message.c: assfail, asswarn
  {
    words: ['XFS: Assertion failed: '],
    text: /^XFS(?: \([^)]*\))?: Assertion failed: (.{1,128}?),? (?:file|line): /,
    title: ([, condition = '']) => `XFS: assertion failed: ${condition}`,
    ...ASSERTION,
  },
  // fs/btrfs/messages.c, fs/btrfs/ctree.h: btrfs_assertfail
  {
    words: ['ssertion failed: '],
    text: /^(?:BTRFS: )?assertion failed: (.{1,128}?)(?: :: [^,]{0,64})?, (?:in|file:) ?fs\/btrfs\//,
    title: ([, condition = '']) => `BTRFS: assertion failed: ${condition}`,
    ...ASSERTION,
  },
  // fs/gfs2/util.c: gfs2_assert_withdraw_i; the second line names the function.
  {
    words: ['fatal: assertion '],
    text: /^(?:gfs2|GFS2): .{0,128}fatal: assertion "(.{1,128}?)" failed/,
    title: ([, condition = '']) => `GFS2: assertion failed: ${condition}`,
    names: /^\s*(?:GFS2:.{0,64} )?function = (?<place>[A-Za-z_]\w*)/,
    ...ASSERTION,
  },
  // fs/reiserfs/prints.c: __reiserfs_panic
  {
    words: ['REISERFS panic', 'ReiserFS panic', 'reiserfs panic'],
    text: /^reiserfs panic(?: \(device [^)]*\))?: (?:[\w-]+ )?(?<place>[A-Za-z_]\w*):/i,
    title: () => 'REISERFS panic',
    ...ASSERTION,
  },
];

const INODES: readonly IndexedPattern[] = [
  // fs/super.c: generic_shutdown_super; a WARN or BUG since 6.3
  {
    words: ['VFS: Busy inodes after unmount'],
    text: /^VFS: Busy inodes after unmount of [^\s(]+ ?(\([\w.-]+\))?/,
    title: ([, type]) => `VFS: Busy inodes after unmount${type === undefined ? '' : ` ${type}`}`,
    placeIn: 'nowhere',
    isText: true,
    follow: HEADERS,
  },
  // fs/open.c: filp_close
  {
    words: ['VFS: Close: file count is 0'],
    text: /^VFS: Close: file count is (?:0|zero)(?: \(f_op=(?<place>[A-Za-z_]\w*))?/,
    title: () => 'VFS: Close: file count is 0',
    placeIn: 'nowhere',
    isText: true,
    follow: HEADERS,
  },
  // fs/dcache.c: umount_check, shrink_dcache_for_umount
  {
    words: ['still in use ('],
    text: /^BUG: Dentry .{1,512} still in use \(\d+\) \[unmount of (\S+)/,
    title: ([, type = '']) => `BUG: Dentry still in use at unmount of ${type}`,
    placeIn: 'nowhere',
    isText: true,
    follow: HEADERS,
  },
];

export const FILESYSTEM_PATTERNS: readonly IndexedPattern[] = [...ASSERTIONS, ...INODES];
