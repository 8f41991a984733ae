/** The heading of the part of the page that an element is in, or of the page; the page itself while it has none yet. */
function landmarkOf(parts: Element[]): HTMLElement | null {
    const part = parts.find((each) => each.isConnected);
    return (
        part?.querySelector<HTMLElement>('h2, h3') ??
        document.querySelector<HTMLElement>('#content h1') ??
        document.getElementById('content')
    );
}

/** The panels around an element, the innermost first. */
function partsAround(element: Element): Element[] {
    const parts: Element[] = [];
    for (let each = element.closest('section'); each !== null; each = each.parentElement?.closest('section') ?? null) {
        parts.push(each);
    }
    return parts;
}

function focus(element: HTMLElement): void {
    if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) {
        element.tabIndex = -1;
    }
    element.focus({ preventScroll: true });
}

/**
 * Takes care that the focus does not fall back to the beginning of the document when what has it is removed, such as the row of a
 * key that was revoked, or a dialog whose opener is gone. It goes to what had it in the page before, or else to the heading of
 * the panel that this was in.
 *
 * @returns ends it
 */
export function keepFocus(): () => void {
    /** What has the focus, or had it until it was removed. */
    let last: Element | null = null;
    /** The same, but in the page: neither in a dialog nor in a menu over it. */
    let inPage: HTMLElement | null = null;
    let parts: Element[] = [];
    /** The dialog that it was in last. */
    let box: HTMLElement | null = null;
    const gained = (event: FocusEvent) => {
        if (event.target instanceof HTMLElement) {
            last = event.target;
            box = last.closest<HTMLElement>('[role="dialog"], [role="alertdialog"]');
            if (last.closest('#content') !== null) {
                inPage = event.target;
                parts = partsAround(last);
            }
        }
    };
    // Who presses beside all fields wants the focus nowhere; browsers say the same of what they are about to remove.
    const lost = (event: FocusEvent) => {
        const left = event.target;
        queueMicrotask(() => {
            if (left === last && last?.isConnected === true && document.activeElement !== last) {
                last = null;
            }
        });
    };
    const removed = new MutationObserver(() => {
        const active = document.activeElement;
        if (last === null || last.isConnected || (active !== null && active !== document.body)) {
            return;
        }
        const next = box?.isConnected === true ? box : inPage?.isConnected === true ? inPage : landmarkOf(parts);
        if (next !== null) {
            focus(next);
        }
    });
    document.addEventListener('focusin', gained);
    document.addEventListener('focusout', lost);
    removed.observe(document.body, { childList: true, subtree: true });
    return () => {
        document.removeEventListener('focusin', gained);
        document.removeEventListener('focusout', lost);
        removed.disconnect();
    };
}
