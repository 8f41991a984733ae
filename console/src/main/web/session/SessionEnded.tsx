import { Modal, ModalBody, ModalHeader } from '@patternfly/react-core';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { signals, type SignInReason } from '../api/client';
import { SignInForm } from './SignInForm';

/** Asks to sign in again over the page, so that nothing that was typed is lost. */
export function SessionEnded() {
    const reason = useSyncExternalStore(signals.subscribe, () => signals.signIn);
    return reason === null ? null : <SignInAgain reason={reason} />;
}

/**
 * Keeps a dialog above another one: that one would hide it from screen readers whenever it is drawn anew, and would close at
 * the same key.
 */
function useAboveOthers(onEscape: () => void) {
    const within = useRef<HTMLSpanElement>(null);
    const escape = useRef(onEscape);
    useEffect(() => {
        escape.current = onEscape;
    });
    useEffect(() => {
        const show = () => within.current?.closest('body > *')?.removeAttribute('aria-hidden');
        const observer = new MutationObserver(show);
        observer.observe(document.body, { subtree: true, attributeFilter: ['aria-hidden'] });
        const onKey = (event: KeyboardEvent) => {
            if (event.key === 'Escape') {
                event.stopPropagation();
                escape.current();
            }
        };
        document.addEventListener('keydown', onKey, true);
        return () => {
            observer.disconnect();
            document.removeEventListener('keydown', onKey, true);
        };
    }, []);
    return within;
}

function SignInAgain({ reason }: { reason: SignInReason }) {
    const close = () => {
        if (reason === 'recent') {
            signals.set({ signIn: null });
        }
    };
    const within = useAboveOthers(close);
    return (
        <Modal
            isOpen
            variant="small"
            aria-labelledby="session-ended"
            aria-describedby="session-ended-text"
            {...(reason === 'recent' && { onClose: close })}
        >
            <ModalHeader
                title={reason === 'ended' ? 'Your session has ended' : 'Sign in again'}
                labelId="session-ended"
                description={
                    <span id="session-ended-text" ref={within}>
                        Sign in again to go on where you were; this page stays as it is.
                    </span>
                }
            />
            {/* While the ways to sign in are asked for, the dialog needs something that can hold the focus. */}
            <ModalBody tabIndex={0} role="region" aria-label="Ways to sign in">
                <SignInForm />
            </ModalBody>
        </Modal>
    );
}
