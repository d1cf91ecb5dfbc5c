/**
 * Whether so many VMs are missing at once, more than 5 and more than a fifth, that the list in which they are missing is doubted
 * rather than believed.
 */
export const isImplausibleLoss = (missing: number, of: number): boolean => missing > Math.max(5, of * 0.2)
