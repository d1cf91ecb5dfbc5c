import type { SignalDefinition } from '@temporalio/common'
import type { ReplicationProgress } from '#domain/replication/progress.ts'
import type { DataHash, DataHashes } from '#domain/replication/same-data.ts'
import type { CredentialName } from './credential.ts'
import { define } from './define.ts'
import type { Question } from './questions.ts'

export const imageReplicationType = 'imageReplication'
/** `checksum` is the hash by which the source's cloud knows the data, whatever images have them. */
export const imageReplicationId = (checksum: string, cloud: string): string => `image-replication/${checksum}/${cloud}`

/** A cloud with the name of the credential by which the user is known there, never the credential. */
export interface ReplicationEnd {
  cloud: string
  credential: CredentialName
}

export interface ImageReplicationInput {
  pool: string
  /** The account whose rights open both credentials. */
  user: string
  image: { id: string; name: string }
  hash: DataHash
  from: ReplicationEnd
  /** `project` is the id of the user's project there, whose the copy will be. */
  to: ReplicationEnd & { project: string }
}

/** The memo that goes with each: whose copy a running one makes, and what has to be removed if it is ended from outside. */
export interface ReplicationMemo {
  user: string
  project: string
  /** Paths of the copies of the user's credentials, its own alone. */
  credentials: string[]
}

export const replicationMemo = ({ user, from, to }: ImageReplicationInput): ReplicationMemo => ({
  user,
  project: to.project,
  credentials: [from.credential.file, to.credential.file],
})

/** What is copied of an image beside its data. */
export interface SourceImage {
  name: string
  diskFormat: string
  containerFormat: string
  minDiskGb: number
  minRamMb: number
  sizeBytes: number
  hashes: DataHashes
  tags: string[]
  properties: Record<string, string>
}

/** An image of the target cloud. */
export interface Copy {
  id: string
  name: string
}

export interface ImageReplicationResult {
  cloud: string
  image: Copy
  outcome: 'already' | 'copied'
}

export interface ReplicationView extends ReplicationProgress {
  copy?: Copy
}

/** Told now and then by the activities that transfer. */
export interface TransferObservation {
  phase: 'fetching' | 'sending'
  bytes: number
}

/** A submission, by the id of its workflow, wants to be told how the copying ends. */
export const copyWanted: SignalDefinition<[{ submission: string }]> = define('signal', 'copyWanted')
export const transferObserved: SignalDefinition<[TransferObservation]> = define('signal', 'transferObserved')
export const replicationView: Question<ReplicationView> = define('query', 'replicationView')
