/**
 * Task queues. A cloud has one of its own, so that a cloud that hangs starves nobody and its rate of boots can be limited;
 * the watches have one of their own, because their activities never end.
 */
export const operationsQueue = (pool: string): string => `canfar-batch/${pool}`
export const cloudQueue = (pool: string, cloud: string): string => `canfar-batch/${pool}/cloud/${cloud}`
export const watchQueue = (pool: string): string => `canfar-batch/${pool}/watch`
