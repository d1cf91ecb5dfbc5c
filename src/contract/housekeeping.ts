export const housekeepingType = 'housekeeping'
/** Of the schedule, and the beginning of its workflows' ids. */
export const housekeepingId = (pool: string): string => `housekeeping/${pool}`

export interface HousekeepingInput {
  pool: string
}
