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
  isCut: boolean;
  /** A segment ends behind it. */
  endsSegment: boolean;
}

/**
 * Cuts a batch into segments, by its data alone: whoever works on them, and however many they are, the same rows are encoded together. A large unit
 * is cut where that is possible, small ones go together. Pure.
 *
 * @param segmentBytes Bytes of content of a segment, about.
 * @returns One per unit, in order.
 */
export function planSegments(units: readonly SegmentedUnit[], segmentBytes: number): SegmentShare[] {
  let bytes = 0;
  const shares = units.map(({ contentBytes, canBeCut }): SegmentShare => {
    const isCut = canBeCut && contentBytes > segmentBytes;
    bytes += Math.max(0, contentBytes);
    const endsSegment = isCut || bytes >= segmentBytes;
    if (endsSegment) bytes = 0;
    return { isCut, endsSegment };
  });
  for (const [index, { isCut }] of shares.entries())
    if (isCut && index > 0) (shares[index - 1] as SegmentShare).endsSegment = true;
  return shares;
}
