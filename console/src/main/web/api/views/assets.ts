export interface AssetSummary {
    name: string;
    version: number;
    hash: string;
    description: string;
    author: string | null;
    updated_at: string | null;
    tags: string[];
    visibility: Asset['visibility'];
    deprecated: boolean;
}

export interface Variable {
    name: string;
    description: string;
    default: string | null;
    required: boolean;
    choices: string[];
}

export interface Asset {
    name: string;
    version: number;
    hash: string;
    description: string;
    author: string | null;
    created_at: string | null;
    model: string | null;
    temperature: number | null;
    content: string;
    tags: string[];
    variables: Variable[];
    visibility: 'private' | 'team' | 'organization';
    team: string | null;
    owners: string[];
    /** Which version each label stands for. */
    labels: Record<string, number>;
    approved_version: number | null;
    /** What it was forked from. */
    upstream: string | null;
    /** The mirror that keeps it as it is elsewhere, so that nobody changes it here. */
    mirror: string | null;
    /** Where this version was written, when that was in another registry; by that one's own account. */
    origin: { mirror: string; name: string; version: number; author: string; created_at: string } | null;
    deprecation: { since: string; message: string; replacement: string | null } | null;
}

export interface AssetVersion {
    version: number;
    hash: string;
    description: string;
    author: string | null;
    created_at: string | null;
}

export interface Versions {
    name: string;
    items: AssetVersion[];
    next_before: number | null;
}

/** How a fork stands to what it was made from. */
export interface Lineage {
    name: string;
    version: number;
    upstream: string;
    /** Null when it is gone, or no longer shown. */
    upstream_version: number | null;
    base_version: number;
    behind: boolean;
    changes?: { added: number; removed: number };
    conflicts?: number;
}

/** A place that a fork and its upstream both changed. */
export interface Conflict {
    /** Where in the text its first marker stands, from 1. */
    line: number;
    ours: string;
    theirs: string;
}

export interface Merge {
    name: string;
    written: boolean;
    version: number;
    upstream: string;
    upstream_version: number;
    content: string;
    conflicts: Conflict[];
}

/** What a pattern is tried with. */
export interface TestSuite {
    name: string;
    version: number;
    revision: number;
    author: string;
    created_at: string;
    content: string;
}

export interface TestResult {
    test: string;
    passed: boolean;
    model?: string;
    latency_ms?: number;
    cost_micro_usd?: number;
    /** Only in the reply to trying: answers are not kept. */
    output?: string;
    error?: string;
    assertions?: { kind: string; passed: boolean; detail: string }[];
}

/** What came of trying one version with one model. */
export interface TestRun {
    id: string;
    version: number;
    revision: number;
    model: string;
    passed: number;
    failed: number;
    cost_micro_usd: number;
    run_by: string;
    run_at: string;
    results: TestResult[];
}

export interface Trial {
    name: string;
    revision: number;
    passed: boolean;
    runs: TestRun[];
}
