/** What a provider's answer says of itself. */
export interface ReplyFacts {
  /** The provider's own name for it; null: it gave none. */
  readonly id: string | null;
  /** The model that the provider says it ran; null: it does not say. */
  readonly model: string | null;
  /** Why each choice ended, in the provider's words; empty: it did not come to an end, or there is nothing that ends. */
  readonly finishReasons: readonly string[];
}
