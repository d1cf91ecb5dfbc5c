/** What a submission asks for beside its file. */
export interface ValidationOptions {
  /** The image and the flavor named on the command line, as typed. */
  image?: string
  flavor?: string
  /** Refuse `requirements` lines of the user's instead of combining them with ours. Site policy; default false. */
  strictRequirements?: boolean
}
