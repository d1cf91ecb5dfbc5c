/** In V8's array of pointers; more than this would be a large object, which is not young. */
const MOST = 8192

/**
 * Called for each piece of a long transfer: makes V8 look for dead pieces sooner.
 *
 * A piece lies outside of V8's heap, which counts such memory only every 64 MB: a transfer whose pieces nobody holds has
 * 100 MB of them lying about. What is young and dead on the heap is found every few MB, and dead pieces with it; so each
 * piece is followed by as much there. It takes microseconds: 2 GiB make 50 MB above a client at rest instead of 100.
 */
export function followWithYoungGarbage(piece: Uint8Array): void {
  // oxlint-disable-next-line unicorn/no-new-array
  new Array(Math.min(MOST, piece.byteLength >> 3)).fill(0)
}
