export type Visibility = 'public' | 'private' | 'shared' | 'community'
export type MemberStatus = 'pending' | 'accepted' | 'rejected'
export type ImageStatus =
  | 'queued'
  | 'saving'
  | 'uploading'
  | 'importing'
  | 'active'
  | 'deactivated'
  | 'killed'
  | 'pending_delete'

/** Where the bytes are: made up again at each download, in a file, or only counted when they came. */
export type Content = { kind: 'made-up'; name: string } | { kind: 'file' } | { kind: 'counted' }

export interface Image {
  id: string
  name: string | null
  owner: string
  status: ImageStatus
  visibility: Visibility
  protected: boolean
  hidden: boolean
  diskFormat: string | null
  containerFormat: string | null
  /** GB. */
  minDisk: number
  /** MB. */
  minRam: number
  size: number | null
  virtualSize: number | null
  md5: string | null
  sha512: string | null
  content: Content | null
  tags: string[]
  properties: Record<string, string>
  createdAt: number
  updatedAt: number
  /** A snapshot being taken becomes active then; null = nothing is due. */
  activeAt: number | null
}

export interface Member {
  imageId: string
  project: string
  status: MemberStatus
  createdAt: number
  updatedAt: number
}
