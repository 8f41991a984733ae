import type { paths } from '../../../../target/generated/schema';
import type { Replies } from './replies';
import { isAttended, UNATTENDED } from './attention';
import { isDone, keyOf, ONCE } from './once';
import type { Session } from './views';

/** A refusal or failure, as the server's problem document tells it. */
export class Problem extends Error {
    readonly status: number;
    readonly code: string;
    readonly fields: { pointer: string; message: string }[];
    readonly requestId: string;
    /** When the server wants to be asked again; null when it does not say. */
    readonly againAt: number | null;

    constructor(
        status: number,
        code: string,
        detail: string,
        fields: Problem['fields'],
        requestId: string,
        againAt: number | null = null,
    ) {
        super(detail);
        this.name = 'Problem';
        this.status = status;
        this.code = code;
        this.fields = fields;
        this.requestId = requestId;
        this.againAt = againAt;
    }
}

/** The server could not be reached, or broke off. */
export class Unreachable extends Error {
    constructor() {
        super('The server cannot be reached.');
        this.name = 'Unreachable';
    }
}

/** The server did not answer in time. */
export class Slow extends Error {
    constructor() {
        super(`The server did not answer within ${DEADLINE_MS / 1_000} seconds.`);
        this.name = 'Slow';
    }
}

/** How long a page waits for what it shows; no panel waits for ever. */
export const DEADLINE_MS = 20_000;

type Split<K> = K extends `${infer M} ${infer P}` ? [M, P] : never;
type Operation<K> =
    Split<K> extends [infer M, infer P]
        ? P extends keyof paths
            ? M extends keyof paths[P]
                ? paths[P][M]
                : never
            : never
        : never;
type Parameters<K> = Operation<K> extends { parameters: infer P } ? P : object;
type Query<K> = Parameters<K> extends { query?: infer Q } ? Q : never;
type Path<K> = Parameters<K> extends { path: infer P } ? P : never;
type Body<K> = Operation<K> extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never;

export interface Options<K> {
    path?: Path<K>;
    query?: Query<K>;
    body?: Body<K>;
    headers?: Record<string, string>;
    signal?: AbortSignal;
}

type Listener = () => void;

/** Why one has to sign in again: the session has ended, something takes having signed in just now, or it is somebody else's. */
export type SignInReason = 'ended' | 'recent' | 'other';

/** What the client tells the rest of the application: that one has to sign in, and whether the server answers. */
class Signals {
    private readonly listeners = new Set<Listener>();
    reachable = true;
    signIn: SignInReason | null = null;

    subscribe = (listener: Listener): Listener => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    };

    set(change: { reachable?: boolean; signIn?: SignInReason | null }): void {
        const { reachable, signIn } = { ...this, ...change };
        if (reachable !== this.reachable || signIn !== this.signIn) {
            this.reachable = reachable;
            this.signIn = signIn;
            this.listeners.forEach((listener) => listener());
        }
    }
}

export const signals = new Signals();

/** The code of a refusal for want of the right token. */
const STALE_TOKEN = 'cross_site_request';

const SESSION = '/api/v1/auth/session';

let csrfToken = '';
let user = '';

/** Remembers the token without which the server changes nothing for a cookie, and whose it is. */
export function useTokenOf(session: Session | null): void {
    csrfToken = session?.csrf_token ?? '';
    user = session?.user.id ?? '';
}

/**
 * Fills a path's parameters in; slashes stay, since names of assets have them.
 *
 * @throws Problem for a name that would lead to another path: addresses have no way of writing `..` that is not taken for a step up
 */
export function fill(template: string, values: Record<string, unknown> = {}): string {
    return template.replace(/\{(\w+)\}/g, (_whole, name: string) => {
        const parts = String(values[name]).split('/');
        if (parts.some((part) => part === '' || part === '.' || part === '..')) {
            throw new Problem(404, 'not_found', `Nothing has the name '${String(values[name])}'.`, [], '');
        }
        return parts.map(encodeURIComponent).join('/');
    });
}

function withQuery(path: string, query: object = {}): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
        if (value !== undefined && value !== null && value !== '') {
            search.set(name, String(value));
        }
    }
    const text = search.toString();
    return text === '' ? path : `${path}?${text}`;
}

/** Sends a request and returns the reply unread; refusals are thrown. */
export async function send(
    method: string,
    url: string,
    options: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal; again?: boolean } = {},
): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
    if (options.body !== undefined) {
        headers['Content-Type'] = 'application/json';
    }
    if (method !== 'GET' && csrfToken !== '') {
        headers['X-CSRF-Token'] = csrfToken;
    }
    if (method === 'GET' && !isAttended()) {
        headers[UNATTENDED] = 'true';
    }
    let response: Response;
    try {
        response = await fetch(url, {
            method,
            headers,
            body: options.body === undefined ? undefined : JSON.stringify(options.body),
            signal: options.signal,
            credentials: 'same-origin',
            redirect: 'error',
        });
    } catch (failure) {
        if (options.signal?.aborted) {
            throw failure;
        }
        signals.set({ reachable: false });
        throw new Unreachable();
    }
    signals.set({ reachable: true });
    if (!response.ok) {
        const refused = await problem(response);
        if (refused.status === 401 && csrfToken !== '' && (url === SESSION || (await hasEnded()))) {
            signals.set({ signIn: 'ended' });
        }
        if (refused.code === STALE_TOKEN && options.again !== false && (await renewToken())) {
            return send(method, url, { ...options, again: false });
        }
        throw refused;
    }
    return response;
}

