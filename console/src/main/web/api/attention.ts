// Whether somebody is at the console. What a page asks for by itself, such as how a run stands, must not keep a session alive
// when nobody looks any more.

/** Tells the server that nobody asked, so that it does not count as a use of the session. */
export const UNATTENDED = 'X-Gantry-Unattended';

/** How long after the last input somebody still counts as being there. */
const PRESENT_MS = 60_000;

let lastInput = Date.now();

/** Begins to notice input. */
export function noticeInput(): void {
    for (const type of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'focus']) {
        addEventListener(type, () => (lastInput = Date.now()), { capture: true, passive: true });
    }
}

/** Whether there was input lately. */
export function isAttended(): boolean {
    return Date.now() - lastInput < PRESENT_MS;
}
