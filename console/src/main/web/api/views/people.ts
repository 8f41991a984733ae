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

/** A group, such as an identity provider names them. */
export interface Group {
    id: string;
    name: string;
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
