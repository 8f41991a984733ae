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
    /** What to ask the browser for, where a passkey is one of the methods. */
    passkey?: PublicKeyCredentialRequestOptionsJSON | null;
}

/** What the browser is to be asked for, and what its answer goes with. */
export interface PasskeyAsk<Options> {
    challenge: string;
    public_key: Options;
}

/** An authenticator application's secret, as text and as the address that its QR code holds. */
export interface Enrolment {
    secret: string;
    otpauth_uri: string;
}

export interface RecoveryCodes {
    recovery_codes: string[];
}

export interface Passkey {
    id: string;
    name: string;
    synced: boolean;
    created_at: string;
    last_used_at: string | null;
}

/** How one can sign in oneself. */
export interface Factors {
    password: boolean;
    totp: boolean;
    recovery_codes: number;
    passkeys: Passkey[];
}

/** How somebody else can sign in. */
export interface UserSignIn {
    name: string;
    password: boolean;
    password_changed_at: string | null;
    must_change: boolean;
    totp: boolean;
    recovery_codes: number;
    passkeys: number;
    locked_until: string | null;
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

/** Something that happened in a run. */
export interface RunEvent {
    sequence: number;
    at: string;
    kind: string;
    step: string | null;
    data: unknown;
}

/** A value that whoever starts a workflow gives; its type as JSON Schema. */
export interface WorkflowInput {
    name: string;
    schema: { type?: string; items?: { type?: string } };
    required: boolean;
    default: unknown;
    choices: unknown[];
    description: string;
}

export interface Validation {
    valid: boolean;
    findings: { severity: 'error' | 'warning'; line: number; path: string; message: string }[];
    inputs: WorkflowInput[];
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
    'post /api/v1/auth/sessions/mfa/enrolment': Enrolment;
    'post /api/v1/auth/passkeys/challenge': PasskeyAsk<PublicKeyCredentialRequestOptionsJSON>;
    'post /api/v1/auth/sessions/passkey': Session;
    'post /api/v1/auth/password/reset': void;
    'put /api/v1/auth/password': void;
    'get /api/v1/auth/factors': Factors;
    'post /api/v1/auth/factors/totp': Enrolment;
    'post /api/v1/auth/factors/totp/confirm': RecoveryCodes;
    'post /api/v1/auth/factors/totp/remove': void;
    'post /api/v1/auth/factors/recovery-codes': RecoveryCodes;
    'post /api/v1/auth/factors/passkeys/challenge': PasskeyAsk<PublicKeyCredentialCreationOptionsJSON>;
    'post /api/v1/auth/factors/passkeys': Passkey;
    'post /api/v1/auth/factors/passkeys/{passkey}/remove': void;
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
    'get /api/v1/users/{principal}/sign-in': UserSignIn;
    'post /api/v1/users/{principal}/password/reset': { token: string; expires_at: string };
    'delete /api/v1/users/{principal}/factors': void;
    'delete /api/v1/users/{principal}/lockout': void;
    'get /api/v1/service-accounts': Page<Principal>;
    'post /api/v1/service-accounts': Principal;
    'get /api/v1/teams': Page<Team>;
    'post /api/v1/teams': Team;
    'delete /api/v1/teams/{team}': void;
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
    'post /api/v1/patterns': Asset;
    'get /api/v1/patterns/{name}': Asset;
    'put /api/v1/patterns/{name}': Asset;
    'get /api/v1/patterns/{name}/versions': Versions;
    'get /api/v1/patterns/{name}/versions/{version}': Asset;
    'get /api/v1/workflows': Page<AssetSummary>;
    'post /api/v1/workflows': Asset;
    'get /api/v1/workflows/{name}': Asset;
    'put /api/v1/workflows/{name}': Asset;
    'get /api/v1/workflows/{name}/versions': Versions;
    'get /api/v1/workflows/{name}/versions/{version}': Asset;
    'get /api/v1/contexts': Page<AssetSummary>;
    'post /api/v1/contexts': Asset;
    'get /api/v1/contexts/{name}': Asset;
    'put /api/v1/contexts/{name}': Asset;
    'get /api/v1/contexts/{name}/versions': Versions;
    'get /api/v1/contexts/{name}/versions/{version}': Asset;
    'get /api/v1/strategies': Page<AssetSummary>;
    'post /api/v1/strategies': Asset;
    'get /api/v1/strategies/{name}': Asset;
    'put /api/v1/strategies/{name}': Asset;
    'get /api/v1/strategies/{name}/versions': Versions;
    'get /api/v1/strategies/{name}/versions/{version}': Asset;
    'get /api/v1/patterns/{name}/tests': TestSuite;
    'put /api/v1/patterns/{name}/tests': TestSuite;
    'get /api/v1/patterns/{name}/test-runs': Page<TestRun>;
    'post /api/v1/patterns/{name}/test-runs': Trial;
    'post /api/v1/assets/{kind}/{name}/publish': Asset;
    'put /api/v1/assets/{kind}/{name}/deprecation': Asset;
    'delete /api/v1/assets/{kind}/{name}/deprecation': Asset;
    'put /api/v1/assets/{kind}/{name}/labels/{label}': unknown;
    'delete /api/v1/assets/{kind}/{name}/labels/{label}': void;
    'get /api/v1/assets/{kind}/{name}/upstream': Lineage;
    'post /api/v1/assets/{kind}/{name}/merge': Merge;
    'post /api/v1/assets/{kind}/{name}/rollback': Asset;
    'post /api/v1/assets/{kind}/{name}/fork': Asset;
    'get /api/v1/reviews': Page<ReviewSummary>;
    'post /api/v1/reviews': Review;
    'get /api/v1/reviews/{review}': Review;
    'delete /api/v1/reviews/{review}': Review;
    'post /api/v1/reviews/{review}/entries': Review;
    'delete /api/v1/reviews/{review}/entries/{entry}': Review;
    'post /api/v1/reviews/{review}/override': Review;
    'post /api/v1/reviews/{review}/checks': Review;
    'post /api/v1/reviews/{review}/publish': Review;
    'post /api/v1/workflow-validations': Validation;
    'post /api/v1/workflows/{name}/runs': RunSummary;
    'post /api/v1/runs/{run}/fork': RunSummary;
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
