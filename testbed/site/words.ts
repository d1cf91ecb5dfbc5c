/** What the tutorial's user types. */
export const IMAGE = 'catalogue-software-2023-08-21'
export const FLAVOR = 'c2-7.5gb-31'
export const SUBMIT_FILE = 'do_catalogue.sub'

/** The project in which worker VMs run, on every cloud. */
export const BATCH_PROJECT = 'canfar-batch'
/** The astronomer's own project, which has the image. */
export const ASTRONOMER_PROJECT = 'cosmology'
