/** What the server's replies hold. Times are ISO 8601 in UTC, money is in millionths of a US dollar. */

export interface Page<T> {
    items: T[];
    next_cursor: string | null;
}

export interface Cost {
    micro_usd: number;
    usd: string;
}

export interface Usage {
    input_tokens: number;
    output_tokens: number;
    total_tokens: number;
    estimated: boolean;
}

/** How one may sign in. */
export interface SignInProvider {
    id: string;
    kind: 'api_key' | 'password' | 'oidc' | 'saml' | 'passkey';
    label: string;
    start_url?: string;
}

export interface Session {
    user: { id: string; name: string; display_name: string; kind: 'user' | 'service_account' };
    organization: string | { id: string; name: string };
    teams: string[];
    roles: string[];
    permissions: string[] | string[][];
    csrf_token: string;
    created_at: string;
    expires_at: string;
    idle_expires_at: string;
    provider: string;
}

/** A second factor is needed before there is a session. */
export interface Challenge {
    mfa_required: true;
    challenge: string;
    methods: string[];
    /** There is no second factor yet, and there has to be one. */
    enrolment_required: boolean;
    password_change_required: boolean;
}

/** A session that began just now. */
export interface NewSession extends Session {
    /** Shown this once, where a second factor was enrolled on the way. */
    recovery_codes?: string[];
}

/** One of one's own sessions. */
export interface SessionEntry {
    id: string;
    current?: boolean;
    provider: string;
    address: string;
    user_agent: string | null;
    created_at: string;
    seen_at: string;
    idle_expires_at: string;
    expires_at: string;
}

export interface Model {
    name: string;
    provider: string;
    upstream_name: string;
    tier: string;
    context_tokens: number | null;
    output_tokens_max: number;
    default: boolean;
    aliases: string[];
    usd_per_million_tokens: Record<'input' | 'output' | 'cache_read' | 'cache_write', number>;
}

export interface UsageLine {
    team?: string | null;
    project?: string | null;
    principal?: string | null;
    model?: string | null;
    pattern?: string | null;
    day?: string;
    requests: number;
    estimated_requests: number;
    input_tokens: number;
    output_tokens: number;
    cost: Cost;
}

export interface UsageSummary extends Page<UsageLine> {
    total: UsageLine;
    truncated: boolean;
    from: string;
    to: string;
}

export interface Budget {
    level: 'organization' | 'team' | 'project' | 'user';
    subject: string | null;
    name: string | null;
    period: 'day' | 'month';
    unit: 'micro_usd' | 'tokens';
    limit: number;
    granted: number;
    spent: number;
    reserved: number;
    held: number;
    remaining: number;
    alert_threshold: number | null;
    source: 'api' | 'configuration';
    starts_at: string;
    resets_at: string;
}

export interface Principal {
    id: string;
    kind: 'user' | 'service_account';
    name: string;
    display_name: string;
    active: boolean;
    created_at: string;
}

export interface PrincipalDetails extends Principal {
    teams: string[];
    groups: string[];
    roles: string[];
    permissions: string[];
}

export interface Team {
    id: string;
    name: string;
    description: string;
    active: boolean;
    created_at: string;
}

export interface Role {
    name: string;
    description: string;
    origin: 'built_in' | 'configuration' | 'organization';
    permissions: string[];
}

export interface RoleAssignment {
    id: string | null;
    role: string;
    user: string | null;
    group: string | null;
    created_at: string | null;
}

export interface Explanation {
    principal: string;
    permission: string;
    allowed: boolean;
    reason: string;
    grants: Grant[];
    near: string[];
}

/** One way in which somebody has a permission. */
export interface Grant {
    permission: string;
    role: string;
    origin: Role['origin'];
    group: string | null;
}

export interface ApiKey {
    id: string;
    prefix: string;
    name: string;
    principal: string;
    team: string | null;
    project: string | null;
    created_at: string;
    expires_at: string | null;
    revoked_at: string | null;
    last_used_at: string | null;
    permissions: string[] | null;
    secrets: { id: string; created_at: string; expires_at: string | null }[];
}

/** A key as it is shown once. */
export interface IssuedKey extends ApiKey {
    key: string;
}

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

export type RunState =
    'queued' | 'running' | 'paused' | 'failing' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled';

export interface RunSummary {
    id: string;
    workflow: string;
    version: number;
    state: RunState;
    user: string;
    team: string | null;
    error: string | null;
    created_at: string;
    started_at: string | null;
    finished_at: string | null;
    deadline_at: string;
    parent: string | null;
    tokens: { budget: number | null; used: number; reserved: number };
    cost: Cost;
}

export interface RunStep {
    path: string;
    title: string;
    kind: string;
    state: string;
    attempt: number;
    tokens: number;
    cost_micro_usd: number;
    error: string | null;
    run: string | null;
    due_at: string | null;
    started_at: string | null;
    finished_at: string | null;
    output: unknown;
    waits_for?: unknown;
    approvers?: string[];
}

export interface Run extends RunSummary {
    inputs: unknown;
    outputs: unknown;
    steps: RunStep[];
    /** The steps of the workflow itself, also those that have not begun. */
    plan: { id: string; title: string; depends_on: string[] }[];
}

