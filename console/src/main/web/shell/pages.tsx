import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

/** A page of the console: its place, its name, and the permission without which it would show nothing. */
export interface PageEntry {
    path: string;
    title: string;
    needs: [resource: string, action: string] | null;
    page: LazyExoticComponent<ComponentType>;
}

export interface PageGroup {
    title: string;
    pages: PageEntry[];
}

const overview = lazy(() => import('../pages/Overview'));
const registry = lazy(() => import('../pages/Registry'));
const reviews = lazy(() => import('../pages/Reviews'));
const playground = lazy(() => import('../pages/Playground'));
const runs = lazy(() => import('../pages/Runs'));
const triggers = lazy(() => import('../pages/Triggers'));
const batches = lazy(() => import('../pages/Batches'));
const keys = lazy(() => import('../pages/Keys'));
const users = lazy(() => import('../pages/Users'));
const teams = lazy(() => import('../pages/Teams'));
const roles = lazy(() => import('../pages/Roles'));
const usage = lazy(() => import('../pages/Usage'));
const limits = lazy(() => import('../pages/Limits'));
const guard = lazy(() => import('../pages/Guard'));
const policies = lazy(() => import('../pages/ReviewPolicies'));
const repositories = lazy(() => import('../pages/Repositories'));
const audit = lazy(() => import('../pages/Audit'));
const models = lazy(() => import('../pages/Models'));

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
            { path: '/usage', title: 'Usage and budgets', needs: ['budgets', 'read'], page: usage },
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
    { path: '/registry/:kind/*', title: 'Registry', needs: null, page: lazy(() => import('../pages/Asset')) },
    { path: '/reviews/:review', title: 'Review', needs: null, page: lazy(() => import('../pages/ReviewDetails')) },
    { path: '/runs/:run', title: 'Run', needs: ['runs', 'read'], page: lazy(() => import('../pages/RunDetails')) },
    { path: '/users/:principal', title: 'User', needs: ['users', 'read'], page: lazy(() => import('../pages/User')) },
    { path: '/account', title: 'Your account', needs: null, page: lazy(() => import('../pages/Account')) },
];
