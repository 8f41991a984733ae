// Before anything is drawn: whoever has chosen a look does not see the other one first. All else of it is in shell/theme.ts.
try {
    const chosen = localStorage.getItem('gantry.theme');
    if (chosen === 'light' || chosen === 'dark') {
        document.documentElement.style.colorScheme = chosen;
    }
} catch {
    // Storage may be switched off.
}
