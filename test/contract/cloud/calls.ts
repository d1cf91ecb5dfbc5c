import { serversForceDelete, serversUnlock } from './calls/compute/servers-act.ts'
import { serversCreate } from './calls/compute/servers-create.ts'
import { serversDelete } from './calls/compute/servers-delete.ts'
import { serversList } from './calls/compute/servers-list.ts'
import { serversShow } from './calls/compute/servers-show.ts'
import { computeVersion, flavorsList, keypairsList, limitsShow, zonesList } from './calls/compute/settings.ts'
import { imagesDownload, imagesUpload } from './calls/image/images-data.ts'
import { imagesList, imagesShow } from './calls/image/images-read.ts'
import { imagesCreate, imagesDelete, imagesPatch } from './calls/image/images-write.ts'
import { membersCreate, membersDelete, membersShow, membersUpdate } from './calls/image/members.ts'
import type { Call } from './matrix.ts'

/** Every call that the product makes. */
export const CALLS: readonly Call[] = [
  serversCreate,
  serversShow,
  serversDelete,
  serversUnlock,
  serversForceDelete,
  serversList,
  flavorsList,
  limitsShow,
  keypairsList,
  zonesList,
  computeVersion,
  imagesList,
  imagesShow,
  imagesCreate,
  imagesPatch,
  imagesDelete,
  imagesDownload,
  imagesUpload,
  membersShow,
  membersCreate,
  membersUpdate,
  membersDelete,
]
