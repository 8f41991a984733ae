export interface ReviewSummary {
    id: string;
    kind: 'patterns' | 'workflows' | 'contexts' | 'strategies';
    name: string;
    version: number;
    /** The approved version before it. */
    base_version: number | null;
    state: 'open' | 'published' | 'overridden' | 'withdrawn' | 'superseded';
    message: string;
    submitted_by: string;
    submitted_at: string;
    closed_by: string | null;
    closed_at: string | null;
    override_reason: string | null;
    checks: { name: string; status: 'passed' | 'failed' | 'pending' | 'skipped'; detail: string }[];
}

export interface Review extends ReviewSummary {
    entries: {
        id: string;
        reviewer: string;
        verdict: 'approve' | 'request_changes' | 'comment';
        body: string;
        lines: { line: number; text: string }[];
        created_at: string;
        withdrawn_at: string | null;
    }[];
    policy: { required_reviews: number; reviewers: string[] };
    approved_by: string[];
    changes_requested_by: string[];
    ready: boolean;
    /** What stands against publishing. */
    missing: string[];
}

/** The text that a review is about, and the approved one before it. */
export interface ReviewChanges {
    name: string;
    version: number;
    content: string;
    base_version: number | null;
    base_content: string | null;
}
