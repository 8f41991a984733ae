import type { Asset, AssetSummary, Lineage, Merge, TestRun, TestSuite, Trial, Versions } from './views/assets';
import type { AuditEvent, AuditState } from './views/audit';
import type { Batch } from './views/batches';
import type { Page } from './views/common';
import type { DryRun, ExecutionResult } from './views/execution';
import type { GitExport, GitSource, Mirror } from './views/git';
import type { Budget, BudgetGrant, Model, UsageSummary } from './views/governance';
import type {
    ApiKey,
    Explanation,
    Group,
    IssuedKey,
    Principal,
    PrincipalDetails,
    Role,
    RoleAssignment,
    Team,
} from './views/people';
import type { Review, ReviewChanges, ReviewSummary } from './views/reviews';
import type { GuardRules, Inspected, Limits, ReviewPolicy } from './views/rules';
import type { Run, RunSummary, Validation } from './views/runs';
import type {
    Challenge,
    EndedSessions,
    Enrolment,
    Factors,
    NewSession,
    Passkey,
    PasskeyAsk,
    RecoveryCodes,
    Session,
    SessionEntry,
    SignInProvider,
    UserSignIn,
} from './views/sign-in';
import type { EventTrigger, HookSecret, Schedule, Webhook } from './views/triggers';

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
    'delete /api/v1/auth/sessions': EndedSessions;
    'get /api/v1/models': Page<Model>;
    'get /api/v1/usage': UsageSummary;
    'get /api/v1/budgets': Page<Budget> & { truncated: boolean };
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
    'get /api/v1/users/{principal}/sessions': Page<SessionEntry>;
    'delete /api/v1/users/{principal}/sessions': EndedSessions;
    'get /api/v1/service-accounts': Page<Principal>;
    'post /api/v1/service-accounts': Principal;
    'get /api/v1/teams': Page<Team>;
    'post /api/v1/teams': Team;
    'delete /api/v1/teams/{team}': void;
    'get /api/v1/teams/{team}/members': Page<Principal>;
    'put /api/v1/teams/{team}/members/{principal}': void;
    'delete /api/v1/teams/{team}/members/{principal}': void;
    'get /api/v1/groups': Page<Group>;
    'post /api/v1/groups': Group;
    'get /api/v1/groups/{group}': Group;
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
    'get /api/v1/reviews/{review}/changes': ReviewChanges;
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
    'get /api/v1/budgets/grants': Page<BudgetGrant>;
    'post /api/v1/budgets/grants': BudgetGrant;
    'delete /api/v1/budgets/grants/{grant}': void;
    'get /api/v1/limits': Limits;
    'get /api/v1/guard/rules': GuardRules;
    'post /api/v1/guard/inspect': Inspected;
    'get /api/v1/review-policies': Page<ReviewPolicy>;
    'put /api/v1/review-policies/{namespace}': ReviewPolicy;
    'delete /api/v1/review-policies/{namespace}': void;
    'get /api/v1/git/sources': Page<GitSource>;
    'post /api/v1/git/sources/{source}/sync': GitSource;
    'get /api/v1/git/exports': Page<GitExport>;
    'post /api/v1/git/exports/{export}/run': GitExport;
    'get /api/v1/mirrors': Page<Mirror>;
    'post /api/v1/mirrors/{mirror}/sync': Mirror;
    'get /api/v1/batches': Page<Batch>;
    'post /api/v1/batches': Batch;
    'delete /api/v1/batches/{batch}': void;
    'post /api/v1/batches/{batch}/cancel': Batch;
    'get /api/v1/schedules': Page<Schedule>;
    'put /api/v1/schedules/{schedule}': Schedule;
    'delete /api/v1/schedules/{schedule}': void;
    'post /api/v1/schedules/{schedule}/pause': Schedule;
    'post /api/v1/schedules/{schedule}/resume': Schedule;
    'get /api/v1/hooks': Page<Webhook>;
    'put /api/v1/hooks/{hook}': Webhook;
    'delete /api/v1/hooks/{hook}': void;
    'post /api/v1/hooks/{hook}/pause': Webhook;
    'post /api/v1/hooks/{hook}/resume': Webhook;
    'get /api/v1/event-triggers': Page<EventTrigger>;
    'put /api/v1/event-triggers/{trigger}': EventTrigger;
    'delete /api/v1/event-triggers/{trigger}': void;
    'post /api/v1/event-triggers/{trigger}/pause': EventTrigger;
    'post /api/v1/event-triggers/{trigger}/resume': EventTrigger;
    'post /api/v1/schedules/{schedule}/runs': { id: string; workflow: string };
    'post /api/v1/hooks/{hook}/secret': HookSecret;
}
