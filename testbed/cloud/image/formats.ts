import { Refusal } from '../refusal.ts'

/** @param type of the request's body, also where it is the data that are not of the image's format */
export const unsupported = (type: string): Refusal =>
  new Refusal(415, `The request media type ${type} is not supported by this server.`)

/** What data of a format have, and where (oslo_utils.imageutils.format_inspector); those of all others are not looked at. */
const SIGNATURES: Readonly<Record<string, { at: number; bytes: string }>> = {
  qcow2: { at: 0, bytes: 'QFI\xfb' },
  vmdk: { at: 0, bytes: 'KDMV' },
  vhd: { at: 0, bytes: 'conectix' },
  vhdx: { at: 0, bytes: 'vhdxfile' },
  vdi: { at: 64, bytes: '\x7f\x10\xda\xbe' },
  iso: { at: 0x8001, bytes: 'CD001' },
}

/** How many bytes from the start are looked at. */
export const HEAD = 0x8001 + 5

export function isOfFormat(head: Buffer, format: string): boolean {
  const signature = SIGNATURES[format]
  if (signature === undefined) return true
  return head.toString('latin1', signature.at, signature.at + signature.bytes.length) === signature.bytes
}
