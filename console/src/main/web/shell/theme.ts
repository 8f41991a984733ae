import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const STORED = 'gantry.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function stored(): Theme {
    try {
        const value = localStorage.getItem(STORED);
        return value === 'light' || value === 'dark' ? value : 'system';
    } catch {
        // Storage may be switched off.
        return 'system';
    }
}

let theme = stored();

export function applyTheme(): void {
    const dark = theme === 'dark' || (theme === 'system' && system.matches);
    document.documentElement.classList.toggle('pf-v6-theme-dark', dark);
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
}

system.addEventListener('change', applyTheme);

export function setTheme(next: Theme): void {
    theme = next;
    try {
        localStorage.setItem(STORED, next);
    } catch {
        // It then holds until the page is left.
    }
    applyTheme();
    listeners.forEach((listener) => listener());
}

export function useTheme(): Theme {
    return useSyncExternalStore(
        (listener) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
        () => theme,
    );
}
