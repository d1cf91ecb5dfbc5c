export interface Flavor {
  id: string
  name: string
  vcpus: number
  ramMb: number
  diskGb: number
  ephemeralGb: number
  swapMb: number
  extraSpecs: Record<string, string>
  description: string | null
  /** Project ids with access; null = public. */
  onlyFor: string[] | null
}

export interface Keypair {
  userId: string
  name: string
  publicKey: string
  fingerprint: string
  type: 'ssh' | 'x509'
  createdAt: number
}

export interface ServerGroup {
  id: string
  name: string
  projectId: string
  userId: string
  policy: 'anti-affinity' | 'affinity' | 'soft-anti-affinity' | 'soft-affinity'
  rules: { max_server_per_host?: number | undefined }
}

/** Nova's vm_states (nova/compute/vm_states.py). */
export type VmState =
  | 'building'
  | 'active'
  | 'stopped'
  | 'paused'
  | 'suspended'
  | 'rescued'
  | 'resized'
  | 'shelved'
  | 'shelved_offloaded'
  | 'soft-delete'
  | 'error'
  | 'deleted'

export interface Fault {
  code: number
  message: string
  created: number
  details?: string
}

/** What happens to a server by itself, and when: it settles in a state, or it is deleted. */
export type Due =
  | { at: number; event: 'settled'; vmState: VmState; powerState: number }
  | { at: number; event: 'deleted' }

export interface Server {
  id: string
  name: string
  description: string | null
  projectId: string
  userId: string
  reservationId: string
  /** Of the request that created it. */
  requestId: string
  /** As it was at creation: later changes of the flavor don't reach the server. */
  flavor: Flavor
  /** Also of a server that runs from a volume made of it, of which no API tells it. */
  imageId: string
  imageName: string | null
  metadata: Record<string, string>
  tags: string[]
  keyName: string | null
  zone: string
  /** The server group that it was asked into. */
  groupId: string | null
  host: string | null
  hostname: string
  securityGroups: string[]
  volumes: { id: string; boot: boolean; device: string; deleteOnTermination: boolean }[]
  configDrive: boolean
  launchIndex: number
  vmState: VmState
  taskState: string | null
  /** Nova's: 0 NOSTATE, 1 RUNNING, 3 PAUSED, 4 SHUTDOWN, 6 CRASHED, 7 SUSPENDED. */
  powerState: number
  progress: number
  /** Whose lock it is, if any: an administrator's keeps its owner from unlocking. */
  lockedBy: 'owner' | 'admin' | null
  lockedReason: string | null
  fault: Fault | null
  /** Nothing moves it on by itself any more: an injected fault. */
  stuck: boolean
  /** The next delete hangs: an injected fault. */
  deleteSticks: boolean | 'until-forced'
  /** Its ports stay behind when it goes: an injected fault. */
  keepsPorts: boolean
  /** What its volumes become when it goes, instead of being deleted or freed: an injected fault. */
  keepsVolumes: 'available' | 'in-use' | 'error_deleting' | null
  /** No API shows it any more, not even as deleted: an injected fault. */
  vanished: boolean
  due: Due | null
  createdAt: number
  updatedAt: number
  launchedAt: number | null
  deletedAt: number | null
}

export interface UserData {
  base64: string
}

export interface Host {
  name: string
  zone: string
  vcpus: number
  ramMb: number
  diskGb: number
}

export interface Quota {
  projectId: string
  limits: Record<string, number>
}
