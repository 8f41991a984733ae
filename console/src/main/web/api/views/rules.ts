import type { Page } from './common';

export interface Limit {
    scope: 'global' | 'organization' | 'tier' | 'team' | 'user' | 'key' | 'model' | 'pattern';
    name: string;
    measure: 'requests' | 'tokens' | 'parallel';
    limit: number;
    remaining: number;
    /** Absent for requests at the same time. */
    window_seconds?: number;
    reset_seconds?: number;
}

/** What limits somebody. */
export interface Limits extends Page<Limit> {
    principal: string;
    team: string | null;
    tier: string | null;
    quotas: { name: string; used: number; limit?: number }[];
}

/** What the guard does about something that it finds, mildest first. */
export type GuardAction = 'off' | 'warn' | 'redact' | 'block';

export interface GuardRules {
    team: string | null;
    /** The teams that have rules of their own. */
    teams: string[];
    minimum_confidence: number;
    reversible: boolean;
    items: { kind: string; groups: string[]; prompt: GuardAction; documents: GuardAction; answer: GuardAction }[];
}

/** What the guard would make of a text. */
export interface Inspected {
    direction: 'prompt' | 'answer';
    /** False where no rule looks at such a text. */
    inspected: boolean;
    blocked: boolean;
    text: string | null;
    reason?: string;
    findings: { kind: string; action: GuardAction; count: number }[];
}

export interface ReviewPolicy {
    /** A namespace, `*` for shared and all teams, `~` for all users. */
    namespace: string;
    enabled: boolean;
    required_reviews: number;
    reviewers: string[];
    require_approved: boolean;
    protected_labels: string[];
}