export interface AuditEvent {
    id: string;
    timestamp: string;
    event_type: string;
    actor?: { user?: string; key?: string; address?: string };
    team?: string;
    project?: string;
    resource?: string;
    action?: string;
    result: 'success' | 'denied' | 'failed' | 'blocked';
    reason?: string;
    duration_ms?: number;
    tokens_used?: number;
    cost?: unknown;
    request_id?: string;
    trace_id?: string;
    details?: Record<string, unknown>;
    metadata?: Record<string, unknown>;
}

export interface AuditState {
    log_size: number;
    spilled_events: number;
    problem: string | null;
    keys: string[];
}

export interface VerificationReport {
    sound: boolean;
    events: number;
    batches: number;
    removed_batches: number;
    pending_batches: number;
    log_size: number;
    mirrored_checkpoints: number;
    checkpoint?: { origin: string; size: number; root: string; time: string };
    findings: { kind: string; message: string }[];
    findings_total: number;
}

export interface ExecutionResult {
    id: string;
    pattern: string;
    version: number;
    model: string;
    output?: string;
    finish_reason: string;
    usage: Usage;
    cost: Cost;
    metadata: { provider: string; duration_ms: number; provider_ms: number; warnings?: string[] };
}

export interface DryRun {
    pattern: string;
    version: number;
    model: string;
    provider: string;
    messages: { role: string; content: string }[];
    tokens: number;
    estimated_cost: { input: Cost; at_most?: Cost };
    policy: { permissions: string[]; team: string | null };
    warnings: string[];
}

export interface Readiness {
    status: string;
    version: string;
    dependencies: Record<string, { status: 'up' | 'down'; required: boolean; detail: string }>;
}

/** What each operation of the API document replies; the document says the rest about it. */
export interface Replies {
    'get /api/v1/auth/providers': { providers: SignInProvider[] };
    'post /api/v1/auth/sessions': Session | Challenge;
    'post /api/v1/auth/sessions/mfa': NewSession;
    'post /api/v1/auth/sessions/mfa/enrolment': { secret: string; otpauth_uri: string };
    'get /api/v1/auth/session': Session;
    'delete /api/v1/auth/session': void;
    'get /api/v1/auth/sessions': Page<SessionEntry>;
    'delete /api/v1/auth/sessions/{session}': void;
    'get /api/v1/models': Page<Model>;
    'get /api/v1/usage': UsageSummary;
    'get /api/v1/budgets': Page<Budget>;
    'put /api/v1/budgets': Budget;
    'delete /api/v1/budgets': void;
    'get /api/v1/users': Page<Principal>;
    'post /api/v1/users': Principal;
    'get /api/v1/users/{principal}': PrincipalDetails;
    'put /api/v1/users/{principal}': Principal;
    'get /api/v1/service-accounts': Page<Principal>;
    'post /api/v1/service-accounts': Principal;
    'get /api/v1/teams': Page<Team>;
    'post /api/v1/teams': Team;
    'get /api/v1/teams/{team}/members': Page<Principal>;
    'put /api/v1/teams/{team}/members/{principal}': void;
    'delete /api/v1/teams/{team}/members/{principal}': void;
    'get /api/v1/roles': Page<Role>;
    'post /api/v1/roles': Role;
    'delete /api/v1/roles/{role}': void;
    'get /api/v1/role-assignments': Page<RoleAssignment>;
    'post /api/v1/role-assignments': RoleAssignment;
    'delete /api/v1/role-assignments/{assignment}': void;
    'post /api/v1/access/explain': Explanation;
    'get /api/v1/keys': Page<ApiKey>;
    'post /api/v1/keys': IssuedKey;
    'post /api/v1/keys/{key}/rotate': IssuedKey;
    'delete /api/v1/keys/{key}': ApiKey;
    'get /api/v1/patterns': Page<AssetSummary>;
    'get /api/v1/patterns/{name}': Asset;
    'get /api/v1/patterns/{name}/versions': Versions;
    'get /api/v1/patterns/{name}/versions/{version}': Asset;
    'get /api/v1/workflows': Page<AssetSummary>;
    'get /api/v1/workflows/{name}': Asset;
    'get /api/v1/workflows/{name}/versions': Versions;
    'get /api/v1/workflows/{name}/versions/{version}': Asset;
    'put /api/v1/assets/{kind}/{name}/labels/{label}': unknown;
    'post /api/v1/assets/{kind}/{name}/rollback': Asset;
    'post /api/v1/assets/{kind}/{name}/fork': Asset;
    'post /api/v1/workflows/{name}/runs': RunSummary;
    'get /api/v1/runs': Page<RunSummary>;
    'get /api/v1/runs/{run}': Run;
    'post /api/v1/runs/{run}/cancel': RunSummary;
    'post /api/v1/runs/{run}/pause': RunSummary;
    'post /api/v1/runs/{run}/resume': RunSummary;
    'post /api/v1/runs/{run}/retry': RunSummary;
    'post /api/v1/runs/{run}/approve': RunSummary;
    'post /api/v1/runs/{run}/reject': RunSummary;
    'get /api/v1/audit/events': Page<AuditEvent>;
    'get /api/v1/audit': AuditState;
    'post /api/v1/execute': DryRun | ExecutionResult;
}
