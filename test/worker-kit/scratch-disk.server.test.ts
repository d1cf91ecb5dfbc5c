import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const script = join(import.meta.dirname, '../../worker-kit/scratch-disk')

let work: string

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'scratch-'))
  for (const name of ['mnt', 'dev/disk/by-label']) mkdirSync(join(work, name), { recursive: true })
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

/** Runs the script in a mount name space of its own, over disks of our own making. */
async function withDisks(disks: Record<string, string>, before = '', after = '') {
  const make = Object.entries(disks).map(([name, format], index) => {
    const image = join(work, `disk${index}`)
    const device = join(work, 'dev', name)
    // the loop device goes as soon as its last user does
    return `truncate -s 16M ${image} && { ${format.replaceAll('DISK', image)}; } > /dev/null 2>&1 || exit 98
loop${index}=$(losetup --find --show ${image}) || exit 99
exec ${index + 3}< $loop${index}
losetup --detach $loop${index}
mknod ${device} b $(stat -c '0x%t 0x%T' $loop${index})`
  })
  const body = `mount --make-rprivate /\n${make.join('\n')}\n${before}\n${script} ${work}/mnt ${work}/dev\nstatus=$?\n${after}\nexit $status`
  const { exitCode, stdout, stderr } = await execa('unshare', ['--mount', 'sh', '-c', body], { reject: false })
  return { exitCode, stdout, stderr }
}

const possible =
  (await execa('sh', ['-c', 'test "$(id -u)" = 0 && test -e /dev/loop-control && losetup --find'], { reject: false }))
    .exitCode === 0
// a partition table with one entry: type 83 from block 2048, 8192 blocks
const partitioned = String.raw`printf '\200\0\0\0\203\0\0\0\0\010\0\0\0\040\0\0' | dd of=DISK bs=1 seek=446 conv=notrunc && printf '\125\252' | dd of=DISK bs=1 seek=510 conv=notrunc`
const vfat = (await execa('sh', ['-c', 'command -v mkfs.vfat'], { reject: false })).exitCode === 0
const ext4 = 'mkfs.ext4 -q -F DISK'

describe.skipIf(!possible)('the scratch disk', () => {
  test.each([
    ['the label of Nova', { 'disk/by-label/ephemeral0': ext4, vdb: 'mkfs.ext4 -q -F -L other DISK' }, 'ext4'],
    ['the label of older clouds', { 'disk/by-label/blankpartition0': 'mkfs.ext3 -q -F DISK' }, 'ext3'],
    ['the second disk under KVM', { vdb: 'mkfs.ext2 -q -F DISK', sdb: ext4 }, 'ext2'],
    ['a disk without a file system gets one', { sdb: 'true' }, 'ext4'],
    ['the config drive is passed over', { vdb: 'mkfs.ext4 -q -F -L config-2 DISK', xvdb: ext4 }, 'ext4'],
  ])('%s', async (_what, disks, type) => {
    const { exitCode, stdout, stderr } = await withDisks(disks, '', `findmnt -n -o FSTYPE ${work}/mnt`)
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: `${work}/mnt\n${type}`, stderr: '' })
  })

  test.skipIf(!vfat)('a disk formatted for Windows gets another file system', async () => {
    const { stdout } = await withDisks({ vdb: 'mkfs.vfat -n EPHEMERAL0 DISK' }, '', `findmnt -n -o FSTYPE ${work}/mnt`)
    expect(stdout).toBe(`${work}/mnt\next4`)
  })

  test('what is mounted already is taken', async () => {
    expect(
      await withDisks({ vdb: ext4 }, `mount -t tmpfs tmpfs ${work}/mnt`, `findmnt -n -o FSTYPE ${work}/mnt`),
    ).toMatchObject({
      exitCode: 0,
      stdout: `${work}/mnt\ntmpfs`,
    })
  })

  test.each([
    ['no disk', {}, 'no disk with label ephemeral0'],
    ['the config drive alone', { vdb: 'mkfs.ext4 -q -F -L config-2 DISK' }, 'no disk with label'],
    ['a partitioned disk', { vdb: partitioned }, 'no disk with label'],
    [
      'a broken file system',
      { vdb: `${ext4} && dd if=/dev/zero of=DISK bs=1k seek=2 count=8 conv=notrunc` },
      'cannot mount vdb',
    ],
  ])('%s: the reason, and nothing mounted', async (_what, disks, reason) => {
    const { exitCode, stdout, stderr } = await withDisks(disks, '', `mountpoint -q ${work}/mnt && echo mounted`)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(reason)
  })
})
