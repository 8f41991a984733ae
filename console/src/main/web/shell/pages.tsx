import { matchPath } from 'react-router';
import { later, type LaterPage } from './later';

/** A page of the console: its place, its name, and the permission without which it would show nothing. */
export interface PageEntry {
    path: string;
    title: string;
    needs: [resource: string, action: string] | null;
    page: LaterPage;
}

export interface PageGroup {
    title: string;
    pages: PageEntry[];
}

const overview = later(() => import('../pages/Overview'));
const registry = later(() => import('../pages/Registry'));
const reviews = later(() => import('../pages/Reviews'));
const playground = later(() => import('../pages/Playground'));
const runs = later(() => import('../pages/Runs'));
const triggers = later(() => import('../pages/Triggers'));
const batches = later(() => import('../pages/Batches'));
const keys = later(() => import('../pages/Keys'));
const users = later(() => import('../pages/Users'));
const teams = later(() => import('../pages/Teams'));
const roles = later(() => import('../pages/Roles'));
const usage = later(() => import('../pages/Usage'));
const limits = later(() => import('../pages/Limits'));
const guard = later(() => import('../pages/Guard'));
const policies = later(() => import('../pages/ReviewPolicies'));
const repositories = later(() => import('../pages/Repositories'));
const audit = later(() => import('../pages/Audit'));
const models = later(() => import('../pages/Models'));

export const GROUPS: PageGroup[] = [
    {
        title: 'Work',
        pages: [
            { path: '/', title: 'Overview', needs: null, page: overview },
            { path: '/registry', title: 'Registry', needs: ['patterns', 'read'], page: registry },
            { path: '/reviews', title: 'Reviews', needs: ['patterns', 'read'], page: reviews },
            { path: '/playground', title: 'Playground', needs: ['patterns', 'execute'], page: playground },
            { path: '/runs', title: 'Runs', needs: ['runs', 'read'], page: runs },
            { path: '/triggers', title: 'Schedules and triggers', needs: ['runs', 'read'], page: triggers },
            { path: '/batches', title: 'Batches', needs: null, page: batches },
            { path: '/models', title: 'Models', needs: null, page: models },
        ],
    },
    {
        title: 'Access',
        pages: [
            { path: '/keys', title: 'API keys', needs: null, page: keys },
            { path: '/users', title: 'Users', needs: ['users', 'read'], page: users },
            { path: '/teams', title: 'Teams', needs: ['users', 'read'], page: teams },
            { path: '/roles', title: 'Roles', needs: ['users', 'read'], page: roles },
        ],
    },
    {
        title: 'Governance',
        pages: [
            { path: '/usage', title: 'Usage and budgets', needs: null, page: usage },
            { path: '/limits', title: 'Limits', needs: null, page: limits },
            { path: '/guard', title: 'Guard', needs: ['policies', 'read'], page: guard },
            { path: '/policies', title: 'Review policies', needs: ['patterns', 'read'], page: policies },
            { path: '/repositories', title: 'Repositories and mirrors', needs: ['config', 'read'], page: repositories },
            { path: '/audit', title: 'Audit log', needs: ['audit', 'read'], page: audit },
        ],
    },
];

/** Pages that no entry of the navigation leads to directly. */
export const DETAILS: PageEntry[] = [
    { path: '/registry/:kind/*', title: 'Registry', needs: null, page: later(() => import('../pages/Asset')) },
    { path: '/reviews/:review', title: 'Review', needs: null, page: later(() => import('../pages/ReviewDetails')) },
    { path: '/runs/:run', title: 'Run', needs: ['runs', 'read'], page: later(() => import('../pages/RunDetails')) },
    { path: '/users/:principal', title: 'User', needs: ['users', 'read'], page: later(() => import('../pages/User')) },
    { path: '/account', title: 'Your account', needs: null, page: later(() => import('../pages/Account')) },
];

/** All pages, by their places. */
export const PAGES: PageEntry[] = [...GROUPS.flatMap((group) => group.pages), ...DETAILS];

/**
 * Begins to fetch the page of an address, so that it need not be waited for once it is known who is signed in.
 *
 * @param path below the console's own
 */
export function fetchAhead(path: string): void {
    PAGES.find((each) => matchPath(each.path, path) !== null)?.page.ahead();
}