/** Also a wrong password, by which one proves anew who one is, is answered so. */
async function hasEnded(): Promise<boolean> {
    try {
        return (await fetch(SESSION, { credentials: 'same-origin' })).status === 401;
    } catch {
        return false;
    }
}

/** Another tab may have renewed the session, and with it the token; what one user wanted is never done for another. */
async function renewToken(): Promise<boolean> {
    const before = csrfToken;
    const session = (await (await send('GET', SESSION)).json()) as Session;
    if (session.user.id !== user) {
        signals.set({ signIn: 'other' });
        return false;
    }
    csrfToken = session.csrf_token;
    return csrfToken !== before;
}

async function problem(response: Response): Promise<Problem> {
    let told: { code?: string; detail?: string; errors?: Problem['fields']; request_id?: string } = {};
    try {
        told = await response.json();
    } catch {
        // A proxy between may answer in a language of its own.
    }
    const requestId = told.request_id ?? response.headers.get('X-Request-Id') ?? '';
    return new Problem(
        response.status,
        told.code ?? 'unknown',
        told.detail ?? `The server answered with status ${response.status}.`,
        told.errors ?? [],
        requestId,
        again(response.headers.get('Retry-After')),
    );
}

/** Reads seconds; a date is what other servers send, and none is needed to go on. */
function again(retryAfter: string | null): number | null {
    const seconds = retryAfter === null || retryAfter.trim() === '' ? Number.NaN : Number(retryAfter);
    return Number.isFinite(seconds) ? Date.now() + seconds * 1_000 : null;
}

/** What changes nothing although it is sent as a change would be. */
const ASKING: ReadonlySet<keyof Replies> = new Set<keyof Replies>([
    'post /api/v1/access/explain',
    'post /api/v1/workflow-validations',
    'post /api/v1/guard/inspect',
]);

/** Reads a reply as text. Only what changes nothing has a deadline: of a change one wants to know how it ended. */
async function read(method: string, url: string, options: Options<never>, hasDeadline: boolean): Promise<string> {
    if (!hasDeadline) {
        return (await send(method, url, options)).text();
    }
    const control = new AbortController();
    const stop = () => control.abort();
    options.signal?.addEventListener('abort', stop);
    let late = false;
    const timer = setTimeout(() => {
        late = true;
        stop();
    }, DEADLINE_MS);
    try {
        return await (await send(method, url, { ...options, signal: control.signal })).text();
    } catch (failure) {
        throw late ? new Slow() : failure;
    } finally {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', stop);
    }
}

/** What creates something, or costs something, each time that it is done. */
const CREATING: ReadonlySet<keyof Replies> = new Set<keyof Replies>([
    'post /api/v1/workflows/{name}/runs',
    'post /api/v1/runs/{run}/fork',
    'post /api/v1/schedules/{schedule}/runs',
    'post /api/v1/patterns/{name}/test-runs',
    'post /api/v1/batches',
    'post /api/v1/keys',
    'post /api/v1/keys/{key}/rotate',
    'post /api/v1/hooks/{hook}/secret',
    'post /api/v1/users',
    'post /api/v1/service-accounts',
    'post /api/v1/teams',
    'post /api/v1/roles',
    'post /api/v1/role-assignments',
    'post /api/v1/budgets/grants',
    'post /api/v1/reviews',
    'post /api/v1/reviews/{review}/entries',
    'post /api/v1/patterns',
    'post /api/v1/workflows',
    'post /api/v1/contexts',
    'post /api/v1/strategies',
    'post /api/v1/assets/{kind}/{name}/fork',
    'post /api/v1/assets/{kind}/{name}/rollback',
]);

/** Calls an operation of the API document. What creates something does so once, however often it has to be sent. */
export async function call<K extends keyof Replies>(operation: K, options: Options<K> = {}): Promise<Replies[K]> {
    const [method, template] = operation.split(' ') as [string, string];
    const url = withQuery(fill(template, options.path as Record<string, unknown>), options.query as object);
    const request = CREATING.has(operation) ? `${url} ${JSON.stringify(options.body)}` : null;
    const headers = request === null ? options.headers : { ...options.headers, [ONCE]: keyOf(request) };
    const hasDeadline = method === 'get' || ASKING.has(operation);
    const text = await read(method.toUpperCase(), url, { ...options, headers } as Options<never>, hasDeadline);
    if (request !== null) {
        isDone(request);
    }
    return (text === '' ? undefined : JSON.parse(text)) as Replies[K];
}
