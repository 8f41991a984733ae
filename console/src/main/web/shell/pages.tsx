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
const playground = lazy(() => import('../pages/Playground'));
const keys = lazy(() => import('../pages/Keys'));
const models = lazy(() => import('../pages/Models'));

export const GROUPS: PageGroup[] = [
    {
        title: 'Work',
        pages: [
            { path: '/', title: 'Overview', needs: null, page: overview },
            { path: '/registry', title: 'Registry', needs: ['patterns', 'read'], page: registry },
            { path: '/playground', title: 'Playground', needs: ['patterns', 'execute'], page: playground },
            { path: '/models', title: 'Models', needs: null, page: models },
        ],
    },
    {
        title: 'Access',
        pages: [
            { path: '/keys', title: 'API keys', needs: null, page: keys },
        ],
    },
];

/** Pages that no entry of the navigation leads to directly. */
export const DETAILS: PageEntry[] = [
    { path: '/registry/:kind/*', title: 'Registry', needs: null, page: lazy(() => import('../pages/Asset')) },
    { path: '/account', title: 'Your account', needs: null, page: lazy(() => import('../pages/Account')) },
];
