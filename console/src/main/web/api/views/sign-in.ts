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

/** A session, one's own or somebody else's. */
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

/** How many sessions ended. */
export interface EndedSessions {
    ended: number;
}
