import { stringify } from 'yaml'
import { Problem } from '../problem.ts'
import { kitFiles, kitFolder, type WorkerKit } from './kit.ts'

/** The account as which jobs run in the VM. Number and group are wishes: an image may have given them away already. */
export interface JobAccount {
  name: string
  uid?: number
  gid?: number
}

export interface UserDataInput {
  owner: JobAccount
  /** HTCondor's configuration, serialised. */
  condorConfiguration: string
  /** The VM's own token for the pool: narrow and expiring. The only secret that user-data may hold. */
  token: string
  kit: WorkerKit
  /** The flavor promises a scratch disk: without one the VM is unusable. */
  scratch: boolean
  /** Public keys of operators, for the image's default account. */
  sshKeys?: readonly string[]
}

export interface CloudConfig {
  users: string[]
  ssh_pwauth: boolean
  ssh_authorized_keys?: string[]
  write_files: WrittenFile[]
}

interface WrittenFile {
  path: string
  owner: string
  permissions: string
  content: string
}

const account = /^[a-z_][a-z0-9_.-]{0,31}$/
const oneLine = /^[\u0020-\u007e]+$/

/** What cloud-init shall do, as data. */
export function cloudConfig(input: UserDataInput): CloudConfig {
  const { owner } = input
  if (!account.test(owner.name)) throw new TypeError(`not an account name: ${JSON.stringify(owner.name)}`)
  if (!oneLine.test(input.token)) throw new TypeError('a pool token is one line of text')
  for (const key of input.sshKeys ?? []) if (!oneLine.test(key)) throw new TypeError('a public key is one line of text')
  const root = 'root:root'
  return {
    users: ['default'],
    ssh_pwauth: false,
    ...(input.sshKeys === undefined || input.sshKeys.length === 0 ? {} : { ssh_authorized_keys: [...input.sshKeys] }),
    write_files: [
      // the name makes HTCondor read it last
      {
        path: '/etc/condor/config.d/90-canfar-batch.conf',
        owner: root,
        permissions: '0644',
        content: input.condorConfiguration,
      },
      // HTCondor ignores, without a word, a token that is not root's own
      { path: '/etc/condor/tokens.d/canfar-batch', owner: root, permissions: '0600', content: `${input.token}\n` },
      ...kitFiles.map((name) => executable(`${kitFolder}/${name}`, input.kit[name])),
      // at every boot, not only at the first: after a reboot the scratch disk has to be found again
      executable('/var/lib/cloud/scripts/per-boot/canfar-batch', `#!/bin/sh\nexec ${initCommand(input).join(' ')}\n`),
    ],
  }
}

function executable(path: string, content: string): WrittenFile {
  return { path, owner: 'root:root', permissions: '0755', content }
}

/** Words that mean nothing to a shell: a checked account name, numbers, and our own. */
function initCommand({ owner, scratch }: UserDataInput): string[] {
  return [
    `${kitFolder}/worker-init`,
    '--owner',
    owner.name,
    ...(owner.uid === undefined ? [] : ['--uid', wholeNumber(owner.uid)]),
    ...(owner.gid === undefined ? [] : ['--gid', wholeNumber(owner.gid)]),
    '--scratch',
    scratch ? 'yes' : 'no',
  ]
}

function wholeNumber(value: number): string {
  if (!Number.isInteger(value) || value < 0) throw new TypeError(`not a user or group number: ${value}`)
  return String(value)
}

/** The text that Nova hands to the VM. YAML 1.1, in which `yes` and `0644` are no strings: cloud-init's parser knows no other. */
export function serialiseCloudConfig(config: CloudConfig): string {
  return `#cloud-config\n${stringify(config, { lineWidth: 0, version: '1.1' })}`
}

/** Nova refuses more, counted after base64: `MAX_USERDATA_SIZE` in nova's `objects/instance.py`. */
export const largestUserData = 65_535

/**
 * User-data as bytes, ready for base64. Compressed only when it must be: plain text is easier on whoever looks into a VM.
 * @param gzip compresses; passed in because the domain has no libraries of the platform
 * @throws Problem `UserDataTooLarge`
 */
export function encodeUserData(document: string, gzip: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const plain = new TextEncoder().encode(document)
  if (base64Length(plain) <= largestUserData) return plain
  const small = gzip(plain)
  if (base64Length(small) <= largestUserData) return small
  throw new Problem({
    code: 'UserDataTooLarge',
    kind: 'auth',
    message: `the configuration of a worker VM has ${base64Length(small)} bytes where Nova takes ${largestUserData}`,
    next: 'Shorten the additional HTCondor settings or the list of ssh keys in the site configuration.',
  })
}

function base64Length(bytes: Uint8Array): number {
  return 4 * Math.ceil(bytes.length / 3)
}
