/** What is found by itself in calls. The names are settings, parts of placeholders and label values of a metric. */
export const REDACTION_KINDS = ['email', 'phone', 'card', 'iban', 'ssn', 'ip', 'api_key', 'bearer'] as const;

export type RedactionKind = (typeof REDACTION_KINDS)[number];
