/** A stretch of a text that is of a kind: a `RedactionKind`, or the name of an operator's own pattern. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/** Finds all of one kind in a text, in order. Takes time in proportion to the length of the text. */
export type Detector = (text: string) => Iterable<Finding>;
