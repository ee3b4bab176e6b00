export const stateLabels = ["blocked", "in-review", "approved", "superseded", "abandoned"] as const;
export type StateLabel = (typeof stateLabels)[number];

/** `input` asks the owner; the others ask a role to look. */
export const needLabels = ["input", "pm", "sa", "em", "dev", "reviewer", "qa", "sre", "km"] as const;
export type NeedLabel = (typeof needLabels)[number];

export const semanticLabels = ["feature", "bug", "doc", "debt", "idea", "epic"] as const;
export type SemanticLabel = (typeof semanticLabels)[number];
