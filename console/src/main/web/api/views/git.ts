/** A repository that patterns and workflows are taken from. */
export interface GitSource {
    name: string;
    repository: string;
    branch: string;
    layout: string;
    sync_interval_seconds: number;
    state: 'new' | 'synced' | 'broken' | 'unreachable';
    /** The commit that the registry has. */
    commit: string | null;
    synced_at: string | null;
    tried_commit: string | null;
    tried_at: string | null;
    assets: number;
    problem: string | null;
    finding_count: number;
    findings: { path: string; line: number; severity: 'error' | 'note'; message: string }[];
}

/** A repository that the registry is exported to. */
export interface GitExport {
    name: string;
    repository: string;
    branch: string;
    interval_seconds: number;
    state: 'new' | 'exported' | 'refused' | 'unreachable';
    commit: string | null;
    exported_at: string | null;
    tried_at: string | null;
    assets: number;
    problem: string | null;
}

/** The registry of another Gantry that is kept in step with here. */
export interface Mirror {
    name: string;
    url: string;
    /** The namespace that everything is put into; null for the same as there. */
    namespace: string | null;
    /** The only ones that are taken; none for all. */
    namespaces: string[];
    interval_seconds: number;
    /** Who sees what is taken over: who sees it there, everybody, or only the team that it comes to. */
    visibility: 'same' | 'organization' | 'team';
    approval_workflow: boolean;
    state: 'new' | 'synced' | 'incomplete' | 'refused' | 'unreachable';
    synced_at: string | null;
    tried_at: string | null;
    failing_since: string | null;
    /** A look was asked for that has not ended yet. */
    pending: boolean;
    assets: number;
    problem: string | null;
    finding_count: number;
    findings: { asset: string; severity: 'error' | 'note'; message: string }[];
}
