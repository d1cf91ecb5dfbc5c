import { imageContent } from '#testbed/openstack/seed/image-content.ts'

/** An empty disk. */
export const qcow2 = (virtualGb: number): Uint8Array<ArrayBuffer> =>
  imageContent({ diskFormat: 'qcow2', size: 65_536, minDisk: virtualGb })
