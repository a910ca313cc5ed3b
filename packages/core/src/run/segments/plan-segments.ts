/** What of a unit says where segments end. */
export interface SegmentedUnit {
  /** Bytes of its content, about; -1: nobody knows. */
  contentBytes: number;
  /** Its stored bytes can be cut between records. */
  canBeCut: boolean;
}

/** What part a unit has in the segments of its batch. */
export interface SegmentShare {
  /** The unit is several segments: a record belongs to the segment in whose bytes it begins. Otherwise all of it is in one. */
  readonly isCut: boolean;
  /** A segment ends behind it. */
  readonly endsSegment: boolean;
}

/** There are thousands of units, and three things to be said of one. */
const INSIDE: SegmentShare = { isCut: false, endsSegment: false };
const LAST: SegmentShare = { isCut: false, endsSegment: true };
const CUT: SegmentShare = { isCut: true, endsSegment: true };

/**
 * Cuts a batch into segments, by its data alone: whoever works on them, and however many they are, the same rows are encoded together. A large unit
 * is cut where that is possible, small ones go together. Pure.
 *
 * @param segmentBytes Bytes of content of a segment, about.
 * @returns One per unit, in order.
 */
export function planSegments(units: Iterable<SegmentedUnit>, segmentBytes: number): SegmentShare[] {
  const shares: SegmentShare[] = [];
  let bytes = 0;
  for (const { contentBytes, canBeCut } of units) {
    const isCut = canBeCut && contentBytes > segmentBytes;
    bytes += Math.max(0, contentBytes);
    const endsSegment = isCut || bytes >= segmentBytes;
    if (endsSegment) bytes = 0;
    if (isCut && shares.at(-1) === INSIDE) shares[shares.length - 1] = LAST;
    shares.push(isCut ? CUT : endsSegment ? LAST : INSIDE);
  }
  return shares;
}
