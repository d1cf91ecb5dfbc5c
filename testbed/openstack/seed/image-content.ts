import type { Seed } from '#testbed/cloud/config.ts'

/** What Glance accepts as an image of that format and size: it looks into what it is given. */
export function imageContent({
  diskFormat,
  size,
  minDisk,
}: Pick<Seed['images'][number], 'diskFormat' | 'size' | 'minDisk'>): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(size)
  if (diskFormat === 'qcow2') writeQcow2Header(new DataView(content.buffer), Math.max(minDisk, 1) * 2 ** 30)
  return content
}

/** The header of an empty disk (QEMU's docs/interop/qcow2.txt), version 3. */
function writeQcow2Header(view: DataView, virtualSize: number): void {
  const CLUSTER_BITS = 16
  view.setUint32(0, 0x51_46_49_fb)
  view.setUint32(4, 3)
  view.setUint32(20, CLUSTER_BITS)
  view.setBigUint64(24, BigInt(virtualSize))
  // one entry of the L1 table for every 512 MiB, the table in the cluster after the header
  view.setUint32(36, Math.ceil(virtualSize / 2 ** 29))
  view.setBigUint64(40, BigInt(1 << CLUSTER_BITS))
  view.setBigUint64(48, BigInt(2 << CLUSTER_BITS))
  view.setUint32(56, 1)
  view.setUint32(96, 4)
  view.setUint32(100, 104)
}
