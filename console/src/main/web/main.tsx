import './style.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { noticeInput } from './api/attention';
import { Problem, Slow } from './api/client';
import { App } from './App';
import { fetchAhead } from './shell/pages';
import { applyTheme } from './shell/theme';
import { ErrorBoundary } from './ui/ErrorBoundary';

/** Where the console is served; the build has the same. */
const BASE = '/console';

applyTheme();
noticeInput();
fetchAhead(location.pathname.slice(BASE.length) || '/');

const client = new QueryClient({
    defaultOptions: {
        queries: {
            staleTime: 5_000,
            // What was refused would be refused again; what did not get through may get through.
            retry: (attempts, failure) =>
                attempts < 2 && !(failure instanceof Slow) && !(failure instanceof Problem && failure.status < 500),
        },
        // Asking twice could do it twice.
        mutations: { retry: false },
    },
});

const router = createBrowserRouter(
    [
        {
            path: '*',
            element: (
                <ErrorBoundary>
                    <App />
                </ErrorBoundary>
            ),
        },
    ],
    { basename: BASE },
);

const root = document.getElementById('root');
if (root !== null) {
    createRoot(root).render(
        <StrictMode>
            <QueryClientProvider client={client}>
                <RouterProvider router={router} />
            </QueryClientProvider>
        </StrictMode>,
    );
}
